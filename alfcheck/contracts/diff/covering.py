"""What a contract says of a column that has no entry: by its array, by a pattern, or nothing.

The first pattern that matches a name is the one that counts, so that their order says something too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase

from alfcheck.contracts.diff.globs import covers, overlap
from alfcheck.contracts.globs import is_glob
from alfcheck.contracts.spec import ColumnSpec, ContractSpec

__all__ = ["is_open", "otherwise", "overtaken", "resolved"]

_COMPONENT = re.compile(r"(.+)_\d+")


def is_open(column: ColumnSpec) -> bool:
    """Tell whether an entry allows everything."""
    return column == ColumnSpec(name=column.name, nullable=True)


def resolved(spec: ContractSpec, column: ColumnSpec) -> ColumnSpec:
    """Give an entry with what a component leaves to its array."""
    whole = _whole(spec, column)
    if whole is None:
        return column
    return replace(
        column,
        missing=whole.missing if column.missing is None else column.missing,
        missing_share=whole.missing_share if column.missing_share is None else column.missing_share,
        tolerance=column.tolerance or whole.tolerance,
    )


def otherwise(spec: ContractSpec, column: ColumnSpec, beside: ContractSpec) -> tuple[ColumnSpec, ...]:
    """Give what `spec`, which lacks an entry, says of the columns that it judges in `beside`.

    A pattern may be several things at once: what it matches is judged by other patterns, or by none.
    """
    whole = _whole(spec, column)
    if whole is not None:
        return (_component(column.name, whole),)
    if not is_glob(column.name):
        matching = (each for each in _globs(spec) if fnmatchcase(column.name, each.name))
        found = next(matching, ColumnSpec(name=column.name, nullable=True))
        return (replace(found, name=column.name),)
    return tuple(replace(each, name=column.name) for each in _behind(spec, column, _before(beside, column)))


def _behind(spec: ContractSpec, column: ColumnSpec, before: tuple[str, ...]) -> Iterator[ColumnSpec]:
    """Give the entries that judge what a pattern matches, but for what those `before` it take away."""
    if any(covers(name, column.name) for name in before):
        return
    for each in _globs(spec):
        if overlap(each.name, column.name):
            if each.name not in before:
                yield each
            if covers(each.name, column.name):
                return
    yield ColumnSpec(name=column.name, nullable=True)


def overtaken(old: ContractSpec, new: ContractSpec) -> Iterator[tuple[ColumnSpec, ColumnSpec]]:
    """Give pairs of patterns in both contracts that match the same names, and changed places.

    The first of a pair came first in `old`; the second is that of `new`, which comes first now.
    """
    both = [each.name for each in _globs(old) if new.column(each.name) is not None]
    places = {each.name: place for place, each in enumerate(_globs(new))}
    for index, first in enumerate(both):
        for second in both[index + 1 :]:
            earlier, later = old.column(first), new.column(second)
            if places[second] < places[first] and overlap(first, second) and earlier and later:
                yield earlier, later


def _globs(spec: ContractSpec) -> Iterator[ColumnSpec]:
    return (column for column in spec.columns if is_glob(column.name))


def _before(spec: ContractSpec, column: ColumnSpec) -> tuple[str, ...]:
    names = [each.name for each in _globs(spec)]
    return tuple(names[: names.index(column.name)]) if column.name in names else ()


def _whole(spec: ContractSpec, column: ColumnSpec) -> ColumnSpec | None:
    component = _COMPONENT.fullmatch(column.name)
    return spec.column(component[1]) if component else None


def _component(name: str, whole: ColumnSpec) -> ColumnSpec:
    return replace(
        ColumnSpec(name=name),
        nullable=whole.nullable,
        missing=whole.missing,
        missing_share=whole.missing_share,
        unique=whole.unique,
        tolerance=whole.tolerance,
        checks=whole.checks,
    )
