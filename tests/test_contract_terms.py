"""What terms say of values: a tolerance, a value that stands for missing, and how much may be missing."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pytest
from bench_runs import contract_of, only, run, told

from alfcheck.contracts.checks import sorted_rows, whole_numbers
from alfcheck.contracts.globs import glob_of, is_glob, regex_of
from alfcheck.contracts.model import Contract, Relation, Terms
from alfcheck.contracts.terms import absent, blanked, terms_of
from alfcheck.errors import PluginError
from alfcheck.model import Dataset

NAN = float("nan")
Check = pa.Check


def contract(*given: Check, nullable: bool = False, unique: bool = False, **terms: Any) -> Contract:
    column = pa.Column(None, list(given), nullable=nullable, unique=unique)
    return contract_of(pa.DataFrameSchema({"a": column}), terms={"a": Terms(**terms)})


def failing(judge: Contract, values: Any, pieces: int = 1) -> tuple[int, ...]:
    found = run(judge, [np.asarray(values)], pieces=pieces).get(0, [])
    return tuple(row for problem in found for row in problem.rows)


class TestTolerance:
    @pytest.mark.parametrize(
        ("check", "rows"),
        [
            (Check.ge(1), (0,)),
            (Check.gt(1), (0,)),
            (Check.le(2), (4,)),
            (Check.lt(2), (4,)),
            (Check.in_range(1, 2), (0, 4)),
            (Check.in_range(1, 2, include_min=False, include_max=False), (0, 4)),
            (Check.eq(1), (0, 2, 3, 4)),
            (Check.ne(1), (1,)),
            (Check.isin([1, 2]), (0, 2, 4)),
            (Check.notin([1, 2]), (1, 3)),
            (Check.ge(1, name="renamed"), (0,)),
        ],
    )
    def test_limits_and_sets_may_be_missed_by_it(self, check: Check, rows: tuple[int, ...]) -> None:
        values = np.array([0.75, 0.9375, 1.5, 2.0625, 2.25])
        assert failing(contract(check, tolerance=0.125), values) == rows

    def test_the_limit_is_told_as_the_author_wrote_it(self) -> None:
        found = run(contract(Check.ge(0), Check.isin([0, 1]), tolerance=0.125), [np.array([-0.5])])[0]
        assert [(problem.check, problem.expected) for problem in found] == [
            ("greater_than_or_equal_to", "at least 0"),
            ("isin", "one of 0, 1"),
        ]
        own = contract(Check.le(1, error="a share"), tolerance=0.125)
        assert only(run(own, [np.array([2.0])]), 0).expected == "a share"

    def test_a_warning_stays_one(self) -> None:
        problem = only(run(contract(Check.ge(0, raise_warning=True), tolerance=0.1), [np.array([-1.0])]), 0)
        assert problem.severity == "warning"

    @pytest.mark.parametrize("strict", [False, True])
    @pytest.mark.parametrize("dtype", ["f4", "f8", "i4", "u1"])
    def test_order_may_be_missed_by_it(self, strict: bool, dtype: str) -> None:
        values = np.array([1, 3, 2, 4, 2], dtype)
        for pieces in range(1, 6):
            assert failing(contract(sorted_rows(strict=strict), tolerance=1.5), values, pieces) == (4,)

    def test_strict_order_is_missed_by_all_of_it(self) -> None:
        assert failing(contract(sorted_rows(strict=True), tolerance=1.0), [3.0, 2.5, 1.5]) == (2,)

    @pytest.mark.parametrize("strict", [False, True])
    @pytest.mark.parametrize("dtype", ["i1", "u1", "i8", "u8"])
    @pytest.mark.parametrize("tolerance", [1, 2.0, 300, 1e30])
    def test_order_of_whole_numbers_does_not_wrap_around(
        self, strict: bool, dtype: str, tolerance: float
    ) -> None:
        limits = np.iinfo(dtype)
        values = [limits.max, limits.max - 1, limits.max, limits.min, limits.min, limits.max, limits.max - 3]
        falls = [int(before) - int(after) for before, after in pairwise(values)]
        bad = tuple(
            row
            for row, fall in enumerate(falls, 1)
            if fall > 0 and (fall >= tolerance if strict else fall > tolerance)
        )
        judge = contract(sorted_rows(strict=strict), tolerance=tolerance)
        for pieces in (1, 3, 7):
            assert failing(judge, np.array(values, dtype), pieces) == bad

    def test_whole_numbers_are_so_to_within_it(self) -> None:
        assert failing(contract(whole_numbers(), tolerance=0.01), [1.0, 0.995, 1.5, np.inf]) == (2, 3)

    def test_other_things_than_numbers_are_compared_as_ever(self) -> None:
        text = pd.DataFrame({"a": np.array(["left", "up"], object)})
        for check in (Check.isin(["left"]), Check.eq("left"), Check.isin([1, "left"])):
            problem = only(run(contract(check, tolerance=0.5), [text], "table"), 0)
            assert (problem.code, problem.rows) == ("ALF303", (1,))
        dates = np.array(["2020-01-02", "2020-01-01"], "M8[s]")
        judge = contract(sorted_rows(), Check.ge(np.datetime64("2020-01-02")), tolerance=5.0)
        assert told(run(judge, [dates])[0]) == {
            ("ALF305", "a", "sorted"),
            ("ALF303", "a", "greater_than_or_equal_to"),
        }

    def test_a_float32_that_keeps_a_limit_keeps_it_with_a_tolerance(self) -> None:
        values = np.array([0.1, 0.7], np.float32)
        for check in (Check.in_range(0.1, 0.7), Check.le(0.7), Check.ge(0.1)):
            assert failing(contract(check), values) == failing(contract(check, tolerance=1e-12), values) == ()


class TestMissing:
    def test_no_check_sees_the_value_that_stands_for_it(self) -> None:
        own = Check(lambda values: bool((values >= 0).all()), name="own")
        each = Check(lambda value: value >= 0, element_wise=True, name="each")
        judge = contract(Check.ge(0), sorted_rows(), whole_numbers(), own, each, missing=-1)
        for dtype in ("i4", "f4", "f8"):
            assert run(judge, [np.array([0, -1, 2, -1, 3], dtype)]) == {}
        found = run(judge, [np.array([0, -1, 2, -2, 1])])[0]
        assert {(problem.check, problem.rows) for problem in found} == {
            ("greater_than_or_equal_to", (3,)),
            ("sorted", (3,)),
            ("own", ()),
            ("each", (3,)),
        }

    def test_a_check_that_raises_on_it_does_not_raise(self) -> None:
        def touchy(value: float) -> bool:
            if value == -1:
                raise RuntimeError
            return value > 0

        judge = contract(Check(touchy, element_wise=True, name="touchy"), missing=-1)
        assert failing(judge, [1, -1, 0, -1, 2]) == (2,)

    def test_it_may_come_often_where_values_are_unique(self) -> None:
        values = [-1, 5, -1, 5, -1]
        for pieces in range(1, 6):
            assert failing(contract(missing=-1, unique=True), values, pieces) == (3,)

    def test_it_is_no_missing_value_where_none_may_be(self) -> None:
        problem = only(run(contract(missing=-1), [np.array([-1, NAN, 1.0])]), 0)
        assert (problem.code, problem.rows) == ("ALF304", (1,))

    def test_a_text_stands_for_it_among_texts(self) -> None:
        judge = contract(Check.str_matches("^[a-z]$"), nullable=True, missing="void")
        table = pd.DataFrame({"a": np.array(["a", "void", None, "B"], object)})
        problem = only(run(judge, [table], "table"), 0)
        assert (problem.code, problem.rows) == ("ALF303", (3,))

    def test_the_value_of_another_kind_is_nothing_special(self) -> None:
        table = pd.DataFrame({"a": np.array(["-1", "1"], object)})
        assert run(contract(Check.isin(["1"]), missing=-1), [table], "table")[0][0].rows == (0,)
        assert failing(contract(Check.ge(0), missing="-1"), [-1.0, 1.0]) == (0,)

    def test_components_have_their_attributes_or_their_own(self) -> None:
        columns = {name: pa.Column(None, Check.ge(0)) for name in ("a_0", "a_1")}
        terms = {"a": Terms(missing=-1, tolerance=0.5), "a_1": Terms(missing=-2)}
        judge = contract_of(pa.DataFrameSchema(columns), terms=terms)
        found = run(judge, [np.array([[-1, -1], [-2, -2], [-0.25, -0.25]])])[0]
        assert {(problem.column, problem.rows) for problem in found} == {("a_0", (1,)), ("a_1", (0,))}


def _first_is_least(frame: pd.DataFrame) -> Any:
    return frame.iloc[:, 0] <= frame.iloc[:, 1]


COLUMNS = {name: pa.Column(nullable=True) for name in "ab"}
FRAME = pd.DataFrame({"a": [2, 9, 9, 9], "b": [3.0, -1.0, NAN, 5.0]})


class TestRelations:
    def judge(self, check: Any, **more: Any) -> Contract:
        relation = Relation("order", ("a", "b"), lambda: Check(check, ignore_na=False), "a <= b", **more)
        terms = {"a": Terms(), "b": Terms(missing=-1)}
        return contract_of(pa.DataFrameSchema(COLUMNS), terms=terms, relations=(relation,))

    def test_a_row_is_skipped_where_an_operand_is_missing(self) -> None:
        assert only(run(self.judge(_first_is_least), [FRAME], "table"), 0).rows == (3,)

    def test_a_row_is_judged_where_what_is_kept_is_missing(self) -> None:
        def both(frame: pd.DataFrame) -> Any:
            return frame.iloc[:, 1].notna()

        problem = only(run(self.judge(both, keeps_missing=("b",)), [FRAME], "table"), 0)
        assert problem.rows == (1, 2)
        assert "(9, -1)" in problem.message

    def test_what_is_kept_must_be_looked_at(self) -> None:
        with pytest.raises(PluginError, match=r"lab\.things.*order.*keeps rows where c is missing"):
            run(self.judge(_first_is_least, keeps_missing=("c",)), [FRAME], "table")


class TestShare:
    def test_it_is_counted_over_the_file(self) -> None:
        judge = contract(nullable=True, missing_share=0.5, missing=-1)
        sound, bad = np.array([NAN, -1, 1, 2]), np.array([NAN, -1, 1, NAN])
        for pieces in range(1, 5):
            problem = only(run(judge, [sound, bad], pieces=pieces, flush=pieces), 1)
            assert (problem.code, problem.check, problem.rows) == ("ALF309", "missing_share", (0, 1, 3))
            assert (problem.count, problem.expected) == (3, "missing in at most 50 % of the values")
            assert problem.message == (
                "3 of 4 values of a are missing (rows 0, 1, 3): 75 %, where at most 50 % may be"
            )

    @pytest.mark.parametrize(
        ("share", "missing", "told"), [(0.29, 29, False), (0.29, 30, True), (0.0, 1, True)]
    )
    def test_it_is_compared_as_it_was_written(self, share: float, missing: int, told: bool) -> None:
        values = np.where(np.arange(100) < missing, NAN, 1.0)
        assert bool(run(contract(nullable=True, missing_share=share), [values])) is told

    def test_no_values_are_no_share(self) -> None:
        assert run(contract(nullable=True, missing_share=0.0), [np.array([])]) == {}

    def test_a_wide_array_has_rows(self) -> None:
        values = np.ones((3, 20))
        values[1] = NAN
        judge = contract(nullable=True, missing_share=0.25)
        for pieces in (1, 3):
            problem = only(run(judge, [values], pieces=pieces), 0)
            assert (problem.rows, problem.count) == ((1,), 20)
            assert "20 of 60 values" in problem.message

    def test_each_file_and_column_is_counted_apart(self) -> None:
        schema = pa.DataFrameSchema({name: pa.Column(nullable=True) for name in "ab"})
        terms = {"a": Terms(missing_share=0.5), "b": Terms(missing_share=0.0)}
        frames = [pd.DataFrame({"a": [1.0, NAN], "b": [1.0, 1.0]}), pd.DataFrame({"a": [NAN], "b": [NAN]})]
        found = run(contract_of(schema, terms=terms), frames, "table")
        assert {ref: [problem.column for problem in own] for ref, own in found.items()} == {1: ["a", "b"]}


TERMS = {
    "a": Terms(unit="a", tolerance=0.5, dtypes=("number",)),
    "a_1": Terms(unit="own", missing=-1),
    "*_x": Terms(unit="pattern", missing=7),
    "*_x_0": Terms(unit="part"),
    "go_x": Terms(unit="exact"),
}


class TestWhoseTerms:
    @pytest.mark.parametrize(
        ("name", "unit", "tolerance", "missing"),
        [
            ("a", "a", 0.5, None),
            ("a_0", "a", 0.5, None),
            ("a_1", "own", 0.5, -1),
            ("no_x", "pattern", 0.0, 7),
            ("no_x_0", "part", 0.0, 7),
            ("no_x_1", "pattern", 0.0, 7),
            ("go_x_0", "exact", 0.0, None),
        ],
    )
    def test_the_nearest_are_found(
        self, name: str, unit: str, tolerance: float, missing: float | None
    ) -> None:
        found = terms_of(TERMS, name)
        assert found is not None
        assert (found.unit, found.tolerance, found.missing) == (unit, tolerance, missing)

    def test_there_may_be_none(self) -> None:
        assert terms_of(TERMS, "b") is None


class TestWhichTerms:
    @pytest.mark.parametrize(
        ("keys", "attribute", "timescale", "name"),
        [
            (("*_bpod",), "times", "bpod", "times_bpod"),
            (("times", "*_bpod"), "times", "bpod", "times"),
            (("times_bpod", "times"), "times", "bpod", "times_bpod"),
            (("tim*", "*_bpod"), "times", "bpod", "times_bpod"),
            (("*es",), "times", "bpod", "times"),
            (("*_bpod",), "times", "", None),
        ],
    )
    def test_exact_names_come_first_and_then_those_with_a_timescale(
        self, keys: tuple[str, ...], attribute: str, timescale: str, name: str | None
    ) -> None:
        judge = contract_of(pa.DataFrameSchema(), terms={key: Terms(key) for key in keys})
        found = judge.term(Dataset("alf", "", "", "things", attribute, timescale, "", "npy"))
        assert (found and found[0]) == name


class TestAbsent:
    def test_objects_that_compare_to_no_answer_are_missing(self) -> None:
        values = np.array([1, pd.NA, None, -1, NAN], object)
        assert absent(values, -1).tolist() == [False, True, True, True, True]
        assert absent(values, None).tolist() == [False, True, True, False, True]

    @pytest.mark.parametrize("missing", [-1, 300, "x"])
    def test_small_integers_are_compared_as_numbers(self, missing: Any) -> None:
        assert not absent(np.array([255, 0, 44], np.uint8), missing).any()
        assert not absent(np.array([True, False]), missing).any()

    def test_blanks_leave_the_rest_as_it_was(self) -> None:
        values = np.array([1, -1, 3])
        assert np.array_equal(blanked(values, -1), [1, NAN, 3], equal_nan=True)
        assert blanked(values, 9) is values
        assert blanked(np.array(["a", "b"], object), "b").tolist() == ["a", None]


@pytest.mark.parametrize("glob", ["*_times", "a?c*", "x[0-9]", "x[!ab]_*", "*"])
def test_patterns_come_back_from_regular_expressions(glob: str) -> None:
    assert glob_of(regex_of(glob)) == glob
    assert is_glob(glob)


@pytest.mark.parametrize("regex", [".+_x", "a|b", "abc", r"\d+", "(a)", "x{2}", "a*"])
def test_other_regular_expressions_are_no_patterns(regex: str) -> None:
    assert glob_of(regex) is None


def test_a_set_with_a_tolerance_is_the_first_check_of_a_process(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    """pandera knows its own checks of a Series only once it has run one: nothing here may count on that."""
    session = tmp_path / "data/mouse/2020-01-01/001/alf"
    session.mkdir(parents=True)
    np.save(session / "things.share.npy", np.array([0, 1 / 3, 0.6666666]))
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts/things.yaml").write_text(
        "alfcheck: 1\nid: lab.things\nversion: 1.0.0\nmatch: {object: things}\n"
        "columns:\n  share: {dtype: number, tolerance: 1.0e-6, isin: [0, 0.3333333333, 0.6666666666]}\n"
    )
    command = [sys.executable, "-m", "alfcheck", "check", "data", "--contracts", "contracts"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
