"""What a long run keeps in memory, and the garbage collector's part in it.

A run makes many small values that live to its end, and hardly any cycles. The automatic collector looks
through all of them again and again: a quarter of the time of a large run. It is stilled for the run, and
asked once a batch for what the batch left. That is when objects of plugins are freed which nobody but they
themselves know of, and what these do then is watched like any other call.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from alfcheck.model import Origin
from alfcheck.watch import TOGETHER, Unfinished, guarded

if TYPE_CHECKING:
    from alfcheck.pipeline.state import Context

__all__ = ["bounded", "collect_batch", "stilled_collector"]


_OF_PLUGINS = Origin("plugins", "")


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
    _collect(1)


def bounded(context: Context) -> Context:
    """Give a context to use for the next batch, which does not remember more than is of use."""
    if context.keep_small():
        # What outlived a batch before is looked at in a whole collection only.
        _collect(2)
    return context


def _collect(generation: int) -> None:
    """Collect garbage; where that came to no end once, it is not done again: the process ends soon."""
    with suppress(Unfinished):
        guarded("objects that are freed", _OF_PLUGINS, TOGETHER, gc.collect, generation)
