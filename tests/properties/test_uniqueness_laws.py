"""Laws of uniqueness: what comes in pieces is judged as pandas judges it whole, in however little memory."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench_runs import column, contract_of, plan_of

from alfcheck.contracts.bench import Bench
from alfcheck.contracts.checks import unique_rows
from alfcheck.contracts.faults import brief
from alfcheck.contracts.repeats import repeats
from alfcheck.contracts.scratch import Room
from alfcheck.model import Problem

LAW = settings(max_examples=200, deadline=None)
MEMORY = st.sampled_from([0, 1, 40, 200, 10**6])
CUTS = st.lists(st.integers(0, 60), max_size=5)

NUMBERS = st.sampled_from(["f2", "f4", "f8", "i1", "i8", "u2", "u8", "?", "c16", "M8[ns]", "m8[s]"])
TEXTS = st.text(st.sampled_from("ab\0é\U0001f9e0"), max_size=3) | st.none()


@st.composite
def numbers(draw: st.DrawFn) -> np.ndarray:
    """Draw numbers or times of any dtype, many of them equal, some missing, zeros of either sign."""
    dtype = np.dtype(draw(NUMBERS))
    size = draw(st.integers(0, 60))
    values = np.array(draw(st.lists(st.integers(0, 20), min_size=size, max_size=size)), np.int64).astype(
        dtype
    )
    if size and dtype.kind in "fcMm":
        places = draw(st.lists(st.integers(0, size - 1), max_size=9))
        values[places] = np.array("NaT", dtype) if dtype.kind in "Mm" else np.nan
    if size and dtype.kind == "f":
        values[draw(st.lists(st.integers(0, size - 1), max_size=3))] = -0.0
    return values


def texts() -> st.SearchStrategy[np.ndarray]:
    return st.lists(TEXTS, max_size=60).map(_objects)


def _objects(values: list[str | None]) -> np.ndarray:
    array = np.empty(len(values), object)
    array[:] = values
    return array


def judged(values: np.ndarray, cuts: list[int], room: Room, *, in_order: bool = False) -> list[Problem]:
    """Judge one file that comes in pieces."""
    bench = Bench(room=room)
    schema = column(unique_rows(), nullable=True)
    dtyped = values if values.dtype.kind != "O" else np.empty((0, *values.shape[1:]), "U1")
    (lane,) = plan_of(contract_of(schema), dtyped).lanes
    if in_order:
        bench.in_order(0, lane, lane.names)
    places = sorted(min(cut, len(values)) for cut in cuts)
    for start, stop in zip([0, *places], [*places, len(values)], strict=True):
        bench.add(0, lane, {"": values[start:stop]}, start, whole=False)
    bench.end(0)
    bench.finish()
    return list(bench.faults.problems(0, len(values)))


def expected(values: np.ndarray) -> tuple[int, tuple[int, ...], list[str]] | None:
    """Let pandas find what comes again: the oracle."""
    flat = values.reshape(-1)
    kept = pd.Series(flat.astype("f8") if flat.dtype == "f2" else flat).dropna()
    places = kept.index[kept.duplicated()].to_numpy()
    if not len(places):
        return None
    width = int(np.prod(values.shape[1:]))
    shown = list(dict.fromkeys(brief(flat[place]) for place in places[:5]))
    return len(places), tuple(dict.fromkeys((places // width).tolist()))[:5], shown


def told(problems: list[Problem]) -> tuple[int, tuple[int, ...], list[str]] | None:
    if not problems:
        return None
    (problem,) = problems
    assert problem.code == "ALF306"
    return problem.count, problem.rows, problem.message.rpartition(": ")[2].removesuffix(")").split(", ")


@LAW
@given(numbers() | texts(), CUTS, MEMORY)
def test_pieces_are_judged_as_pandas_judges_the_whole(
    values: np.ndarray, cuts: list[int], memory: int
) -> None:
    wanted = expected(values)
    found = told(judged(values, cuts, Room(memory)))
    assert found == (wanted and (*wanted[:2], ", ".join(wanted[2]).split(", ")))


@LAW
@given(
    hnp.arrays(np.int8, st.tuples(st.integers(0, 8), st.just(17)), elements=st.integers(-99, 99)),
    CUTS,
    MEMORY,
)
def test_rows_of_wide_arrays_are_named_once(values: np.ndarray, cuts: list[int], memory: int) -> None:
    assert told(judged(values, cuts, Room(memory))) == expected(values)


@LAW
@given(numbers(), CUTS)
def test_what_is_in_order_needs_no_room(values: np.ndarray, cuts: list[int]) -> None:
    kept = values[~pd.isna(values)]
    ordered = np.sort(kept)
    wanted = expected(ordered)
    assert told(judged(ordered, cuts, Room(0, 0), in_order=True)) == wanted


@LAW
@given(
    st.lists(hnp.arrays(np.int16, st.integers(0, 30), elements=st.integers(0, 99)), max_size=6),
    MEMORY,
    st.sampled_from([0, 3, 99]),
)
def test_repeats_are_counted_and_the_first_of_them_found(
    parts: list[np.ndarray], memory: int, known: int
) -> None:
    def chunks(placed: bool) -> list[tuple[np.ndarray, ...]]:
        starts = np.cumsum([0, *map(len, parts)])
        places = [np.arange(len(part)) + start for part, start in zip(parts, starts, strict=False)]
        return list(zip(parts, places, strict=True)) if placed else [(part,) for part in parts]

    together = pd.Series(np.concatenate([*parts, np.empty(0, np.int16)]))
    again = np.flatnonzero(together.duplicated())
    found = repeats(chunks, 3, 4, Room(memory), known)
    assert (found.total, found.places) == (len(again), again[:4].tolist())
    assert found.rows == np.unique(again // 3)[:4].tolist()


@pytest.mark.parametrize("room", [Room(0, 0), Room(0, 100), Room(100, 900)])
def test_too_little_room_is_told_with_what_is_needed(room: Room) -> None:
    (problem,) = judged(np.arange(100.0)[::-1], [10, 50], room)
    assert problem.code == "ALF905"
    assert "takes 3 KiB of disk" in problem.message
    assert f"may take {room.disk} bytes" in problem.message


@pytest.mark.parametrize("in_order", [False, True])
def test_two_checks_of_a_column_each_tell_what_comes_twice(in_order: bool) -> None:
    values = np.array([0.0, 1, 2, 2, 4, 5])
    bench = Bench()
    schema = column(unique_rows(), unique_rows(warn=True))
    (lane,) = plan_of(contract_of(schema), values).lanes
    if in_order:
        bench.in_order(0, lane, lane.names)
    for start in range(0, len(values), 3):
        bench.add(0, lane, {"": values[start : start + 3]}, start, whole=False)
    bench.end(0)
    bench.finish()
    found = [(problem.severity, problem.rows) for problem in bench.faults.problems(0, len(values))]
    assert sorted(found) == [("error", (3,)), ("warning", (3,))]
