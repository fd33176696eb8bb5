"""Laws of written data: they keep any contract that can be kept, and what is spoilt breaks it."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import numpy as np
from contract_samples import judge
from hypothesis import given, settings
from hypothesis import strategies as st

from alfcheck.contracts.build import build
from alfcheck.contracts.model import Contract, Match
from alfcheck.contracts.plan import Planner
from alfcheck.contracts.sampling import checks_of, encode, sample, spoil
from alfcheck.contracts.sampling.text import matching
from alfcheck.contracts.spec import CheckSpec, ColumnSpec, ContractSpec, RelationSpec
from alfcheck.model import Problem, Severity

ROWS = st.integers(4, 12)
SEEDS = st.integers(0, 3)
SEVERITIES = st.sampled_from([Severity.ERROR, Severity.WARNING])
DTYPES = st.sampled_from([("number",), ("floating",), ("integer", "floating"), ("float32", "float64")])
NARROW = st.sampled_from([(("rows",),), (("rows", 2),)])
WIDE = st.sampled_from([(("rows",),), (("rows", "samples", 3),), (("rows", 20),)])


def check(name: str, severity: Severity = Severity.ERROR, **arguments: Any) -> CheckSpec:
    return CheckSpec(name=name, arguments=tuple(sorted(arguments.items())), severity=severity)


@st.composite
def limits(draw: st.DrawFn) -> list[CheckSpec]:
    """Draw limits that leave room for as many whole numbers as there are rows."""
    low = draw(st.integers(-100, 100))
    kinds = {
        "none": [],
        "least": [check("greater_than_or_equal_to", draw(SEVERITIES), min_value=low)],
        "most": [check("less_than", draw(SEVERITIES), max_value=low)],
        "range": [
            check("in_range", draw(SEVERITIES), min_value=low, max_value=low + draw(st.integers(40, 90)))
        ],
        "set": [check("isin", draw(SEVERITIES), allowed_values=tuple(range(low, low + 40, 2)))],
        "not": [check("notin", draw(SEVERITIES), forbidden_values=(low, low + 1))],
    }
    return kinds[draw(st.sampled_from(sorted(kinds)))]


@st.composite
def numbers(draw: st.DrawFn, name: str) -> ColumnSpec:
    """Draw a column of numbers that can be written."""
    checks = draw(limits())
    order = draw(st.sampled_from(["", "", "sorted", "strictly_increasing"]))
    checks += [check(order, draw(SEVERITIES))] if order else []
    if draw(st.booleans()):
        checks.append(check("whole_number", draw(SEVERITIES)))
    nullable = draw(st.booleans())
    missing = draw(st.sampled_from([None, None, -1000]))
    unique = draw(st.booleans()) and not any(each.name == "isin" for each in checks)
    # Of whole numbers within limits there are not as many as a wide array has values.
    distinct = unique or order == "strictly_increasing"
    few = distinct and any(each.name == "isin" for each in checks)
    return ColumnSpec(
        name=name,
        dtypes=draw(DTYPES),
        shapes=(("rows",),) if few else draw(NARROW if distinct else WIDE),
        nullable=nullable,
        missing=missing,
        missing_share=draw(st.sampled_from([None, 0.0, 0.3])) if nullable or missing else None,
        tolerance=draw(st.sampled_from([0.0, 0.0, 0.25])),
        unique=unique,
        checks=tuple(checks),
    )


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    """Draw a contract of a few columns of numbers."""
    names = draw(st.lists(st.sampled_from(["amps", "depths", "values", "scores"]), min_size=1, unique=True))
    found = tuple(draw(numbers(name)) for name in names)
    return build(ContractSpec(id="lab.things", version="1.0.0", match=Match(object="things"), columns=found))


@st.composite
def chains(draw: st.DrawFn) -> Contract:
    """Draw a contract whose event times come one after the other, some only under a condition."""
    names = [f"{word}_times" for word in draw(st.permutations(["go", "stim", "move", "feed", "end"]))]
    events = [ColumnSpec(name=name, dtypes=("number",), nullable=draw(st.booleans())) for name in names]
    choice = ColumnSpec(name="choice", dtypes=("number",), checks=(check("isin", allowed_values=(-1, 0, 1)),))
    when = draw(st.sampled_from(["", "choice == 1", "choice != 0 and present(go_times)"]))
    relations = tuple(
        RelationSpec(
            name=f"after_{index}",
            compare=(draw(st.sampled_from(["le", "lt"])), *pair),
            when=when if index % 2 else "",
            tolerance=draw(st.sampled_from([0.0, 0.01])),
        )
        for index, pair in enumerate(pairwise(names))
    )
    columns = (*events, choice)
    match = Match(object="things", extensions=("pqt",))
    return build(
        ContractSpec(id="lab.things", version="1.0.0", match=match, columns=columns, relations=relations)
    )


def found_in(made: Contract, path: str, data: bytes) -> list[Problem]:
    return judge(path, data, Planner([made]))


@given(contracts(), ROWS, SEEDS)
@settings(max_examples=40, deadline=None)
def test_what_is_written_keeps_the_contract(made: Contract, rows: int, seed: int) -> None:
    for part in sample(made, rows, seed).files:
        assert found_in(made, part.path, encode(part)) == []


@given(chains(), ROWS, SEEDS)
@settings(max_examples=15, deadline=None)
def test_rows_keep_all_relations(made: Contract, rows: int, seed: int) -> None:
    table = sample(made, rows, seed).table
    assert table is not None
    assert found_in(made, table.path, encode(table)) == []


@given(contracts(), SEEDS)
@settings(max_examples=25, deadline=None)
def test_each_check_is_broken_by_what_is_spoilt(made: Contract, seed: int) -> None:
    listed = [each for each in checks_of(made) if each.code < "ALF309"]
    broken = [each for each in spoil(made, seed=seed) if each.code < "ALF309"]
    assert [each.made for each in broken] == listed
    for spoilt in broken:
        told = {
            (each.code, each.column, each.check, each.severity or Severity.ERROR)
            for part in spoilt.files
            for each in found_in(made, part.path, encode(part))
        }
        assert (spoilt.code, spoilt.column, spoilt.check, spoilt.made.severity) in told


@given(contracts(), ROWS, SEEDS)
@settings(max_examples=15, deadline=None)
def test_the_same_seed_gives_the_same_bytes(made: Contract, rows: int, seed: int) -> None:
    one, other = ([encode(part) for part in sample(made, rows, seed).files] for _ in range(2))
    assert one == other


REPEATS = st.sampled_from(["*", "+", "?", "{2}", "{1,3}"])
PATTERNS = st.recursive(
    st.sampled_from(["a", "[b-f]", r"\d", r"\w", "[^x]", ".", "_"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}"])).map(
            lambda pair: f"({pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=6,
)


@given(PATTERNS, st.integers(1, 5), SEEDS)
@settings(max_examples=60, deadline=None)
def test_texts_match_their_pattern(pattern: str, count: int, seed: int) -> None:
    found = matching(pattern, count, np.random.default_rng(seed))
    assert 1 <= len(found) <= count
    assert len({*found}) == len(found)
    assert all(re.fullmatch(pattern, text) for text in found)
