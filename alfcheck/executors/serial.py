"""The map in this process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from alfcheck.executors.batches import Batch
from alfcheck.executors.guard import watched
from alfcheck.executors.memory import bounded, collect_batch
from alfcheck.model import SessionResult
from alfcheck.pipeline.run import check_batch
from alfcheck.pipeline.state import Context, Options
from alfcheck.plugins import Ruleset

__all__ = ["run_serial"]


def run_serial(
    work: Iterable[Batch], ruleset: Ruleset, options: Options
) -> Iterator[tuple[int, tuple[SessionResult, ...]]]:
    """Check batch after batch; give the number of a batch and its results.

    When something of a plugin is not asked any more, all begins again: the results of a batch that come later
    hold.
    """
    batches = tuple(work)
    with watched(ruleset, options) as watch:
        begun = None
        while begun != watch.given_up:
            begun, context = watch.given_up, Context(ruleset, options)
            for number, batch in enumerate(batches):
                results = check_batch(batch, bounded(context))
                if watch.given_up != begun:
                    break
                yield number, results
                collect_batch()
