"""What changed in the columns of a contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from alfcheck.contracts.diff.changes import (
    BOTH,
    NEITHER,
    READERS,
    WRITERS,
    Breaks,
    Change,
    by_subset,
    together,
)
from alfcheck.contracts.diff.covering import is_open, otherwise, overtaken, resolved
from alfcheck.contracts.diff.dates import dated
from alfcheck.contracts.diff.documents import compare_documents
from alfcheck.contracts.diff.kinds import (
    Names,
    compare_dtypes,
    compare_shapes,
    only_time_dtypes,
    only_whole_dtypes,
    shared_names,
)
from alfcheck.contracts.diff.values import values_of, within
from alfcheck.contracts.spec import NO_OBJECT, CheckSpec, ColumnSpec, ContractSpec
from alfcheck.contracts.words import checks_words, dtype_words, references_words, shape_words
from alfcheck.model import Severity

__all__ = ["column_changes"]

_SAID = ("description", "source", "examples")


def column_changes(old: ContractSpec, new: ContractSpec) -> Iterator[Change]:
    """Give what changed in each column, those of the old contract first."""
    both = {column.name for column in old.columns} & {column.name for column in new.columns}
    names = (shared_names(old, both), shared_names(new, both))
    for column in old.columns:
        after = new.column(column.name)
        if after is None:
            yield _removed(old, column, new, names)
        else:
            yield from _compared(column, after, names)
    for column in new.columns:
        if old.column(column.name) is None:
            yield _added(old, column, new, names)
    for first, second in overtaken(old, new):
        breaks = _together(first, replace(second, name=first.name), names)
        told = (f"after {first.name}", f"before {first.name}, for the names that both match")
        yield Change(f"columns.{second.name}.order", *told, breaks)


def _removed(old: ContractSpec, column: ColumnSpec, new: ContractSpec, names: tuple[Names, Names]) -> Change:
    own, others = resolved(old, column), otherwise(new, column, old)
    breaks = together(*(_together(own, other, names) for other in others))
    if new.strict and any(map(is_open, others)):
        breaks = together(breaks, WRITERS)
    return Change(f"columns.{column.name}", _told(own), "", breaks)


def _added(old: ContractSpec, column: ColumnSpec, new: ContractSpec, names: tuple[Names, Names]) -> Change:
    own, others = resolved(new, column), otherwise(old, column, new)
    breaks = together(*(_together(other, own, names) for other in others))
    if old.strict and any(map(is_open, others)):
        breaks = together(breaks, READERS)
    return Change(f"columns.{column.name}", "", _told(own), breaks)


def _together(old: ColumnSpec, new: ColumnSpec, names: tuple[Names, Names]) -> Breaks:
    # What a contract did not speak of cannot have meant a value for missing.
    if is_open(old):
        old = replace(old, missing=new.missing)
    if is_open(new):
        new = replace(new, missing=old.missing)
    return together(*(change.breaks for change in _compared(old, new, names)))


def _told(column: ColumnSpec) -> str:
    parts = [
        f"dtype {dtype_words(column.dtypes)}" if column.dtypes else "",
        f"shape {shape_words(column.shapes)}" if column.shapes else "",
        f"unit {column.unit}" if column.unit is not None else "",
        checks_words(column.checks),
        references_words(column.references) if column.references is not None else "",
        "a document" if column.document is not None else "",
        "unique" if column.unique else "",
        "required" if column.required else "",
        "may be missing" if column.nullable else "never missing",
    ]
    return ", ".join(filter(None, parts))


def _compared(old: ColumnSpec, new: ColumnSpec, names: tuple[Names, Names]) -> Iterator[Change]:
    place = f"columns.{new.name}"
    for field, before, after, breaks in _facets(old, new, names):
        yield Change(f"{place}.{field}", before, after, breaks)
    for field in _SAID:
        first, second = getattr(old, field), getattr(new, field)
        if first != second:
            yield Change(f"{place}.{field}", _text(first), _text(second))


Facet = tuple[str, str, str, Breaks]


def _facets(old: ColumnSpec, new: ColumnSpec, names: tuple[Names, Names]) -> Iterator[Facet]:
    if set(old.dtypes) != set(new.dtypes):
        breaks = compare_dtypes(old.dtypes, new.dtypes)
        yield "dtype", dtype_words(old.dtypes), dtype_words(new.dtypes), breaks
    shapes = compare_shapes(old.shapes, new.shapes, *names)
    if set(old.shapes) != set(new.shapes) or shapes.any:
        yield "shape", shape_words(old.shapes), shape_words(new.shapes), shapes
    if old.checks != new.checks:
        yield _checks(old, new)
    if old.document != new.document:
        yield "document", *_documents(old, new), compare_documents(old.document, new.document)
    for field, before, after, breaks in _plain(old, new):
        if before != after:
            yield field, _text(before), _text(after), breaks


def _documents(old: ColumnSpec, new: ColumnSpec) -> tuple[str, str]:
    if old.document is None or new.document is None:
        return ("" if old.document is None else "a JSON Schema"), ("a JSON Schema" if new.document else "")
    return "a JSON Schema", "another JSON Schema"


def _checks(old: ColumnSpec, new: ColumnSpec) -> Facet:
    whole = only_whole_dtypes(old.dtypes) and only_whole_dtypes(new.dtypes)
    times = only_time_dtypes(old.dtypes) and only_time_dtypes(new.dtypes)
    before, after = (values_of(_of_values(each, times), whole=whole) for each in (old, new))
    if old.missing is not None and old.missing == new.missing:
        before, after = before.joined(old.missing), after.joined(new.missing)
    left = [check for check in old.checks if check not in new.checks]
    come = [check for check in new.checks if check not in old.checks]
    breaks = by_subset(within(before, after), within(after, before))
    return "checks", checks_words(left), checks_words(come), breaks


def _of_values(column: ColumnSpec, times: bool) -> tuple[CheckSpec, ...]:
    checks = tuple(check for check in column.checks if not _asks_unique(check))
    return dated(checks) if times and column.missing is None else checks


def _asks_unique(check: CheckSpec) -> bool:
    return check.name == "unique" and check.severity is Severity.ERROR


def _is_unique(column: ColumnSpec) -> bool:
    return column.unique or any(map(_asks_unique, column.checks))


def _plain(old: ColumnSpec, new: ColumnSpec) -> Iterator[tuple[str, Any, Any, Breaks]]:
    """Give the fields that are one value each, and whom a change of them breaks."""
    yield "nullable", old.nullable, new.nullable, READERS if new.nullable else WRITERS
    yield "unique", _is_unique(old), _is_unique(new), WRITERS if _is_unique(new) else READERS
    yield "required", old.required, new.required, WRITERS if new.required else READERS
    yield "unit", old.unit, new.unit, _unit(old.unit, new.unit)
    # That values refer to nothing binds nobody: it only says what the attribute's name does not mean.
    claimed = _promise(old.references or None, new.references or None)
    yield "references", _target(old), _target(new), claimed
    yield "missing", old.missing, new.missing, _sentinel(old, new)
    yield "missing_share", old.missing_share, new.missing_share, _ordered(_share(old), _share(new))
    yield "tolerance", old.tolerance, new.tolerance, _ordered(old.tolerance, new.tolerance)
    yield "lines", old.lines, new.lines, BOTH


def _target(column: ColumnSpec) -> str | None:
    return NO_OBJECT if column.references == "" else column.references


def _promise(old: str | None, new: str | None) -> Breaks:
    """Judge a promise that is kept or not: a new one binds writers, one given up leaves readers alone."""
    if old == new:
        return NEITHER
    return WRITERS if old is None else READERS if new is None else BOTH


def _unit(old: str | None, new: str | None) -> Breaks:
    from alfcheck.contracts.language.units import same_unit  # asks pint, if it must

    spelt = old is not None and new is not None and same_unit(old, new)
    return NEITHER if spelt else _promise(old, new)


def _ordered(old: float, new: float) -> Breaks:
    return by_subset(old <= new, new <= old)


def _share(column: ColumnSpec) -> float:
    if not column.nullable and column.missing is None:
        return 0.0
    return 1.0 if column.missing_share is None else column.missing_share


def _sentinel(old: ColumnSpec, new: ColumnSpec) -> Breaks:
    """Judge the value that stands for missing; where it was a value like any other, its meaning changes."""
    if old.missing is not None and new.missing is not None:
        return BOTH
    if old.missing is None:
        return BOTH if values_of(old.checks).holds(new.missing) else READERS
    return BOTH if values_of(new.checks).holds(old.missing) else WRITERS


def _text(value: object) -> str:
    if isinstance(value, (tuple, list)):
        return ", ".join(map(str, value)) if isinstance(value, Sequence) else str(value)
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
