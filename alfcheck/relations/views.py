"""The views that ONE composes of the datasets of a session.

A view is what one call of ONE's ``load_object`` puts together: of each dataset the last revision, or the last
that is not after a given one (lexicographically, as ONE orders them). Where two namespaces of an object have
an attribute in common, ONE must be told which is meant (``namespace=``): there each namespace is a view.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple

from alfcheck.model import Dataset

__all__ = ["DEFAULT", "TABLE", "Columns", "View", "apart", "compose", "views"]

TABLE = "table"
"""The attribute whose columns are attributes of the object."""

DEFAULT = "the object's default revision"

Columns = Mapping[str, Collection[str]]
"""What the columns of tables are called in their object, by path."""


class View(NamedTuple):
    """One composition of an object; `members` are session-relative paths, sorted.

    ``revision`` is ``None`` for the default view, and ``""`` for that of the datasets without revision.
    """

    collection: str
    object: str
    revision: str | None
    members: tuple[str, ...]


def views(datasets: Mapping[str, Dataset], columns: Columns | None = None) -> tuple[View, ...]:
    """Give the distinct views of the datasets of a session, default views first of each object.

    ``columns`` are those of tables, where they are known: they are attributes like others.
    """
    objects: dict[tuple[str, str], dict[str, Dataset]] = defaultdict(dict)
    for path, dataset in datasets.items():
        objects[dataset.collection, dataset.object][path] = dataset
    found = []
    for (collection, name), members in sorted(objects.items()):
        seen = set()
        revisions = sorted({dataset.revision for dataset in members.values()})
        for revision in (None, *revisions):
            for composed in apart(compose(members, revision), datasets, columns or {}):
                if composed and composed not in seen:
                    seen.add(composed)
                    found.append(View(collection, name, revision, composed))
    return tuple(found)


def compose(members: Mapping[str, Dataset], revision: str | None) -> tuple[str, ...]:
    """Give the paths that ONE loads of one object at `revision` (``None``: the last of each)."""
    last: dict[Dataset, tuple[str, str]] = {}
    for path, dataset in members.items():
        if revision is not None and dataset.revision > revision:
            continue
        key = dataset._replace(revision="")
        if key not in last or dataset.revision >= last[key][0]:
            last[key] = (dataset.revision, path)
    return tuple(sorted(path for _, path in last.values()))


def apart(
    paths: tuple[str, ...], datasets: Mapping[str, Dataset], columns: Columns
) -> tuple[tuple[str, ...], ...]:
    """Part what one composition holds by namespace, if two of them have an attribute in common."""
    spaces: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        spaces[datasets[path].namespace].append(path)
    if len(spaces) < 2:
        return (paths,)
    held = [
        {key for path in own for key in _keys(datasets[path], columns.get(path, ()))}
        for own in spaces.values()
    ]
    if len(set().union(*held)) == sum(map(len, held)):
        return (paths,)
    return tuple(map(tuple, spaces.values()))


def _keys(dataset: Dataset, columns: Collection[str]) -> set[tuple[str, str]]:
    return {(name, dataset.extra) for name in (dataset.column, *columns)}
