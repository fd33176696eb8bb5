"""``relations``: what columns of one row say of one another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from alfcheck.contracts.language.keys import RELATION
from alfcheck.contracts.language.mistakes import Faults, Place
from alfcheck.contracts.language.nodes import Field, Fields, Items, Node, Scalar, told
from alfcheck.contracts.language.read_checks import severity_of
from alfcheck.contracts.language.values import fields, number, text
from alfcheck.contracts.spec import RelationSpec

if TYPE_CHECKING:
    import ast

    from alfcheck.contracts.expression import Expression

__all__ = ["COMPARISONS", "expression_columns", "expression_trees", "read_relations"]

COMPARISONS = ("lt", "le", "gt", "ge", "eq", "ne")

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def read_relations(node: Node, faults: Faults) -> tuple[RelationSpec, ...]:
    """Read all relations; those that cannot be read are left out."""
    if not isinstance(node, Fields):
        fix = "write each as a key with its name: start_before_end: {lt: [start, end]}"
        faults.add(node, f"relations must be a mapping, but is {told(node)}", fix)
        return ()
    read = (_relation(name, field, faults) for name, field in node.fields.items())
    return tuple(relation for relation in read if relation is not None)


def _relation(name: str, field: Field, faults: Faults) -> RelationSpec | None:
    if not _NAME.fullmatch(name):
        fix = "write it in lower case, as in start_before_end"
        faults.add(field.key, f"{name[:60]!r} can be no relation's name", fix)
    given = fields(field.value, RELATION, f"relation {name!r}", faults)
    asked = [key for key in given if key in COMPARISONS or key == "check"]
    if len(asked) != 1 and isinstance(field.value, Fields):
        what = f"asks several things ({', '.join(asked)})" if asked else "asks nothing"
        fix = "give it one of lt, le, gt, ge, eq, ne, check; several are several relations"
        faults.add(field.key, f"relation {name!r} {what}", fix)
    read: dict[str, Any] = {"name": name}
    for key, term in given.items():
        read |= _term(key, term.value, faults)
    return RelationSpec(**read) if len(asked) == 1 and len(read) > 1 else None


def _term(key: str, node: Node, faults: Faults) -> dict[str, Any]:
    if key in COMPARISONS:
        pair = _pair(key, node, faults)
        return {} if pair is None else {"compare": (key, *pair)}
    if key in ("check", "when"):
        return _present(key, _expression(key, node, faults))
    if key == "severity":
        return _present(key, severity_of(node, faults))
    if key == "tolerance":
        return _present(key, _tolerance(node, faults))
    return _present(key, text(node, key, faults))


def _present(key: str, value: Any) -> dict[str, Any]:
    return {} if value is None else {key: value}


def _tolerance(node: Node, faults: Faults) -> float | None:
    value = number(node, "tolerance", faults)
    if value is not None and value < 0:
        faults.add(node, f"tolerance must not be negative, but is {value}", f"write tolerance: {-value}")
        return None
    return value


def _pair(key: str, node: Node, faults: Faults) -> tuple[str, str] | None:
    fix = f"write {key}: [first_column, second_column]"
    if not isinstance(node, Items) or len(node.items) != 2:
        what = f"a list of {len(node.items)}" if isinstance(node, Items) else told(node)
        faults.add(node, f"{key} compares two columns, but is {what}", fix)
        return None
    first, second = (text(item, f"a column of {key}", faults) for item in node.items)
    if first is None or second is None:
        return None
    if first == second:
        never = "which never holds" if key in ("lt", "gt", "ne") else "which always holds"
        faults.add(node, f"{key} compares {first!r} with itself, {never}", fix)
        return None
    if first.count("*") != second.count("*") or first.count("*") > 1:
        fix = "write one * in both, which stands for the same word"
        faults.add(node, f"the names {first!r} and {second!r} do not have one * each", fix)
        return None
    return first, second


def _expression(key: str, node: Node, faults: Faults) -> str | None:
    from alfcheck.contracts.expression import ExpressionError

    words = text(node, key, faults)
    if words is None:
        return None
    try:
        _read(words)
    except ExpressionError as error:
        fix = "write it as in choice == 1 and feedbackType > 0"
        message, _, hint = error.message.partition("; ")
        faults.add(_place(node, error.offset), f"{key}: {message}", hint or fix)
        return None
    return words


def _place(node: Node, offset: int) -> Place:
    """Give the place of a character of an expression; of one in several lines, where it begins."""
    if not isinstance(node, Scalar) or node.block or not isinstance(node.value, str):
        return Place(node.line, node.column)
    # Escapes and folded lines take other room in the file than in the text.
    if node.raw != node.value or "\n" in node.raw or "\\" in node.raw:
        return Place(node.line, node.column)
    return Place(node.line, node.column + offset + (0 if node.plain else 1))


def expression_columns(relation: RelationSpec) -> Mapping[str, tuple[str, ...]]:
    """Give the columns that the expressions of a relation name, by key."""
    given = {"check": relation.check, "when": relation.when}
    return {key: _read(words).columns for key, words in given.items() if words}


def expression_trees(relation: RelationSpec) -> Mapping[str, ast.expr]:
    """Give the expressions of a relation as trees, by key."""
    given = {"check": relation.check, "when": relation.when}
    return {key: _read(words).tree for key, words in given.items() if words}


@lru_cache(maxsize=1024)
def _read(words: str) -> Expression:
    from alfcheck.contracts.expression import parse_expression

    return parse_expression(words)
