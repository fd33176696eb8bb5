"""Call a reader, and whatever it gives of a file later, so that one that never ends can be told of."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from alfcheck.model import Origin
from alfcheck.pipeline.contents import sound_content
from alfcheck.pipeline.state import Context, FileWork
from alfcheck.readers.base import Content, Piece, Source
from alfcheck.watch import OWN, guarded

__all__ = ["read_content"]


def read_content(work: FileWork, source: Source, context: Context) -> Content:
    """Let the reader of a file look at it; raises `Unfinished` if it comes to no end, and what it raises."""
    assert work.reader is not None
    assert work.dataset is not None
    origin = context.ruleset.reader_origins[work.dataset.extension]
    if origin.name == OWN:
        return work.reader.read(source)
    who, path = f"reader {work.reader.name!r}", work.entry.path
    content = sound_content(guarded(who, origin, path, work.reader.read, source))
    if content.pieces is not None:
        content.pieces = _guarded_pieces(who, origin, path, content.pieces)
    return content


def _guarded_pieces(
    who: str, origin: Origin, path: str, pieces: Callable[[int], Iterator[Piece]]
) -> Callable[[int], Iterator[Piece]]:
    """Give the pieces of a file, each of which may take as long as a call may."""

    def give(size: int) -> Iterator[Piece]:
        stream = guarded(who, origin, path, lambda: iter(pieces(size)))
        while (piece := guarded(who, origin, path, next, stream, None)) is not None:
            yield piece

    return give
