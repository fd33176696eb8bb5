"""The views that ONE composes of the datasets of a session.

A view is what one call of ONE's ``load_object`` puts together: of each dataset the last revision, or the last
that is not after a given one (lexicographically, as ONE orders them).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from alfcheck.model import Dataset

__all__ = ["DEFAULT", "TABLE", "View", "compose", "views"]

TABLE = "table"
"""The attribute whose columns are attributes of the object."""

DEFAULT = "the object's default revision"


class View(NamedTuple):
    """One composition of an object; `members` are session-relative paths, sorted.

    ``revision`` is ``None`` for the default view, and ``""`` for that of the datasets without revision.
    """

    collection: str
    object: str
    revision: str | None
    members: tuple[str, ...]


def views(datasets: Mapping[str, Dataset]) -> tuple[View, ...]:
    """Give the distinct views of the datasets of a session, default views first of each object."""
    objects: dict[tuple[str, str], dict[str, Dataset]] = defaultdict(dict)
    for path, dataset in datasets.items():
        objects[dataset.collection, dataset.object][path] = dataset
    found = []
    for (collection, name), members in sorted(objects.items()):
        seen = set()
        revisions = sorted({dataset.revision for dataset in members.values()})
        for revision in (None, *revisions):
            composed = compose(members, revision)
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
