"""The value of an expression over columns: a walk of the tree that was let through when it was read."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from alfcheck.contracts.expression import column_of
from alfcheck.contracts.terms import blank

if TYPE_CHECKING:
    import numpy as np

__all__ = ["compare", "evaluate", "plain"]

_KINDS = {
    "b": "number",
    "u": "number",
    "i": "number",
    "f": "number",
    "U": "text",
    "M": "date",
    "m": "duration",
}
_OBJECTS = {
    "string": "text",
    "boolean": "number",
    "integer": "number",
    "floating": "number",
    "mixed-integer-float": "number",
}
_NAMES = {
    ast.Eq: "eq",
    ast.NotEq: "ne",
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
}


class _Value(NamedTuple):
    """An array, or one value for all rows, and what it is: number, text, date, duration; "" if empty."""

    values: Any
    kind: str
    name: str


def evaluate(tree: ast.expr, columns: Mapping[str, np.ndarray], tolerance: float = 0.0) -> np.ndarray:
    """Tell for each row whether `tree` holds; raises `TypeError` for columns that it does not fit."""
    import numpy as np

    rows = len(next(iter(columns.values()), ()))
    with np.errstate(all="ignore"):
        found = _Evaluation(columns, tolerance).truth(tree)
    return np.array(np.broadcast_to(found, (rows,)), dtype=bool)


def compare(
    op: str, first: np.ndarray, second: np.ndarray, tolerance: float, names: tuple[str, str] = ("", "")
) -> np.ndarray:
    """Compare two columns row by row (`op`: eq ne lt le gt ge); raises `TypeError` for text with numbers."""
    import numpy as np

    with np.errstate(all="ignore"):
        found = _compare(op, _value(first, names[0]), _value(second, names[1]), tolerance)
    return np.array(np.broadcast_to(found, (len(first),)), dtype=bool)


def plain(values: np.ndarray) -> tuple[np.ndarray, str]:
    """Give a column in a dtype that can be compared, and its kind: number, text, date or duration."""
    import numpy as np

    if values.dtype.kind != "O":
        return values, _KINDS.get(values.dtype.kind, values.dtype.name)
    from pandas.api.types import infer_dtype

    told = infer_dtype(values, skipna=True)
    if told == "empty":
        return values, ""
    kind = _OBJECTS.get(told, told)
    if kind != "number":
        return values, kind
    import pandas as pd

    missing = pd.isna(values)
    if told == "floating" or missing.any():
        filled = values.copy()
        filled[missing] = np.nan
        return filled.astype(np.float64), kind
    return np.array(values.tolist()), kind


def _value(given: Any, name: str) -> _Value:
    import numpy as np

    if isinstance(given, np.ndarray):
        values, kind = plain(given)
        return _Value(values, kind, name)
    return _Value(given, "text" if isinstance(given, str) else "number", repr(given))


class _Evaluation:
    """One pass over the columns; the sign says how a tolerance widens: what stands below ``not`` narrows."""

    def __init__(self, columns: Mapping[str, np.ndarray], tolerance: float) -> None:
        self.columns = columns
        self.tolerance = tolerance
        self.known: dict[str, _Value] = {}

    def truth(self, node: ast.expr, sign: int = 1) -> Any:
        import numpy as np

        if isinstance(node, ast.BoolOp):
            join = np.logical_and if isinstance(node.op, ast.And) else np.logical_or
            found = self.truth(node.values[0], sign)
            for value in node.values[1:]:
                found = join(found, self.truth(value, sign))
            return found
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return np.logical_not(self.truth(node.operand, -sign))
        if isinstance(node, ast.Compare):
            return self._chain(node, sign)
        if isinstance(node, ast.Call):
            return self._presence(node)
        if isinstance(node, ast.Constant):
            return np.bool_(node.value)
        column = self._column(node)
        if getattr(column.values, "dtype", None) != np.bool_ and column.kind:
            raise TypeError(f"{column.name} does not hold True and False; compare it with something")
        return column.values.astype(bool)

    def _presence(self, node: ast.Call) -> Any:
        missing = blank(self._raw(column_of(node.args[0]) or ""))
        assert isinstance(node.func, ast.Name)
        return missing if node.func.id == "missing" else ~missing

    def _chain(self, node: ast.Compare, sign: int) -> Any:
        import numpy as np

        found: Any = np.bool_(True)
        left = self._side(node.left, sign)
        for op, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(op, (ast.In, ast.NotIn)):
                among = self._among(left, right)
                return ~among if isinstance(op, ast.NotIn) else among
            side = self._side(right, sign)
            found = np.logical_and(found, _compare(_NAMES[type(op)], left, side, self.tolerance, sign))
            left = side
        return found

    def _among(self, left: _Value, right: ast.expr) -> Any:
        import numpy as np

        found: Any = np.bool_(False)
        for item in right.elts if isinstance(right, ast.Tuple) else [right]:
            found = np.logical_or(found, _compare("eq", left, self._number_or_text(item), self.tolerance))
        return found

    def _side(self, node: ast.expr, sign: int) -> _Value:
        holds = isinstance(node, (ast.Compare, ast.BoolOp)) or (
            isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
        )
        calls = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id != "abs"
        if holds or calls:
            return _Value(self.truth(node, sign), "number", ast.unparse(node))
        return self._number_or_text(node)

    def _number_or_text(self, node: ast.expr) -> _Value:
        if isinstance(node, ast.Constant):
            return _value(node.value, "")
        if isinstance(node, ast.UnaryOp):
            if isinstance(node.operand, ast.Constant):
                value: Any = node.operand.value
                return _value(-value if isinstance(node.op, ast.USub) else value, "")
            number = self._number(node.operand)
            return _Value(-number if isinstance(node.op, ast.USub) else number, "number", ast.unparse(node))
        if isinstance(node, ast.Call):
            return _Value(abs(self._number(node.args[0])), "number", ast.unparse(node))
        if isinstance(node, ast.BinOp):
            return _Value(self._calculated(node), "number", ast.unparse(node))
        return self._column(node)

    def _calculated(self, node: ast.BinOp) -> Any:
        import numpy as np

        left, right = self._number(node.left), self._number(node.right)
        if isinstance(node.op, ast.Add):
            return left + right
        if isinstance(node.op, ast.Sub):
            return left - right
        if isinstance(node.op, ast.Mult):
            return left * right
        return np.where(right == 0, np.nan, left / np.where(right == 0, 1.0, right))

    def _number(self, node: ast.expr) -> Any:
        """Give float64: small integers would wrap around, 2 - 3 be 255."""
        import numpy as np

        value = self._number_or_text(node)
        if value.kind not in ("number", ""):
            raise TypeError(f"{value.name} holds {value.kind}, with which nothing can be calculated")
        return np.asarray(value.values, dtype=np.float64)

    def _column(self, node: ast.expr) -> _Value:
        name = column_of(node) or ""
        if name not in self.known:
            self.known[name] = _value(self._raw(name), name)
        return self.known[name]

    def _raw(self, name: str) -> np.ndarray:
        if name not in self.columns:
            raise TypeError(f"there is no column {name!r}")
        return self.columns[name]


def _compare(op: str, left: _Value, right: _Value, tolerance: float, sign: int = 1) -> Any:
    import numpy as np

    if left.kind and right.kind and left.kind != right.kind:
        raise TypeError(
            f"{left.name} holds {left.kind}, {right.name} holds {right.kind}: they cannot be compared"
        )
    a, b = left.values, right.values
    if not left.kind or not right.kind:
        return np.zeros(np.broadcast(a, b).shape, dtype=bool)
    if tolerance and left.kind == "number":
        return _within(op, np.asarray(a, np.float64), np.asarray(b, np.float64), tolerance, sign)
    if op == "ne":
        # What is no number differs from nothing, as it is equal to nothing.
        return (a != b) & _known(a, left.kind) & _known(b, right.kind)
    found: Any = {
        "eq": lambda: a == b,
        "lt": lambda: a < b,
        "le": lambda: a <= b,
        "gt": lambda: a > b,
        "ge": lambda: a >= b,
    }[op]()
    return found


def _known(values: Any, kind: str) -> Any:
    import numpy as np

    return ~np.isnan(values) if kind == "number" and np.asarray(values).dtype.kind == "f" else np.bool_(True)


def _within(op: str, a: Any, b: Any, tolerance: float, sign: int) -> Any:
    """Compare numbers that are equal if they differ by `tolerance` at most."""
    if op in ("eq", "ne"):
        apart = abs(a - b)
        return (apart <= tolerance) | (a == b) if op == "eq" else (apart > tolerance) & (a != b)
    slack = sign * tolerance
    found: Any = {
        "lt": lambda: a < b + slack,
        "le": lambda: a <= b + slack,
        "gt": lambda: a > b - slack,
        "ge": lambda: a >= b - slack,
    }[op]()
    return found
