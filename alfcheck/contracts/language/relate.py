"""Relations against the columns that they name, and against one another."""

from __future__ import annotations

from collections.abc import Iterator

from alfcheck.contracts.language.entries import Entries
from alfcheck.contracts.language.expression_kinds import expression_faults
from alfcheck.contracts.language.holds import groups_of
from alfcheck.contracts.language.mistakes import Faults, near
from alfcheck.contracts.language.read_relations import expression_columns, expression_trees
from alfcheck.contracts.spec import ContractSpec, RelationSpec
from alfcheck.model import Severity

__all__ = ["MOST_COMPARED", "clashing", "judge_relations"]


MOST_COMPARED = 500
"""Relations that are compared with one another."""

_OUTCOMES = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "=", "ne": "<>"}
_SWAPPED = str.maketrans("<>", "><")


def judge_relations(spec: ContractSpec, columns: Entries, faults: Faults) -> None:
    """Note columns that are not declared, that cannot be compared, and relations that exclude one another."""
    for relation in spec.relations:
        for path, name in _named(relation):
            why = _column_fault(name, columns)
            if why is not None:
                message, fix = why
                faults.at(("relations", relation.name, *path), f"relation {relation.name!r} {message}", fix)
        _judge_dtypes(relation, columns, faults)
        _judge_expressions(relation, columns, faults)
    for index, second in enumerate(spec.relations[:MOST_COMPARED]):
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


def _column_fault(name: str, columns: Entries) -> tuple[str, str] | None:
    """Say why a relation cannot name a column, and the way out."""
    entry = columns.meant(name)
    if entry is None:
        fix = near(name, columns.names) or f"add {name} under columns"
        return f"names {name!r}, which is not declared under columns", fix
    # A table holds one value a row under any name; only files of their own have shapes.
    if entry.name == name and entry.shapes and not any(_is_one_a_row(shape) for shape in entry.shapes):
        return f"compares {name!r}, which has several values a row", f"name a component, such as {name}_0"
    return None


def _is_one_a_row(shape: tuple[str | int, ...]) -> bool:
    return len(shape) == 1 or (len(shape) == 2 and (shape[1] == 1 or isinstance(shape[1], str)))


def _judge_dtypes(relation: RelationSpec, columns: Entries, faults: Faults) -> None:
    if relation.compare is None:
        return
    key, *names = relation.compare
    first, second = (columns.meant(name) for name in names)
    groups = [
        groups_of(each.dtypes or columns.whole(name)) if each is not None else frozenset()
        for each, name in zip((first, second), names, strict=True)
    ]
    if all(groups) and not groups[0] & groups[1]:
        what = " and ".join(" or ".join(sorted(group)) for group in groups)
        message = f"relation {relation.name!r} compares {what}"
        faults.at(("relations", relation.name, key), message, "compare columns of one kind")


def _judge_expressions(relation: RelationSpec, columns: Entries, faults: Faults) -> None:
    def groups(name: str) -> frozenset[str]:
        entry = columns.meant(name)
        return frozenset() if entry is None else groups_of(entry.dtypes or columns.whole(name))

    for word, tree in expression_trees(relation).items():
        for what, fix in expression_faults(tree, groups):
            faults.at(("relations", relation.name, word), f"relation {relation.name!r} {what}", fix)


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
