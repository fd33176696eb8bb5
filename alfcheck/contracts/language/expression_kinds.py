"""What an expression takes its columns to hold, against their dtypes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from alfcheck.contracts.expression import column_of

__all__ = ["expression_faults"]

Groups = Callable[[str], frozenset[str]]
"""The groups of dtypes of a column (number, bool, string, datetime); none where its dtype is open."""

_NUMBERS = frozenset({"number", "bool"})


def expression_faults(tree: ast.expr, groups: Groups) -> Iterator[tuple[str, str]]:
    """Say what cannot be compared, calculated with, or taken for true or false, each with the way out."""
    yield from _truth(tree, groups)
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            yield from _comparison(node, groups)
        elif isinstance(node, ast.BinOp):
            yield from _number(node.left, groups)
            yield from _number(node.right, groups)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
            yield from _number(node.operand, groups)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "abs":
            yield from _number(node.args[0], groups)


def _truth(node: ast.expr, groups: Groups) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _truth(value, groups)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield from _truth(node.operand, groups)
    name = column_of(node)
    if name is not None and groups(name) - {"bool"}:
        yield f"takes {name!r} for true or false", f"compare it with something: {name} > 0"


def _comparison(node: ast.Compare, groups: Groups) -> Iterator[tuple[str, str]]:
    sides = [node.left, *node.comparators]
    for op, left, right in zip(node.ops, sides[:-1], sides[1:], strict=True):
        if ast.dump(left) == ast.dump(right):
            yield f"compares {ast.unparse(left)} with itself", "compare two different things"
        items = (
            right.elts if isinstance(op, (ast.In, ast.NotIn)) and isinstance(right, ast.Tuple) else [right]
        )
        if not items:
            yield "looks for a value among none", "write the values: in (1, 2)"
        for item in items:
            first, second = _kinds(left, groups), _kinds(item, groups)
            if first and second and not first & second:
                told = f"compares {ast.unparse(left)} with {ast.unparse(item)}"
                yield told, "compare numbers with numbers and texts with texts"
                break


def _number(node: ast.expr, groups: Groups) -> Iterator[tuple[str, str]]:
    name = column_of(node)
    if name is not None and groups(name) and not groups(name) & _NUMBERS:
        yield f"calculates with {name!r}, which holds no numbers", "calculate with numbers"


def _kinds(node: ast.expr, groups: Groups) -> frozenset[str]:
    name = column_of(node)
    if name is not None:
        found = groups(name)
        return found | _NUMBERS if found & _NUMBERS else found
    if isinstance(node, ast.Constant):
        return frozenset({"string"}) if isinstance(node.value, str) else _NUMBERS
    return _NUMBERS
