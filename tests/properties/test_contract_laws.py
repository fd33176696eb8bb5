"""Laws of the bench: files judged together, in groups and pieces, as pandera judges each of them alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pandera.errors import SchemaErrorReason, SchemaErrors

from alfcheck.contracts.bench import Bench
from alfcheck.contracts.checks import sorted_rows, unique_rows, whole_numbers
from alfcheck.contracts.model import Contract, ContractFile, Match, Relation, Terms
from alfcheck.contracts.plan import Plan, Planner, Signature
from alfcheck.model import Dataset, Problem
from alfcheck_schemas import CATALOGUE

# pandera takes a millisecond for each file that is judged alone.
LAW = settings(max_examples=25, deadline=None)

Blame = Mapping[tuple[str, str], tuple[int, tuple[int, ...]]]
"""By column and check: how many rows fail, and the first five (none where the file fails as a whole)."""


def _touchy(values: Any) -> Any:
    if np.any(np.asarray(values) == 7):
        raise RuntimeError("no sevens")
    return values < 9


CHECKS: dict[str, Callable[[], pa.Check]] = {
    "ge": lambda: pa.Check.ge(0),
    "lt": lambda: pa.Check.lt(6),
    "isin": lambda: pa.Check.isin([0, 1, 2, 3, 7, 8]),
    "even": lambda: pa.Check(lambda value: value % 2 == 0, element_wise=True, name="even"),
    "above mean": lambda: pa.Check(lambda values: values >= values.mean() - 3, name="above mean"),
    "total": lambda: pa.Check(lambda values: bool(values.sum() < 20), name="total"),
    "touchy": lambda: pa.Check(_touchy, name="touchy"),
    "touchy rows": lambda: pa.Check(_touchy, element_wise=True, name="touchy rows"),
    "sorted": sorted_rows,
    "rising": lambda: sorted_rows(strict=True),
    "unique": unique_rows,
}
PIECEWISE = ("ge", "lt", "isin", "even", "sorted", "rising", "unique")
COLUMNS = st.sampled_from(["float64", "float32", "int64", "uint8"])
VALUES = st.integers(0, 9)


@st.composite
def arrays(draw: st.DrawFn, missing: bool = True, shape: tuple[int, ...] = ()) -> np.ndarray:
    """Draw the values of a file: small numbers, some of them negative or missing where the dtype allows."""
    rows = draw(st.integers(0, 8))
    size = rows * int(np.prod(shape))
    values = np.array(draw(st.lists(VALUES, min_size=size, max_size=size)), draw(COLUMNS))
    places = st.lists(st.integers(0, max(size - 1, 0)), max_size=2)
    if size and values.dtype.kind == "f" and missing:
        values[draw(places)] = np.nan
    if size and values.dtype.kind != "u":
        values[draw(places)] *= -1
    return values.reshape(rows, *shape)


NOTHING_MORE = Terms()


def contract_of(
    schema: pa.DataFrameSchema, relations: tuple[Relation, ...] = (), terms: Terms = NOTHING_MORE
) -> Contract:
    return Contract(
        id="lab.things",
        version="1.0.0",
        match=Match(),
        terms={"a": terms, "b": terms},
        schema=lambda: schema,
        relations=relations,
    )


def plan_of(planner: Planner, file: Any) -> Plan:
    dataset = Dataset("alf", "", "", "things", "a", "", "", "npy")
    if isinstance(file, pd.DataFrame):
        columns = tuple((name, str(file[name].dtype), ()) for name in file)
        table = dataset._replace(attribute="table")
        return planner.plan(table, Signature("table", columns, False))
    return planner.plan(dataset, Signature("array", (("", str(file.dtype), file.shape[1:]),), False))


def problems_of(
    contract: Contract, files: Sequence[Any], flush: int, cuts: Sequence[Sequence[int]]
) -> dict[int, list[Problem]]:
    """Judge the files on one bench; those that may come in pieces are cut before the rows in `cuts`."""
    bench, planner = Bench(flush), Planner([contract])
    for ref, file in enumerate(files):
        given = {"": file} if isinstance(file, np.ndarray) else {name: file[name].to_numpy() for name in file}
        lanes = plan_of(planner, file).lanes
        places = [] if any(lane.whole_file for lane in lanes) else sorted(cuts[ref])
        for start, stop in zip([0, *places], [*places, len(file)], strict=True):
            piece = {name: column[start:stop] for name, column in given.items()}
            for lane in lanes:
                bench.add(ref, lane, piece, start, whole=not places)
    bench.finish()
    return {ref: list(bench.faults.problems(ref, len(files[ref]))) for ref in sorted(bench.faults.refs())}


def together(
    contract: Contract, files: Sequence[Any], flush: int, cuts: Sequence[Sequence[int]]
) -> dict[int, Blame]:
    """Judge the files in groups and pieces; each problem must read as if the files were never cut."""
    found = problems_of(contract, files, flush, cuts)
    whole = problems_of(contract, files, 10**6, [[] for _ in files])
    assert {ref: set(problems) for ref, problems in found.items()} == {
        ref: set(problems) for ref, problems in whole.items()
    }
    return {ref: blame_of(problems) for ref, problems in found.items()}


def blame_of(problems: Sequence[Problem]) -> Blame:
    found: dict[tuple[str, str], tuple[int, tuple[int, ...]]] = {}
    for problem in problems:
        name = "crash" if problem.code == "ALF901" else problem.check
        key = (str(problem.column), f"{name} {problem.check}" if name == "crash" else str(name))
        assert key not in found
        found[key] = (problem.count, problem.rows)
    return found


def alone(schema: pa.DataFrameSchema, frame: pd.DataFrame, width: int = 1) -> Blame:
    """Let pandera judge one file by the schema as it was written: the oracle."""
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        return dict(_of_oracle(error, frame, width) for error in errors.schema_errors)
    return {}


def _of_oracle(
    error: Any, frame: pd.DataFrame, width: int
) -> tuple[tuple[str, str], tuple[int, tuple[int, ...]]]:
    column = str(error.column_name) if error.column_name in frame.columns else " and ".join(frame.columns)
    if error.reason_code is SchemaErrorReason.CHECK_ERROR:
        return (column, f"crash {error.check.name}"), (1, ())
    if error.reason_code is SchemaErrorReason.SERIES_CONTAINS_NULLS:
        failing = np.flatnonzero(frame[column].isna())
        return (column, "not_nullable"), _counted(failing, width)
    if isinstance(error.check_output, pd.Series):
        failing = np.asarray(error.check_output.index[~error.check_output.astype(bool)])
        return (column, error.check.name), _counted(failing, width)
    return (column, error.check.name), (1, ())


def _counted(failing: np.ndarray, width: int) -> tuple[int, tuple[int, ...]]:
    return len(failing), tuple(dict.fromkeys((failing // width).tolist()))[:5]


CUTS = st.lists(st.lists(st.integers(0, 8), max_size=3), min_size=6, max_size=6)
FLUSH = st.integers(1, 40)


def within(cuts: Sequence[Sequence[int]], files: Sequence[Any]) -> list[list[int]]:
    return [[min(cut, len(file)) for cut in own] for own, file in zip(cuts, files, strict=False)]


@LAW
@given(
    st.sets(st.sampled_from(sorted(CHECKS)), max_size=4),
    st.lists(arrays(), max_size=6),
    st.booleans(),
    FLUSH,
)
def test_files_laid_end_to_end_are_judged_as_each_alone(
    names: set[str], files: list[np.ndarray], nullable: bool, flush: int
) -> None:
    schema = pa.DataFrameSchema(
        {"a": pa.Column(None, [CHECKS[name]() for name in sorted(names)], nullable=nullable)}
    )
    expected = {ref: alone(schema, pd.DataFrame({"a": file})) for ref, file in enumerate(files)}
    found = together(contract_of(schema), files, flush, [[] for _ in files])
    assert found == {ref: blame for ref, blame in expected.items() if blame}


@LAW
@given(
    st.sets(st.sampled_from(PIECEWISE), min_size=1, max_size=4),
    st.lists(arrays(), max_size=6),
    st.booleans(),
    FLUSH,
    CUTS,
)
def test_files_in_pieces_are_judged_as_whole(
    names: set[str], files: list[np.ndarray], nullable: bool, flush: int, cuts: list[list[int]]
) -> None:
    schema = pa.DataFrameSchema(
        {"a": pa.Column(None, [CHECKS[name]() for name in sorted(names)], nullable=nullable)}
    )
    expected = {ref: alone(schema, pd.DataFrame({"a": file})) for ref, file in enumerate(files)}
    found = together(contract_of(schema), files, flush, within(cuts, files))
    assert found == {ref: blame for ref, blame in expected.items() if blame}


@st.composite
def wide_arrays(draw: st.DrawFn) -> np.ndarray:
    shape = (draw(st.integers(0, 4)), draw(st.sampled_from([17, 18])))
    return draw(hnp.arrays(draw(st.sampled_from(["float32", "int8"])), shape, elements=st.integers(-1, 8)))


@LAW
@given(st.lists(wide_arrays(), max_size=3), FLUSH, CUTS)
def test_wide_arrays_are_judged_as_their_values(
    files: list[np.ndarray], flush: int, cuts: list[list[int]]
) -> None:
    schema = pa.DataFrameSchema({"a": pa.Column(None, [pa.Check.ge(0), pa.Check.lt(6)])})
    expected = {
        ref: alone(schema, pd.DataFrame({"a": file.reshape(-1)}), file.shape[1])
        for ref, file in enumerate(files)
    }
    found = together(contract_of(schema), files, flush, within(cuts, files))
    assert found == {ref: blame for ref, blame in expected.items() if blame}


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    rows = draw(st.integers(0, 8))
    value = st.integers(-3, 9) | st.just(np.nan)
    return pd.DataFrame(
        {name: np.array(draw(st.lists(value, min_size=rows, max_size=rows)), float) for name in "ab"}
    )


def _in_order() -> pa.Check:
    return pa.Check(lambda frame: frame.iloc[:, 0] <= frame.iloc[:, 1], name="order")


@LAW
@given(st.lists(tables(), max_size=6), FLUSH, CUTS, st.booleans())
def test_relations_are_judged_as_each_alone(
    files: list[pd.DataFrame], flush: int, cuts: list[list[int]], of_schema: bool
) -> None:
    """Rows with a missing operand are skipped, but a schema's own check sees all of an object."""
    columns = {name: pa.Column(nullable=True) for name in "ab"}
    oracle = pa.DataFrameSchema(columns, checks=_in_order())
    relations = () if of_schema else (Relation("order", ("a", "b"), _in_order, "a <= b"),)
    contract = contract_of(oracle if of_schema else pa.DataFrameSchema(columns), relations)
    seen = files if of_schema else [file.dropna() for file in files]
    expected = {ref: alone(oracle, file) for ref, file in enumerate(seen)}
    found = together(contract, files, flush, within(cuts, files))
    assert found == {ref: blame for ref, blame in expected.items() if blame}


