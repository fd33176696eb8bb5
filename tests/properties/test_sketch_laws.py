"""Laws of sketches: of a few extremes pandera says what it says of all values."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench_runs import contract_of, plan_of

from alfcheck.contracts.bench import Bench
from alfcheck.contracts.checks import sorted_rows, unique_rows, whole_numbers
from alfcheck.contracts.model import Contract, Relation, Terms
from alfcheck.contracts.sketch import Sketch, is_sketched
from alfcheck.model import Problem

LAW = settings(max_examples=150, deadline=None)
DTYPES = st.sampled_from(["float64", "float32", "int64", "int8", "uint8", "uint64"])
LIMIT = st.sampled_from([-1, 0, 2, 2.5, 5, float("inf")])
CUTS = st.lists(st.integers(0, 12), max_size=3)
SPECIAL = [np.nan, np.inf, -np.inf, -0.0, 0.5]


@st.composite
def files(draw: st.DrawFn) -> np.ndarray:
    """Draw numbers, in order or not, some of them missing, infinite or fractions where the dtype allows."""
    dtype = draw(DTYPES)
    values = np.array(draw(st.lists(st.integers(0, 6), max_size=12)), dtype)
    if draw(st.booleans()):
        values.sort()
    if len(values) and values.dtype.kind != "u" and draw(st.booleans()):
        values[draw(st.integers(0, len(values) - 1))] *= -1
    for place in draw(st.lists(st.integers(0, max(len(values) - 1, 0)), max_size=3)):
        if len(values) and values.dtype.kind == "f":
            values[place] = draw(st.sampled_from(SPECIAL))
    return values


LIMITS: dict[str, Callable[[Any, Any], pa.Check]] = {
    "ge": lambda low, high: pa.Check.ge(low),
    "gt": lambda low, high: pa.Check.gt(low),
    "le": lambda low, high: pa.Check.le(high, ignore_na=False),
    "lt": lambda low, high: pa.Check.lt(high, raise_warning=True),
    "eq": lambda low, high: pa.Check.eq(low),
    "within": lambda low, high: pa.Check.in_range(min(low, high), max(low, high), include_max=low == high),
}
ORDERS: dict[str, Callable[[], pa.Check]] = {
    "sorted": sorted_rows,
    "rising": lambda: sorted_rows(strict=True),
    "nearly": lambda: sorted_rows(tolerance=0.75),
    "whole": whole_numbers,
}


@st.composite
def contracts(draw: st.DrawFn, *, unique: bool = False) -> Contract:
    missing, tolerance = draw(st.sampled_from([None, None, -1, 3])), draw(st.sampled_from([0.0, 0.5]))
    names = draw(st.sets(st.sampled_from(sorted(LIMITS)), max_size=2))
    names -= {"eq"} if tolerance else set()  # what is nearly equal is looked at row by row
    checks = [LIMITS[name](draw(LIMIT), draw(LIMIT)) for name in sorted(names)]
    checks += [ORDERS[name]() for name in sorted(draw(st.sets(st.sampled_from(sorted(ORDERS)), max_size=2)))]
    checks += [unique_rows()] if unique else []
    dtype = draw(st.sampled_from([None, None, "float64", "int8"]))
    schema = pa.DataFrameSchema({"a": pa.Column(dtype, checks, nullable=draw(st.booleans()))})
    return contract_of(schema, terms={"a": Terms(missing=missing, tolerance=tolerance)})


def sketch_of(contract: Contract, values: np.ndarray, cuts: list[int]) -> Sketch:
    (lane,) = plan_of(contract, values).lanes
    assert is_sketched(lane)
    sketch = Sketch(lane)
    for piece in np.split(values, sorted(min(cut, len(values)) for cut in cuts)):
        sketch.look({"": piece})
    return sketch


def problems_of(contract: Contract, values: np.ndarray) -> list[Problem]:
    """Judge each row: the oracle."""
    bench = Bench()
    (lane,) = plan_of(contract, values).lanes
    bench.add(0, lane, {"": values}, 0, whole=True)
    bench.finish()
    return list(bench.faults.problems(0, len(values)))


@LAW
@given(contracts(), files().filter(len), CUTS)
def test_a_sketch_is_sound_if_all_values_are(contract: Contract, values: np.ndarray, cuts: list[int]) -> None:
    missing = contract.terms["a"].missing
    sound = sketch_of(contract, values, cuts).is_sound()
    if sound or missing is None:  # beside a value that stands for missing, NaN is looked at once more
        assert sound == (not problems_of(contract, values))


@LAW
@given(contracts(unique=True), files(), CUTS)
def test_a_sound_sketch_has_no_fault(contract: Contract, values: np.ndarray, cuts: list[int]) -> None:
    sketch = sketch_of(contract, values, cuts)
    if sketch.is_sound():
        assert not problems_of(contract, values)


@LAW
@given(files(), CUTS)
def test_what_is_told_to_rise_does(values: np.ndarray, cuts: list[int]) -> None:
    contract = contract_of(pa.DataFrameSchema({"a": pa.Column(nullable=True, unique=True)}))
    kept = pd.Series(values).dropna()
    assert (sketch_of(contract, values, cuts).rising() == {"a"}) == kept.is_monotonic_increasing


def _ordered() -> pa.Check:
    return pa.Check(lambda frame: frame.iloc[:, 0] <= frame.iloc[:, 1])


UNDECIDED: dict[str, tuple[pa.Column, Terms, np.ndarray]] = {
    "a set": (pa.Column(None, pa.Check.isin([1, 2])), Terms(), np.zeros(3)),
    "a function": (pa.Column(None, pa.Check(lambda values: values > 0)), Terms(), np.zeros(3)),
    "a row's function": (pa.Column(None, pa.Check(bool, element_wise=True)), Terms(), np.zeros(3)),
    "another name's function": (pa.Column(None, pa.Check(bool, name="ge")), Terms(), np.zeros(3)),
    "a share": (pa.Column(nullable=True), Terms(missing_share=0.5), np.zeros(3)),
    "text": (pa.Column(nullable=True), Terms(), np.array(["a"])),
    "times": (pa.Column(nullable=True), Terms(), np.zeros(3, "M8[s]")),
    "logical values": (pa.Column(nullable=True), Terms(), np.zeros(3, bool)),
    "complex numbers": (pa.Column(nullable=True), Terms(), np.zeros(3, complex)),
}


@pytest.mark.parametrize(("column", "terms", "values"), UNDECIDED.values(), ids=UNDECIDED)
def test_what_extremes_do_not_decide_is_not_sketched(
    column: pa.Column, terms: Terms, values: np.ndarray
) -> None:
    contract = contract_of(pa.DataFrameSchema({"a": column}), terms={"a": terms})
    assert not any(is_sketched(lane) for lane in plan_of(contract, values).lanes)


@pytest.mark.parametrize("of_schema", [False, True])
def test_columns_that_are_related_are_not_sketched(of_schema: bool) -> None:
    columns = {name: pa.Column(nullable=True) for name in ("a_0", "a_1")}
    schema = pa.DataFrameSchema(columns, checks=_ordered() if of_schema else None)
    relation = Relation("order", ("a_0", "a_1"), _ordered, "a_0 <= a_1")
    contract = contract_of(schema, relations=() if of_schema else (relation,))
    (lane,) = plan_of(contract, np.zeros((3, 2))).lanes
    assert not is_sketched(lane)
