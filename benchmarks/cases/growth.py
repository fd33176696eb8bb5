"""Growth: ten times as many files."""

from __future__ import annotations

from claims import Claim, Outcome, Values, peak
from programs import Program, release, take_turns

from cases.given import Given

__all__ = ["measure_growth"]

FEW, MANY = 100_005, 1_000_005


def measure_growth(given: Given) -> Outcome:
    """Release a tree and one that is ten times as large."""
    few, many = (600, 6_000) if given.short else (FEW, MANY)
    (small, _), (large, tree) = given.tree(few), given.tree(many)

    def growth(measured: Values) -> float:
        return (measured["10^6 files"].seconds / many) / (measured["10^5 files"].seconds / few)

    programs = (
        Program(name="10^5 files", command=release(small), indexes=few),
        Program(name="10^6 files", command=release(large), indexes=many, slow=True),
    )
    both = ("10^5 files", "10^6 files")
    return Outcome(
        "growth",
        "Growth",
        f"{few} files, and {tree.datasets} of the same kinds; no cache, index and report written.",
        take_turns(programs, given.rounds),
        (
            Claim("time a file, 10^6 / 10^5", growth, 1.2, unit="×", needs=both),
            peak("memory of all processes together at 10^6", "10^6 files", 900),
        ),
    )
