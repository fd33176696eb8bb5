"""What rules see: a file, the table that an object is, a session; each with what the rule asked for alone.

Arrays are read-only. Columns are named as ONE's ``to_df`` names them: the two columns of an array
``intervals`` are ``intervals_0`` and ``intervals_1``; arrays with more than 16 values a row, or of more
than two dimensions, are one column under their own name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from alfcheck.model import Dataset, Problem

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Columns", "FileData", "ObjectBatch", "ObjectTable", "SessionData", "problems_where"]

SHOWN = 5
"""Rows that a problem shows."""

Mask: TypeAlias = "np.ndarray | Sequence[bool]"


def problems_where(
    mask: Mask,
    message: str,
    *,
    column: str | None = None,
    expected: str | None = None,
    lengths: Collection[int] = (),
) -> Iterator[Problem]:
    """Give one problem of the rows where `mask` (one truth value a row) is true, or none.

    ``message`` says what is wrong of them: ``feedback comes before the response``. The `lengths` are those
    that a mask may have. Raises `ValueError` for what is no mask: numbers of rows would be taken for it.
    """
    import numpy as np

    mask = _sound_mask(mask, lengths)
    rows = np.flatnonzero(mask)
    if not len(rows):
        return
    shown = tuple(int(row) for row in rows[:SHOWN])
    more = ", …" if len(rows) > SHOWN else ""
    place = f"row{'s' if len(rows) > 1 else ''} {', '.join(map(str, shown))}{more}"
    yield Problem(
        message=f"{len(rows)} of {len(mask)} rows: {message} ({place})",
        column=column,
        expected=expected,
        rows=shown,
        count=len(rows),
    )


def _sound_mask(given: Mask, lengths: Collection[int]) -> np.ndarray:
    import numpy as np

    mask = np.asarray(given)
    if not mask.size and mask.ndim == 1:
        mask = mask.astype(bool)
    if mask.dtype != bool or mask.ndim != 1 or (lengths and len(mask) not in lengths):
        due = f" of {' or '.join(map(str, sorted(lengths)))} rows" if lengths else ""
        raise ValueError(
            f"where() takes a vector{due} of truth values, and was given {mask.dtype} of shape {mask.shape}: "
            "compare columns, as in where(table['a'] < table['b'], ...)"
        )
    return mask


class Columns(Mapping[str, "np.ndarray"]):
    """Columns by name. Values are fetched when they are looked at, and are read-only."""

    __slots__ = ("_fetch", "_names")

    def __init__(self, names: Sequence[str], fetch: Callable[[str], np.ndarray]) -> None:
        self._names = tuple(names)
        self._fetch = fetch

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self._names:
            asked = ", ".join(self._names) or "none"
            raise KeyError(f"there is no column {name!r} among those that the rule asked for ({asked})")
        return self._fetch(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def where(
        self, mask: Mask, message: str, *, column: str | None = None, expected: str | None = None
    ) -> Iterator[Problem]:
        """Give one problem of the rows where `mask` (one truth value a row) is true, or none."""
        return problems_where(mask, message, column=column, expected=expected, lengths=self._lengths())

    def _lengths(self) -> Collection[int]:
        return ()


class ObjectTable(Columns):
    """The table that an object is, as ONE composes it: those of its columns that were asked for.

    ``rows`` is the number of rows of the columns (of the longest, where the rule said ``aligned=False``),
    ``revision`` is ``None`` for what ONE loads by default. ``session`` is the session's path.
    """

    __slots__ = ("_counts", "_paths", "collection", "object", "revision", "rows", "session")

    def __init__(
        self,
        names: Sequence[str],
        fetch: Callable[[str], np.ndarray],
        *,
        session: str,
        collection: str,
        object: str,
        revision: str | None,
        rows: int,
        paths: Mapping[str, str],
        lengths: Collection[int] = (),
    ) -> None:
        super().__init__(names, fetch)
        self.session = session
        self.collection = collection
        self.object = object
        self.revision = revision
        self.rows = rows
        self._paths = paths
        self._counts = lengths

    def _lengths(self) -> Collection[int]:
        return self._counts

    def path(self, column: str) -> str:
        """Give the session-relative path of the dataset that holds a column."""
        return self._paths[column]

    @property
    def paths(self) -> tuple[str, ...]:
        """The session-relative paths of the datasets that hold the columns, sorted."""
        return tuple(sorted({self._paths[name] for name in self}))


class ObjectBatch(Mapping[str, "np.ndarray"]):
    """Tables of one object from several sessions, with the same columns, laid end to end.

    ``bounds`` has one row number more than there are tables: table `i` has the rows ``bounds[i]`` up to,
    but without, ``bounds[i + 1]``.
    """

    __slots__ = ("_held", "bounds", "tables")

    def __init__(self, tables: Sequence[ObjectTable]) -> None:
        import numpy as np

        self.tables = tuple(tables)
        self.bounds = np.concatenate([[0], np.cumsum([table.rows for table in self.tables])])
        self._held: dict[str, np.ndarray] = {}

    def __getitem__(self, name: str) -> np.ndarray:
        import numpy as np

        if name not in self._held:
            values = np.concatenate([table[name] for table in self.tables])
            values.flags.writeable = False
            self._held[name] = values
        return self._held[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables[0])

    def __len__(self) -> int:
        return len(self.tables[0])

    def where(
        self, mask: Mask, message: str, *, column: str | None = None, expected: str | None = None
    ) -> Iterator[tuple[int, Problem]]:
        """Give for each table a problem of its rows where `mask` is true, with the table's number."""
        import numpy as np

        mask = _sound_mask(mask, {int(self.bounds[-1])})
        # Which tables are concerned is found at once: nearly always there is none.
        owners = np.searchsorted(self.bounds, np.flatnonzero(mask), side="right") - 1
        for number in np.unique(owners):
            own = mask[self.bounds[number] : self.bounds[number + 1]]
            for problem in problems_where(own, message, column=column, expected=expected):
                yield int(number), problem


