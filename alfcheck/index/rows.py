"""The rows of the datasets table, by session: a release has a million, and all are never there at once."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from alfcheck.columns import (
    Hashes,
    Numbers,
    Texts,
    pack_hashes,
    pack_numbers,
    pack_texts,
    unpack_hashes,
    unpack_numbers,
    unpack_texts,
)
from alfcheck.index.ids import dataset_ids, session_path

if TYPE_CHECKING:
    from datetime import date

__all__ = ["Datasets", "IndexDataset", "IndexSession", "SessionRows", "default_revisions"]


class IndexDataset(NamedTuple):
    """A dataset to be indexed: POSIX path from its session, size in bytes, lower-case md5 where known."""

    rel_path: str
    size: int
    md5: str | None = None


class Datasets(Sequence[IndexDataset]):
    """Datasets of one session, packed by columns (`alfcheck.columns`)."""

    __slots__ = ("_count", "_hashes", "_names", "_sizes")

    def __init__(self, count: int, names: Texts, sizes: Numbers, hashes: Hashes) -> None:
        self._count, self._names, self._sizes, self._hashes = count, names, sizes, hashes

    @classmethod
    def of(cls, datasets: Sequence[IndexDataset]) -> Datasets:
        """Pack datasets, of which there is one or more."""
        if isinstance(datasets, Datasets):
            return datasets
        names, sizes, md5s = zip(*datasets, strict=True)
        return cls(len(names), pack_texts(names), pack_numbers(sizes), pack_hashes(md5s))

    @property
    def rel_paths(self) -> tuple[str, ...]:
        """The paths from the session."""
        return unpack_texts(self._names, self._count)

    @property
    def default_revisions(self) -> list[bool]:
        """Mark those that ONE loads when no revision is asked for."""
        is_plain = isinstance(self._names, str) and "#" not in self._names
        return [True] * self._count if is_plain else default_revisions(self.rel_paths)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The sizes in bytes."""
        return unpack_numbers(self._sizes)

    @property
    def md5s(self) -> tuple[str | None, ...]:
        """The md5s where they are known."""
        return unpack_hashes(self._hashes, self._count)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[IndexDataset]:
        return map(IndexDataset, self.rel_paths, self.sizes, self.md5s)

    @overload
    def __getitem__(self, place: int) -> IndexDataset: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[IndexDataset]: ...
    def __getitem__(self, place: int | slice) -> IndexDataset | Sequence[IndexDataset]:
        return tuple(self)[place]


class IndexSession(NamedTuple):
    """A session to be indexed, with its datasets in any order; ``lab`` is empty without lab folders."""

    lab: str
    subject: str
    date: date
    number: int
    datasets: Sequence[IndexDataset]
    task_protocol: str = ""
    projects: str = ""

    @property
    def path(self) -> str:
        """The session's path from the root."""
        return session_path(self.lab, self.subject, self.date, self.number)


class SessionRows(NamedTuple):
    """The rows of one session, sorted by id: where each is among ``datasets``, and the ids."""

    eid: str
    path: str
    datasets: Datasets
    order: Sequence[int]
    joined_ids: str

    @classmethod
    def of(cls, eid: str, session: IndexSession, kept: Mapping[str, str]) -> SessionRows:
        """Sort the datasets of a session by their ids; `kept` are ids by path from the root."""
        path, datasets = session.path, Datasets.of(session.datasets)
        rel_paths = datasets.rel_paths
        ids = dataset_ids(path, rel_paths)
        if kept:
            ids = [kept.get(f"{path}/{rel}", id_) for rel, id_ in zip(rel_paths, ids, strict=True)]
        order = sorted(range(len(ids)), key=ids.__getitem__)
        packed = bytes(order) if len(order) <= 256 else array("I", order)
        return cls(eid, path, datasets, packed, "\0".join([ids[place] for place in order]))

    @property
    def ids(self) -> list[str]:
        """The ids, sorted."""
        return self.joined_ids.split("\0")

    def column(self, name: str) -> Sequence[Any]:
        """Give one of the columns of the table in which one row differs from another."""
        column = _COLUMNS[name](self.datasets)
        return list(map(column.__getitem__, self.order))


_COLUMNS: Mapping[str, Callable[[Datasets], Sequence[Any]]] = {
    "rel_path": attrgetter("rel_paths"),
    "file_size": attrgetter("sizes"),
    "hash": attrgetter("md5s"),
    "default_revision": attrgetter("default_revisions"),
}


def default_revisions(rel_paths: Sequence[str]) -> list[bool]:
    """Mark the dataset that ONE loads when no revision is asked for: the lexicographically greatest.

    Exactly one of those that differ in the revision folder (``#…#``) alone is marked; without a
    revision counts as lowest. With none marked ONE warns, with two it refuses to load.
    """
    if not any("#" in path for path in rel_paths):
        return [True] * len(rel_paths)
    best: dict[str, tuple[str, int]] = {}
    for place, path in enumerate(rel_paths):
        head, _, rest = path.partition("#")
        revision, _, tail = rest.rpartition("#/")
        key = head + tail if rest else path
        best[key] = max(best.get(key, ("", -1)), (revision, place))
    chosen = {place for _, place in best.values()}
    return [place in chosen for place in range(len(rel_paths))]
