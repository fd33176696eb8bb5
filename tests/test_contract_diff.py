"""Comparing contracts: each single change, and whom it breaks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from contract_changes import (
    COLUMNS,
    OTHERS,
    PLAIN,
    RISING,
    SORTED,
    WARNING,
    WHOLE,
    at_least,
    at_most,
    between,
    check,
    column,
    contract,
    isin,
    more_than,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from alfcheck.contracts.diff import (
    READERS,
    WRITERS,
    Breaks,
    Comparison,
    compare,
    compare_all,
)
from alfcheck.contracts.model import Condition, Match, SessionTerms, Wanted
from alfcheck.contracts.spec import CheckSpec, ColumnSpec, ContractSpec, RelationSpec, RowsSpec
from alfcheck.model import Severity


def breaks_of(old: ContractSpec, new: ContractSpec) -> Breaks:
    changes = compare(old, new)
    return Breaks(
        any(change.breaks.writers for change in changes), any(change.breaks.readers for change in changes)
    )


@pytest.mark.parametrize(
    ("breaks", "old", "new"), [each[1:] for each in COLUMNS], ids=[each[0] for each in COLUMNS]
)
def test_a_change_of_a_column(breaks: Breaks, old: ColumnSpec, new: ColumnSpec) -> None:
    changes = compare(contract(old), contract(new))
    assert [change.place for change in changes if not change.place.startswith("columns.x.")] == []
    assert changes
    assert breaks_of(contract(old), contract(new)) == breaks


@pytest.mark.parametrize(
    ("breaks", "old", "new"), [each[1:] for each in OTHERS], ids=[each[0] for each in OTHERS]
)
def test_a_change_beside_a_column(breaks: Breaks, old: ContractSpec, new: ContractSpec) -> None:
    assert compare(old, new)
    assert breaks_of(old, new) == breaks


def test_a_change_says_where_it_is_and_what_stood_there() -> None:
    (change,) = compare(contract(column(isin(0, 1))), contract(column(isin(0, 1, 2))))
    assert (change.place, change.old, change.new) == ("columns.x.checks", "one of 0, 1", "one of 0, 1, 2")


# --- laws ----------------------------------------------------------------------------------------------

SCALARS = st.integers(-3, 3) | st.sampled_from([0.5, 1.5, 0.1])
CHECKS = st.one_of(
    st.builds(at_least, SCALARS),
    st.builds(more_than, SCALARS),
    st.builds(at_most, SCALARS),
    st.builds(lambda low, high: between(min(low, high), max(low, high)), SCALARS, SCALARS),
    st.lists(SCALARS, min_size=1, max_size=4, unique=True).map(lambda values: isin(*values)),
    st.lists(SCALARS, min_size=1, max_size=3).map(
        lambda values: check("notin", forbidden_values=tuple(values))
    ),
    st.sampled_from([SORTED, RISING, WHOLE, isin("a", "b"), check("str_startswith", string="a")]),
    st.builds(at_least, SCALARS, severity=st.just(WARNING)),
)
COLUMN_SPECS = st.builds(
    ColumnSpec,
    name=st.sampled_from(["x", "y", "x_0", "*_times", "go_times"]),
    unit=st.sampled_from([None, "s", "ms"]),
    dtypes=st.lists(st.sampled_from(["floating", "float32", "number", "int8", "string"]), max_size=2).map(
        tuple
    ),
    shapes=st.lists(st.sampled_from([("rows",), ("rows", 2), ("rows", "k"), ("rows", "n")]), max_size=2).map(
        tuple
    ),
    nullable=st.booleans(),
    missing=st.sampled_from([None, -1, "none"]),
    missing_share=st.sampled_from([None, 0.1, 0.2]),
    unique=st.booleans(),
    required=st.booleans(),
    tolerance=st.sampled_from([0.0, 0.1]),
    references=st.sampled_from([None, "", "clusters", "templates"]),
    document=st.sampled_from([None, '{"type": "object"}', '{"required": ["a"]}']),
    checks=st.lists(CHECKS, max_size=3).map(tuple),
)
RELATIONS = st.builds(
    RelationSpec,
    name=st.sampled_from(["first", "second"]),
    compare=st.tuples(
        st.sampled_from(["le", "lt", "ge", "gt", "eq", "ne"]), st.sampled_from("ab"), st.sampled_from("ab")
    ),
    when=st.sampled_from(["", "a > 0"]),
    tolerance=st.sampled_from([0.0, 0.1]),
    severity=st.sampled_from([Severity.ERROR, WARNING]),
)
WANTED = st.builds(
    Wanted,
    kind=st.sampled_from(["required", "optional", "any_of"]),
    patterns=st.lists(
        st.sampled_from(["a.b.npy", "a.b.*", "c.d.npy"]), min_size=1, max_size=2, unique=True
    ).map(tuple),
    count=st.sampled_from([None, (1, 1), (1, None), (0, 2)]),
    when=st.sampled_from([Condition(), Condition(device="x"), Condition(protocol="*a*")]),
)


def unique_by_name(items: list[Any]) -> tuple[Any, ...]:
    return tuple({item.name: item for item in items}.values())


SPECS = st.builds(
    ContractSpec,
    id=st.just("lab.things"),
    version=st.just("1.0.0"),
    match=st.none() | st.builds(Match, object=st.sampled_from(["*", "t*", "things", "s?uff"])),
    rows=st.builds(
        RowsSpec, agree=st.booleans(), exempt=st.sampled_from([(), ("x",)]), at_least=st.integers(0, 2)
    ),
    strict=st.booleans(),
    columns=st.lists(COLUMN_SPECS, max_size=3).map(unique_by_name),
    relations=st.lists(RELATIONS, max_size=2).map(unique_by_name),
    session=st.none() | st.builds(SessionTerms, datasets=st.lists(WANTED, max_size=2).map(tuple)),
)


@settings(deadline=None)
@given(SPECS)
def test_nothing_changed_from_a_contract_to_itself(spec: ContractSpec) -> None:
    assert compare(spec, spec) == ()


@settings(max_examples=300, deadline=None)
@given(SPECS, SPECS)
def test_what_breaks_writers_one_way_breaks_readers_the_other(old: ContractSpec, new: ContractSpec) -> None:
    """What is tightened on the way there is loosened on the way back."""
    there, back = breaks_of(old, new), breaks_of(new, old)
    assert (there.writers, there.readers) == (back.readers, back.writers)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(CHECKS, max_size=3),
    st.lists(CHECKS, max_size=3),
    st.lists(SCALARS | st.sampled_from(["a", "ab"])),
)
def test_a_value_that_only_one_contract_allows_breaks_somebody(
    before: list[CheckSpec], after: list[CheckSpec], values: list[Any]
) -> None:
    """Against a plain judge of one value after the other."""
    breaks = breaks_of(contract(column(*before)), contract(column(*after)))
    for value in values:
        if allows(before, value) and not allows(after, value):
            assert breaks.writers
        if allows(after, value) and not allows(before, value):
            assert breaks.readers


def allows(checks: list[CheckSpec], value: Any) -> bool:
    return all(keeps(each, value) for each in checks if each.severity is Severity.ERROR)


def keeps(check: CheckSpec, value: Any) -> bool:
    arguments = dict(check.arguments)
    is_text = isinstance(value, str)
    match check.name:
        case "isin":
            return value in arguments["allowed_values"]  # type: ignore[operator]
        case "notin":
            return value not in arguments["forbidden_values"]  # type: ignore[operator]
        case "str_startswith":
            return is_text and value.startswith(arguments["string"])
        case "sorted" | "strictly_increasing":
            return True
        case "whole_number":
            return not is_text and value == int(value)
    low, high = arguments.get("min_value"), arguments.get("max_value")
    if is_text:
        return False
    above = low is None or (value > low if check.name == "greater_than" else value >= low)
    return above and (high is None or value <= high)


# --- versions ------------------------------------------------------------------------------------------


def compared(old: str, new: str, after: ContractSpec) -> Comparison:
    (found,) = compare_all(
        {"lab.things": contract(PLAIN, version=old)}, {"lab.things": replace(after, version=new)}
    )
    return found


TIGHTER, TOLD = contract(column(at_least(0))), contract(column(description="Things."))


@pytest.mark.parametrize(
    ("old", "new", "after", "fault"),
    [
        ("1.0.0", "1.0.0", contract(PLAIN), None),
        ("1.0.0", "1.2.0", contract(PLAIN), None),
        ("1.0.0", "1.0.1", TOLD, None),
        ("1.0.0", "2.0.0", TIGHTER, None),
        ("1.9.0", "1.10.0", TOLD, None),
        ("1.2.0", "1.3.0", TIGHTER, "breaks writers comes with 1.3.0; it needs 2.0.0"),
        ("1.0.0", "1.0.0", TOLD, "content changed, but the version is still 1.0.0; give it 1.0.1"),
        ("1.0.0", "1.0.0", TIGHTER, "content changed, but the version is still 1.0.0; give it 2.0.0"),
        ("2.0.0", "1.0.0", TOLD, "went back from 2.0.0 to 1.0.0"),
        ("1.0.0", "1.0.0-rc.1", contract(PLAIN), "went back from 1.0.0"),
        ("0.1.0", "0.2.0", TIGHTER, None),
        ("0.1.0", "0.1.1", TIGHTER, "it needs 0.2.0"),
        ("0.1.0", "1.0.0", TIGHTER, None),
        ("2.0.0-alpha", "2.0.0", TIGHTER, None),
        ("2.0.0-alpha", "2.0.0-beta", TIGHTER, None),
        ("0.2.0-alpha", "0.2.0", TIGHTER, None),
        ("2.1.0-alpha", "2.1.0", TIGHTER, "it needs 3.0.0"),
        ("2.0.0-alpha", "2.0.1", TIGHTER, "it needs 3.0.0"),
    ],
)
def test_a_version_says_what_changed(old: str, new: str, after: ContractSpec, fault: str | None) -> None:
    faults = compared(old, new, after).faults
    assert len(faults) == (fault is not None)
    assert (fault or "") in "".join(faults)


def test_a_contract_that_comes_or_goes() -> None:
    old, new = contract(), contract(id="lab.stuff")
    gone, come = sorted(compare_all({old.id: old}, {new.id: new}), key=lambda each: each.id, reverse=True)
    assert (gone.id, gone.breaks, len(gone.faults)) == ("lab.things", READERS, 1)
    assert (come.id, come.breaks, come.faults) == ("lab.stuff", WRITERS, ())


def test_a_contract_that_goes_after_it_was_deprecated() -> None:
    (gone,) = compare_all({"lab.things": contract(status="deprecated")}, {})
    assert gone.faults == ()