def _without(file: np.ndarray, missing: float) -> np.ndarray:
    """Give the file as it would be with NaN in place of what stands for missing."""
    return np.where(file == missing, np.nan, file.astype(float))


@LAW
@given(
    st.sets(st.sampled_from(sorted(set(CHECKS) - {"touchy", "touchy rows"})), max_size=4),
    st.lists(arrays(), max_size=4),
    st.sampled_from([-1, 0, 7]),
    FLUSH,
    CUTS,
)
def test_what_stands_for_missing_is_seen_as_nan_is(
    names: set[str], files: list[np.ndarray], missing: int, flush: int, cuts: list[list[int]]
) -> None:
    checks = [CHECKS[name]() for name in sorted(names)]
    schema = pa.DataFrameSchema({"a": pa.Column(None, checks, nullable=True)})
    blanks = [pd.DataFrame({"a": _without(file, missing)}) for file in files]
    expected = {ref: alone(schema, blank) for ref, blank in enumerate(blanks)}
    found = together(contract_of(schema, terms=Terms(missing=missing)), files, flush, within(cuts, files))
    assert found == {ref: blame for ref, blame in expected.items() if blame}


@LAW
@given(
    st.lists(arrays() | arrays(shape=(17,)), max_size=3),
    st.sampled_from([0.0, 0.1, 0.25, 0.29, 0.5, 1.0]),
    st.none() | st.sampled_from([-1, 0, 7]),
    FLUSH,
    CUTS,
)
def test_the_share_that_is_missing_is_counted_exactly(
    files: list[np.ndarray], share: float, missing: int | None, flush: int, cuts: list[list[int]]
) -> None:
    schema = pa.DataFrameSchema({"a": pa.Column(nullable=True)})
    terms = Terms(missing=missing, missing_share=share)
    found = together(contract_of(schema, terms=terms), files, flush, within(cuts, files))
    for ref, file in enumerate(files):
        gaps = np.isnan(file.astype(float))
        if missing is not None:
            gaps |= file == missing
        rows = np.flatnonzero(gaps.reshape(len(file), int(np.prod(file.shape[1:]))).any(axis=1))
        many = 100 * int(gaps.sum()) > round(100 * share) * file.size
        told = {("a", "missing_share"): (int(gaps.sum()), tuple(rows.tolist()[:5]))} if many else None
        assert found.get(ref) == told


