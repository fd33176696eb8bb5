"""Versions, and whether a new one says what changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from alfcheck.contracts.diff.changes import READERS, WRITERS, Breaks, Change, together
from alfcheck.contracts.diff.columns import column_changes
from alfcheck.contracts.diff.heads import head_changes
from alfcheck.contracts.diff.relations import relation_changes
from alfcheck.contracts.diff.sessions import session_changes
from alfcheck.contracts.spec import ContractSpec
from alfcheck.contracts.words import match_words

__all__ = ["Comparison", "compare", "compare_all"]

_VERSION = re.compile(r"(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-([0-9A-Za-z.-]+))?(?:\+.*)?")


def compare(old: ContractSpec, new: ContractSpec) -> tuple[Change, ...]:
    """Give every single change from `old` to `new`, versions left out."""
    return (
        *head_changes(old, new),
        *column_changes(old, new),
        *relation_changes(old, new),
        *session_changes(old.session, new.session),
    )


@dataclass(frozen=True, slots=True)
class Comparison:
    """A contract before and after; ``old`` or ``new`` is ``None`` for one that is new or gone.

    ``faults`` say what is wrong with the new version, given what changed.
    """

    old: ContractSpec | None
    new: ContractSpec | None
    changes: tuple[Change, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The id of the contract, the old one if it changed."""
        named = self.old or self.new
        return named.id if named is not None else ""

    @property
    def breaks(self) -> Breaks:
        """Whom any of the changes breaks."""
        return together(*(change.breaks for change in self.changes))


def compare_all(old: Mapping[str, ContractSpec], new: Mapping[str, ContractSpec]) -> tuple[Comparison, ...]:
    """Compare sets of contracts by their ids, sorted."""
    return tuple(_comparison(old.get(id_), new.get(id_)) for id_ in sorted({*old, *new}))


def _comparison(old: ContractSpec | None, new: ContractSpec | None) -> Comparison:
    if old is not None and new is not None:
        changes = compare(old, new)
        return Comparison(old, new, changes, tuple(_faults(old, new, changes)))
    if old is not None:
        gone = Change("contract", f"{old.label}: {match_words(old.match)}", "", READERS)
        return Comparison(old, None, (gone,), tuple(_gone(old)))
    assert new is not None
    return Comparison(None, new, (Change("contract", "", f"{new.label}: {match_words(new.match)}", WRITERS),))


def _gone(old: ContractSpec) -> Iterator[str]:
    if old.status != "deprecated":
        yield (
            f"{old.label} is gone without having been deprecated; keep it for a version with "
            "'status: deprecated' first"
        )


def _faults(old: ContractSpec, new: ContractSpec, changes: tuple[Change, ...]) -> Iterator[str]:
    before, after = _key(old.version), _key(new.version)
    broken = together(*(change.breaks for change in changes))
    if after < before:
        yield f"the version went back from {old.version} to {new.version}; give it one above {old.version}"
    elif changes and after == before:
        yield f"the content changed, but the version is still {old.version}; give it {_next(before, broken)}"
    elif broken.any and not _opens(before, after):
        yield (
            f"a change that breaks {broken.words} comes with {new.version}; it needs {_next(before, broken)}"
        )


Key = tuple[int, int, int, bool, tuple[tuple[bool, int, str], ...]]


def _key(version: str) -> Key:
    match = _VERSION.fullmatch(version)
    if match is None:
        return (0, 0, 0, False, ())
    major, minor, patch, early = match.groups()
    words = (early or "").split(".") if early else []
    return (int(major), int(minor), int(patch), not early, tuple(map(_word, words)))


def _word(word: str) -> tuple[bool, int, str]:
    # Semantic versioning: numbers come before words, by their value.
    return (False, int(word), "") if word.isdigit() and len(word) < 10 else (True, 0, word)


def _opens(before: Key, after: Key) -> bool:
    """Tell whether a version may break: a new major one, or while that is 0 a new minor one.

    What came before such a version, as 2.0.0-alpha before 2.0.0, promised nothing yet.
    """
    opening = before[2] == 0 and (before[1] == 0 or before[0] == 0)
    early = opening and not before[3] and before[:3] == after[:3]
    return early or after[0] > before[0] or (before[0] == 0 and after[:2] > before[:2])


def _next(before: Key, broken: Breaks) -> str:
    major, minor, patch = before[:3]
    if not broken.any:
        return f"{major}.{minor}.{patch + 1}"
    return f"0.{minor + 1}.0" if major == 0 else f"{major + 1}.0.0"
