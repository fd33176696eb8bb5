"""Laws of what is compiled: a contract in a file comes to what pandera's schema of it comes to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spec_strategies import specs

from alfcheck.contracts.build import SpecSchema, build
from alfcheck.contracts.compile import Schemas
from alfcheck.contracts.model import Contract, ContractFile, Match, Terms
from alfcheck.contracts.plans import CheckPlan, ColumnPlan, CompiledSchema
from alfcheck.contracts.spec import CheckSpec, ColumnSpec, ContractSpec
from alfcheck.errors import PluginError
from alfcheck_schemas import CATALOGUE

LAW = settings(max_examples=200, deadline=None)
MORE = ("a", "pairs_0", "go_pairs", "go_pairs_0", "x_times", "metrics.label", "nothing")


def by_pandera(contract: Contract) -> Contract:
    """Give the same contract as a plugin would build it."""
    relations = tuple(
        replace(relation, check=lambda relation=relation: relation.check()) for relation in contract.relations
    )
    return replace(contract, schema=lambda: contract.schema(), relations=relations, spec=None)


def said_of(check: CheckPlan) -> tuple[Any, ...]:
    asked = check.asked
    assert asked is not None
    function = asked.function
    known = getattr(function, "__self__", function)
    told = (check.name, check.expected, check.severity, check.code, check.keeps)
    return (*told, asked.builtin, _plain(asked.given), known, asked.ignore_na)


def _plain(given: Any) -> dict[str, Any]:
    """Give arguments as pandera would: those that it adds to say nothing else are left out."""
    said = {
        key: frozenset(value) if isinstance(value, (tuple, list, set, frozenset)) else value
        for key, value in given.items()
        if value is not None
    }
    return {
        key: value for key, value in said.items() if not (key in ("include_min", "include_max") and value)
    }


def made_of(check: CheckPlan) -> tuple[Any, ...]:
    made = check.check
    function = made._check_fn
    known = getattr(function, "__self__", function)
    plain = known if not isinstance(made._check_fn, type(pa.Check.ge(0)._check_fn)) else made.name
    cases = (made.n_failure_cases, made.raise_warning, made.ignore_na, made.element_wise)
    return (made.name, made.error, plain, _plain(made._check_kwargs), *cases)


def columns_of(schema: CompiledSchema) -> Iterator[tuple[str, ColumnPlan]]:
    yield from schema.columns.items()
    yield from ((pattern.pattern, plan) for pattern, plan in schema.patterns)
    yield from ((name, plan) for name in MORE if (plan := schema.column(name)) is not None)


def plain_column(plan: ColumnPlan, ask: Any) -> tuple[Any, ...]:
    checks = [[ask(check) for check in some] for some in (plan.rows, plan.segmented, plan.whole)]
    return (plan.nullable, plan.dtype, plan.missing, plan.share, checks)


def compare(contract: Contract) -> None:
    one, other = Schemas().get(contract), Schemas().get(by_pandera(contract))
    for ask in (said_of, made_of):
        told = [(name, plain_column(plan, ask)) for name, plan in columns_of(one)]
        assert told == [(name, plain_column(plan, ask)) for name, plan in columns_of(other)]
        relations = [(relation.name, ask(check)) for relation, check in one.relations]
        assert relations == [(relation.name, ask(check)) for relation, check in other.relations]
    assert (one.required, one.strict, one.frames) == (other.required, other.strict, other.frames)


@LAW
@given(specs())
def test_a_contract_in_a_file_comes_to_what_panderas_schema_does(spec: ContractSpec) -> None:
    compare(build(spec))


@pytest.mark.parametrize("contract", CATALOGUE, ids=lambda contract: contract.label)
def test_so_do_those_of_the_catalogue(contract: Contract | ContractFile) -> None:
    compare(contract.load() if isinstance(contract, ContractFile) else contract)


ARGUMENTS = (
    st.none()
    | st.integers(-3, 3)
    | st.floats()
    | st.booleans()
    | st.sampled_from(["", "(", "a", "2020-01-01"])
)
NAMES = {
    "equal_to": ("value",),
    "greater_than": ("min_value",),
    "less_than_or_equal_to": ("max_value",),
    "in_range": ("min_value", "max_value", "include_min", "include_max"),
    "isin": ("allowed_values",),
    "str_matches": ("pattern",),
    "str_startswith": ("string",),
    "sorted": (),
    "unique": (),
    "str_length": ("min_value", "max_value", "exact_value"),
    "no_such_check": ("value",),
}


@LAW
@given(st.data())
def test_what_pandera_refuses_is_refused_before_values_are_looked_at(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(NAMES)))
    keys = data.draw(st.lists(st.sampled_from([*NAMES[name], "other"]), unique=True))
    listed = st.lists(ARGUMENTS | st.just([1]), max_size=2)
    values = [data.draw(ARGUMENTS | listed | listed.map(tuple)) for _ in keys]
    check = CheckSpec(name=name, arguments=tuple(zip(keys, values, strict=True)))
    spec = ContractSpec(id="lab.a", version="1.0.0", columns=(ColumnSpec(name="a", checks=(check,)),))
    try:
        SpecSchema(spec)()
    except Exception:
        with pytest.raises(PluginError, match="its schema cannot be built"):
            Schemas().get(build(spec))
    else:
        plan = Schemas().get(build(spec)).column("a")
        assert plan is not None
        assert [each.check.name for each in (*plan.rows, *plan.segmented, *plan.whole)] == [name]


def test_checks_of_order_judge_before_pandera_has_made_them() -> None:
    spec = ContractSpec(
        id="lab.a",
        version="1.0.0",
        columns=(ColumnSpec(name="a", unique=True, tolerance=0.5, checks=(CheckSpec(name="sorted"),)),),
    )
    plan = Schemas().get(build(spec)).column("a")
    assert plan is not None
    order, repeats = plan.segmented
    assert order.function.tolerance == 0.5
    assert repeats.function == Schemas().get(by_pandera(build(spec))).columns["a"].segmented[1].function
    assert list(order.function.segment(np.array([1.0, 0.5, 0.25]), None)[0]) == [True, True, True]


@pytest.mark.parametrize("check", [pa.Check.ge(np.uint8(1)), pa.Check.in_range(np.uint8(1), np.uint64(3))])
@pytest.mark.parametrize("tolerance", [1, 1.0])
def test_limits_of_any_kind_of_number_may_be_missed(check: pa.Check, tolerance: float) -> None:
    schema = pa.DataFrameSchema({"a": pa.Column(None, [check], required=False)})
    contract = Contract(
        id="lab.a",
        version="1.0.0",
        match=Match(object="a"),
        terms={"a": Terms(tolerance=tolerance)},
        schema=lambda: schema,
    )
    plan = Schemas().get(contract).column("a")
    assert plan is not None
    values = pd.DataFrame({"a": [0.0, 4.0, 4.5] if check.name == "in_range" else [0.0, 9.0, 9.0]})
    alone = pa.DataFrameSchema({"a": pa.Column(None, [each.check for each in plan.rows])})
    alone.validate(values[:2])
    with pytest.raises(pa.errors.SchemaError):
        alone.validate(values - 1)
