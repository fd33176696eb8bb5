"""From Python to a contract file: what it can say comes back, what it cannot is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pytest
from bench_runs import plan_of, run
from hypothesis import given, settings
from hypothesis import strategies as st
from spec_strategies import check, numbers, specs

from alfcheck.contracts.build import build
from alfcheck.contracts.checks import sorted_rows, unique_rows, whole_numbers
from alfcheck.contracts.globs import regex_of
from alfcheck.contracts.language import dump_spec, parse_text
from alfcheck.contracts.lower import NotExpressible, lower
from alfcheck.contracts.model import NOTHING, Contract, Match, Relation, SessionTerms, Terms, Wanted
from alfcheck.contracts.relating import relation_of
from alfcheck.contracts.spec import ColumnSpec, ContractSpec, RelationSpec
from alfcheck.errors import ContractError
from alfcheck.model import Problem, Severity

LAW = settings(max_examples=80, deadline=None)


def contract_of(schema: Any, **more: Any) -> Contract:
    more.setdefault("terms", {"a": Terms()})
    more.setdefault("match", Match(object="things"))
    return Contract(id="lab.things", version="1.0.0", schema=lambda: schema, **more)


def column(*given: pa.Check, **options: Any) -> pa.DataFrameSchema:
    return pa.DataFrameSchema({"a": pa.Column(None, list(given), **{"required": False, **options})})


def _is_legal(spec: ContractSpec) -> bool:
    """Tell whether the language takes a spec: it refuses checks that no value can pass, and the like."""
    return parse_text(dump_spec(spec), "things.yaml").spec is not None


@LAW
@given(specs().filter(_is_legal))
def test_what_was_built_comes_back(spec: ContractSpec) -> None:
    contract = build(spec)
    assert lower(contract) is spec
    assert lower(replace(contract, spec=None)) == spec


def answer(contract: Contract, values: Any, attribute: str) -> Any:
    """Judge one file, whatever is wrong with it by its dtype and shape."""
    plan = plan_of(contract, values, attribute)
    if plan.problems:
        return set(plan.problems)
    found = run(contract, [values], attribute, pieces=1 if isinstance(values, pd.DataFrame) else 2)
    return {replace_label(problem) for problem in found.get(0, [])}


def replace_label(problem: Problem) -> Problem:
    return replace(problem, contract="")


@settings(LAW, max_examples=40)
@given(specs().filter(_is_legal), numbers(), numbers((2,)), st.data())
def test_what_is_written_and_read_judges_the_same(
    spec: ContractSpec, values: np.ndarray, pairs: np.ndarray, data: st.DataObject
) -> None:
    original = replace(build(spec), spec=None)
    parsed = parse_text(dump_spec(lower(original)), "things.yaml")
    assert parsed.spec == spec
    again = build(parsed.spec)
    attributes = [name.replace("*", "go") for name in original.terms]
    if attributes:
        attribute = data.draw(st.sampled_from(attributes))
        given = pairs if attribute.endswith("pairs") else values
        assert answer(again, given, attribute) == answer(original, given, attribute)
    frame = pd.DataFrame(dict.fromkeys(("a", "b", "go_times", "other"), values))
    frame[["pairs_0", "pairs_1"]] = np.resize(pairs, (len(values), 2)) if pairs.size else 1.0
    assert answer(again, frame, "table") == answer(original, frame, "table")


class Things(pa.DataFrameModel):
    a: float | None = pa.Field(ge=0, le=1, nullable=True, unique=True)
    b: int | None = pa.Field(isin=[1, 2])


def test_a_model_is_said_in_full() -> None:
    contract = contract_of(
        Things,
        terms={"a": Terms(unit="s", own_rows=True), "b": Terms(examples=(1, np.int64(2)))},
        rows_agree=True,
        required=("b",),
    )
    spec = lower(contract)
    assert spec.match == Match(object="things")
    assert spec.rows.exempt == ("a",)
    assert spec.columns == (
        ColumnSpec(
            name="a",
            unit="s",
            dtypes=("float64",),
            nullable=True,
            unique=True,
            checks=(
                check("greater_than_or_equal_to", min_value=0),
                check("less_than_or_equal_to", max_value=1),
            ),
        ),
        ColumnSpec(
            name="b",
            dtypes=("int64",),
            required=True,
            examples=("1", "2"),
            checks=(check("isin", allowed_values=(1, 2)),),
        ),
    )


def test_a_contract_about_sessions_matches_no_dataset() -> None:
    session = SessionTerms(datasets=(Wanted(kind="required", patterns=("alf/a.b.npy",)),))
    spec = lower(contract_of(pa.DataFrameSchema({}), terms={}, match=NOTHING, session=session))
    assert (spec.match, spec.session) == (None, session)
    with pytest.raises(NotExpressible, match="columns without match"):
        lower(contract_of(column(), match=NOTHING))


def test_nothing_to_refer_to() -> None:
    spec = lower(contract_of(column(), terms={"a": Terms(references=""), "b": Terms()}))
    assert [entry.references for entry in spec.columns] == ["", None]
    assert parse_text(dump_spec(spec), "things.yaml").spec == spec
    # What a file calls none is no object, but a contract in Python may mean one.
    with pytest.raises(NotExpressible, match="rows of an object 'none'"):
        lower(contract_of(column(), terms={"a": Terms(references="none")}))


def test_our_own_checks_have_words() -> None:
    schema = column(
        sorted_rows(strict=True, warn=True),
        whole_numbers(),
        unique_rows(warn=True),
        pa.Check.in_range(0, 1, include_min=False, error="a share", name="share"),
        pa.Check.isin(frozenset({2, 1})),
    )
    (entry,) = lower(contract_of(schema)).columns
    assert entry.checks == (
        check("strictly_increasing", Severity.WARNING),
        check("whole_number"),
        check("unique", Severity.WARNING),
        check("in_range", error="a share", include_min=False, max_value=1, min_value=0),
        check("isin", allowed_values=(1, 2)),
    )


def test_a_tolerance_of_the_terms_is_that_of_their_checks() -> None:
    contract = contract_of(column(sorted_rows(tolerance=0.5)), terms={"a": Terms(tolerance=0.5)})
    assert lower(contract).columns[0].checks == (check("sorted"),)


def test_terms_without_a_column_ask_nothing_of_values() -> None:
    contract = contract_of(
        pa.DataFrameSchema(
            {"*_x".replace("*", ".*"): pa.Column(None, pa.Check.ge(0), regex=True, required=False)}
        ),
        terms={"b": Terms(dtypes=("number",)), "*_x": Terms(tolerance=0.5), "go_x": Terms(unit="s")},
    )
    spec = lower(contract)
    assert [(entry.name, entry.nullable, len(entry.checks)) for entry in spec.columns] == [
        ("b", True, 0),
        ("*_x", False, 1),
        ("go_x", False, 1),
    ]
    for attribute in ("b", "go_x", "no_x"):
        values = np.array([1.0, -0.25, -1.0, np.nan])
        assert answer(build(spec), values, attribute) == answer(contract, values, attribute)


def test_a_column_judged_by_the_terms_of_a_pattern_takes_them_along() -> None:
    schema = pa.DataFrameSchema({"go_x": pa.Column(None, pa.Check.ge(0), required=False)})
    contract = contract_of(schema, terms={"*_x": Terms(tolerance=0.5, dtypes=("floating",))})
    assert [(entry.name, entry.tolerance) for entry in lower(contract).columns] == [
        ("*_x", 0.5),
        ("go_x", 0.5),
    ]


ORDER = RelationSpec(name="order", compare=("le", "a", "b"))
TWO = pa.DataFrameSchema({name: pa.Column(nullable=True, required=False) for name in "ab"})
BOTH = {"a": Terms(), "b": Terms()}


def test_a_relation_that_was_changed_is_said_as_it_is_now() -> None:
    relation = replace(relation_of(ORDER), name="other", severity=Severity.WARNING, expected="a first")
    spec = lower(contract_of(TWO, terms=BOTH, relations=(relation,)))
    assert spec.relations == (replace(ORDER, name="other", severity=Severity.WARNING, description="a first"),)


def _function(values: Any) -> Any:
    return values > 0


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: contract_of(column(pa.Check(_function))), "_function.*function of its own"),
        (lambda: contract_of(column(pa.Check(_function, element_wise=True))), "function of its own"),
        (lambda: contract_of(column(pa.Check.unique_values_eq([1]))), "unique_values_eq.*no word"),
        (lambda: contract_of(column(pa.Check.ge(pd.Timestamp("2020")))), "values other than numbers"),
        (lambda: contract_of(column(pa.Check.ge(0, ignore_na=False))), "ignore_na"),
        (lambda: contract_of(column(sorted_rows(tolerance=0.5))), "tolerance of its own"),
        (lambda: contract_of(column(required=True)), "required=False"),
        (lambda: contract_of(column(coerce=True)), "coerce"),
        (lambda: contract_of(column(default=1)), "default"),
        (lambda: contract_of(pa.DataFrameSchema({"a": pa.Column("category", required=False)})), "category"),
        (
            lambda: contract_of(
                pa.DataFrameSchema({"a": pa.Column(float, required=False)}),
                terms={"a": Terms(dtypes=("integer",))},
            ),
            "dtype float64",
        ),
        (lambda: contract_of(pa.DataFrameSchema({"a|b": pa.Column(regex=True, required=False)})), "fnmatch"),
        (lambda: contract_of(pa.DataFrameSchema({"b": pa.Column(required=False)})), "b.*without terms"),
        (lambda: contract_of(pa.DataFrameSchema({}, strict=True)), "a.*strict schema"),
        (lambda: contract_of(pa.DataFrameSchema({}), required=("z",)), "z.*required"),
        (lambda: contract_of(pa.DataFrameSchema({}, unique=["a"])), "unique over several"),
        (lambda: contract_of(pa.DataFrameSchema({}, index=pa.Index(int))), "index"),
        (lambda: contract_of(pa.DataFrameSchema({}, checks=pa.Check(_function))), "whole frame"),
        (
            lambda: contract_of(
                TWO, terms=BOTH, relations=(Relation("r", ("a", "b"), lambda: pa.Check(_function), "r"),)
            ),
            "relation r.*function of its own",
        ),
        (
            lambda: contract_of(
                TWO, terms=BOTH, relations=(replace(relation_of(ORDER), columns=("b", "a")),)
            ),
            "relation order.*other columns",
        ),
        (
            lambda: contract_of(
                pa.DataFrameSchema({name: pa.Column(required=False) for name in ("p", "p_0")}),
                terms={"p": Terms(shapes=(("rows", 2),))},
            ),
            "p_1.*not judged as p is",
        ),
        (
            lambda: contract_of(
                pa.DataFrameSchema({"p_0": pa.Column(required=False)}),
                terms={"p": Terms(), "p_0": Terms(unit="s")},
            ),
            "p_0.*unit of one component",
        ),
        (lambda: contract_of(column(), terms={"a": Terms(examples=(object(),))}), "example"),
    ],
)
def test_what_a_file_cannot_say_is_refused_by_name(make: Callable[[], Contract], named: str) -> None:
    with pytest.raises(NotExpressible, match=rf"lab\.things@1\.0\.0.*{named}"):
        lower(make())


def patterns(schema: tuple[str, ...], terms: tuple[str, ...]) -> Contract:
    columns = {
        regex_of(name): pa.Column(None, regex=True, required=False, nullable=name == "*s") for name in schema
    }
    return contract_of(pa.DataFrameSchema(columns), terms={name: Terms(tolerance=0.5) for name in terms})


def test_patterns_keep_their_order() -> None:
    spec = lower(patterns(("t*", "*s"), ("t*", "*s")))
    assert [(entry.name, entry.nullable) for entry in spec.columns] == [("t*", False), ("*s", True)]
    apart = lower(patterns(("t*s", "a*"), ("a*", "t*s")))
    assert [entry.name for entry in apart.columns] == ["a*", "t*s"]


@pytest.mark.parametrize("schema", [("t*", "*s"), ("t*",)])
def test_patterns_in_two_orders_are_refused(schema: tuple[str, ...]) -> None:
    with pytest.raises(NotExpressible, match=r"'\*s' and 't\*'.*another order"):
        lower(patterns(schema, ("*s", "t*")))


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: contract_of(column(pa.Check.isin([1.0, float("nan")]))), r"columns\.a: .*isin.*finite"),
        (lambda: contract_of(column(pa.Check.le(float("inf")))), r"columns\.a: .*le.*finite"),
        (lambda: contract_of(column(pa.Check.le(2**70))), r"columns\.a: .*le.*64 bits"),
        (lambda: contract_of(column(pa.Check.isin([]))), r"columns\.a: .*isin is an empty list"),
        (lambda: contract_of(column(pa.Check.ge(1), pa.Check.le(0))), "no value is at least 1"),
        (lambda: contract_of(column(), terms={"a": Terms(unit="parrots")}), r"columns\.a: .*'parrots'"),
        (lambda: contract_of(column(), terms={"a": Terms(dtypes=("complex128",))}), "complex128"),
        (lambda: contract_of(column(), terms={"a": Terms(missing=float("nan"))}), "NaN"),
        (lambda: contract_of(column(), terms={"a": Terms(missing_share=0.1)}), "missing_share"),
        (lambda: contract_of(column(), terms={"a": Terms(shapes=((),))}), "a: .*without dimensions"),
        (lambda: contract_of(column(), status="retired"), "status: .*retired"),
        (lambda: contract_of(column(), match=Match(object="li-cks")), "li-cks"),
        (lambda: contract_of(column(), match=Match(object="licks", extensions=(".npy",))), r"\.npy"),
    ],
)
def test_what_is_a_mistake_in_a_file_is_refused(make: Callable[[], Contract], named: str) -> None:
    with pytest.raises(NotExpressible, match=rf"lab\.things@1\.0\.0.*{named}"):
        lower(make())


def test_every_obstacle_is_named() -> None:
    contract = contract_of(column(pa.Check(_function), pa.Check(lambda values: values < 0), coerce=True))
    with pytest.raises(ContractError) as caught:
        lower(contract)
    assert len(str(caught.value).splitlines()) == 3
