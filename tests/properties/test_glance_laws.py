"""Laws of the glance: where it is content with a column or a relation, pandera is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alfcheck.contracts.asked import asked_of
from alfcheck.contracts.bench import Bench
from alfcheck.contracts.build import build
from alfcheck.contracts.glancing import glance_of
from alfcheck.contracts.model import Contract, Match
from alfcheck.contracts.plan import Planner, Signature
from alfcheck.contracts.spec import CheckSpec, ColumnSpec, ContractSpec, RelationSpec
from alfcheck.contracts.terms import absent
from alfcheck.model import Dataset, Problem

LAW = settings(max_examples=150, deadline=None)

TABLE = Dataset("alf", "", "", "things", "table", "", "", "pqt")
DTYPES = ["float64", "float32", *(f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64))]
NUMBERS = st.sampled_from(
    [
        0,
        1,
        -1,
        2,
        0.1,
        0.5,
        1 / 3,
        -0.0,
        255,
        300,
        2**24,
        2**24 + 1,
        2**53 - 1,
        2**53,
        2**53 + 1,
        2.0**53,
        1e300,
    ]
)
TEXTS = st.sampled_from(["", "a", "ab", "a\n", "AB", "é", "٣", "a b", "0", "ab12"])
NAMES = {str: "str", bool: "boolean", int: "Int64"}
PATTERNS = st.sampled_from(["a", "^a$", r"\d", "a|b", "[ab]{2}", "(?i)ab", "a.", r"\w+$", "b", "^$"])


@st.composite
def number_checks(draw: st.DrawFn) -> CheckSpec:
    """Draw a check of numbers, with arguments that dtypes cannot all hold."""
    name = draw(
        st.sampled_from(
            [
                *("equal_to", "not_equal_to", "greater_than", "greater_than_or_equal_to", "less_than"),
                *("less_than_or_equal_to", "in_range", "isin", "notin"),
            ]
        )
    )
    one = draw(NUMBERS)
    some = tuple(draw(st.lists(NUMBERS, min_size=1, max_size=4)))
    has_width = max(some) > min(some)
    arguments: dict[str, dict[str, Any]] = {
        "in_range": {
            "include_max": not has_width or draw(st.booleans()),
            "max_value": max(some),
            "min_value": min(some),
        },
        "isin": {"allowed_values": some},
        "notin": {"forbidden_values": some},
    }
    plain = {"value" if "equal_to" in name[:12] else "min_value" if "great" in name else "max_value": one}
    return CheckSpec(name=name, arguments=tuple(arguments.get(name, plain).items()))


@st.composite
def text_checks(draw: st.DrawFn) -> CheckSpec:
    """Draw a check of text."""
    one, some = draw(TEXTS), tuple(draw(st.lists(TEXTS, min_size=1, max_size=4)))
    return draw(
        st.sampled_from(
            [
                CheckSpec(name="equal_to", arguments=(("value", one),)),
                CheckSpec(name="not_equal_to", arguments=(("value", one),)),
                CheckSpec(name="isin", arguments=(("allowed_values", some),)),
                CheckSpec(name="notin", arguments=(("forbidden_values", some),)),
                CheckSpec(name="str_matches", arguments=(("pattern", draw(PATTERNS)),)),
                CheckSpec(name="str_contains", arguments=(("pattern", draw(PATTERNS)),)),
                CheckSpec(name="str_startswith", arguments=(("string", one),)),
                CheckSpec(name="str_endswith", arguments=(("string", one),)),
                CheckSpec(name="str_length", arguments=(("max_value", 2),)),
            ]
        )
    )


@st.composite
def numbers(draw: st.DrawFn, rows: int) -> np.ndarray:
    """Draw numbers of some dtype: those that checks are about, and what lies beside them."""
    dtype = draw(st.sampled_from(DTYPES))
    few = draw(st.lists(NUMBERS, min_size=1, max_size=3))
    items = draw(st.lists(st.sampled_from(few), min_size=rows, max_size=rows))
    with np.errstate(all="ignore"):
        values = np.array(items, "float64").astype(dtype) if dtype[0] != "u" else _unsigned(items, dtype)
    if dtype[0] == "f" and rows and draw(st.booleans()):
        values[draw(st.integers(0, rows - 1))] = draw(st.sampled_from([np.nan, np.inf, -np.inf]))
    return values


def _unsigned(items: Sequence[float], dtype: str) -> np.ndarray:
    return np.array([int(abs(item)) % 2 ** (8 * np.dtype(dtype).itemsize) for item in items], dtype)


@st.composite
def texts(draw: st.DrawFn, rows: int) -> np.ndarray:
    """Draw text, some of it missing."""
    few = draw(st.lists(TEXTS | st.none(), min_size=1, max_size=3))
    return np.array(draw(st.lists(st.sampled_from(few), min_size=rows, max_size=rows)), dtype=object)


@st.composite
def with_gaps(draw: st.DrawFn, rows: int) -> np.ndarray:
    """Draw whole numbers or logical values, some of them missing, as tables give them."""
    some = draw(st.sampled_from([(0, 1), (True, False)]))
    items = st.lists(st.sampled_from([*some, None]), min_size=rows, max_size=rows)
    return np.array(draw(items), dtype=object)


def dtype_of(values: np.ndarray) -> str:
    """Name a dtype as readers do."""
    if values.dtype != object:
        return str(values.dtype)
    return next((NAMES[type(value)] for value in values if value is not None), "null")


@st.composite
def columns(draw: st.DrawFn, rows: int) -> tuple[np.ndarray, ColumnSpec]:
    """Draw the values of a column, and what is asked of them."""
    kind = draw(st.sampled_from(["text", "numbers", "gaps"]))
    is_text = kind == "text"
    values = draw(texts(rows) if is_text else numbers(rows) if kind == "numbers" else with_gaps(rows))
    checks = draw(st.lists(text_checks() if is_text else number_checks(), max_size=2))
    spec = ColumnSpec(
        name="a",
        nullable=draw(st.booleans()),
        missing=draw(st.none() | (TEXTS.filter(bool) if is_text else NUMBERS)),
        tolerance=0.0 if is_text else draw(st.sampled_from([0.0, 0.0, 0.25])),
        checks=tuple(checks),
    )
    return values, spec


def contract_of(*given: ColumnSpec, relations: tuple[RelationSpec, ...] = ()) -> Contract:
    return build(
        ContractSpec(
            id="lab.things",
            version="1.0.0",
            match=Match(object="things"),
            columns=given,
            relations=relations,
        )
    )


def by_pandera(contract: Contract) -> Contract:
    """Give the same contract as a plugin would build it, so that pandera is asked about everything."""
    relations = tuple(
        replace(relation, check=lambda relation=relation: _plugins_own(relation.check()))
        for relation in contract.relations
    )
    return replace(contract, schema=lambda: contract.schema(), relations=relations, spec=None)


def _plugins_own(check: pa.Check) -> pa.Check:
    function = check._check_fn
    return pa.Check(lambda frame: function(frame), name=check.name, error=check.error, ignore_na=False)


def problems_of(
    contract: Contract, files: Sequence[dict[str, np.ndarray]], *, every_lane: bool = False
) -> dict[int, set[Problem]]:
    bench, planner = Bench(), Planner([contract])
    for ref, file in enumerate(files):
        signature = tuple((name, dtype_of(values), ()) for name, values in file.items())
        plan = planner.plan(TABLE, Signature("table", signature, False))
        for lane in plan.lanes if every_lane else plan.laid:
            bench.add(ref, lane, file, 0, whole=True)
    bench.finish()
    return {ref: set(bench.faults.problems(ref, 9)) for ref in bench.faults.refs()}


@LAW
@given(st.data())
def test_a_contract_in_a_file_tells_what_pandera_tells(data: st.DataObject) -> None:
    values, spec = data.draw(columns(rows=data.draw(st.integers(0, 5))))
    files = [{"a": values}, {"a": values[:2]}, {"a": values[2:]}]
    contract = contract_of(spec)
    assert problems_of(contract, files) == problems_of(by_pandera(contract), files, every_lane=True)


@LAW
@given(st.data())
def test_a_glance_is_content_only_where_pandera_is(data: st.DataObject) -> None:
    values, spec = data.draw(columns(rows=data.draw(st.integers(0, 5))))
    checks = contract_of(replace(spec, tolerance=0.0)).schema().columns["a"].checks
    glance = glance_of([asked_of(check) for check in checks], spec.missing)
    if glance is not None and glance.passes(values, gaps=spec.nullable):
        assert spec.nullable or not absent(values, None).any()
        kept = values[~absent(values, spec.missing)]
        pa.DataFrameSchema({"a": pa.Column(None, checks, nullable=True)}).validate(pd.DataFrame({"a": kept}))


RELATIONS = [
    RelationSpec(name="order", compare=("le", "a", "b")),
    RelationSpec(name="near", compare=("eq", "a", "b"), tolerance=0.5),
    RelationSpec(name="when", check="a < b", when="b != 0"),
    RelationSpec(name="present", check="missing(b) or a <= b"),
    RelationSpec(name="sum", check="abs(a - b) >= 1 and not a == 2"),
]


@LAW
@given(st.data(), st.sampled_from(RELATIONS), st.none() | NUMBERS)
def test_a_relation_holds_where_pandera_says_so(
    data: st.DataObject, relation: RelationSpec, missing: float | None
) -> None:
    rows = data.draw(st.integers(0, 5))
    file = {name: data.draw(numbers(rows)) for name in "ab"}
    some = [ColumnSpec(name=name, nullable=True, missing=missing) for name in "ab"]
    contract = contract_of(*some, relations=(relation,))
    files = [file, {name: values[1:] for name, values in file.items()}]
    assert problems_of(contract, files) == problems_of(by_pandera(contract), files, every_lane=True)


@pytest.mark.parametrize(
    ("check", "values"),
    [
        (pa.Check.ge(0), np.arange(3.0)),
        (pa.Check.isin([-1, 0, 1]), np.array([1.0, -1.0, 0.0])),
        (pa.Check.in_range(0, 1), np.array([0, 1], "uint8")),
        (pa.Check.str_matches("^[a-c]+$"), np.array(["a", "bc"], dtype=object)),
    ],
)
def test_sound_columns_are_passed_at_a_glance(check: pa.Check, values: np.ndarray) -> None:
    glance = glance_of([asked_of(check)], None)
    assert glance is not None
    assert glance.passes(values, gaps=False)


@pytest.mark.parametrize(
    "check",
    [pa.Check(lambda values: values > 0), pa.Check.ge(0, ignore_na=False), pa.Check.unique_values_eq([1])],
)
def test_other_checks_are_panderas(check: pa.Check) -> None:
    assert glance_of([asked_of(check)], None) is None


@pytest.mark.parametrize("number", [0.1, 2**24 + 1])
@pytest.mark.parametrize("name", ["allowed_values", "forbidden_values"])
def test_numbers_that_a_dtype_cannot_hold_are_compared_by_pandera(number: float, name: str) -> None:
    check = CheckSpec(name="isin" if name == "allowed_values" else "notin", arguments=((name, (number,)),))
    contract = contract_of(ColumnSpec(name="a", checks=(check,)))
    files = [{"a": np.array([number], "float32")}]
    assert problems_of(contract, files) == problems_of(by_pandera(contract), files, every_lane=True)


@pytest.mark.parametrize(
    "values",
    [
        np.array([True, None], dtype=object),
        np.array([1, None], dtype=object),
        np.array(["a", None], dtype=object),
        np.array([1.0, np.nan]),
        np.array(["2020-01-01", "NaT"], "datetime64[s]"),
    ],
)
def test_what_is_missing_is_told_where_no_check_asks_for_more(values: np.ndarray) -> None:
    _tells_what_is_missing(ColumnSpec(name="a"), values)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("items", [[1.0, np.nan], [np.nan, np.nan]])
def test_what_is_missing_is_told_beside_a_check_that_passes(items: list[float], dtype: str) -> None:
    check = CheckSpec(name="greater_than", arguments=(("min_value", 0),))
    _tells_what_is_missing(ColumnSpec(name="a", checks=(check,)), np.array(items, dtype))


def _tells_what_is_missing(spec: ColumnSpec, values: np.ndarray) -> None:
    contract = contract_of(spec)
    found = problems_of(contract, [{"a": values}])
    assert [problem.code for problem in found[0]] == ["ALF304"]
    assert found == problems_of(by_pandera(contract), [{"a": values}], every_lane=True)


@pytest.mark.parametrize(
    "values", [np.array([]), np.array([np.nan]), np.array([-1, -1]), np.array([], "uint8"), np.array([-1.0])]
)
def test_a_check_of_text_is_panderas_where_numbers_are_all_missing(values: np.ndarray) -> None:
    glance = glance_of([asked_of(pa.Check.str_matches("^a"))], -1)
    assert glance is not None
    assert not glance.passes(values, gaps=True)
