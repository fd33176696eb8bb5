"""What a long run keeps in memory, and the garbage collector's part in it.

A run makes many small values that live to its end, and hardly any cycles. The automatic collector looks
through all of them again and again: a quarter of the time of a large run. It is stilled for the run, and
asked once a batch for what the batch left.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alfcheck.pipeline.state import Context

__all__ = ["bounded", "collect_batch", "stilled_collector"]


@contextmanager
def stilled_collector() -> Iterator[None]:
    """Still the automatic collector, and set it going again if it went before."""
    went = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if went:
            gc.enable()


def collect_batch() -> None:
    """Collect what a batch left; what survives is not looked at again."""
    gc.collect(1)


def bounded(context: Context) -> Context:
    """Give a context to use for the next batch, which does not remember more than is of use."""
    if context.keep_small():
        # What outlived a batch before is looked at in a whole collection only.
        gc.collect()
    return context
