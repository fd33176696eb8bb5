"""Which rules are asked about contents, objects and sessions, and which files must be read for them."""

from __future__ import annotations

import re
from collections.abc import Collection
from fnmatch import fnmatchcase
from typing import NamedTuple

from alfcheck.contracts.lanes import FLAT_ABOVE, TEXT_TABLES
from alfcheck.model import Asks, Dataset, Origin, Rule
from alfcheck.offers import SessionInfo
from alfcheck.relations import TABLE

__all__ = ["Asked", "Asking", "asked_columns", "asks_of_info", "matches_path", "of_namespace"]

TABLES = TEXT_TABLES | {"pqt"}
_WILD = re.compile(r"[*?\[]")

KEPT = 4096
"""Sets of column names of which it is kept what rules ask of them."""


def matches_path(pattern: str, path: str) -> bool:
    """Tell whether a session-relative path without revision matches; without a slash, its file name must."""
    return fnmatchcase(path if "/" in pattern else path.rpartition("/")[2], pattern)


def asked_columns(asks: Asks, names: Collection[str]) -> tuple[str, ...] | None:
    """Give those of some columns that were asked for; ``None`` if one that is needed is not there."""
    if not all(any(fnmatchcase(name, pattern) for name in names) for pattern in asks.columns):
        return None
    patterns = (*asks.columns, *asks.optional)
    return tuple(sorted(name for name in names if any(fnmatchcase(name, each) for each in patterns)))


class Asked(NamedTuple):
    """A rule, and the columns that it is asked about: those that it needs, and those that it may have."""

    rule: Rule
    needed: tuple[str, ...]
    optional: tuple[str, ...]


class Asking:
    """The rules that look at what files hold; ``reads`` says whether any needs a file to be opened."""

    def __init__(
        self,
        contents: tuple[Rule, ...],
        objects: tuple[Rule, ...],
        sessions: tuple[Rule, ...],
        infos: tuple[tuple[SessionInfo, Origin], ...] = (),
    ) -> None:
        self.contents, self.objects, self.sessions, self.infos = contents, objects, sessions, infos
        needed = [asks_of_info(each) for each, _ in infos]
        self._asked = (*(rule.asks for rule in (*contents, *objects, *sessions)), *needed)
        self.reads = any(map(_needs_files, self._asked))
        self._covered: dict[tuple[str, Dataset], bool] = {}
        self._rules: dict[tuple[str, str], tuple[Rule, ...]] = {}
        self._columns: dict[tuple[str, str, tuple[tuple[str, str], ...]], tuple[Asked, ...]] = {}

    def __bool__(self) -> bool:
        return bool(self._asked)

    @property
    def is_large(self) -> bool:
        """Tell whether more is remembered of names than is of use."""
        return len(self._covered) + len(self._rules) > KEPT

    def forget(self) -> None:
        """Forget what was worked out of names."""
        self._covered.clear()
        self._rules.clear()

    def covers(self, path: str, dataset: Dataset) -> bool:
        """Tell whether a rule asks for what this file may hold; `path` is without revision."""
        key = (path, dataset)
        if key not in self._covered:
            self._covered[key] = any(_asks_for(asks, path, dataset) for asks in self._asked)
        return self._covered[key]

    def rules_of(self, object_: str, collection: str) -> tuple[Rule, ...]:
        """Give the rules that are about an object of this name."""
        key = (object_, collection)
        if key not in self._rules:
            self._rules[key] = tuple(
                rule
                for rule in self.objects
                if fnmatchcase(object_, rule.asks.object) and fnmatchcase(collection, rule.asks.collection)
            )
        return self._rules[key]

    def asked_of(
        self, object_: str, collection: str, columns: tuple[tuple[str, str], ...]
    ) -> tuple[Asked, ...]:
        """Give the rules that are asked about an object with these columns; each comes with its namespace."""
        key = (object_, collection, columns)
        found = self._columns.get(key)
        if found is None:
            if len(self._columns) >= KEPT:
                self._columns.clear()
            asked = (_asked(rule, columns) for rule in self.rules_of(object_, collection))
            found = self._columns[key] = tuple(each for each in asked if each is not None)
        return found


def _asked(rule: Rule, columns: tuple[tuple[str, str], ...]) -> Asked | None:
    names = [name for name, namespace in columns if of_namespace(rule.asks, namespace)]
    seen = asked_columns(rule.asks, names)
    if not seen:
        return None
    needed = tuple(name for name in seen if any(fnmatchcase(name, each) for each in rule.asks.columns))
    return Asked(rule, needed, tuple(name for name in seen if name not in needed))


def asks_of_info(info: SessionInfo) -> Asks:
    """Say as a rule would what a session info needs."""
    return Asks(
        datasets=tuple(info.datasets),
        columns=tuple(info.columns),
        optional_datasets=tuple(info.optional_datasets),
    )


def _needs_files(asks: Asks) -> bool:
    return bool(asks.datasets or asks.columns or asks.optional or asks.optional_datasets)


def _asks_for(asks: Asks, path: str, dataset: Dataset) -> bool:
    if any(matches_path(pattern, path) for pattern in (*asks.datasets, *asks.optional_datasets)):
        return True
    if not fnmatchcase(dataset.collection, asks.collection) or not of_namespace(asks, dataset.namespace):
        return False
    patterns = (*asks.columns, *asks.optional)
    if not asks.object:  # a rule about sessions says object.column
        pairs = [pattern.partition(".")[::2] for pattern in patterns]
    else:
        pairs = [(asks.object, pattern) for pattern in patterns]
    return any(
        fnmatchcase(dataset.object, object_) and _may_hold(dataset, column) for object_, column in pairs
    )


def of_namespace(asks: Asks, namespace: str) -> bool:
    """Tell whether datasets of a namespace are meant."""
    return asks.namespace is None or fnmatchcase(namespace, asks.namespace)


def _may_hold(dataset: Dataset, pattern: str) -> bool:
    """Tell whether a file may have a column that matches: as a table, whole, or as a component."""
    if dataset.attribute == TABLE:
        return True
    name = f"{dataset.column}.{dataset.extra}" if dataset.extra else dataset.column
    if dataset.extension in TABLES and (_WILD.search(pattern) or pattern.startswith(f"{name}.")):
        return True
    components = (f"{name}_{number}" for number in range(FLAT_ABOVE))
    return fnmatchcase(name, pattern) or any(fnmatchcase(each, pattern) for each in components)