class FileData(Columns):
    """One dataset by what it holds: its columns as the file has them.

    The column of an array has the name of its attribute (with timescale, if any). ``rows`` is ``None``
    where there are none; ``document`` is the parsed value of a JSON or YAML file, ``size`` is in bytes.
    """

    __slots__ = ("dataset", "document", "path", "rows", "session", "size")

    def __init__(
        self,
        names: Sequence[str],
        fetch: Callable[[str], np.ndarray],
        *,
        session: str,
        path: str,
        dataset: Dataset,
        rows: int | None,
        size: int,
        document: Any = None,
    ) -> None:
        super().__init__(names, fetch)
        self.session = session
        self.path = path
        self.dataset = dataset
        self.rows = rows
        self.size = size
        self.document = document

    def _lengths(self) -> Collection[int]:
        return () if self.rows is None else {self.rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionData:
    """A session: the names of all its datasets, and the tables and documents that were asked for.

    ``datasets`` and ``sizes`` (bytes) are by session-relative path. ``tables`` are the asked objects as ONE
    loads them by default, in the order of their collections; ``documents`` are parsed JSON and YAML files
    by path.
    """

    path: str
    lab: str
    subject: str
    date: str
    number: str
    datasets: Mapping[str, Dataset]
    sizes: Mapping[str, int]
    tables: tuple[ObjectTable, ...] = ()
    documents: Mapping[str, Any]

    def objects(self, name: str) -> tuple[ObjectTable, ...]:
        """Give the tables of the object `name`, one for each collection that has it."""
        return tuple(table for table in self.tables if table.object == name)

    def object(self, name: str) -> ObjectTable:
        """Give the only table of the object `name`; raises `LookupError` for none or several."""
        found = self.objects(name)
        if len(found) != 1:
            places = ", ".join(table.collection or "." for table in found) or "no collection"
            raise LookupError(f"object {name!r} is in {places}: use objects({name!r})")
        return found[0]

    where = staticmethod(problems_where)
