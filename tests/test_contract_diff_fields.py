"""No field of a contract is overlooked when contracts are compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest
from contract_changes import PLAIN, SORTED, WARNING, contract

from alfcheck.contracts.diff import compare
from alfcheck.contracts.model import Condition, Match, SessionTerms, Wanted
from alfcheck.contracts.spec import ColumnSpec, ContractSpec, RelationSpec, RowsSpec

COLUMN = ColumnSpec(
    name="y",
    description="a",
    unit="s",
    dtypes=("int8",),
    shapes=(("rows",),),
    nullable=True,
    missing=-1,
    missing_share=0.5,
    unique=True,
    required=True,
    tolerance=0.1,
    references="b",
    document="{}",
    lines=True,
    examples=("1",),
    source="c",
    checks=(SORTED,),
)
RELATION = RelationSpec(
    name="other",
    compare=("lt", "a", "b"),
    check="a > 1",
    when="b > 1",
    tolerance=0.1,
    severity=WARNING,
    description="a",
)
WHEN = Condition(collection="a", protocol="b", device="c", document=("d", "e", "f"))
LINE = Wanted(kind="optional", patterns=("b",), each="a", count=(0, 1), when=WHEN, description="a")
WHOLE_CONTRACT = ContractSpec(
    id="lab.stuff",
    version="2.0.0",
    status="draft",
    owner="a",
    description="a",
    source="a",
    match=Match(object="a", namespace="b", collection="c", extensions=("npy",)),
    rows=RowsSpec(agree=True, exempt=("x",), at_least=1),
    strict=True,
    columns=(COLUMN,),
    relations=(RELATION,),
    session=SessionTerms(when=WHEN, datasets=(LINE,)),
)
Make = Callable[[Any], ContractSpec]
BASES: tuple[tuple[Any, Any, Make], ...] = (
    (PLAIN, COLUMN, contract),
    (RelationSpec(name="order", check="a > 0"), RELATION, lambda one: contract(relations=(one,))),
    (RowsSpec(), WHOLE_CONTRACT.rows, lambda one: contract(rows=one)),
    (Match(), WHOLE_CONTRACT.match, lambda one: contract(match=one)),
    (Condition(), WHEN, lambda one: contract(session=SessionTerms(when=one))),
    (
        Wanted(kind="required", patterns=("a",)),
        LINE,
        lambda one: contract(session=SessionTerms(datasets=(one,))),
    ),
    (contract(), WHOLE_CONTRACT, lambda one: one),
)


@pytest.mark.parametrize(("base", "other", "make"), BASES, ids=lambda each: type(each).__name__)
def test_no_field_of_a_contract_is_overlooked(base: Any, other: Any, make: Make) -> None:
    for field in fields(base):
        value = getattr(other, field.name)
        assert value != getattr(base, field.name), f"{field.name} has no other value in this test"
        if field.name != "version":
            assert compare(make(base), make(replace(base, **{field.name: value}))), field.name
