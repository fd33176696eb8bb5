"""Expressions of relations: what may be said, what it means, and what strangers may not do with it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alfcheck.contracts.expression import LONGEST, ExpressionError, parse_expression
from alfcheck.errors import ContractError

NAN = np.nan
COLUMNS: dict[str, np.ndarray] = {
    "a": np.array([1, 2, 250], np.uint8),
    "b": np.array([2.0, 2.0, NAN]),
    "text": np.array(["left", "right", None], object),
    "flag": np.array([True, False, True]),
    "metrics.label": np.array([0.5, 1.0, 1.0]),
    "when": np.array(["2020-01-01", "2020-01-02", "NaT"], "M8[s]"),
    "later": np.array(["2020-01-02", "2020-01-01", "2020-01-01"], "M8[s]"),
    "whole": np.array([1, 2, 3], object),
}


def holds(text: str, **options: float) -> list[bool]:
    found = parse_expression(text).evaluate(COLUMNS, **options)
    assert found.dtype == bool
    return [bool(each) for each in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a == 1", "TFF"),
        ("1 < a <= 2", "FTF"),
        ("a - 2 < 0", "TFF"),
        ("-a == -2", "FTF"),
        ("abs(a - 2) == 1", "TFF"),
        ("b / (a - 1) > 0", "FTF"),
        ("b / (a - 1) != 1", "FTF"),
        ("(a + 1) * 2 / 4 == 1", "TFF"),
        ("a in (1, 250)", "TFT"),
        ("a not in (1, -1)", "FTT"),
        ("a in (2)", "FTF"),
        ("text in ('left', 'up')", "TFF"),
        ("text == 'left' or a > 100", "TFT"),
        ("flag and not a == 1", "FFT"),
        ("flag", "TFT"),
        ("missing(b) or b == a", "FTT"),
        ("present(b) == flag", "TFF"),
        ("present(text) and metrics.label < 1", "TFF"),
        ("when < later", "TFF"),
        ("whole == a", "TTF"),
        ("a == 1 and\n   b == 2", "TFF"),
        ("a == True", "TFF"),
    ],
)
def test_a_row_holds_or_does_not(text: str, expected: str) -> None:
    assert holds(text) == [letter == "T" for letter in expected]


def test_columns_come_in_order_and_operands_apart() -> None:
    read = parse_expression("missing(c) or a.x + b > 0 and missing(a.x) and present(d)")
    assert read.columns == ("c", "a.x", "b", "d")
    assert read.operands == {"a.x", "b"}


def test_equal_texts_are_equal_expressions() -> None:
    assert parse_expression("a == 1") == parse_expression("a == 1") != parse_expression("a == 2")
    assert "tree" not in repr(parse_expression("a == 1"))


@pytest.mark.parametrize(
    ("text", "offset", "said"),
    [
        ("", 0, "empty"),
        ("  a ==", 6, "no expression"),
        ("é == 1 and", 10, "no expression"),
        ("b > 0 and a ** 9 > 1", 10, "powers"),
        ("a.b() == 1", 0, "not known"),
        ("__import__('os')", 0, "not known"),
        ("a == (lambda: 1)()", 5, "not known"),
        ("a[0] == 1", 0, "not allowed"),
        ("f'{a}' == 'x'", 0, "not allowed"),
        ("a if b else c", 0, "not allowed"),
        ("[x for x in a]", 0, "not allowed"),
        ("(a := 1) == 1", 1, "not allowed"),
        ("'x'.y == 1", 0, "not allowed"),
        ("a // 2 == 1", 0, "not allowed"),
        ("a == 1  # or not", 8, "no comments"),
        ("a is 1", 5, "'is'"),
        ("a == None", 5, "missing(column)"),
        ("a == b'x'", 5, "neither a number nor text"),
        ("a == 1j", 5, "neither a number nor text"),
        ("a < 1e999", 4, "too large"),
        ("a < 99999999999999999999", 4, "too large"),
        ("a + 'x' == 1", 4, "no number"),
        ("a in (b, 1)", 6, "in (1, 2)"),
        ("a in [1]", 5, "in (1, 2)"),
        ("1 < a in (1, 2)", 0, "chain"),
        ("a + 1", 0, "compare it"),
        ("(a > 1) + 1 > 2", 1, "no value to calculate with"),
        ("present(a + 1)", 8, "name of a column"),
        ("missing(a, b)", 0, "one argument"),
        ("abs(x=a) > 1", 0, "one argument"),
        ("1 == 1", 0, "no column"),
        ("a > 1\0", None, "no expression"),
        ("a == " + "+" * 30 + "1", 24, "20 deep"),
        ("a" + ".a" * 200 + "() == 1", 0, "20 deep"),
        ("(" * 240 + "a" + ")" * 240 + " > 1", None, "no expression"),
        ("a" * (LONGEST + 1), LONGEST, "at most 500"),
    ],
)
def test_what_is_not_allowed_is_told_with_its_place(text: str, offset: int | None, said: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text)
    assert said in caught.value.message
    assert offset in (caught.value.offset, None)
    assert isinstance(caught.value, ContractError)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("text < 3", "text holds text, 3 holds number"),
        ("a == 'left'", "a holds number, 'left' holds text"),
        ("text + 1 > 0", "text holds text, with which nothing can be calculated"),
        ("when > 3", "cannot be compared"),
        ("a or b > 1", "a does not hold True and False"),
        ("nowhere > 1", "no column 'nowhere'"),
    ],
)
def test_columns_that_do_not_fit_are_an_error(text: str, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        holds(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a <= 0.95", "TFF"),
        ("a < 1", "TFF"),
        ("a > 2", "FTT"),
        ("a == 2.05", "FTF"),
        ("a != 2.05", "TFT"),
        ("a in (1.05, 249.95)", "TFT"),
        ("a not in (1.05, 3)", "FTT"),
        ("not a > 0.95", "TFF"),
        ("not a == 1.05", "FTT"),
        ("not not a <= 0.95", "TFF"),
        ("text == 'left'", "TFF"),
    ],
)
def test_a_tolerance_forgives_and_never_condemns_orders(text: str, expected: str) -> None:
    assert holds(text, tolerance=0.1) == [letter == "T" for letter in expected]


def test_no_rows_give_no_answers() -> None:
    read = parse_expression("a == 1 and text in ('x', 'y') and not missing(b)")
    empty = {name: values[:0] for name, values in COLUMNS.items()}
    assert read.evaluate(empty).shape == (0,)


NAMES = st.sampled_from(["a", "b", "c"])
NUMBERS = st.integers(-3, 3).map(str)
VALUES = st.recursive(
    NAMES | NUMBERS,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*"), inner)
        | st.builds("abs({})".format, inner)
        | st.builds("(-{})".format, inner)
    ),
    max_leaves=5,
)
TRUTHS = st.recursive(
    st.builds("({} {} {})".format, VALUES, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), VALUES)
    | st.builds("({} {} {} < {})".format, VALUES, st.sampled_from(["<", "=="]), VALUES, VALUES)
    | st.builds("({} {} ({}, {}))".format, VALUES, st.sampled_from(["in", "not in"]), NUMBERS, NUMBERS),
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner)
        | st.builds("(not {})".format, inner)
    ),
    max_leaves=4,
)


@settings(max_examples=150, deadline=None)
@given(TRUTHS, st.lists(st.tuples(*[st.integers(-3, 3)] * 3), max_size=5))
def test_an_expression_says_what_python_says(text: str, rows: list[tuple[int, int, int]]) -> None:
    """Python itself, on one row at a time, is the oracle."""
    read = parse_expression(f"a == a and {text}")
    columns: dict[str, Any] = {
        name: np.array([row[place] for row in rows], np.int8) for place, name in enumerate("abc")
    }
    oracle = [bool(eval(text, {}, dict(zip("abc", row, strict=True)))) for row in rows]
    assert read.evaluate(columns).tolist() == oracle


PIECES = [
    "a",
    "1",
    "'x'",
    "(",
    ")",
    "+",
    "-",
    "**",
    "==",
    "<",
    "in",
    "and",
    "not",
    ".",
    ",",
    "[",
    "]",
    "{",
    "}",
]
PIECES += [
    ":",
    "lambda",
    "for",
    "if",
    "else",
    "await",
    "yield",
    "*",
    "\\",
    "\n",
    "\t",
    "#",
    "é",
    "\0",
    "present",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join) | st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(ExpressionError):
        read = parse_expression(text)
        assert set(read.operands) <= set(read.columns)
