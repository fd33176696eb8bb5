"""Which rules are asked about contents, objects and sessions, and which files must be read for them."""

from __future__ import annotations

from fnmatch import fnmatchcase

from alfcheck.model import Asks, Dataset, Origin, Rule
from alfcheck.offers import SessionInfo
from alfcheck.relations import TABLE

__all__ = ["Asking", "matches_path"]


def matches_path(pattern: str, path: str) -> bool:
    """Tell whether a session-relative path without revision matches; without a slash, its file name must."""
    return fnmatchcase(path if "/" in pattern else path.rpartition("/")[2], pattern)


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
        needed = [Asks(datasets=each.datasets, columns=each.columns) for each, _ in infos]
        self._asked = (*(rule.asks for rule in (*contents, *objects, *sessions)), *needed)
        self.reads = any(asks.datasets or asks.columns or asks.optional for asks in self._asked)
        self._covered: dict[tuple[str, Dataset], bool] = {}

    def __bool__(self) -> bool:
        return bool(self._asked)

    def covers(self, path: str, dataset: Dataset) -> bool:
        """Tell whether a rule asks for what this file may hold; `path` is without revision."""
        key = (path, dataset)
        if key not in self._covered:
            self._covered[key] = any(_asks_for(asks, path, dataset) for asks in self._asked)
        return self._covered[key]


def _asks_for(asks: Asks, path: str, dataset: Dataset) -> bool:
    if any(matches_path(pattern, path) for pattern in asks.datasets):
        return True
    if not fnmatchcase(dataset.collection, asks.collection):
        return False
    patterns = (*asks.columns, *asks.optional)
    if not asks.object:  # a rule about sessions says object.column
        pairs = [pattern.partition(".")[::2] for pattern in patterns]
    else:
        pairs = [(asks.object, pattern) for pattern in patterns]
    return any(
        fnmatchcase(dataset.object, object_) and _may_hold(dataset, column) for object_, column in pairs
    )


def _may_hold(dataset: Dataset, pattern: str) -> bool:
    """Tell whether a file may have a column that matches: as a table, whole, or as a component."""
    name = dataset.column
    return (
        dataset.attribute == TABLE
        or pattern.startswith(name)
        or fnmatchcase(name, pattern)
        or fnmatchcase(f"{name}_0", pattern)
        or fnmatchcase(f"{name}.{dataset.extra}", pattern)
    )
