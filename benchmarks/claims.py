"""What is claimed of the measured programs, and whether it is so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from timing import Measured

__all__ = ["Claim", "Outcome", "at_least", "at_most", "difference", "peak"]

Values = Mapping[str, Measured]


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure with its limit: ``value`` is worked out from what was measured."""

    what: str
    value: Callable[[Values], float]
    limit: float
    aim: float | None = None
    least: bool = False
    unit: str = ""
    needs: tuple[str, ...] = ()

    def holds(self, value: float) -> bool:
        """Tell whether a value keeps the limit."""
        return value >= self.limit if self.least else value <= self.limit


@dataclass(slots=True)
class Outcome:
    """One case: what was measured of which data, and the claims about it."""

    name: str
    title: str
    about: str
    measured: dict[str, Measured]
    claims: tuple[Claim, ...] = ()
    notes: tuple[str, ...] = ()
    tables: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)

    def judged(self) -> list[tuple[Claim, float]]:
        """Give each claim whose programs ran, with its value."""
        ran = {name for name, each in self.measured.items() if each.runs and not each.failed}
        return [(each, each.value(self.measured)) for each in self.claims if ran.issuperset(each.needs)]

    @property
    def failed(self) -> dict[str, str]:
        """Give the programs that failed, and why."""
        return {name: each.failed for name, each in self.measured.items() if each.failed}

    def as_json(self) -> dict[str, Any]:
        """Give everything as plain values."""
        return {
            "title": self.title,
            "about": self.about,
            "programs": {
                name: {
                    "seconds": each.seconds,
                    "all_seconds": [run.seconds for run in each.runs],
                    "peak_mib": each.peak_mib,
                }
                for name, each in self.measured.items()
                if each.runs and not each.failed
            },
            "failed": self.failed,
            "claims": [
                {
                    "what": claim.what,
                    "value": value,
                    "limit": claim.limit,
                    "aim": claim.aim,
                    "least": claim.least,
                    "unit": claim.unit,
                    "holds": claim.holds(value),
                }
                for claim, value in self.judged()
            ],
            "notes": list(self.notes),
            "tables": {name: [list(row) for row in rows] for name, rows in self.tables.items()},
        }


def at_most(what: str, ours: str, peer: str, limit: float, aim: float | None = None) -> Claim:
    """Claim that a program takes at most so many times as long as its peer."""
    return Claim(what, lambda m: m[ours].seconds / m[peer].seconds, limit, aim, unit="×", needs=(ours, peer))


def at_least(what: str, slower: str, faster: str, limit: float, aim: float | None = None) -> Claim:
    """Claim that one program takes at least so many times as long as another."""
    return Claim(
        what,
        lambda m: m[slower].seconds / m[faster].seconds,
        limit,
        aim,
        least=True,
        unit="×",
        needs=(slower, faster),
    )


def difference(what: str, ours: str, peer: str, limit: float) -> Claim:
    """Claim that a program takes at most so many seconds more than its peer."""
    return Claim(what, lambda m: m[ours].seconds - m[peer].seconds, limit, unit="s", needs=(ours, peer))


def peak(what: str, ours: str, limit: float) -> Claim:
    """Claim that a program and its children hold at most so many MiB together."""
    return Claim(what, lambda m: m[ours].peak_mib, limit, unit="MiB", needs=(ours,))
