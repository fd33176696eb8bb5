"""Checks written in Python: what their functions answer is looked at before a file is blamed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pytest
from bench_runs import column, contract_of, only, run

from alfcheck.contracts.answers import watched_check
from alfcheck.contracts.calling import watched_schema
from alfcheck.contracts.compile import Schemas
from alfcheck.contracts.model import Contract, Match, Relation
from alfcheck.errors import PluginError
from alfcheck.model import Origin, Severity
from alfcheck.watch import Bars, Watch, out_of_time, watched_by

Function = Callable[[Any], Any]
NAN = float("nan")
SOUND, LOW = np.array([1.0, 2.0, 3.0]), np.array([5.0, -1.0, -2.0])
FRAMES = [pd.DataFrame({"a": values, "b": 2.0}) for values in (SOUND, LOW)]
TWO = pa.DataFrameSchema({name: pa.Column(nullable=True) for name in "ab"})


def _shuffled(values: pd.Series) -> Any:
    return (values > 0)[::-1]


def _some_object(values: pd.Series) -> Any:
    return (values > 0).astype(object).where(values < 3, None)


NONSENSE: dict[str, tuple[Function, str]] = {
    "nothing": (
        lambda values: None,
        "returned None: it must return True or False, or one of them for each value",
    ),
    "a text": (lambda values: "yes", "returned 'yes' (str)"),
    "a number": (lambda values: 1, "returned 1 (int)"),
    "a list": (lambda values: [True] * len(values), "returned a list"),
    "a generator": (lambda values: (value > 0 for value in values), "returned a generator"),
    "missing": (lambda values: pd.NA, "returned a NAType"),
    "too short": (lambda values: (values > 0)[:2], "returned 2 answers for 3 values"),
    "too short an array": (lambda values: (values > 0).to_numpy()[:1], "returned 1 answer for 3 values"),
    "none at all": (lambda values: pd.Series([], dtype=bool), "returned 0 answers for 3 values"),
    "too long": (lambda values: pd.Series([True] * 6), "returned 6 answers for 3 values"),
    "one too many dimensions": (lambda values: np.ones((3, 2), bool), "returned a ndarray of shape (3, 2)"),
    "shuffled": (_shuffled, "returned answers with another index"),
    "numbers": (lambda values: values * 0 + 5, "returned 5.0 (float) for a value"),
    "missing numbers": (lambda values: values * NAN, "returned nan (float) for a value"),
    "whole numbers": (lambda values: (values > 0).astype(int), "(int) for a value"),
    "objects": (lambda values: values.astype(object), "(float) for a value"),
    "some objects": (_some_object, "returned None for a value"),
    "some missing": (lambda values: (values > 0).astype("boolean").where(values < 3), "a NAType for a value"),
}


@pytest.mark.parametrize("said", NONSENSE)
def test_an_answer_that_is_none_is_told_of_the_check(said: str) -> None:
    function, told = NONSENSE[said]
    found = run(contract_of(column(pa.Check(function, name="odd"))), [SOUND, LOW[::-1] + 6])
    assert {ref: [problem.code for problem in problems] for ref, problems in found.items()} == {
        0: ["ALF901"],
        1: ["ALF901"],
    }
    (problem,) = found[0]
    assert (problem.severity, problem.check) == (Severity.UNVERIFIED, "odd")
    assert problem.message.startswith("the check 'odd' failed to run: it returned ")
    assert told in problem.message
    assert "test_contract_checks_python.py:" in problem.message


ANSWERS: dict[str, Function] = {
    "a Series": lambda values: values > 0,
    "an array": lambda values: values.to_numpy() > 0,
    "objects": lambda values: (values > 0).astype(object),
    "a Series that may miss some": lambda values: (values > 0).astype("boolean"),
    "an array that may miss some": lambda values: (values > 0).astype("boolean").array,
}


@pytest.mark.parametrize("said", ANSWERS)
def test_an_answer_for_each_value_is_one_however_it_is_written(said: str) -> None:
    given = np.array([NAN, 5.0, -1.0, -2.0])
    schema = column(pa.Check(ANSWERS[said], name="positive"), nullable=True)
    problem = only(run(contract_of(schema), [SOUND, given, SOUND[:0]]), 1)
    assert (problem.code, problem.rows, problem.count) == ("ALF310", (2, 3), 2)


@pytest.mark.parametrize("yes", [True, np.True_])
def test_one_answer_is_one(yes: Any) -> None:
    assert run(contract_of(column(pa.Check(lambda values: yes))), [SOUND, LOW, SOUND[:0]]) == {}
    found = run(contract_of(column(pa.Check(lambda values: ~np.bool_(yes), error="so"))), [SOUND])
    assert only(found, 0).message == "a is not so"


EACH: dict[str, tuple[Function, str]] = {
    "numbers": (lambda value: value * 2, "returned 2.0 (float) for a value"),
    "nothing": (lambda value: None, "returned None for a value"),
    "a text": (lambda value: "yes", "returned 'yes' (str) for a value"),
}


@pytest.mark.parametrize("said", EACH)
def test_what_is_answered_for_each_value_is_looked_at(said: str) -> None:
    function, told = EACH[said]
    found = run(contract_of(column(pa.Check(function, name="odd", element_wise=True))), [SOUND, SOUND[:0]])
    problem = only(found, 0)
    assert (problem.code, problem.check) == ("ALF901", "odd")
    assert problem.message.startswith(
        f"the check 'odd' failed to run: it {told}: it must return True or False"
    )


def test_only_the_file_with_the_odd_answer_is_unverified() -> None:
    def odd(value: float) -> Any:
        return None if value == 2 else value > 0

    schema = column(pa.Check(odd, name="odd", element_wise=True))
    files = [LOW, SOUND, np.array([4.0]), SOUND[:0]]
    found = run(contract_of(schema), files)
    alone = [run(contract_of(schema), [given]) for given in files]
    assert found == {ref: each[0] for ref, each in enumerate(alone) if each}
    assert {ref: problems[0].code for ref, problems in found.items()} == {0: "ALF303", 1: "ALF901"}


def _fills(values: Any) -> Any:
    values.iloc[:] = -1
    return values >= 0


def _forces(values: Any) -> Any:
    seen = values.to_numpy().view()
    while seen is not None:
        with contextlib.suppress(ValueError):
            seen.flags.writeable = True
        seen = seen.base if isinstance(seen.base, np.ndarray) else None
    values.to_numpy().base[...] = -1
    return values >= 0


def _moves(values: Any) -> Any:
    values.index = values.index[::-1]
    return True


CHANGES: dict[str, Function] = {"fills": _fills, "moves": _moves}


@pytest.mark.parametrize("how", CHANGES)
def test_a_check_that_changes_its_values_is_told_of(how: str) -> None:
    schema = column(pa.Check(CHANGES[how], name="changes"), pa.Check(lambda values: values > -2, name="calm"))
    found = run(contract_of(schema), [SOUND, SOUND[::-1]])
    assert {ref: [problem.code for problem in problems] for ref, problems in found.items()} == {
        0: ["ALF901"],
        1: ["ALF901"],
    }
    assert found[0][0].message.startswith("the check 'changes' failed to run: it changed what it was given")
    assert SOUND.tolist() == [1, 2, 3]


def test_a_check_that_gets_at_the_memory_spoils_nothing() -> None:
    schema = column(pa.Check(_forces, name="forces"), pa.Check(lambda values: values > 0, name="calm"))
    given = SOUND.copy()
    problem = only(run(contract_of(schema), [given]), 0)
    assert (problem.code, problem.check) == ("ALF901", "forces")
    assert "changed what it was given" in problem.message
    assert given.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    "values",
    [
        np.array(["a", None, NAN, "b"], object),
        np.array([1 + 2j, NAN]),
        np.array(["2020-01-01", "NaT"], "M8[ns]"),
        np.array([1, NAN], "longdouble"),
        np.array([1, NAN], "float16"),
        np.array([True, None], object),
        np.array(["a", "b"]),
    ],
)
def test_what_is_only_looked_at_is_not_changed(values: np.ndarray) -> None:
    for ignore in (True, False):
        check = watched_check(pa.Check(lambda given: given == given.iloc[0], ignore_na=ignore))
        assert check(pd.Series(values)).check_output.iloc[0]


def relation(function: Function, **more: Any) -> Any:
    made = Relation("order", ("a", "b"), lambda: pa.Check(function, **more), "a <= b")
    return contract_of(TWO, relations=(made,))


ROWS: dict[str, Function] = {
    "a Series": lambda frame: frame.iloc[:, 0] > -2,
    "an array": lambda frame: frame.iloc[:, 0].to_numpy() > -2,
    "a frame": lambda frame: frame > -2,
    "an array of two": lambda frame: frame.to_numpy() > -2,
}


@pytest.mark.parametrize("said", ROWS)
def test_a_relation_answers_for_each_row(said: str) -> None:
    problem = only(run(relation(ROWS[said]), FRAMES, "table"), 1)
    assert (problem.code, problem.rows) == ("ALF307", (2,))


def test_a_relation_may_be_asked_row_by_row() -> None:
    problem = only(run(relation(lambda row: row["a"] > -2, element_wise=True), FRAMES, "table"), 1)
    assert (problem.code, problem.rows) == ("ALF307", (2,))


def _adds(frame: pd.DataFrame) -> Any:
    frame["c"] = frame["b"] - frame["a"]
    return frame["c"] >= 0


ODD_ROWS: dict[str, tuple[Function, str]] = {
    "too short": (lambda frame: (frame["a"] > 0)[:1], "returned 1 answer for 3 rows"),
    "numbers": (lambda frame: frame["a"], "returned 1.0 (float) for a row"),
    "a frame of numbers": (lambda frame: frame, "returned 1.0 (float) for a row"),
    "half a frame": (lambda frame: frame[["a"]] > 0, "returned a DataFrame of shape (3, 1)"),
    "other columns": (lambda frame: (frame > 0)[["b", "a"]], "returned answers with another index"),
    "a change": (_adds, "changed what it was given"),
}


@pytest.mark.parametrize("said", ODD_ROWS)
def test_what_a_relation_answers_is_looked_at(said: str) -> None:
    function, told = ODD_ROWS[said]
    for contract in (relation(function), contract_of(_framed(function))):
        found = run(contract, FRAMES, "table")
        assert [found[ref][0].code for ref in (0, 1)] == ["ALF901", "ALF901"]
        assert told in found[0][0].message


def _framed(function: Function) -> pa.DataFrameSchema:
    return pa.DataFrameSchema({name: pa.Column() for name in "ab"}, checks=pa.Check(function))


class Steps:
    """A check of order of a plugin's own."""

    code = "ALF305"

    def __init__(self, answer: Callable[[np.ndarray], Any], clean: Any = False) -> None:
        self.answer, self.clean = answer, lambda values, bounds: clean

    def __call__(self, given: pd.Series) -> Any:
        return True

    def segment(self, values: np.ndarray, state: Any) -> Any:
        return self.answer(values)


