"""The small language of a relation's ``check`` and ``when``: read with `ast`, walked, never executed.

    choice == 1 and abs(firstMovement_times - goCue_times) < 0.5
    missing(contrastLeft) or contrastLeft in (0, 0.0625, 0.125, 0.25, 1)

Column names, numbers, text, True and False, ``+ - * /`` and ``abs()``, comparisons, ``in``, ``and or not``,
``present()`` and ``missing()``. There are no powers, which swell, no attributes but dotted column names,
and no other calls, so a contract from a stranger can cost no more than a few passes over its columns.
"""

from __future__ import annotations

import ast
import io
import math
import tokenize
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from alfcheck.errors import ContractError

if TYPE_CHECKING:
    import numpy as np

__all__ = ["LONGEST", "Expression", "ExpressionError", "column_of", "parse_expression"]

LONGEST = 500
"""Characters that an expression may have."""

DEEPEST = 20
LARGEST = 2**63

_PRESENCE = ("present", "missing")
_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div)
_ORDER = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_MEMBERSHIP = (ast.In, ast.NotIn)
_ALLOWED = (
    "an expression may hold column names, numbers, text in quotes, True, False, + - * /, abs(), comparisons, "
    "in (…), and, or, not, present() and missing()"
)


class ExpressionError(ContractError):
    """An expression that cannot be read; ``offset`` is the character, from 0, at which it goes wrong."""

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression that has been read.

    ``columns`` are those it names, in order of appearance; ``operands`` those among them whose values it
    uses, so that rows where one of them is missing are not to be judged. The others occur only inside
    ``present()`` and ``missing()``.
    """

    text: str
    columns: tuple[str, ...]
    operands: frozenset[str]
    tree: ast.expr = field(repr=False, compare=False)

    def evaluate(self, columns: Mapping[str, np.ndarray], *, tolerance: float = 0.0) -> np.ndarray:
        """Tell for each row whether the expression holds, as an array of bool.

        Arithmetic is that of float64; what divides by zero is in no relation to anything. Orders and
        equalities of numbers may be missed by `tolerance`. Raises `TypeError` where the columns do not
        hold what the expression takes them to hold, say text where it calculates.
        """
        from alfcheck.contracts.evaluate import evaluate

        return evaluate(self.tree, columns, tolerance)


@lru_cache(maxsize=512)
def parse_expression(text: str) -> Expression:
    """Read `text` as an expression about the columns of one row.

    Raises `ExpressionError` for what is no such expression, at most `LONGEST` characters are looked at.
    """
    if len(text) > LONGEST:
        raise ExpressionError(
            f"the expression has {len(text)} characters; at most {LONGEST} are read", LONGEST
        )
    reader = _Reader(text)
    tree = reader.tree()
    reader.truth(tree)
    if not reader.found:
        raise ExpressionError("the expression names no column", 0)
    names = sorted(reader.found, key=lambda name: reader.found[name])
    return Expression(text, tuple(names), frozenset(reader.operands), tree)


def column_of(node: ast.expr) -> str | None:
    """Give the column name that `node` is (``choice``, ``metrics.label``), or ``None``."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = column_of(node.value)
        return None if head is None else f"{head}.{node.attr}"
    return None


