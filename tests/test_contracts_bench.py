"""The bench: what pandera says of many files at once, told of the files that it is true of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pytest
from bench_runs import column, contract_of, only, plan_of, run, told

from alfcheck.contracts.checks import sorted_rows, unique_rows
from alfcheck.contracts.model import Contract, Match, Relation, Terms
from alfcheck.contracts.scratch import Room
from alfcheck.errors import PluginError
from alfcheck.model import Severity

NAN = float("nan")
Check = pa.Check


SOUND, LOW = np.array([1.0, 2.0, 3.0]), np.array([5.0, -1.0, -2.0])


class TestTracing:
    def test_a_failing_row_is_told_of_its_own_file(self) -> None:
        problem = only(run(contract_of(column(Check.ge(0))), [SOUND, LOW, SOUND]), 1)
        assert (problem.code, problem.rows, problem.count) == ("ALF303", (1, 2), 2)
        assert problem.message == "2 of 3 values of a are not at least 0 (rows 1, 2: -1, -2)"
        assert problem.contract == "lab.things@1.0.0"

    def test_rows_of_pieces_count_from_the_start_of_the_file(self) -> None:
        values = np.array([0.0, 1, 2, 3, -1, 5, -2])
        for pieces in range(1, 8):
            problem = only(run(contract_of(column(Check.ge(0))), [SOUND, values], pieces=pieces, flush=2), 1)
            assert problem.rows == (4, 6)

    def test_counts_are_exact_and_samples_short(self) -> None:
        problem = only(run(contract_of(column(Check.ge(0))), [-np.arange(1.0, 10_001)]), 0)
        assert problem.count == 10_000
        assert problem.rows == (0, 1, 2, 3, 4)
        assert "10000 of 10000" in problem.message
        assert len(problem.message) < 120

    def test_rows_of_a_wide_array_are_its_rows(self) -> None:
        values = np.ones((4, 30))
        values[2, 5] = values[2, 29] = values[3, 0] = -1
        problem = only(run(contract_of(column(Check.ge(0))), [np.ones((2, 30)), values], pieces=2), 1)
        assert (problem.rows, problem.count) == ((2, 3), 3)
        assert "3 of 120 values" in problem.message

    def test_files_of_other_dtypes_keep_theirs(self) -> None:
        schema = column(Check(lambda values: values.dtype.kind == "i"))
        assert only(run(contract_of(schema), [np.array([1]), SOUND, np.array([2])]), 1).code == "ALF310"


class TestChecks:
    def test_two_of_one_name_are_kept_apart(self) -> None:
        found = run(contract_of(column(Check.ge(0), Check.ge(2))), [np.array([-1.0, 1.0, 3.0])])
        assert [(problem.expected, problem.count) for problem in found[0]] == [
            ("at least 0", 1),
            ("at least 2", 2),
        ]

    def test_two_orders_do_not_share_what_they_remember(self) -> None:
        schema = column(sorted_rows(), sorted_rows(tolerance=0.5))
        assert run(contract_of(schema), [SOUND], pieces=3) == {}
        assert [problem.count for problem in run(contract_of(schema), [SOUND[::-1]], pieces=3)[0]] == [2, 2]

    def test_order_does_not_reach_over_the_end_of_a_file(self) -> None:
        assert run(contract_of(column(sorted_rows(strict=True))), [SOUND, SOUND, SOUND]) == {}

    def test_order_does_reach_over_a_piece_and_a_gap(self) -> None:
        values = np.array([1.0, NAN, NAN, 3.0, NAN, 2.0, 4.0])
        schema = column(sorted_rows(), nullable=True)
        for pieces in range(1, 8):
            assert only(run(contract_of(schema), [values], pieces=pieces, flush=1), 0).rows == (5,)

    def test_order_of_unsigned_numbers_does_not_wrap(self) -> None:
        values = np.array([2, 1, 3], np.uint8)
        assert only(run(contract_of(column(sorted_rows())), [values]), 0).rows == (1,)

    def test_a_value_that_returns_is_blamed_not_the_first(self) -> None:
        values = np.array([7.0, 1.0, 7.0, 1.0, 2.0])
        for schema in (column(unique_rows()), column(unique=True)):
            for pieces in range(1, 6):
                problem = only(run(contract_of(schema), [values, SOUND], pieces=pieces, flush=1), 0)
                assert (problem.code, problem.rows) == ("ALF306", (2, 3))

    @pytest.mark.parametrize("dtype", ["float16", "longdouble", "U3", "M8[s]", "int8"])
    def test_values_of_any_dtype_are_counted(self, dtype: str) -> None:
        values = np.array([1, 2, 1]).astype(dtype)
        assert only(run(contract_of(column(unique_rows())), [values], pieces=2), 0).rows == (2,)

    def test_uniqueness_may_hold_so_much_and_no_more(self) -> None:
        room = Room(memory=10, disk=10)
        problem = only(run(contract_of(column(unique_rows())), [SOUND], pieces=2, room=room), 0)
        assert (problem.code, problem.severity) == ("ALF905", Severity.UNVERIFIED)

    def test_missing_values_are_refused_once(self) -> None:
        problem = only(run(contract_of(column(Check.ge(0), sorted_rows())), [np.array([1.0, NAN, 2.0])]), 0)
        assert (problem.code, problem.check, problem.rows) == ("ALF304", "not_nullable", (1,))
        assert problem.message == "1 of 3 values of a are missing (row 1)"

    def test_a_warning_stays_one(self) -> None:
        schema = column(Check.ge(0, raise_warning=True), sorted_rows(warn=True))
        found = run(contract_of(schema), [LOW])
        assert {problem.severity for problem in found[0]} == {Severity.WARNING}
        assert len(found[0]) == 2

    def test_a_dtype_of_the_schema_is_judged(self) -> None:
        class Things(pa.DataFrameModel):
            a: float = pa.Field(ge=0)

        found = run(contract_of(Things), [LOW, np.array([1]), SOUND])
        assert told(found[0]) == {("ALF303", "a", "greater_than_or_equal_to")}
        assert told(found[1]) == {("ALF301", "a", "dtype")}
        assert set(found) == {0, 1}


class TestOwnChecks:
    def test_a_check_of_the_whole_file_sees_one_file(self) -> None:
        schema = column(Check(lambda values: values >= values.iloc[0], name="not below the first"))
        problem = only(run(contract_of(schema), [np.array([9.0]), SOUND, LOW]), 2)
        assert (problem.code, problem.rows) == ("ALF310", (1, 2))

    def test_a_check_of_one_answer_names_no_row(self) -> None:
        schema = column(Check(lambda values: values.sum() > 0, error="positive in sum"))
        problem = only(run(contract_of(schema), [SOUND, -SOUND]), 1)
        assert (problem.rows, problem.count, problem.message) == ((), 1, "a is not positive in sum")

    def test_an_elementwise_check_runs_over_all(self) -> None:
        seen = []

        def positive(value: float) -> bool:
            seen.append(value)
            return value > 0

        problem = only(run(contract_of(column(Check(positive, element_wise=True))), [SOUND, LOW]), 1)
        assert (problem.code, problem.rows) == ("ALF303", (1, 2))
        assert len(seen) == 6

    @pytest.mark.parametrize("element_wise", [False, True])
    def test_a_check_that_raises_blames_the_file_that_it_raises_on(self, element_wise: bool) -> None:
        def touchy(given: Any) -> Any:
            if np.any(np.asarray(given) == 5):
                raise RuntimeError("no fives")
            return given > 0

        found = run(contract_of(column(Check(touchy, element_wise=element_wise))), [SOUND, LOW, -SOUND])
        assert [(problem.code, problem.severity) for problem in found[1]] == [("ALF901", Severity.UNVERIFIED)]
        assert "no fives" in found[1][0].message
        assert (found[2][0].rows, found[2][0].count) == ((0, 1, 2), 3)
        assert set(found) == {1, 2}

    def test_a_lane_says_that_it_needs_the_whole_file(self) -> None:
        def whole(schema: Any) -> bool:
            return plan_of(contract_of(schema), SOUND).lanes[0].whole_file

        assert whole(column(Check(lambda values: values > 0)))
        assert whole(pa.DataFrameSchema({"a": pa.Column()}, checks=Check(lambda frame: frame["a"] > 0)))
        assert not whole(column(Check.ge(0), sorted_rows(), Check(bool, element_wise=True)))


def _first_is_least(frame: pd.DataFrame) -> Any:
    return frame.iloc[:, 0] <= frame.iloc[:, 1]


ORDER = Relation("order", ("a", "b"), lambda: Check(_first_is_least), "a <= b")
TWO = pa.DataFrameSchema({name: pa.Column(nullable=True) for name in "ab"})
FRAMES = [
    pd.DataFrame({"a": [1.0, 2.0], "b": [1.0, 3.0]}),
    pd.DataFrame({"a": [NAN, 9.0, 5.0], "b": [1.0, NAN, 3.0]}),
]


class TestRelations:
    def test_rows_with_a_gap_are_skipped(self) -> None:
        problem = only(run(contract_of(TWO, relations=(ORDER,)), FRAMES, "table"), 1)
        assert (problem.code, problem.rows, problem.column) == ("ALF307", (2,), "a and b")
        assert problem.message == "1 of 3 rows break a <= b (row 2: (5, 3))"

    def test_one_that_lacks_an_operand_does_not_run(self) -> None:
        frames = [frame[["a"]].assign(z=1.0) for frame in FRAMES]
        assert run(contract_of(TWO, relations=(ORDER,)), frames, "table") == {}

    def test_one_that_raises_blames_the_file(self) -> None:
        def touchy(frame: pd.DataFrame) -> Any:
            if (frame["a"] == 5).any():
                raise RuntimeError("no fives")
            return frame["a"] > 0

        relation = Relation("touchy", ("a", "b"), lambda: Check(touchy), "calm")
        problem = only(run(contract_of(TWO, relations=(relation,)), FRAMES, "table"), 1)
        assert (problem.code, problem.severity) == ("ALF901", Severity.UNVERIFIED)

    def test_one_star_stands_for_one_word(self) -> None:
        schema = pa.DataFrameSchema({".+_pairs_[01]": pa.Column(nullable=True, regex=True, required=False)})
        relation = Relation("order", ("*_pairs_0", "*_pairs_1"), ORDER.check, "ordered")
        contract = contract_of(schema, relations=(relation,))
        files = [np.array([[1.0, 2.0]]), np.array([[1.0, 2.0], [3.0, 2.0]])]
        problem = only(run(contract, files, "one_pairs"), 1)
        assert (problem.rows, problem.column) == ((1,), "one_pairs_0 and one_pairs_1")
        names = ("one_pairs_0", "two_pairs_1", "two_pairs_0", "one_pairs_1")
        frame = pd.DataFrame([[1.0, 0.0, 5.0, 2.0]], columns=list(names))
        assert only(run(contract, [frame], "table"), 0).column == "two_pairs_0 and two_pairs_1"

    def test_a_check_of_the_schema_sees_one_file(self) -> None:
        rising = Check(lambda frame: frame["a"].diff().fillna(0) >= 0, name="rising", error="rising")
        schema = pa.DataFrameSchema({"a": pa.Column(), "b": pa.Column()}, checks=rising)
        frames = [pd.DataFrame({"a": [start, end], "b": 0.0}) for start, end in ((8.0, 9.0), (1.0, 0.0))]
        problem = only(run(contract_of(schema), frames, "table"), 1)
        assert (problem.code, problem.rows) == ("ALF310", (1,))


class TestSchemas:
    def test_a_pattern_names_many_columns(self) -> None:
        schema = pa.DataFrameSchema({"x[0-9]": pa.Column(None, Check.ge(0), regex=True)})
        frame = pd.DataFrame({"x1": [1.0], "x2": [-1.0], "y1": [-1.0], "x10": [-1.0]})
        assert only(run(contract_of(schema), [frame], "table"), 0).column == "x2"

    def test_a_strict_table_has_no_other_columns(self) -> None:
        schema = pa.DataFrameSchema({"a": pa.Column()}, strict=True)
        frame = pd.DataFrame({"a": [1.0], "extra": [1.0]})
        assert told(plan_of(contract_of(schema), frame, "table").problems) == {("ALF311", "extra", "strict")}

    @pytest.mark.parametrize(
        ("dtype", "words", "accepted"),
        [
            ("Int64", ("integer",), True),
            ("UInt8", ("floating",), False),
            ("boolean", ("bool",), True),
            ("boolean", ("number",), False),
            ("longdouble", ("number",), False),
            ("float32", ("float64", "integer"), False),
            ("bool", ("number",), False),
        ],
    )
    def test_dtypes_are_told_apart(self, dtype: str, words: tuple[str, ...], accepted: bool) -> None:
        frame = pd.DataFrame({"a": pd.array([1, 0], dtype=dtype), "b": 0.0})
        contract = contract_of(column(), terms={"a": Terms(dtypes=words)})
        problems = plan_of(contract, frame, "table").problems
        assert told(problems) == (set() if accepted else {("ALF301", "a", "dtype")})

    @pytest.mark.parametrize(
        ("make", "named"),
        [
            (lambda: column(coerce=True), "coerce"),
            (lambda: column(default=0.0), "default"),
            (lambda: column(parsers=pa.Parser(lambda values: values)), "parsers"),
            (lambda: pa.DataFrameSchema({"a": pa.Column()}, index=pa.Index(int)), "index"),
            (lambda: pa.DataFrameSchema({"a": pa.Column()}, unique=["a"]), "unique over several columns"),
            (lambda: pa.DataFrameSchema({"a": pa.Column()}, ordered=True), "ordered"),
            (lambda: pa.DataFrameSchema({"a": pa.Column()}, dtype=float), "a dtype for all columns"),
            (lambda: pa.DataFrameSchema({"a": pa.Column()}, strict="filter"), "filter"),
            (lambda: pa.DataFrameSchema({"a": pa.Column()}, drop_invalid_rows=True), "drop_invalid_rows"),
            (lambda: pa.DataFrameSchema({"a": pa.Column(default=0)}, add_missing_columns=True), "missing"),
            (lambda: pa.DataFrameSchema({"a": pa.Column(required=False)}, checks=Check(bool)), "required"),
            (lambda: column(Check(bool, groupby=lambda frame: frame)), "groupby"),
            (lambda: pd.DataFrame(), "DataFrame"),
            (lambda: 1 / 0, "ZeroDivisionError"),
        ],
    )
    def test_what_is_not_applied_is_refused(self, make: Callable[[], Any], named: str) -> None:
        contract = Contract(
            id="lab.things", version="1.0.0", match=Match(), terms={"a": Terms()}, schema=make
        )
        with pytest.raises(PluginError, match=rf"lab\.things@1\.0\.0.*{named}"):
            plan_of(contract, SOUND)

    def test_a_schema_is_not_changed(self) -> None:
        check = Check.ge(0, raise_warning=True)
        run(contract_of(column(check)), [LOW])
        assert check.raise_warning
        assert check.n_failure_cases is None
