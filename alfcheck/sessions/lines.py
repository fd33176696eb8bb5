"""The lines of a session contract, as they are asked of one session."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from alfcheck.model import Severity
from alfcheck.sessions.conditions import Doubt, holds
from alfcheck.sessions.patterns import could_hold, literal, matching, words_of

if TYPE_CHECKING:
    from alfcheck.contracts.model import SessionTerms, Wanted
    from alfcheck.sessions.seen import Seen

__all__ = ["Asked", "asked_of"]


MOST = 1_000
"""Collections that a line is asked for: each session has a few, and a hostile one any number."""


class Asked(NamedTuple):
    """One line, for one collection if it is asked for each: what is sought, and what there is of it.

    ``told`` are the patterns as they are shown. ``most`` is ``None`` for any number.
    """

    kind: str
    patterns: tuple[str, ...]
    told: tuple[str, ...]
    least: int
    most: int | None
    description: str
    found: tuple[str, ...]

    @property
    def missing(self) -> bool:
        """Tell whether something must be there and nothing is."""
        return not self.found and self.least > 0 and self.kind != "optional"

    @property
    def wrong(self) -> bool:
        """Tell whether it is missing, or there is some, but too few or too many."""
        number = len(self.found)
        counted = number > 0 and (number < self.least or (self.most is not None and number > self.most))
        return self.missing or counted


def asked_of(terms: SessionTerms, seen: Seen) -> tuple[list[list[Asked]], list[Doubt]]:
    """Give what each line asks of a session, and why others may or may not ask."""
    lines: list[list[Asked]] = []
    doubts: list[Doubt] = []
    for line in terms.datasets:
        answer = holds(line.when, seen)
        if isinstance(answer, Doubt):
            doubts.append(answer)
        elif answer:
            placeholder, words = words_of(line.each, seen.folders) if line.each else ("", [""])
            lines.append([_asked(line, placeholder, word, seen) for word in words[:MOST]])
            if len(words) > MOST:
                doubts.append(_too_many(line.each, len(words)))
    return lines, doubts


def _too_many(template: str, number: int) -> Doubt:
    what = f"what is in each of the {number} collections that fit {template}"
    return Doubt(what, f"no more than {MOST} are looked at", Severity.UNVERIFIED)


def _asked(line: Wanted, placeholder: str, word: str, seen: Seen) -> Asked:
    patterns, told = (
        tuple(each.replace(placeholder, text) if placeholder else each for each in line.patterns)
        for text in (literal(word), word)
    )
    least, most = line.count if line.count is not None else (1, None)
    found = tuple(matching(patterns, seen.datasets))
    if len(found) < least and any(could_hold(place, each) for place in seen.unseen for each in patterns):
        # Behind what nobody could look at may be what is sought: it is told of already.
        least = len(found)
    return Asked(line.kind, patterns, told, least, most, line.description, found)
