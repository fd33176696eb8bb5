"""The tables that objects are, for the rules that ask for columns of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from alfcheck.contracts.lanes import FLAT_ABOVE, on_clock
from alfcheck.model import Dataset
from alfcheck.pipeline.aligning import PIECE, Broken, pieces_of
from alfcheck.pipeline.blame import blame
from alfcheck.pipeline.opening import close_held, reopen
from alfcheck.pipeline.state import Context, FileWork, SessionWork
from alfcheck.readers.base import Content, Kind
from alfcheck.relations import TABLE, View
from alfcheck.subjects import ObjectTable

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "WHOLE",
    "Held",
    "Loader",
    "TooLarge",
    "aligned",
    "has_values",
    "held_columns",
    "table_of",
    "whole_bytes",
]

WHOLE = 256 * 2**20
"""Bytes of columns of large files that a rule may have in memory at a time."""

TEXT = 64
"""Bytes that a text is taken for."""


class TooLarge(Exception):
    """What a rule asked for is larger than it may have at once."""


class Held(NamedTuple):
    """Where a column of an object lies: its file, the file's column, the component of a row (-1: all)."""

    path: str
    source: str
    component: int = -1


def held_columns(session: SessionWork, members: Sequence[str], standing: Collection[str]) -> dict[str, Held]:
    """Give the columns of a composition by their names in the object; only of files that stand."""
    found: dict[str, Held] = {}
    files = [session.works[path] for path in members if path in standing]
    # A file beside the table comes before the column of the same name.
    for work in sorted(files, key=lambda each: each.dataset is None or each.dataset.attribute != TABLE):
        if work.dataset is not None and work.content is not None and has_values(work.content):
            found.update(_columns(work.rel, work.dataset, work.content))
    return found


def has_values(content: Content) -> bool:
    """Tell whether a reader gives values that rules can see as columns."""
    values = content.whole is not None or content.pieces is not None
    return values and content.kind is not Kind.DOCUMENT and not content.opaque


def _columns(path: str, dataset: Dataset, content: Content) -> Iterator[tuple[str, Held]]:
    own = f"{dataset.column}.{dataset.extra}" if dataset.extra else dataset.column
    for source, _, shape in content.columns:
        if dataset.attribute == TABLE:
            name = on_clock(source, dataset.timescale)
        else:
            name = f"{own}.{source}" if source and content.kind is Kind.TABLE else own
        if len(shape) == 1 and 0 < shape[0] <= FLAT_ABOVE:
            yield from ((f"{name}_{number}", Held(path, source, number)) for number in range(shape[0]))
        else:
            yield name, Held(path, source)


def table_of(
    session: SessionWork, view: View, names: Sequence[str], columns: Mapping[str, Held], loader: Loader
) -> ObjectTable:
    """Give the table of a composition with some of its columns; one row broadcasts to those of the others."""
    works = session.works
    counts = {_rows(works[columns[name].path]) for name in names}
    rows = max(counts, default=0)
    broadcasts = len(counts) == 2 and 1 in counts and rows > 1

    def fetch(name: str) -> np.ndarray:
        values = loader.column(columns[name])
        return _broadcast(values, rows) if broadcasts and len(values) == 1 else values

    return ObjectTable(
        names,
        fetch,
        session=session.files.path,
        collection=view.collection,
        object=view.object,
        revision=view.revision,
        rows=rows,
        paths={name: columns[name].path for name in names},
        lengths={rows} if broadcasts else counts,
    )


def _broadcast(values: np.ndarray, rows: int) -> np.ndarray:
    import numpy as np

    return np.broadcast_to(values, (rows, *values.shape[1:]))


def aligned(session: SessionWork, paths: Collection[str]) -> int | None:
    """Give how many rows some files have, where one row broadcasts; ``None`` if they do not agree."""
    counts = {_rows(session.works[path]) for path in paths}
    several = counts - {1}
    if len(several) > 1 or several == {0} != counts:
        return None
    return max(counts, default=0)


def _rows(work: FileWork) -> int:
    return (work.content.rows or 0) if work.content is not None else 0


