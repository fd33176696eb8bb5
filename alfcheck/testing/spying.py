"""Watch what a rule does with what it is given."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from alfcheck.model import Asks, Rule
from alfcheck.subjects import FileData, ObjectBatch, ObjectTable, SessionData

__all__ = ["spied"]

Check = Callable[..., Iterable[Any]]


def spied(rule: Rule, changed: list[str], unasked: set[str]) -> Check:
    """Give the check of a rule, that notes what it changes, and what it looks for without having asked."""
    assert rule.check is not None
    check = rule.check

    def spying(*subject: Any) -> list[Any]:
        before = [_snapshot(each) for each in subject]
        for table, prefix in _tables(subject[0]):
            _overhear(table, rule.asks, prefix, unasked)
        found = list(check(*subject))
        after = [_snapshot(each) for each in subject]
        pairs = zip(subject, before, after, strict=True)
        changed.extend(type(each).__name__ for each, one, other in pairs if one != other)
        return found

    return spying


def _tables(subject: object) -> list[tuple[ObjectTable, str]]:
    if isinstance(subject, ObjectTable):
        return [(subject, "")]
    if isinstance(subject, ObjectBatch):
        return [(table, "") for table in subject.tables]
    if isinstance(subject, SessionData):
        return [(table, f"{table.object}.") for table in subject.tables]
    return []


def _overhear(table: ObjectTable, asks: Asks, prefix: str, unasked: set[str]) -> None:
    patterns = (*asks.columns, *asks.optional)

    class Overheard(ObjectTable):
        """Notes the names that are looked up, the missing ones among them, which `in` and `get` hide."""

        __slots__ = ()

        def __getitem__(self, name: str) -> Any:
            if not any(fnmatchcase(f"{prefix}{name}", pattern) for pattern in patterns):
                unasked.add(f"{prefix}{name}")
            return super().__getitem__(name)

    # The table is made deep in the program; what it holds stays as it is.
    table.__class__ = Overheard


def _snapshot(subject: Any) -> Any:
    if isinstance(subject, SessionData):
        tables = [_columns(table) for table in subject.tables]
        return tables, _plain(subject.documents), list(subject.datasets), dict(subject.sizes)
    if isinstance(subject, FileData):
        return _columns(subject), _plain(subject.document)
    if isinstance(subject, (ObjectTable, ObjectBatch)):
        return _columns(subject)
    return dict(subject) if isinstance(subject, Mapping) else subject


def _plain(document: Any) -> Any:
    if isinstance(document, Mapping):
        return {key: _plain(value) for key, value in document.items()}
    return repr(copy.deepcopy(document))


def _columns(columns: Any) -> list[tuple[str, str, object]]:
    found = []
    for name in columns:
        values = columns[name]
        held = repr(values.tolist()) if values.dtype.hasobject else values.tobytes()
        found.append((name, str(values.dtype), held))
    return found
