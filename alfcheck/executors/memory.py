"""The garbage collector's part in a run.

A run makes many small values that live to its end, and hardly any cycles. The automatic collector looks
through all of them again and again: a quarter of the time of a large run. It is stilled for the run, and
asked once a batch for what the batch left.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["collect_batch", "stilled_collector"]


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