HALF = 0.5
ALLOWED = np.array([1.0, 2.0, 4.0])
FORGIVING: dict[str, tuple[Callable[[], pa.Check], Callable[[np.ndarray], np.ndarray]]] = {
    "ge": (lambda: pa.Check.ge(2), lambda values: values >= 1.5),
    "gt": (lambda: pa.Check.gt(2), lambda values: values > 1.5),
    "le": (lambda: pa.Check.le(2), lambda values: values <= 2.5),
    "lt": (lambda: pa.Check.lt(2), lambda values: values < 2.5),
    "range": (lambda: pa.Check.in_range(1, 4), lambda values: (values >= 0.5) & (values <= 4.5)),
    "eq": (lambda: pa.Check.eq(2), lambda values: abs(values - 2) <= HALF),
    "ne": (lambda: pa.Check.ne(2), lambda values: abs(values - 2) > HALF),
    "isin": (
        lambda: pa.Check.isin(ALLOWED),
        lambda values: (abs(values[:, None] - ALLOWED) <= HALF).any(axis=1),
    ),
    "notin": (
        lambda: pa.Check.notin(ALLOWED),
        lambda values: (abs(values[:, None] - ALLOWED) > HALF).all(axis=1),
    ),
    "whole": (whole_numbers, lambda values: abs(values - np.rint(values)) <= HALF),
    "sorted": (sorted_rows, lambda values: np.append(True, values[1:] >= values[:-1] - HALF)),
    "rising": (
        lambda: sorted_rows(strict=True),
        lambda values: np.append(True, values[1:] > values[:-1] - HALF),
    ),
}
QUARTERS = st.lists(st.integers(-4, 20).map(lambda quarter: quarter / 4), min_size=1, max_size=8)


