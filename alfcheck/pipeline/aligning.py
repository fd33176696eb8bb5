"""The values of several files once more, side by side: in pieces of equally many rows.

Small files are in memory; large ones, whose values have passed once already, are opened again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from alfcheck.pipeline.blame import Changed
from alfcheck.pipeline.opening import close_held, reopen
from alfcheck.pipeline.state import Context, FileWork, SessionWork

if TYPE_CHECKING:
    import numpy as np

__all__ = ["PIECE", "Broken", "Columns", "aligned", "pieces_of"]

PIECE = 8 * 2**20
"""Bytes of the values of each file that are in memory at a time."""

Columns = Mapping[str, "np.ndarray"]


class Broken(Exception):
    """A file could not be read again."""

    def __init__(self, path: str, cause: BaseException) -> None:
        super().__init__(path)
        self.path = path
        self.cause = cause


def aligned(
    session: SessionWork, paths: Sequence[str], size: int, context: Context
) -> Iterator[Mapping[str, Columns]]:
    """Give the columns of files, by path, in pieces of equally many rows; raises `Broken`."""
    streams = {path: pieces_of(session, path, size, context) for path in paths}
    held: dict[str, Columns] = {path: {} for path in paths}
    while True:
        for path, stream in streams.items():
            if not _length(held[path]):
                held[path] = next(stream, {})
        rows = min(map(_length, held.values()))
        if not rows:
            return
        yield {
            path: {name: values[:rows] for name, values in columns.items()} for path, columns in held.items()
        }
        held = {
            path: {name: values[rows:] for name, values in columns.items()} for path, columns in held.items()
        }


def _length(columns: Columns) -> int:
    return len(next(iter(columns.values()), ()))


def pieces_of(session: SessionWork, path: str, size: int, context: Context) -> Iterator[Columns]:
    """Give the values of a file once more, in pieces; raises `Broken`."""
    work = session.works[path]
    assert work.content is not None
    if work.content.whole is not None:
        yield work.content.whole
        return
    # Its values have passed once already, and its descriptor is closed: it is opened again.
    try:
        content = reopen(work, session, context)
        assert content.pieces is not None
        yield from content.pieces(size)
        close_held(work)
    except (Exception, SystemExit) as error:
        raise Broken(path, _cause(error, work)) from error


def _cause(error: BaseException, work: FileWork) -> BaseException:
    """Give why a file could not be read: that it changed, if it did."""
    try:
        close_held(work)
    except (Changed, OSError) as cause:
        return cause
    return error
