"""What changed from one version of a contract to the next, and whom it breaks."""

from __future__ import annotations

from alfcheck.contracts.diff.changes import BOTH, NEITHER, READERS, WRITERS, Breaks, Change
from alfcheck.contracts.diff.versions import Comparison, compare, compare_all

__all__ = [
    "BOTH",
    "NEITHER",
    "READERS",
    "WRITERS",
    "Breaks",
    "Change",
    "Comparison",
    "compare",
    "compare_all",
]
