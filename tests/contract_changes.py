"""Single changes of contracts, and what a person would say of each."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from alfcheck.contracts.diff import BOTH, NEITHER, READERS, WRITERS, Breaks
from alfcheck.contracts.model import Condition, Match, SessionTerms, Wanted
from alfcheck.contracts.spec import CheckSpec, ColumnSpec, ContractSpec, RelationSpec, RowsSpec
from alfcheck.model import Severity

WARNING = Severity.WARNING


def check(name: str, *, severity: Severity = Severity.ERROR, **arguments: Any) -> CheckSpec:
    return CheckSpec(name=name, arguments=tuple(sorted(arguments.items())), severity=severity)


def isin(*values: Any, **more: Any) -> CheckSpec:
    return check("isin", allowed_values=values, **more)


def between(low: float, high: float, **more: Any) -> CheckSpec:
    return check("in_range", min_value=low, max_value=high, **more)


def at_least(value: Any, **more: Any) -> CheckSpec:
    return check("greater_than_or_equal_to", min_value=value, **more)


def more_than(value: Any) -> CheckSpec:
    return check("greater_than", min_value=value)


def at_most(value: Any) -> CheckSpec:
    return check("less_than_or_equal_to", max_value=value)


def column(*checks: CheckSpec, **fields: Any) -> ColumnSpec:
    return ColumnSpec(name="x", checks=checks, **fields)


def contract(*columns: ColumnSpec, **fields: Any) -> ContractSpec:
    return ContractSpec(
        **{"id": "lab.things", "version": "1.0.0", "match": Match(object="things"), **fields},
        columns=columns,
    )


def glob(name: str, *checks: CheckSpec) -> ColumnSpec:
    return ColumnSpec(name=name, dtypes=("number",), checks=checks)


def document(**schema: Any) -> ColumnSpec:
    return column(document=json.dumps(schema, sort_keys=True), nullable=True)


def asked(kind: str, *patterns: str, **fields: Any) -> ContractSpec:
    return contract(session=SessionTerms(datasets=(Wanted(kind=kind, patterns=patterns, **fields),)))


def related(**fields: Any) -> ContractSpec:
    return contract(relations=(RelationSpec(name="order", **fields),))


PLAIN = column()
SORTED, RISING, WHOLE = check("sorted"), check("strictly_increasing"), check("whole_number")
UNIQUE = check("unique")
LE, TURNED = {"compare": ("le", "a", "b")}, {"compare": ("ge", "b", "a")}

# Each line: what a person would say of it, and the column before and after.
COLUMNS: tuple[tuple[str, Breaks, ColumnSpec, ColumnSpec], ...] = (
    ("one more value in a set", READERS, column(isin("a", "b")), column(isin("a", "b", "c"))),
    ("another order of a set", NEITHER, column(isin(1, 0)), column(isin(0, 1))),
    ("other values of a set", BOTH, column(isin("a", "b")), column(isin("a", "c"))),
    (
        "a set of whole numbers for a range of them",
        NEITHER,
        column(isin(0, 1, 2)),
        column(between(0, 2), WHOLE),
    ),
    ("a set within the range before", WRITERS, column(between(0, 1)), column(isin(0, 0.5, 1))),
    ("a range for a set beyond it", BOTH, column(isin(0, 2)), column(between(0, 1))),
    ("a range tightened", WRITERS, column(between(0, 2)), column(between(0, 1))),
    ("a range shifted", BOTH, column(between(0, 2)), column(between(1, 3))),
    ("an upper limit given up", READERS, column(between(0, 1)), column(at_least(0))),
    ("a limit that excludes its value", WRITERS, column(at_least(0)), column(more_than(0))),
    ("a lower limit lowered", READERS, column(at_least(0)), column(at_least(-1))),
    ("a range said as two limits", NEITHER, column(between(0, 1)), column(at_least(0), at_most(1))),
    ("an end of a range excluded", WRITERS, column(between(0, 1)), column(between(0, 1, include_max=False))),
    ("a limit between whole numbers", NEITHER, column(more_than(0), WHOLE), column(at_least(1), WHOLE)),
    (
        "a limit between whole numbers, by dtype",
        NEITHER,
        column(more_than(0), dtypes=("int64",)),
        column(at_least(1), dtypes=("int64",)),
    ),
    (
        "a value excepted that was none",
        NEITHER,
        column(at_least(0)),
        column(at_least(0), check("notin", forbidden_values=(-1,))),
    ),
    ("a value excepted", WRITERS, column(at_least(0)), column(at_least(0), check("not_equal_to", value=3))),
    ("one value for a range of one", NEITHER, column(check("equal_to", value=2)), column(between(2, 2))),
    ("a check added", WRITERS, PLAIN, column(at_least(0))),
    ("a check taken out", READERS, column(at_least(0)), PLAIN),
    ("a check that only warns added", NEITHER, PLAIN, column(at_least(0, severity=WARNING))),
    ("an error made a warning", READERS, column(at_least(0)), column(at_least(0, severity=WARNING))),
    ("a warning made an error", WRITERS, column(at_least(0, severity=WARNING)), column(at_least(0))),
    (
        "a pattern changed",
        BOTH,
        column(check("str_matches", pattern="^a")),
        column(check("str_matches", pattern="^b")),
    ),
    (
        "a longer beginning",
        WRITERS,
        column(check("str_startswith", string="a")),
        column(check("str_startswith", string="ab")),
    ),
    (
        "words with a beginning",
        WRITERS,
        column(check("str_startswith", string="a")),
        column(isin("ab", "ac")),
    ),
    (
        "longer texts",
        READERS,
        column(check("str_length", max_value=3)),
        column(check("str_length", max_value=4)),
    ),
    ("order asked", WRITERS, PLAIN, column(SORTED)),
    ("strict order asked", WRITERS, column(SORTED), column(RISING)),
    ("strict order given up", READERS, column(RISING), column(SORTED)),
    ("whole numbers asked", WRITERS, column(at_least(0)), column(at_least(0), WHOLE)),
    ("words of an error", NEITHER, column(at_least(0)), column(replace(at_least(0), error="not below 0"))),
    ("missing values allowed", READERS, PLAIN, column(nullable=True)),
    ("missing values refused", WRITERS, column(nullable=True), PLAIN),
    ("a share for missing values", WRITERS, column(nullable=True), column(nullable=True, missing_share=0.1)),
    ("missing values allowed up to a share", READERS, PLAIN, column(nullable=True, missing_share=0.1)),
    (
        "a larger share",
        READERS,
        column(nullable=True, missing_share=0.1),
        column(nullable=True, missing_share=0.2),
    ),
    ("a value for missing that was refused", READERS, column(at_least(0)), column(at_least(0), missing=-1)),
    ("a value for missing that was a value", BOTH, PLAIN, column(missing=-1)),
    ("another value for missing", BOTH, column(missing=-1), column(missing=-2)),
    ("a value for missing given up", WRITERS, column(at_least(0), missing=-1), column(at_least(0))),
    (
        "the value for missing into the set",
        NEITHER,
        column(isin(0, 1), missing=-1),
        column(isin(-1, 0, 1), missing=-1),
    ),
    ("a unit given", WRITERS, PLAIN, column(unit="s")),
    ("another unit", BOTH, column(unit="s"), column(unit="ms")),
    ("a dtype of a kind", WRITERS, column(dtypes=("floating",)), column(dtypes=("float32",))),
    ("a dtype more", READERS, column(dtypes=("float64",)), column(dtypes=("float32", "float64"))),
    ("a kind for a dtype of it", READERS, column(dtypes=("int64",)), column(dtypes=("number",))),
    ("a kind said by its parts", NEITHER, column(dtypes=("number",)), column(dtypes=("integer", "floating"))),
    ("another dtype", BOTH, column(dtypes=("int64",)), column(dtypes=("float64",))),
    ("dtypes no longer limited", READERS, column(dtypes=("int64",)), PLAIN),
    ("a shape more", READERS, column(shapes=(("rows",),)), column(shapes=(("rows",), ("rows", 2)))),
    ("a length given", WRITERS, column(shapes=(("rows", "k"),)), column(shapes=(("rows", 2),))),
    ("another name of a length", NEITHER, column(shapes=(("rows", "k"),)), column(shapes=(("rows", "n"),))),
    ("another length", BOTH, column(shapes=(("rows", 2),)), column(shapes=(("rows", 3),))),
    (
        "the rows of another object",
        WRITERS,
        column(shapes=(("rows", "k"),)),
        column(shapes=(("rows", "sites.rows"),)),
    ),
    ("a reference claimed", WRITERS, PLAIN, column(references="clusters")),
    ("a reference given up", READERS, column(references="clusters"), PLAIN),
    ("said to refer to nothing", NEITHER, PLAIN, column(references="")),
    ("a reference given up for nothing", READERS, column(references="clusters"), column(references="")),
    ("a reference where there was none", WRITERS, column(references=""), column(references="clusters")),
    ("a reference elsewhere", BOTH, column(references="clusters"), column(references="templates")),
    ("unique asked", WRITERS, PLAIN, column(unique=True)),
    ("a column required", WRITERS, PLAIN, column(required=True)),
    ("a column no longer required", READERS, column(required=True), PLAIN),
    ("a tolerance", READERS, column(at_least(0)), column(at_least(0), tolerance=0.1)),
    ("a smaller tolerance", WRITERS, column(tolerance=0.1), column(tolerance=0.01)),
    ("a description", NEITHER, PLAIN, column(description="Things.")),
    ("a source", NEITHER, PLAIN, column(source="the manual")),
    ("an example", NEITHER, PLAIN, column(examples=("1",))),
    ("a document judged", WRITERS, column(nullable=True), document(type="object")),
    (
        "a key of a document required",
        WRITERS,
        document(type="object"),
        document(type="object", required=["a"]),
    ),
    (
        "words in a document's schema",
        NEITHER,
        document(type="object"),
        document(type="object", title="Things"),
    ),
    ("a wider type in a document", READERS, document(type="integer"), document(type=["number", "null"])),
    (
        "a property limited",
        WRITERS,
        document(properties={"a": {"type": "number"}}),
        document(properties={"a": {"type": "number", "minimum": 0}}),
    ),
    (
        "a property named description",
        WRITERS,
        document(properties={"a": {}}),
        document(properties={"a": {}, "description": {"type": "string"}}),
    ),
    (
        "no other properties",
        WRITERS,
        document(properties={"a": {}}),
        document(properties={"a": {}}, additionalProperties=False),
    ),
    ("a word less in a document", WRITERS, document(enum=["a", "b"]), document(enum=["a"])),
    ("items limited", WRITERS, document(type="array"), document(type="array", items={"type": "string"})),
    (
        "alternatives changed",
        BOTH,
        document(anyOf=[{"type": "string"}]),
        document(anyOf=[{"type": "number"}]),
    ),
    ("a square of a matrix", WRITERS, column(shapes=(("k", "n"),)), column(shapes=(("n", "n"),))),
    ("a matrix of a square", READERS, column(shapes=(("n", "n"),)), column(shapes=(("k", "n"),))),
    ("a square of a known length", WRITERS, column(shapes=(("n", "n"),)), column(shapes=((3, 3),))),
    (
        "an earlier date",
        READERS,
        column(at_least("2015-01-01"), dtypes=("datetime",)),
        column(at_least("2014-01-01"), dtypes=("datetime",)),
    ),
    (
        "the same date at midnight",
        NEITHER,
        column(at_least("2015-01-01"), dtypes=("datetime",)),
        column(at_least("2015-01-01T00:00:00"), dtypes=("datetime",)),
    ),
    ("a date without a dtype", BOTH, column(at_least("2015-01-01")), column(at_least("2014-01-01"))),
    ("unique as a check", NEITHER, column(unique=True), column(replace(UNIQUE, error="once"))),
    ("unique as a warning", READERS, column(unique=True), column(replace(UNIQUE, severity=WARNING))),
    ("unique asked by a check", WRITERS, PLAIN, column(UNIQUE)),
    ("a unit in another word", NEITHER, column(unit="s"), column(unit="second")),
    ("a unit in other marks", NEITHER, column(unit="V/s"), column(unit="V*s**-1")),
    ("a unit of our own", BOTH, column(unit="px"), column(unit="pixel")),
    (
        "a property out where no others may be",
        BOTH,
        document(properties={"a": {}}, unevaluatedProperties=False),
        document(properties={}, unevaluatedProperties=False),
    ),
    (
        "an item that must be there",
        WRITERS,
        document(contains={"type": "string"}, minContains=0),
        document(contains={"type": "string"}),
    ),
    (
        "more such items allowed",
        READERS,
        document(contains={"type": "string"}, maxContains=3),
        document(contains={"type": "string"}, maxContains=4),
    ),
    (
        "a property that asks for others",
        BOTH,
        document(dependentRequired={"title": ["x"]}),
        document(dependentRequired={"title": ["x", "y"]}),
    ),
    ("each line for the whole", BOTH, document(type="object"), replace(document(type="object"), lines=True)),
)


OTHERS: tuple[tuple[str, Breaks, ContractSpec, ContractSpec], ...] = (
    ("a column", WRITERS, contract(), contract(PLAIN)),
    ("a column that may hold anything", NEITHER, contract(), contract(column(nullable=True))),
    ("a column out", READERS, contract(column(at_least(0))), contract()),
    ("a column where no others were allowed", BOTH, contract(strict=True), contract(PLAIN, strict=True)),
    (
        "a column that a pattern covered",
        NEITHER,
        contract(ColumnSpec(name="*_times", unit="s")),
        contract(ColumnSpec(name="*_times", unit="s"), ColumnSpec(name="a_times", unit="s")),
    ),
    (
        "a component like its array",
        NEITHER,
        contract(ColumnSpec(name="x", unit="s", shapes=(("rows", 2),))),
        contract(ColumnSpec(name="x", unit="s", shapes=(("rows", 2),)), ColumnSpec(name="x_0")),
    ),
    (
        "patterns in another order",
        READERS,
        contract(glob("t*", at_least(0)), glob("*s")),
        contract(glob("*s"), glob("t*", at_least(0))),
    ),
    (
        "a pattern before another that covers it in part",
        BOTH,
        contract(glob("*s", at_least(0))),
        contract(glob("t*"), glob("*s", at_least(0))),
    ),
    (
        "a pattern behind another that covers it",
        NEITHER,
        contract(glob("*s", at_least(0))),
        contract(glob("*s", at_least(0)), glob("*_times")),
    ),
    (
        "a pattern behind another that covers it in part",
        WRITERS,
        contract(glob("*s", at_least(0))),
        contract(glob("*s", at_least(0)), glob("t*")),
    ),
    (
        "a pattern out that came before another",
        BOTH,
        contract(glob("t*"), glob("*s", at_least(0))),
        contract(glob("*s", at_least(0))),
    ),
    ("no other columns", WRITERS, contract(), contract(strict=True)),
    (
        "lengths that need not agree any more",
        READERS,
        contract(column(shapes=(("rows", "k"),)), ColumnSpec(name="y", shapes=(("rows", "k"),))),
        contract(column(shapes=(("rows", "k"),)), ColumnSpec(name="y", shapes=(("rows", "n"),))),
    ),
    (
        "lengths that agree, renamed alike",
        NEITHER,
        contract(column(shapes=(("rows", "k"),)), ColumnSpec(name="y", shapes=(("rows", "k"),))),
        contract(column(shapes=(("rows", "n"),)), ColumnSpec(name="y", shapes=(("rows", "n"),))),
    ),
    ("a relation", WRITERS, contract(), related(**LE)),
    ("a relation that only warns", NEITHER, contract(), related(**LE, severity=WARNING)),
    ("a relation out", READERS, related(**LE), contract()),
    ("a relation made strict", WRITERS, related(**LE), related(compare=("lt", "a", "b"))),
    ("a relation turned round", NEITHER, related(**LE), related(**TURNED)),
    ("equality for an order", WRITERS, related(**TURNED), related(compare=("eq", "a", "b"))),
    (
        "an order for inequality",
        WRITERS,
        related(compare=("ne", "a", "b")),
        related(compare=("gt", "a", "b")),
    ),
    ("a relation of other columns", BOTH, related(**LE), related(compare=("le", "a", "c"))),
    ("a relation that only warns now", READERS, related(**LE), related(**LE, severity=WARNING)),
    ("a tolerance in a relation", READERS, related(**LE), related(**LE, tolerance=0.1)),
    ("a relation of some rows", READERS, related(check="a > 0"), related(check="a > 0", when="b == 1")),
    ("a relation of all rows", WRITERS, related(**LE, when="a > 0"), related(**LE)),
    ("another expression", BOTH, related(check="a > 0"), related(check="a > 1")),
    ("an expression spaced otherwise", NEITHER, related(check="a>0 and b"), related(check="(a > 0)  and b")),
    (
        "a relation renamed",
        NEITHER,
        related(**LE),
        contract(relations=(RelationSpec(name="sequence", compare=("le", "a", "b")),)),
    ),
    ("words of a relation", NEITHER, related(**LE), related(**LE, description="a before b")),
    ("rows must agree", WRITERS, contract(), contract(rows=RowsSpec(agree=True))),
    (
        "rows of one column need not agree",
        READERS,
        contract(rows=RowsSpec(agree=True)),
        contract(rows=RowsSpec(agree=True, exempt=("x",))),
    ),
    ("an exception without a rule", NEITHER, contract(), contract(rows=RowsSpec(exempt=("x",)))),
    ("more rows asked", WRITERS, contract(), contract(rows=RowsSpec(at_least=1))),
    ("all objects", WRITERS, contract(), contract(match=Match(object="*"))),
    (
        "objects of a beginning",
        READERS,
        contract(match=Match(object="*")),
        contract(match=Match(object="t*")),
    ),
    ("other objects", BOTH, contract(), contract(match=Match(object="stuff"))),
    ("a namespace alone", READERS, contract(), contract(match=Match(object="things", namespace="ibl"))),
    (
        "no namespace for one",
        BOTH,
        contract(match=Match(object="things", namespace="")),
        contract(match=Match(object="things", namespace="ibl")),
    ),
    (
        "one extension more",
        WRITERS,
        contract(match=Match(object="things", extensions=("npy",))),
        contract(match=Match(object="things", extensions=("npy", "pqt"))),
    ),
    (
        "a deeper collection",
        READERS,
        contract(match=Match(object="things", collection="alf*")),
        contract(match=Match(object="things", collection="alf/probe??")),
    ),
    ("sessions asked for something", WRITERS, contract(), asked("required", "alf/a.b.npy")),
    ("a dataset no longer required", READERS, asked("required", "a.b.npy"), asked("optional", "a.b.npy")),
    ("a dataset required", WRITERS, asked("optional", "a.b.npy"), asked("required", "a.b.npy")),
    ("another dataset will do", READERS, asked("required", "a.b.npy"), asked("any_of", "a.b.npy", "a.b.pqt")),
    ("any extension will do", READERS, asked("required", "a.b.npy"), asked("required", "a.b.*")),
    ("another dataset required", BOTH, asked("required", "a.b.npy"), asked("required", "c.d.npy")),
    ("a dataset that may be", NEITHER, contract(session=SessionTerms()), asked("optional", "a.b.npy")),
    ("a count", WRITERS, asked("required", "a*.b.npy"), asked("required", "a*.b.npy", count=(1, 1))),
    (
        "a larger count",
        READERS,
        asked("required", "a*.b.npy", count=(1, 1)),
        asked("required", "a*.b.npy", count=(1, 2)),
    ),
    (
        "a dataset no longer required, as often",
        READERS,
        asked("required", "a.b.npy", count=(1, 1)),
        asked("optional", "a.b.npy", count=(1, 1)),
    ),
    (
        "a dataset required, as often",
        WRITERS,
        asked("optional", "a.b.npy", count=(1, 1)),
        asked("required", "a.b.npy", count=(1, 1)),
    ),
    (
        "two or none of what may be",
        WRITERS,
        asked("optional", "a*.b.npy"),
        asked("optional", "a*.b.npy", count=(2, None)),
    ),
    (
        "a wider pattern of a number",
        BOTH,
        asked("required", "a.b.npy", count=(1, 2)),
        asked("required", "a*.b.npy", count=(1, 2)),
    ),
    (
        "a wider pattern of at most some",
        WRITERS,
        asked("optional", "a.b.npy", count=(1, 2)),
        asked("optional", "a*.b.npy", count=(1, 2)),
    ),
    (
        "a wider pattern of at least some",
        READERS,
        asked("required", "a.b.npy", count=(2, None)),
        asked("required", "a*.b.npy", count=(2, None)),
    ),
    (
        "asked of some sessions",
        READERS,
        asked("required", "a.b.npy"),
        asked("required", "a.b.npy", when=Condition(protocol="*biased*")),
    ),
    (
        "sessions of any device",
        WRITERS,
        contract(session=SessionTerms(when=Condition(device="neuropixel"))),
        contract(session=SessionTerms()),
    ),
    ("deprecated", NEITHER, contract(), contract(status="deprecated")),
    ("an owner", NEITHER, contract(), contract(owner="a lab")),
    ("another name", BOTH, contract(), contract(id="lab.stuff")),
)