def _writes(values: np.ndarray) -> Any:
    values[:] = 0
    return np.ones(len(values), bool), None


STEPS: dict[str, tuple[Callable[[np.ndarray], Any], str]] = {
    "nothing": (
        lambda values: None,
        "the check 'steps' failed to run: it returned None: it must return its answers and its next",
    ),
    "numbers": (
        lambda values: (values, None),
        "the check 'steps' failed to run: it returned a ndarray: it must return an array",
    ),
    "too short": (
        lambda values: (values[:1] > 0, None),
        "the check 'steps' failed to run: it returned 1 answer for 3 values",
    ),
    "a change": (_writes, "read-only"),
}


@pytest.mark.parametrize("said", STEPS)
def test_what_a_check_of_order_answers_is_looked_at(said: str) -> None:
    function, told = STEPS[said]
    schema = column(pa.Check(Steps(function), name="steps"))
    problem = only(run(contract_of(schema), [SOUND]), 0)
    assert (problem.code, problem.check) == ("ALF901", "steps")
    assert told in problem.message


def test_only_true_tells_that_all_is_in_order() -> None:
    def all_bad(values: np.ndarray) -> Any:
        return np.zeros(len(values), bool), None

    for clean, count in ((True, 0), ("yes", 3), (None, 3)):
        found = run(contract_of(column(pa.Check(Steps(all_bad, clean), name="steps"))), [SOUND])
        assert sum(problem.count for problems in found.values() for problem in problems) == count