class _Reader:
    """One reading: a walk that lets through what is allowed, and collects the column names."""

    def __init__(self, text: str) -> None:
        # One line, so that offsets count characters and blocks of YAML text may be wrapped.
        self.text = "".join(" " if char in "\r\n\t\f" else char for char in text)
        self.lead = len(self.text) - len(self.text.lstrip())
        self.found: dict[str, int] = {}
        self.operands: set[str] = set()

    def tree(self) -> ast.expr:
        if not self.text.strip():
            raise ExpressionError("the expression is empty", 0)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(self.text.strip(), mode="eval").body
            tokens = [*tokenize.generate_tokens(io.StringIO(self.text.strip()).readline)]
        except SyntaxError as error:
            # At its end, where something more should have come, Python names no place.
            offset = self.lead + error.offset - 1 if error.offset else len(self.text)
            told = f"this is no expression: {error.msg}"
            raise ExpressionError(told, min(offset, len(self.text))) from None
        except (ValueError, RecursionError, MemoryError, tokenize.TokenError) as error:
            raise ExpressionError(f"this is no expression: {error}", 0) from None
        for token in tokens:
            if token.type == tokenize.COMMENT:
                raise ExpressionError("an expression has no comments", self.lead + token.start[1])
        self._refuse_depth(tree)
        return tree

    def truth(self, node: ast.expr) -> None:
        """Let through what holds or does not hold in a row."""
        if isinstance(node, ast.BoolOp):
            for value in node.values:
                self.truth(value)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            self.truth(node.operand)
        elif isinstance(node, ast.Compare):
            self._comparison(node)
        elif isinstance(node, ast.Call) and self._called(node) in _PRESENCE:
            self._presence(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
            return
        elif column_of(node) is not None:
            self._operand(node)
        else:
            self.value(node)
            raise self._wrong(node, "this is a value; compare it with something")

    def value(self, node: ast.expr) -> None:
        """Let through what has a value in a row."""
        if isinstance(node, ast.Constant):
            self._constant(node)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, _ARITHMETIC):
            for side in (node.left, node.right):
                self._number(side)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
            self._number(node.operand)
        elif isinstance(node, ast.Call) and self._called(node) == "abs":
            self._number(self._argument(node))
        elif column_of(node) is not None:
            self._operand(node)
        else:
            raise self._wrong(node, _refusal(node))

    def _number(self, node: ast.expr) -> None:
        self.value(node)
        if isinstance(node, ast.Constant) and isinstance(node.value, (str, bool)):
            raise self._wrong(node, f"{node.value!r} is no number to calculate with")

    def _comparison(self, node: ast.Compare) -> None:
        sides = [node.left, *node.comparators]
        for op, side in zip(node.ops, sides[1:], strict=True):
            if not isinstance(op, _ORDER + _MEMBERSHIP):
                raise self._wrong(side, "'is' compares no values; write == or !=")
            if isinstance(op, _MEMBERSHIP):
                self._members(side)
        members = {
            id(side) for op, side in zip(node.ops, sides[1:], strict=True) if isinstance(op, _MEMBERSHIP)
        }
        if members and len(node.ops) > 1:
            raise self._wrong(node, "'in' stands in no chain of comparisons; join them with 'and'")
        for side in sides:
            if id(side) not in members:
                self._side(side)

    def _side(self, node: ast.expr) -> None:
        holds = isinstance(node, (ast.Compare, ast.BoolOp)) or (
            isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
        )
        if holds or (isinstance(node, ast.Call) and self._called(node) in _PRESENCE):
            self.truth(node)
        else:
            self.value(node)

    def _members(self, node: ast.expr) -> None:
        items = node.elts if isinstance(node, ast.Tuple) else [node]
        for item in items:
            bare = _unsigned(item)
            if not isinstance(bare, ast.Constant):
                raise self._wrong(item, "'in' is followed by numbers or text in parentheses: in (1, 2)")
            self._constant(bare)
            if bare is not item and isinstance(bare.value, (str, bool)):
                raise self._wrong(item, f"{bare.value!r} is no number to calculate with")

    def _constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, (str, bool)):
            return
        if isinstance(value, int) and value < LARGEST:
            return
        if isinstance(value, float) and math.isfinite(value):
            return
        if isinstance(value, (int, float)):
            raise self._wrong(node, "the number is too large")
        if value is None:
            raise self._wrong(node, "None is no value; write missing(column) or present(column)")
        raise self._wrong(node, f"{value!r} is neither a number nor text; {_ALLOWED}")

    def _presence(self, node: ast.Call) -> None:
        argument = self._argument(node)
        name = column_of(argument)
        if name is None:
            raise self._wrong(argument, f"{self._called(node)}() takes the name of a column")
        self.found.setdefault(name, self._offset(argument))

    def _argument(self, node: ast.Call) -> ast.expr:
        if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
            raise self._wrong(node, f"{self._called(node)}() takes one argument")
        return node.args[0]

    def _called(self, node: ast.Call) -> str:
        return node.func.id if isinstance(node.func, ast.Name) else ""

    def _operand(self, node: ast.expr) -> None:
        name = column_of(node)
        assert name is not None
        self.found.setdefault(name, self._offset(node))
        self.operands.add(name)

    def _refuse_depth(self, tree: ast.expr) -> None:
        """Refuse what a walk could stumble over, without walking down it."""
        level = [tree]
        for _ in range(DEEPEST):
            level = [
                child for node in level for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)
            ]
        if level:
            raise self._wrong(level[0], f"the expression is nested more than {DEEPEST} deep")

    def _offset(self, node: ast.expr) -> int:
        stripped = self.text.strip().encode()
        return self.lead + len(stripped[: node.col_offset].decode(errors="replace"))

    def _wrong(self, node: ast.expr, message: str) -> ExpressionError:
        return ExpressionError(message, self._offset(node))


def _unsigned(node: ast.expr) -> ast.expr:
    signed = isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd))
    return node.operand if isinstance(node, ast.UnaryOp) and signed else node


def _refusal(node: ast.expr) -> str:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return "powers are refused, since they swell; multiply instead"
    if isinstance(node, ast.Call):
        return f"{ast.unparse(node.func)}() is not known; the functions are abs(), present() and missing()"
    if isinstance(node, (ast.Compare, ast.BoolOp, ast.UnaryOp)):
        return "this holds or does not hold; it is no value to calculate with"
    return f"this is not allowed; {_ALLOWED}"
