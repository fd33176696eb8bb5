"""Strategies for the specs of contracts, and for files that they judge."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from hypothesis import strategies as st

from alfcheck.contracts.model import Condition, Match, SessionTerms, Wanted
from alfcheck.contracts.spec import CheckSpec, ColumnSpec, ContractSpec, RelationSpec, RowsSpec
from alfcheck.model import Severity

WORDS = st.sampled_from(["", "Start and end.", "é: yes # no", "'quoted' \"twice\"", "1.0"])
NUMBERS = st.integers(-3, 9) | st.sampled_from([0.5, -1.5, 1e-6, 1e300])
SEVERITIES = st.sampled_from([Severity.ERROR, Severity.WARNING])


def check(name: str, severity: Severity = Severity.ERROR, error: str = "", **arguments: Any) -> CheckSpec:
    """Make one check; its arguments come sorted, as a spec has them."""
    return CheckSpec(name=name, arguments=tuple(sorted(arguments.items())), severity=severity, error=error)


ARGUED = (
    "equal_to",
    "not_equal_to",
    "greater_than",
    "greater_than_or_equal_to",
    "less_than",
    "less_than_or_equal_to",
    "in_range",
    "isin",
    "notin",
)


@st.composite
def checks(draw: st.DrawFn) -> CheckSpec:
    """Draw a check of numbers."""
    name = draw(st.sampled_from([*ARGUED, "sorted", "strictly_increasing", "whole_number", "unique"]))
    low, high = sorted(draw(st.tuples(NUMBERS, NUMBERS)))
    some = tuple(draw(st.lists(NUMBERS, min_size=1, max_size=4, unique=True)))
    arguments: dict[str, dict[str, Any]] = {
        "equal_to": {"value": low},
        "not_equal_to": {"value": low},
        "greater_than": {"min_value": low},
        "greater_than_or_equal_to": {"min_value": low},
        "less_than": {"max_value": high},
        "less_than_or_equal_to": {"max_value": high},
        "in_range": {"min_value": low, "max_value": max(high + 1, 2 * high)},
        "isin": {"allowed_values": some},
        "notin": {"forbidden_values": some},
    }
    if name == "in_range" and draw(st.booleans()):
        arguments["in_range"]["include_max"] = False
    error = draw(st.sampled_from(["", "", "what it should be"]))
    return check(name, draw(SEVERITIES), error, **arguments.get(name, {}))


TEXT_CHECKS = st.sampled_from(
    [
        check("str_matches", pattern="^[ab]+$"),
        check("str_contains", error="with an a", pattern="a"),
        check("str_startswith", string="a"),
        check("str_endswith", Severity.WARNING, string="b"),
        check("str_length", min_value=1, max_value=3),
        check("isin", allowed_values=("a", "ab", "null", "1.0", "yes")),
        check("equal_to", value="no"),
    ]
)


@st.composite
def columns(draw: st.DrawFn, name: str, **fixed: Any) -> ColumnSpec:
    """Draw the entry `name`; a component's is short, and a pattern is never required."""
    text = name == "text"
    found = ColumnSpec(
        name=name,
        description=draw(WORDS),
        nullable=draw(st.booleans()),
        missing=draw(st.none() | st.sampled_from(["void", ""] if text else [-1, 9, 0.5])),
        unique=draw(st.booleans()),
        required="*" not in name and draw(st.booleans()),
        tolerance=0.0 if text else draw(st.sampled_from([0.0, 0.0, 0.25, 1e-6])),
        checks=tuple(draw(st.lists(TEXT_CHECKS if text else checks(), max_size=3))),
    )
    if name[-2:] in ("_0", "_1"):
        return found
    more = ColumnSpec(
        name=name,
        unit=draw(st.sampled_from([None, "s", "V", "px"])),
        dtypes=("string",) if text else draw(st.sampled_from([(), ("number",), ("float64", "integer")])),
        references=draw(st.sampled_from([None, ""] if text else [None, "", "clusters"])),
        examples=() if found.checks else draw(st.sampled_from([(), ('"a"',) if text else ("0", "1.5")])),
        source=draw(WORDS),
        missing_share=draw(st.sampled_from([None, 0.0, 0.25, 0.5])) if found.nullable else None,
        shapes=(("rows", 2),) if name.endswith("pairs") else draw(st.sampled_from([(), (("rows",),)])),
        **fixed,
    )
    own = ("description", "nullable", "missing", "unique", "required", "tolerance", "checks")
    return ColumnSpec(
        **{key: getattr(found if key in own else more, key) for key in ColumnSpec.__dataclass_fields__}
    )