def whole_bytes(works: Collection[FileWork]) -> int:
    """Estimate how many bytes the values of large files would take at once."""
    return sum(_width(work) * _rows(work) for work in works if work.content and work.content.whole is None)


def _width(work: FileWork) -> int:
    import math

    import numpy as np

    assert work.content is not None
    width = 0
    for _, dtype, shape in work.content.columns:
        try:
            size = np.dtype(dtype).itemsize or TEXT
        except TypeError:  # a dtype of pandas
            size = TEXT if dtype in ("str", "object") else 8
        width += size * math.prod(shape)
    return width


class Loader:
    """Fetches the columns of a session's files, read-only.

    Large arrays are memory maps; what is large and cannot be mapped is read whole, up to a limit. `settle`
    says afterwards which of the mapped files are not any more what the scan saw.
    """

    def __init__(self, session: SessionWork, context: Context) -> None:
        self._session = session
        self._context = context
        self._loaded: dict[str, Mapping[str, np.ndarray]] = {}
        self._mapped: set[str] = set()

    def column(self, held: Held) -> np.ndarray:
        """Give a column; large files were prepared before."""
        values = self.columns(held.path)[held.source]
        values = (values[:, held.component] if held.component >= 0 else values).view()
        values.flags.writeable = False
        return values

    def prepare(self, paths: Collection[str]) -> None:
        """Read large files before a rule asks; raises `TooLarge`, or `Broken` for one that cannot be read."""
        large = [path for path in paths if self._streams(path)]
        size = self._bytes(large)
        if size > WHOLE:
            raise TooLarge(
                f"the columns of {', '.join(large)} take {-(-size // 2**20)} MiB at once, and a rule may "
                f"have {WHOLE // 2**20} MiB"
            )
        for path in large:
            self._large(path)

    def _streams(self, path: str) -> bool:
        content = self._session.works[path].content
        return content is not None and content.whole is None and content.pieces is not None

    def columns(self, path: str) -> Mapping[str, np.ndarray]:
        """Give all columns of a file as they are."""
        content = self._session.works[path].content
        assert content is not None
        return content.whole if content.whole is not None else self._large(path)

    def _bytes(self, paths: Collection[str]) -> int:
        works = [self._session.works[path] for path in paths]
        return whole_bytes([work for work in works if work.content is None or work.content.mapped is None])

    def _large(self, path: str) -> Mapping[str, np.ndarray]:
        found = self._loaded.get(path)
        if found is None:
            if self._bytes((*self._loaded, path)) > WHOLE:
                self._loaded.clear()
            content = self._session.works[path].content
            is_mapped = content is not None and content.mapped is not None
            found = self._loaded[path] = self._map(path) if is_mapped else self._read(path)
        return found

    def _map(self, path: str) -> Mapping[str, np.ndarray]:
        work = self._session.works[path]
        try:
            content = reopen(work, self._session, self._context)
            assert content.mapped is not None
            found = content.mapped()
        except (Exception, SystemExit) as error:
            raise Broken(path, error) from error
        finally:
            close_held(work, check=False)
        self._mapped.add(path)
        return found

    def settle(self) -> frozenset[str]:
        """Blame the mapped files that changed while rules looked at them, and give their paths."""
        changed = set()
        for path in sorted(self._mapped):
            work = self._session.works[path]
            try:
                reopen(work, self._session, self._context)
            except (Exception, SystemExit) as error:
                blame(error, work, self._context)
                changed.add(path)
            finally:
                close_held(work, check=False)
        self._mapped.clear()
        return frozenset(changed)

    def _read(self, path: str) -> dict[str, np.ndarray]:
        import numpy as np

        work = self._session.works[path]
        parts: dict[str, list[np.ndarray]] = {}
        try:
            for piece in pieces_of(self._session, path, PIECE, self._context):
                for name, values in piece.items():
                    parts.setdefault(name, []).append(values)
        finally:
            close_held(work, check=False)
        return {name: np.concatenate(values) for name, values in parts.items()}
