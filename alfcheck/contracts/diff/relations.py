"""What changed in the relations between columns."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from alfcheck.contracts.diff.changes import (
    BOTH,
    NEITHER,
    READERS,
    WRITERS,
    Breaks,
    Change,
    by_subset,
    together,
)
from alfcheck.contracts.spec import ContractSpec, RelationSpec
from alfcheck.contracts.words import relation_words
from alfcheck.model import Severity

__all__ = ["relation_changes"]

_TURNED = {"ge": "le", "gt": "lt"}
_WIDER = {"lt": ("le", "ne"), "eq": ("le",)}


def relation_changes(old: ContractSpec, new: ContractSpec) -> Iterator[Change]:
    """Give what changed in each relation; one that only bears another name breaks nobody."""
    before = {relation.name: relation for relation in old.relations}
    after = {relation.name: relation for relation in new.relations}
    renamed = dict(_renamed(before, after))
    for name, relation in before.items():
        later = after.get(renamed.get(name, name))
        if later is None:
            breaks = READERS if relation.severity is Severity.ERROR else NEITHER
            yield Change(f"relations.{name}", relation_words(relation), "", breaks)
        elif relation != later:
            yield from _compared(relation, later)
    for name, relation in after.items():
        if name not in before and name not in renamed.values():
            breaks = WRITERS if relation.severity is Severity.ERROR else NEITHER
            yield Change(f"relations.{name}", "", relation_words(relation), breaks)


def _renamed(before: dict[str, RelationSpec], after: dict[str, RelationSpec]) -> Iterator[tuple[str, str]]:
    come = {_meaning(each): name for name, each in after.items() if name not in before}
    for name, relation in before.items():
        if name not in after and _meaning(relation) in come:
            yield name, come.pop(_meaning(relation))


def _meaning(relation: RelationSpec) -> RelationSpec:
    """Write a relation in one way: without its name and words, the smaller column first, no extra spaces."""
    plain = replace(
        relation, name="", description="", check=_spelt(relation.check), when=_spelt(relation.when)
    )
    if plain.compare is None:
        return plain
    sign, first, second = plain.compare
    if sign in _TURNED or (sign in ("eq", "ne") and first > second):
        return replace(plain, compare=(_TURNED.get(sign, sign), second, first))
    return plain


def _spelt(text: str) -> str:
    try:
        return ast.unparse(ast.parse(text.strip(), mode="eval")) if text.strip() else ""
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text


def _compared(old: RelationSpec, new: RelationSpec) -> Iterator[Change]:
    place = f"relations.{old.name}"
    if old.name != new.name:
        yield Change(f"{place}.name", old.name, new.name)
    before, after = _meaning(old), _meaning(new)
    if relation_words(old) != relation_words(new):
        yield Change(place, relation_words(old), relation_words(new), _breaks(before, after))
    if old.description != new.description:
        yield Change(f"{place}.description", old.description, new.description)


def _breaks(old: RelationSpec, new: RelationSpec) -> Breaks:
    binding = (old.severity is Severity.ERROR, new.severity is Severity.ERROR)
    if binding == (False, False):
        return NEITHER
    if binding[0] != binding[1]:
        return READERS if binding[0] else WRITERS
    return together(_statement(old, new), _near(old, new), _when(old.when, new.when))


def _statement(old: RelationSpec, new: RelationSpec) -> Breaks:
    if (old.compare, old.check) == (new.compare, new.check):
        return NEITHER
    return by_subset(_implies(old, new), _implies(new, old))


def _implies(narrow: RelationSpec, wide: RelationSpec) -> bool:
    if narrow.compare is None or wide.compare is None:
        return False
    sign, *columns = narrow.compare
    other, *others = wide.compare
    if sign == "lt" and other == "ne":
        return sorted(columns) == others
    turned = columns[::-1] if sign == "eq" else columns
    return others in (columns, turned) and other in _WIDER.get(sign, ())


def _near(old: RelationSpec, new: RelationSpec) -> Breaks:
    if old.tolerance == new.tolerance:
        return NEITHER
    if "ne" in (*(old.compare or ()), *(new.compare or ())) or old.check or new.check:
        return BOTH
    return by_subset(old.tolerance <= new.tolerance, new.tolerance <= old.tolerance)


def _when(old: str, new: str) -> Breaks:
    if old == new:
        return NEITHER
    return READERS if not old else WRITERS if not new else BOTH
