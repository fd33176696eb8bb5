"""Call a reader, and whatever it gives of a file later, so that one that never ends can be told of.

What a plugin's reader gives is looked at as it comes: a piece that is none, or rows that were not promised,
are the reader's fault, and not that of whoever is given them next. Our own readers are believed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from time import monotonic
from typing import Any

from alfcheck.pipeline.contents import no_values, sound_content, sound_values
from alfcheck.pipeline.state import Context, FileWork
from alfcheck.readers.base import Column, Content, Piece, Source
from alfcheck.watch import OWN, Unfinished, guarded, out_of_time

__all__ = ["is_own", "read_content"]

EMPTY = 1000
"""Pieces without a row that a reader may give of a file."""

SLOW = 8 * 2**20
"""Bytes of a file for which a reader that does not say how many rows there are has the time of one call."""

Ask = Callable[..., Any]
"""Calls something of the reader, under its watch."""


def read_content(work: FileWork, source: Source, context: Context) -> Content:
    """Let the reader of a file look at it; raises `Unfinished` if it comes to no end, and what it raises."""
    reader, dataset = work.reader, work.dataset
    assert reader is not None
    assert dataset is not None
    origin = context.ruleset.reader_origins[dataset.extension]
    if origin.name == OWN:
        return reader.read(source)
    who = f"reader {reader.name!r}"
    ask = partial(guarded, who, origin, work.entry.path)
    given, content = ask(_read, reader.read, source, work.content)
    if content.pieces is not None:
        patience = context.options.deadline * (1 + source.size // SLOW)
        late = Unfinished(who, origin, out_of_time(patience))
        content.pieces = partial(_pieces, ask, given, content, patience, late)
    if content.mapped is not None:
        content.mapped = partial(ask, _mapped, content.mapped, content)
    return content


def is_own(work: FileWork, context: Context) -> bool:
    """Tell whether the reader of a file is one of ours."""
    assert work.dataset is not None
    return context.ruleset.reader_origins[work.dataset.extension].name == OWN


def _read(
    read: Callable[[Source], Content], source: Source, before: Content | None
) -> tuple[Content, Content]:
    """Give what the reader gave, which it may complete later, and the same as a Content of our own."""
    given = read(source)
    content = sound_content(given)
    if before is None:
        return given, content
    # What was planned for the file is for what was given of it first.
    if content.rows is None:
        content.rows = before.rows
    same_rows = before.rows in (None, content.rows)
    if (content.kind, content.columns) != (before.kind, before.columns) or not same_rows:
        raise ValueError("it gave another kind, columns or rows when the file was opened again")
    if content.pieces is None:
        raise ValueError("it gave no pieces when the file was opened again")
    return given, content


def _mapped(mapped: Callable[[], Piece], content: Content) -> Piece:
    return sound_values("memory map", mapped(), content.columns, content.rows)


def _pieces(
    ask: Ask, given: Content, content: Content, patience: float, late: Unfinished, size: int
) -> Iterator[Piece]:
    """Give the pieces of a file, each of which may take as long as a call may.

    Pieces without a row are left out, as most take them for the end; a file without rows is one such piece.
    """
    count = _Count(content.rows, patience, late)
    stream = ask(_begin, given, content, size)
    while (piece := count.timed(ask, _next, stream, content.columns)) is not None:
        if count.add(piece):
            yield piece
    if not count.rows and content.columns:
        yield no_values(content.columns)
    _complete(given, content, count.finish())


def _begin(given: Content, content: Content, size: int) -> Iterator[Piece]:
    assert given.pieces is not None
    return iter(given.pieces(size))


def _next(stream: Iterator[Piece], columns: tuple[Column, ...]) -> Piece | None:
    import numpy as np

    for piece in stream:
        # Documents have no columns; they come one a row, by any name.
        due = columns or tuple(Column(name, "object") for name in piece)[:1]
        found = sound_values("piece", piece, due or (Column("", "object"),))
        # A reader may use its buffer again, and pieces are kept.
        return {name: np.array(values) for name, values in found.items()}
    return None


def _complete(given: Content, content: Content, rows: int) -> None:
    """Take over what a reader knows at the end only."""
    if given.rows is not None and given.rows != rows:
        raise ValueError(f"it says that there are {given.rows!r} rows, and its pieces have {rows}")
    if not isinstance(given.problems, tuple):
        raise TypeError("its problems are no tuple")
    content.rows, content.problems = rows, given.problems


class _Count:
    """What came of a file so far, and what may come."""

    def __init__(self, due: int | None, patience: float, late: Unfinished) -> None:
        self.due, self.patience, self.late = due, patience, late
        self.rows = self.empty = 0
        self.seconds = 0.0

    def timed(self, ask: Ask, *arguments: object) -> Piece | None:
        """Ask for a piece; raises `Unfinished` where no end of the rows is known, and none comes."""
        begun = monotonic()
        piece: Piece | None = ask(*arguments)
        self.seconds += monotonic() - begun
        if piece is not None and self.due is None and self.seconds > self.patience:
            raise self.late
        return piece

    def add(self, piece: Piece) -> int:
        """Count the rows of a piece; raises `ValueError` if they are too many, or too often none."""
        rows = len(next(iter(piece.values())))
        self.rows += rows
        self.empty += not rows
        if self.due is not None and self.rows > self.due:
            raise ValueError(f"its pieces have {self.rows} rows and more, where it promised {self.due}")
        if self.empty > EMPTY:
            raise ValueError(f"it gave more than {EMPTY} pieces without a row")
        return rows

    def finish(self) -> int:
        """Give the rows of all pieces; raises `ValueError` if they are too few."""
        if self.due is not None and self.rows < self.due:
            raise ValueError(f"its pieces have {self.rows} rows, where it promised {self.due}")
        return self.rows
