"""A contract with a column for each thing that an export must say, or say that it cannot."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from alfcheck.contracts.lower import NotExpressible, lower
from alfcheck.contracts.model import Condition, ContractFile, Match, SessionTerms, Wanted
from alfcheck.contracts.spec import CheckSpec, ColumnSpec, ContractSpec, RelationSpec, RowsSpec
from alfcheck.model import Severity
from alfcheck.plugins import load_ruleset

__all__ = ["DOCUMENTS", "STAGES", "catalogue", "check", "contract"]


def check(name: str, **arguments: Any) -> CheckSpec:
    return CheckSpec(name=name, arguments=tuple(sorted(arguments.items())))


def contract(*columns: ColumnSpec, **fields: Any) -> ContractSpec:
    given = {"id": "lab.stages", "version": "1.2.0", "match": Match(object="stages"), **fields}
    return ContractSpec(**given, columns=columns)


STAGES = contract(
    ColumnSpec(
        name="intervals",
        description="Start and end.",
        unit="s",
        dtypes=("floating",),
        shapes=(("rows", 2),),
        checks=(check("greater_than_or_equal_to", min_value=0),),
    ),
    ColumnSpec(name="choice", dtypes=("number",), checks=(check("isin", allowed_values=(-1, 0, 1)),)),
    ColumnSpec(
        name="share",
        dtypes=("floating",),
        nullable=True,
        missing_share=0.05,
        tolerance=1e-6,
        checks=(check("in_range", min_value=0, max_value=1),),
    ),
    ColumnSpec(
        name="stage",
        dtypes=("string",),
        checks=(check("str_matches", pattern="[a-z]+"), check("str_length", min_value=2, max_value=8)),
        examples=('"dark"',),
    ),
    ColumnSpec(name="site", dtypes=("integer",), missing=-1, references="sites"),
    ColumnSpec(name="passed", dtypes=("bool",)),
    ColumnSpec(name="number", dtypes=("integer",), unique=True, required=True, checks=(check("sorted"),)),
    ColumnSpec(
        name="level",
        dtypes=("number",),
        checks=(
            CheckSpec(name="less_than", arguments=(("max_value", 100),), severity=Severity.WARNING),
            check("notin", forbidden_values=(13,)),
        ),
    ),
    ColumnSpec(name="trace", dtypes=("floating",), shapes=(("rows", "samples"),), nullable=True),
    ColumnSpec(name="*_times", unit="s", dtypes=("floating",), nullable=True),
    id="lab.stages",
    owner="a lab",
    description="What was shown, in stages.",
    rows=RowsSpec(agree=True, exempt=("trace",), at_least=1),
    relations=(
        RelationSpec(name="forwards", compare=("le", "intervals_0", "intervals_1")),
        RelationSpec(name="told", check="present(stage)", when="passed == True", severity=Severity.WARNING),
    ),
    session=SessionTerms(
        when=Condition(protocol="*stages*"),
        datasets=(Wanted(kind="any_of", patterns=("alf/stages.table.pqt", "alf/stages.intervals.npy")),),
    ),
)

_SCHEMA = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"$ref": "#/$defs/word"}},
    "$defs": {"word": {"type": "string", "minLength": 1}},
}
DOCUMENTS = contract(
    ColumnSpec(name="description", document=json.dumps(_SCHEMA, sort_keys=True)),
    id="lab.documents",
    match=Match(object="session", extensions=("json",)),
)


def catalogue() -> list[ContractSpec]:
    """Give every installed contract that a file can say."""
    found = []
    for each in load_ruleset().contracts:
        with suppress(NotExpressible):
            found.append(lower(each.load() if isinstance(each, ContractFile) else each))
    return found
