"""What changed in what sessions should have."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from alfcheck.contracts.diff.changes import (
    NEITHER,
    READERS,
    WRITERS,
    Breaks,
    Change,
    by_subset,
    together,
)
from alfcheck.contracts.diff.globs import covers
from alfcheck.contracts.model import Condition, SessionTerms, Wanted
from alfcheck.contracts.words import condition_words, wanted_words

__all__ = ["session_changes"]

NOBODY_ASKED = Wanted(kind="optional", patterns=())


def session_changes(old: SessionTerms | None, new: SessionTerms | None) -> Iterator[Change]:
    """Give what changed in each line of a session contract, and in when it applies."""
    if old is None or new is None:
        if old is not new:
            breaks = WRITERS if old is None else READERS
            yield Change("session", _count(old), _count(new), breaks)
        return
    when = compare_conditions(old.when, new.when)
    if old.when != new.when:
        yield Change("session.when", condition_words(old.when), condition_words(new.when), when)
    for before, after in _paired(old.datasets, new.datasets):
        yield from _compared(before, after)


def _count(session: SessionTerms | None) -> str:
    return "" if session is None else f"{len(session.datasets)} lines of datasets"


@dataclass(slots=True)
class _Line:
    wanted: Wanted
    taken: bool = False


def _paired(
    old: tuple[Wanted, ...], new: tuple[Wanted, ...]
) -> Iterator[tuple[Wanted | None, Wanted | None]]:
    """Bring lines together that speak of the same datasets: those alike first, then those that overlap."""
    before, after = [_Line(each) for each in old], [_Line(each) for each in new]
    pairs: dict[int, Wanted] = {}
    for alike in (_equal, _same_patterns, _overlap):
        for index, line in enumerate(before):
            found = next((each for each in after if not each.taken and alike(line.wanted, each.wanted)), None)
            if index not in pairs and found is not None:
                found.taken = True
                pairs[index] = found.wanted
    yield from ((line.wanted, pairs.get(index)) for index, line in enumerate(before))
    yield from ((None, line.wanted) for line in after if not line.taken)


def _equal(old: Wanted, new: Wanted) -> bool:
    return old == new


def _same_patterns(old: Wanted, new: Wanted) -> bool:
    return old.each == new.each and set(old.patterns) == set(new.patterns)


def _overlap(old: Wanted, new: Wanted) -> bool:
    return old.each == new.each and any(
        covers(one, other) or covers(other, one) for one in old.patterns for other in new.patterns
    )


def _compared(old: Wanted | None, new: Wanted | None) -> Iterator[Change]:
    if old == new:
        return
    named = old or new
    assert named is not None
    place = f"session.datasets.{' | '.join(named.patterns)}"
    breaks = _breaks(old or NOBODY_ASKED, new or NOBODY_ASKED)
    if _told(old) != _told(new):
        yield Change(place, _told(old), _told(new), breaks)
    before, after = (each.description if each is not None else "" for each in (old, new))
    if old is not None and new is not None and before != after:
        yield Change(f"{place}.description", before, after)


def _told(wanted: Wanted | None) -> str:
    return wanted_words(wanted) if wanted is not None else ""


@dataclass(frozen=True, slots=True)
class _Counts:
    """How many files may match: none, if ``none`` says so, or from ``least`` (1 or more) to ``most``."""

    none: bool
    least: int
    most: float

    @property
    def open_above(self) -> bool:
        """Tell whether more files than are allowed are allowed too."""
        return self.most == math.inf and (not self.none or self.least == 1)

    @property
    def open_below(self) -> bool:
        return self.none and self.least == 1

    def within(self, other: _Counts) -> bool:
        """Tell whether each of these numbers is among the others."""
        between = self.most < self.least or (other.least <= self.least and self.most <= other.most)
        return between and (other.none or not self.none)


def _counts(wanted: Wanted) -> _Counts:
    least, most = wanted.count if wanted.count is not None else (1, None)
    none = wanted.kind == "optional" or least == 0
    return _Counts(none, max(least, 1), math.inf if most is None else most)


def _breaks(old: Wanted, new: Wanted) -> Breaks:
    asked = (_asks(old), _asks(new))
    if asked == (False, False):
        return NEITHER
    if asked[0] != asked[1]:
        return READERS if asked[0] else WRITERS
    return together(
        by_subset(_allowed(old, new), _allowed(new, old)),
        compare_conditions(old.when, new.when),
    )


def _asks(wanted: Wanted) -> bool:
    counts = _counts(wanted)
    return not (counts.open_above and counts.open_below)


def _allowed(old: Wanted, new: Wanted) -> bool:
    """Tell whether the files that keep the one line surely keep the other.

    A wider pattern finds more files: that is as well for a line that asks for some, not for one that
    says how many there may be.
    """
    if not _counts(old).within(_counts(new)):
        return False
    wider, narrower = _met(old, new), _met(new, old)
    found = _counts(new)
    return (wider and narrower) or (wider and found.open_above) or (narrower and found.open_below)


def _met(narrow: Wanted, wide: Wanted) -> bool:
    """Tell whether a file that meets any of the one line's patterns meets the other line too."""
    return all(any(covers(outer, inner) for outer in wide.patterns) for inner in narrow.patterns)


def compare_conditions(old: Condition, new: Condition) -> Breaks:
    """Judge a condition: asked more often it binds writers, asked less often it leaves readers alone."""
    return by_subset(_rarer(new, old), _rarer(old, new))


def _rarer(inner: Condition, outer: Condition) -> bool:
    """Tell whether `outer` holds wherever `inner` does."""
    pairs = (
        (inner.collection, outer.collection),
        (inner.protocol, outer.protocol),
        (inner.device, outer.device),
    )
    patterns = all(wide is None or (own is not None and covers(wide, own)) for own, wide in pairs)
    return patterns and outer.document in (None, inner.document)