class _Unknown(pa.DataFrameModel):
    a: no_such_type  # type: ignore[name-defined]  # noqa: F821


def _raises() -> pa.Check:
    raise RuntimeError("no check")


UNFIT: dict[str, tuple[Contract, str]] = {
    "a model": (contract_of(_Unknown), "NameError: name 'no_such_type' is not defined"),
    "a pattern": (contract_of(pa.DataFrameSchema({"(": pa.Column(regex=True)})), "error: missing"),
    "a relation": (
        contract_of(TWO, relations=(Relation("order", ("a", "b"), _raises, "a <= b"),)),
        r"RuntimeError: no check \(test_contract_checks_python\.py:\d+\)",
    ),
    "no relation": (
        contract_of(TWO, relations=(Relation("order", ("a", "b"), lambda: None, "a <= b"),)),  # type: ignore
        "AttributeError",
    ),
}


@pytest.mark.parametrize("said", UNFIT)
def test_a_schema_that_cannot_be_built_names_its_contract(said: str) -> None:
    contract, told = UNFIT[said]
    with pytest.raises(PluginError, match=rf"contract lab\.things@1\.0\.0: its schema cannot .*{told}"):
        Schemas().get(contract)


def _leaves() -> Any:
    raise SystemExit(0)


def test_a_schema_that_comes_to_no_end_is_told_in_words() -> None:
    contract = Contract(id="lab.licks", version="1.0.0", match=Match(), schema=_leaves, terms={})
    watched = watched_schema(contract, Origin("lab", "1.2"))
    watch = Watch(1.0)
    with watched_by(watch), pytest.raises(PluginError) as left:
        Schemas().get(watched)
    assert str(left.value).startswith(
        "contract lab.licks@1.0.0: the schema of lab 1.2 failed to run: SystemExit: 0 ("
    )
    watch.obey(Bars({("schema of the contract lab.licks@1.0.0", "lab.licks@1.0.0"): out_of_time(1)}))
    with watched_by(watch), pytest.raises(PluginError) as late:
        Schemas().get(watched)
    assert str(late.value) == "contract lab.licks@1.0.0: the schema of lab 1.2 did not end within 1 s"
