"""Whether two contracts ask of the same dataset what cannot both be kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence

from alfcheck.contracts.language.entries import Entries
from alfcheck.contracts.language.holds import dtypes_meet, impossible
from alfcheck.contracts.language.legal import is_glob
from alfcheck.contracts.language.patterns import overlap
from alfcheck.contracts.language.relate import MOST_COMPARED, clashing
from alfcheck.contracts.language.units import same_unit
from alfcheck.contracts.model import Match, Shape
from alfcheck.contracts.spec import NO_OBJECT, ColumnSpec, ContractSpec

__all__ = ["contradictions", "matches_meet"]

_TIMESCALE = re.compile(r"([A-Za-z0-9]+(?>(?:_(?:times|intervals)(?![A-Za-z0-9]))?))_(?!\d+$)\w+")


def contradictions(a: ContractSpec, b: ContractSpec) -> Iterator[tuple[str, str]]:
    """Give what two contracts ask of one column that no file can keep: its name, and what it is.

    Only contracts that may match the same dataset are compared, and only what is an error in both. A
    stricter contract beside a lenient one is no contradiction. Columns are compared by name, a name with
    the pattern that covers it; two patterns only if they are the same.
    """
    if a.match is None or b.match is None or not matches_meet(a.match, b.match):
        return
    own, others = Entries(a.columns), Entries(b.columns)
    for name in dict.fromkeys([*own.names, *others.names]):
        first, second = _entry(own, name), _entry(others, name)
        if first is not None and second is not None:
            for what in _between(first, second):
                yield name, what
    yield from _not_allowed(a, own, b)
    yield from _not_allowed(b, others, a)
    for one in a.relations[:MOST_COMPARED]:
        for other in b.relations[:MOST_COMPARED]:
            if clashing(one, other):
                yield other.name, f"the relations {one.name!r} and {other.name!r} exclude each other"


def matches_meet(a: Match, b: Match) -> bool:
    """Tell whether some dataset may be covered by both."""
    return (
        overlap(a.object, b.object)
        and (a.namespace is None or b.namespace is None or overlap(a.namespace, b.namespace))
        and overlap(a.collection, b.collection)
        and (not a.extensions or not b.extensions or not set(a.extensions).isdisjoint(b.extensions))
    )


def _entry(entries: Entries, name: str) -> ColumnSpec | None:
    """Give the entry that judges the column `name`, as a dataset of that name finds its terms."""
    exact = entries.exact(name)
    if exact is not None or is_glob(name):
        return exact
    timescale = _TIMESCALE.fullmatch(name)
    return entries.named(timescale[1] if timescale else name)


def _between(a: ColumnSpec, b: ColumnSpec) -> Iterator[str]:
    if a.dtypes and b.dtypes and not dtypes_meet(a.dtypes, b.dtypes):
        yield f"its dtype is {' or '.join(a.dtypes)} in one and {' or '.join(b.dtypes)} in the other"
    if a.shapes and b.shapes and not any(_fit(one, other) for one in a.shapes for other in b.shapes):
        yield f"its shape is {_told(a.shapes)} in one and {_told(b.shapes)} in the other"
    for word in ("references", "missing"):
        first, second = getattr(a, word), getattr(b, word)
        if first is not None and second is not None and first != second:
            told = [
                NO_OBJECT if value == "" and word == "references" else repr(value)
                for value in (first, second)
            ]
            yield f"{word} is {told[0]} in one and {told[1]} in the other"
    if a.unit and b.unit and not same_unit(a.unit, b.unit):
        yield f"its unit is {a.unit} in one and {b.unit} in the other"
    first, second = _types(a), _types(b)
    if first and second and not first & second:
        yield f"its document is {_or(first)} in one and {_or(second)} in the other"
    if impossible(a) is None and impossible(b) is None:
        why = impossible(a, b)
        if why is not None:
            yield why


def _types(column: ColumnSpec) -> frozenset[str]:
    """Give the types that a document may be of; none if that is open."""
    given = None if column.document is None else json.loads(column.document).get("type")
    types = {given} if isinstance(given, str) else set(given or ())
    return frozenset(types | ({"integer"} if "number" in types else set()))


def _or(words: Iterable[str]) -> str:
    return " or ".join(sorted(words))


def _fit(a: Shape, b: Shape) -> bool:
    """Tell whether an array can have both shapes; (n, 1) is (n,) to the readers."""
    first, second = _without_ones(a), _without_ones(b)
    if len(first) != len(second):
        longer, shorter = sorted((first, second), key=len, reverse=True)
        return len(longer) == 2 and len(shorter) == 1 and isinstance(longer[1], str)
    return all(
        isinstance(one, str) or isinstance(other, str) or one == other
        for one, other in zip(first, second, strict=True)
    )


def _without_ones(shape: Shape) -> Shape:
    return shape[:1] if len(shape) == 2 and shape[1] == 1 else shape


def _told(shapes: Sequence[Shape]) -> str:
    return " or ".join(f"[{', '.join(map(str, shape))}]" for shape in shapes)


def _not_allowed(strict: ContractSpec, entries: Entries, other: ContractSpec) -> Iterator[tuple[str, str]]:
    if not strict.strict:
        return
    for column in other.columns:
        if column.required and _entry(entries, column.name) is None:
            yield (
                column.name,
                f"{other.label} requires a column that {strict.label}, which is strict, forbids",
            )
