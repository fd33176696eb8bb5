"""Relations against the columns that they name, and against one another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from alfcheck.config import nearest
from alfcheck.contracts.language.holds import groups_of
from alfcheck.contracts.language.legal import is_glob
from alfcheck.contracts.language.mistakes import Faults
from alfcheck.contracts.language.read_relations import expression_columns
from alfcheck.contracts.spec import ColumnSpec, ContractSpec, RelationSpec
from alfcheck.model import Severity

__all__ = ["clashing", "judge_relations"]

FLAT_ABOVE = 16

_COMPONENT = re.compile(r"([^.]+)_(\d{1,3})")
_OUTCOMES = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "=", "ne": "<>"}
_SWAPPED = str.maketrans("<>", "><")

Columns = Mapping[str, ColumnSpec]


def judge_relations(spec: ContractSpec, columns: Columns, faults: Faults) -> None:
    """Note columns that are not declared, that cannot be compared, and relations that exclude one another."""
    for relation in spec.relations:
        for path, name in _named(relation):
            why = _column_fault(name, columns)
            if why is not None:
                message, fix = why
                faults.at(("relations", relation.name, *path), f"relation {relation.name!r} {message}", fix)
        _judge_dtypes(relation, columns, faults)
    for index, second in enumerate(spec.relations):
        for first in spec.relations[:index]:
            if clashing(first, second):
                message = f"relation {second.name!r} cannot hold beside {first.name!r}"
                faults.at(("relations", second.name), message, "keep one of the two")


def _named(relation: RelationSpec) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if relation.compare is not None:
        key, first, second = relation.compare
        yield (key, 0), first
        yield (key, 1), second
    for word, names in expression_columns(relation).items():
        for name in names:
            yield (word,), name


def _column_fault(name: str, columns: Columns) -> tuple[str, str] | None:
    """Say why a relation cannot name a column, and the way out."""
    entry = _entry(name, columns)
    if entry is None:
        near = nearest(name, tuple(columns)).removeprefix("; ")
        fix = near if near.startswith("is ") else f"add {name} under columns"
        return f"names {name!r}, which is not declared under columns", fix
    # A table holds one value a row under any name; only files of their own have shapes.
    if entry.name == name and entry.shapes and not any(_is_one_a_row(shape) for shape in entry.shapes):
        return f"compares {name!r}, which has several values a row", f"name a component, such as {name}_0"
    return None


def _is_one_a_row(shape: tuple[str | int, ...]) -> bool:
    return len(shape) == 1 or (len(shape) == 2 and (shape[1] == 1 or isinstance(shape[1], str)))


def _entry(name: str, columns: Columns) -> ColumnSpec | None:
    """Give the entry that a name in a relation means; a ``*`` in it stands for some word."""
    if name in columns:
        return columns[name]
    found = _COMPONENT.fullmatch(name)
    if found is not None:
        whole = _by_name(found[1], columns)
        if whole is not None and _reaches(whole, int(found[2])):
            return whole
    return _by_name(name, columns)


def _by_name(name: str, columns: Columns) -> ColumnSpec | None:
    exact = columns.get(name)
    if exact is not None:
        return exact
    for pattern, column in columns.items():
        covers = is_glob(pattern) and fnmatchcase(name, pattern)
        if covers or ("*" in name and fnmatchcase(pattern, name)):
            return column
    return None


def _reaches(column: ColumnSpec, index: int) -> bool:
    widths = [shape[1] for shape in column.shapes if len(shape) == 2]
    known = any(index < (width if isinstance(width, int) else FLAT_ABOVE) for width in widths)
    return known or not column.shapes


def _judge_dtypes(relation: RelationSpec, columns: Columns, faults: Faults) -> None:
    if relation.compare is None:
        return
    key, *names = relation.compare
    first, second = (_entry(name, columns) for name in names)
    groups = [groups_of(each.dtypes) if each is not None else frozenset() for each in (first, second)]
    if all(groups) and not groups[0] & groups[1]:
        what = " and ".join(" or ".join(sorted(group)) for group in groups)
        message = f"relation {relation.name!r} compares {what}"
        faults.at(("relations", relation.name, key), message, "compare columns of one kind")


def clashing(first: RelationSpec, second: RelationSpec) -> bool:
    """Tell whether no row could keep two relations of the same columns."""
    if first.compare is None or second.compare is None or first.when or second.when:
        return False
    if {first.severity, second.severity} != {Severity.ERROR} or first.tolerance or second.tolerance:
        return False
    key, left, right = first.compare
    other, other_left, other_right = second.compare
    outcomes = _OUTCOMES[other]
    if (other_left, other_right) == (right, left):
        outcomes = outcomes.translate(_SWAPPED)
    elif (other_left, other_right) != (left, right):
        return False
    return not set(_OUTCOMES[key]) & set(outcomes)
