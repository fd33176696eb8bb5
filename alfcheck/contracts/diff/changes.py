"""What a single change is, and whom it breaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["BOTH", "NEITHER", "READERS", "WRITERS", "Breaks", "Change", "by_subset", "together"]


class Breaks(NamedTuple):
    """Whom a change breaks.

    ``writers``: data that kept the old contract may break the new one. ``readers``: what the old contract
    promised need not hold any more.
    """

    writers: bool = False
    readers: bool = False

    @property
    def any(self) -> bool:
        """Tell whether it breaks anybody."""
        return self.writers or self.readers

    @property
    def words(self) -> str:
        """Name those who are broken."""
        if self.writers and self.readers:
            return "writers and readers"
        return "writers" if self.writers else "readers" if self.readers else "nobody"


NEITHER = Breaks()
WRITERS = Breaks(writers=True)
READERS = Breaks(readers=True)
BOTH = Breaks(writers=True, readers=True)


def by_subset(kept: bool, held: bool) -> Breaks:
    """Judge by what is allowed: `kept` if the new allows all that the old did, `held` the other way round."""
    return Breaks(writers=not kept, readers=not held)


def together(*parts: Breaks) -> Breaks:
    """Give whom any of the `parts` breaks."""
    return Breaks(any(part.writers for part in parts), any(part.readers for part in parts))


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two contracts.

    ``place`` is the key in the contract file (``columns.choice.checks``); ``old`` and ``new`` say in
    words what stood there, empty for nothing.
    """

    place: str
    old: str
    new: str
    breaks: Breaks = NEITHER
