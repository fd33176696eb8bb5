"""The map in this process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from alfcheck.executors.batches import Batch
from alfcheck.executors.memory import collect_batch
from alfcheck.model import SessionResult
from alfcheck.pipeline.run import check_batch
from alfcheck.pipeline.state import Context, Options
from alfcheck.plugins import Ruleset

__all__ = ["run_serial"]


def run_serial(
    work: Iterable[Batch], ruleset: Ruleset, options: Options
) -> Iterator[tuple[SessionResult, ...]]:
    """Check batch after batch."""
    context = Context(ruleset, options)
    for batch in work:
        yield check_batch(batch, context)
        collect_batch()
