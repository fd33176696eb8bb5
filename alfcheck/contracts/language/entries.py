"""The entries of a contract, found by names and by the patterns that cover names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import translate

from alfcheck.contracts.language.legal import is_glob
from alfcheck.contracts.spec import ColumnSpec

__all__ = ["COMPONENT_NAME", "FLAT_ABOVE", "Entries", "inherited"]

FLAT_ABOVE = 16
"""Arrays with more values a row have no components."""

COMPONENT_NAME = re.compile(r"([^.]+)_(\d{1,3})")


class Entries:
    """Looks entries up as datasets and relations do: exact names first, then patterns in their order."""

    def __init__(self, columns: Sequence[ColumnSpec]) -> None:
        self._exact = {column.name: column for column in columns}
        self.names = tuple(self._exact)
        self._patterns = [
            (re.compile(translate(column.name)), column) for column in columns if is_glob(column.name)
        ]

    def __iter__(self) -> Iterator[ColumnSpec]:
        return iter(self._exact.values())

    def exact(self, name: str) -> ColumnSpec | None:
        """Give the entry of exactly this name."""
        return self._exact.get(name)

    def named(self, name: str) -> ColumnSpec | None:
        """Give the entry that a name means."""
        found = self._exact.get(name)
        return found or next((column for pattern, column in self._patterns if pattern.match(name)), None)

    def meant(self, name: str) -> ColumnSpec | None:
        """Give the entry that a name in a relation means, as a component or in which ``*`` is some word."""
        if name in self._exact:
            return self._exact[name]
        found = COMPONENT_NAME.fullmatch(name)
        if found is not None:
            whole = self._starred(found[1])
            if whole is not None and _reaches(whole, int(found[2])):
                return whole
        return self._starred(name)

    def whole(self, name: str) -> tuple[str, ...]:
        """Give the dtypes of the attribute whose component a name is."""
        found = COMPONENT_NAME.fullmatch(name)
        attribute = None if found is None else self.named(found[1])
        return () if attribute is None else attribute.dtypes

    def _starred(self, name: str) -> ColumnSpec | None:
        found = self.named(name)
        if found is not None or "*" not in name:
            return found
        pattern = re.compile(translate(name))
        return next((column for column in self if pattern.match(column.name)), None)


def _reaches(column: ColumnSpec, index: int) -> bool:
    widths = [shape[1] for shape in column.shapes if len(shape) == 2]
    known = any(index < (width if isinstance(width, int) else FLAT_ABOVE) for width in widths)
    return known or not column.shapes


def inherited(columns: Mapping[str, ColumnSpec], silent: Collection[str]) -> tuple[ColumnSpec, ...]:
    """Give the entries; components `silent` about missing values have them as their attribute has."""
    for name in silent:
        found = COMPONENT_NAME.fullmatch(name)
        whole = columns.get(found[1]) if found is not None else None
        if whole is not None and whole.nullable:
            columns = {**columns, name: replace(columns[name], nullable=True)}
    return tuple(columns.values())