RELATIONS = st.sampled_from(
    [
        RelationSpec(name="order", compare=("le", "pairs_0", "pairs_1")),
        RelationSpec(name="far", compare=("lt", "a", "b"), tolerance=0.25, severity=Severity.WARNING),
        RelationSpec(name="differ", compare=("ne", "a", "b"), when="b > 0", description="other than b"),
        RelationSpec(name="worded", compare=("ge", "*_pairs_1", "*_pairs_0")),
        RelationSpec(name="either", check="a > 0 or missing(b)"),
        RelationSpec(name="sum", check="abs(a + b) <= 9", when="present(a) and b in (1, 2)", tolerance=0.1),
    ]
)
SESSIONS = st.sampled_from(
    [
        None,
        SessionTerms(
            when=Condition(protocol="*biased*"),
            datasets=(
                Wanted(kind="required", patterns=("alf/things.a.npy",), description="the a"),
                Wanted(kind="any_of", patterns=("alf/x.y.npy", "alf/x.table.pqt")),
                Wanted(kind="required", patterns=("alf/{p}/x.y.npy",), each="raw/{p}", count=(1, None)),
            ),
        ),
    ]
)
NAMES = ("a", "b", "text", "pairs", "pairs_0", "pairs_1", "*_pairs", "*_pairs_0", "*_times", "metrics.label")


@st.composite
def specs(draw: st.DrawFn) -> ContractSpec:
    """Draw a spec of an object `things`."""
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1, max_size=6))
    heads = {name[:-2] for name in names if name[-2:] in ("_0", "_1")}
    names = [*sorted(heads - set(names)), *names]
    entries = [draw(columns(name)) for name in names]
    if draw(st.booleans()):
        kept = json.dumps({"type": "object"}, separators=(",", ":"))
        entries.append(ColumnSpec(name="log", nullable=True, document=kept, lines=draw(st.booleans())))
    attributes = [name for name in names if "." not in name and name[-2:] not in ("_0", "_1")]
    exempt = [name for name in attributes if draw(st.booleans())]
    return ContractSpec(
        id="lab.things",
        version="1.2.0",
        status=draw(st.sampled_from(["active", "draft", "deprecated"])),
        owner=draw(WORDS),
        description=draw(WORDS),
        source=draw(WORDS),
        match=Match(
            object="things", namespace=draw(st.sampled_from([None, "", "lab"])), extensions=("npy", "pqt")
        ),
        rows=RowsSpec(
            agree=draw(st.booleans()),
            exempt=(*exempt, *(["go_times"] if "*_times" in names and draw(st.booleans()) else ())),
            at_least=draw(st.integers(0, 2)),
        ),
        strict=draw(st.booleans()),
        columns=tuple(entries),
        relations=tuple(
            relation
            for relation in draw(st.lists(RELATIONS, unique_by=lambda each: each.name, max_size=3))
            if all(name in names or name[:-2] in names for name in _operands(relation))
        ),
        session=draw(SESSIONS),
    )


def _operands(relation: RelationSpec) -> tuple[str, ...]:
    return relation.compare[1:] if relation.compare else ("a", "b")


@st.composite
def numbers(draw: st.DrawFn, shape: tuple[int, ...] = ()) -> np.ndarray:
    """Draw a file of small numbers, some of them near a limit, missing, or standing for missing."""
    rows = draw(st.integers(0, 6))
    value = st.integers(-3, 9) | st.sampled_from([0.5, 0.75, 1 + 1e-7, -1.0, np.nan])
    size = rows * int(np.prod(shape))
    values = np.array(draw(st.lists(value, min_size=size, max_size=size)), float).reshape(rows, *shape)
    whole = not np.isnan(values).any() and draw(st.booleans())
    return values.astype(np.int32) if whole else values