@settings(LAW, max_examples=30)
@given(
    st.sampled_from(sorted(FORGIVING)),
    st.lists(QUARTERS, min_size=1, max_size=3),
    st.sampled_from(["f4", "f8"]),
    FLUSH,
    CUTS,
)
def test_a_tolerance_widens_what_is_allowed(
    name: str, files: list[list[float]], dtype: str, flush: int, cuts: list[list[int]]
) -> None:
    make, keeps = FORGIVING[name]
    schema = pa.DataFrameSchema({"a": pa.Column(None, [make()])})
    given_files = [np.array(file, dtype) for file in files]
    found = together(
        contract_of(schema, terms=Terms(tolerance=HALF)), given_files, flush, within(cuts, given_files)
    )
    for ref, file in enumerate(given_files):
        failing = np.flatnonzero(~keeps(file.astype(float)))
        blame = {("a", str(make().name)): _counted(failing, 1)} if len(failing) else None
        assert found.get(ref) == blame


@LAW
@given(st.lists(tables(), max_size=4), st.sampled_from([-1, 3]), st.booleans(), FLUSH, CUTS)
def test_relations_skip_what_stands_for_missing(
    files: list[pd.DataFrame], missing: int, keeps: bool, flush: int, cuts: list[list[int]]
) -> None:
    """Where the second column is kept, its gaps break the order; the rows that lack the first are skipped."""
    columns = {name: pa.Column(nullable=True) for name in "ab"}
    relation = Relation(
        "order", ("a", "b"), lambda: pa.Check(_in_order()._check_fn, ignore_na=False), "a <= b",
        keeps_missing=("b",) if keeps else (),
    )  # fmt: skip
    contract = contract_of(pa.DataFrameSchema(columns), (relation,), Terms(missing=missing))
    found = together(contract, files, flush, within(cuts, files))
    for ref, file in enumerate(files):
        blank = file.where(file != missing)
        seen = blank["a"].notna() & (blank["b"].notna() | keeps)
        failing = np.flatnonzero(seen & ~(blank["a"] <= blank["b"]))
        told = {("a and b", "order"): _counted(failing, 1)} if len(failing) else None
        assert found.get(ref) == told


LOADED = [each.load() if isinstance(each, ContractFile) else each for each in CATALOGUE]
DTYPES = ["f2", "f4", "f8", "g", "i1", "u8", "?", "c8", "c16", "M8[s]", "m8[s]", "str"]
PLANNER = Planner(CATALOGUE)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([(contract, term) for contract in LOADED for term in contract.terms]),
    st.sampled_from(DTYPES),
    st.sampled_from([(), (1,), (2,), (3,), (4, 5), (0,), (2, 2, 2)]),
    st.integers(0, 4),
)
def test_no_file_makes_a_check_of_the_catalogue_fail_to_run(
    judged: tuple[Contract, str], dtype: str, shape: tuple[int, ...], rows: int
) -> None:
    """A check that fails to run is told as a fault of alfcheck, and stops a release."""
    contract, term = judged
    name, _, column = term.replace("*", "goCue").partition(".")
    namespace = contract.match.namespace or ""
    object_name = "things" if contract.match.object == "*" else contract.match.object
    dataset = Dataset("alf", "", namespace, object_name, name, "", "", "npy")
    values = np.full((rows, *shape), "x", object) if dtype == "str" else np.ones((rows, *shape), dtype)
    told = "str" if dtype == "str" else str(values.dtype)
    columns = ((column, told, shape), ("other", told, ())) if column else (("", told, shape),)
    plan = PLANNER.plan(dataset, Signature("table" if column else "array", columns, False))
    bench = Bench()
    for lane in plan.lanes:
        bench.add(0, lane, {column: values, "other": values}, 0, whole=True)
    bench.finish()
    assert not [problem for problem in bench.faults.problems(0, rows) if str(problem.code) > "ALF9"]
