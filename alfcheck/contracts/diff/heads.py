"""What changed in a contract beside its columns, relations and sessions."""

from __future__ import annotations

from collections.abc import Iterator

from alfcheck.contracts.diff.changes import BOTH, NEITHER, READERS, WRITERS, Breaks, Change, by_subset
from alfcheck.contracts.diff.globs import covers
from alfcheck.contracts.model import Match
from alfcheck.contracts.spec import ContractSpec, RowsSpec
from alfcheck.contracts.words import match_words

__all__ = ["head_changes"]

_SAID = ("status", "owner", "description", "source")


def head_changes(old: ContractSpec, new: ContractSpec) -> Iterator[Change]:
    """Give what changed in what a contract is, matches, and asks of rows and of tables."""
    if old.id != new.id:
        yield Change("id", old.id, new.id, BOTH)  # others ask for it by this name
    for field in _SAID:
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            yield Change(field, before, after)
    yield from _match(old.match, new.match)
    yield from _rows(old.rows, new.rows)
    if old.strict != new.strict:
        yield Change("strict", _yes(old.strict), _yes(new.strict), WRITERS if new.strict else READERS)


def _yes(value: bool) -> str:
    return str(value).lower()


def _match(old: Match | None, new: Match | None) -> Iterator[Change]:
    if old is None or new is None:
        if old is not new:
            breaks = WRITERS if old is None else READERS
            yield Change("match", match_words(old), match_words(new), breaks)
        return
    fields = (
        ("object", old.object, new.object),
        ("namespace", _any(old.namespace), _any(new.namespace)),
        ("collection", old.collection, new.collection),
    )
    for field, before, after in fields:
        if before != after:
            yield Change(f"match.{field}", before or '""', after or '""', _pattern(before, after))
    if set(old.extensions) != set(new.extensions):
        before, after = (", ".join(each.extensions) or "any" for each in (old, new))
        yield Change("match.extensions", before, after, _extensions(old.extensions, new.extensions))


def _any(namespace: str | None) -> str:
    return "*" if namespace is None else namespace


def _pattern(old: str, new: str) -> Breaks:
    # The other way round than values: who matches more, judges more.
    return by_subset(covers(old, new), covers(new, old))


def _extensions(old: tuple[str, ...], new: tuple[str, ...]) -> Breaks:
    kept = not old or (bool(new) and set(new) <= set(old))
    held = not new or (bool(old) and set(old) <= set(new))
    return by_subset(kept, held)


def _rows(old: RowsSpec, new: RowsSpec) -> Iterator[Change]:
    if old.agree != new.agree:
        yield Change("rows.agree", _yes(old.agree), _yes(new.agree), WRITERS if new.agree else READERS)
    if set(old.exempt) != set(new.exempt):
        breaks = NEITHER
        if old.agree and new.agree:
            breaks = by_subset(set(old.exempt) <= set(new.exempt), set(new.exempt) <= set(old.exempt))
        yield Change("rows.except", ", ".join(old.exempt), ", ".join(new.exempt), breaks)
    if old.at_least != new.at_least:
        breaks = by_subset(new.at_least <= old.at_least, old.at_least <= new.at_least)
        yield Change("rows.at_least", str(old.at_least), str(new.at_least), breaks)
