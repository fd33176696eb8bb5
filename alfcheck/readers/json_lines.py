"""Read ``.jsonable``: one JSON document a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from alfcheck.readers.base import Content, Kind
from alfcheck.readers.faults import MAX_RECORD, bad, oversized
from alfcheck.readers.files import file_of
from alfcheck.readers.json_text import (
    LINE_ENDS,
    MAX_DEPTH,
    Notes,
    decode,
    has_halves,
    is_deep,
    parse_json,
    without_halves,
)

if TYPE_CHECKING:
    from alfcheck.readers.base import Piece, Source

__all__ = ["read"]

_MARK = "-Infinity"  # which Python takes for a value, and which cannot be written in any other way
EXPANSION = 8  # how many times more memory documents take than their text


def read(source: Source) -> Content:
    """Read one JSON document a line, as `iblutil.io.jsonable.read` does; ``rows`` are the lines.

    The documents of a file that is handed over whole are kept as a list; those of a large one come in
    pieces, as an array of documents without a name.
    """
    content = _plain_lines(source.data) if source.data is not None else None
    return _careful_lines(source) if content is None else content


def _plain_lines(data: bytes) -> Content | None:
    """Read lines that are plainly documents, or give ``None``: the careful way then says what is wrong."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if len(data) >= MAX_RECORD or has_halves(text) or _MARK in text:
        return None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.removesuffix("\n").split("\n")
    if any(len(line) > MAX_DEPTH and is_deep(line.encode()) for line in lines):
        return None
    try:
        return _flat_objects(lines, text) or _any_documents(lines)
    except (ValueError, RecursionError):
        return None


def _flat_objects(lines: list[str], text: str) -> Content | None:
    """Read lines that are objects of plain values, if they seem so and no key is twice in one of them.

    Each key has its colon: where there are as many colons as keys that were kept, none was lost.
    """
    if lines[0].count("{") != 1:
        return None
    notes = Notes()
    documents = _together(lines, notes, json.JSONDecoder(parse_constant=notes.constant))
    if documents is None or {*map(type, documents)} != {dict} or sum(map(len, documents)) != text.count(":"):
        return None
    return Content(Kind.DOCUMENT, (), len(lines), document=documents, problems=notes.problems())


def _any_documents(lines: list[str]) -> Content | None:
    notes = Notes()
    documents = _together(lines, notes, notes.decoder)
    if documents is None:
        return None
    return Content(Kind.DOCUMENT, (), len(lines), document=documents, problems=notes.problems())


def _together(lines: list[str], notes: Notes, decoder: json.JSONDecoder) -> list[Any] | None:
    """Parse all lines in one go, which keeps equal keys once; ``None`` if one is no document of its own.

    Between them stands what is in none of them. Where each of these comes out between two documents, what is
    between two of these was one document.
    """
    notes.mark_of_line, notes.line = _MARK, 1
    text = f",{_MARK},".join(lines)
    parsed, end = decoder.raw_decode(f"[{text}]")
    marks = parsed[1::2]
    if end != len(text) + 2 or len(parsed) != 2 * len(lines) - 1 or marks.count(LINE_ENDS) != len(marks):
        return None
    documents: list[Any] = parsed[::2]
    return documents


def _careful_lines(source: Source) -> Content:
    """Read lines one by one, which bounds what is held, to the first that is wrong."""
    notes = Notes()
    documents: list[Any] = []
    for document, _ in _documents(source, notes):
        if source.data is not None:
            documents.append(document)
    kept = documents if source.data is not None else None
    content = Content(Kind.DOCUMENT, (), notes.line, document=kept, problems=notes.problems())
    if kept is None:
        content.pieces = partial(_pieces, source)
    return content


def _documents(source: Source, notes: Notes) -> Iterator[tuple[Any, int]]:
    """Give the document of each line, and the bytes of the line."""
    for number, line in enumerate(_lines(source), 1):
        notes.line = number
        text = decode(line, number)
        if not text.strip():
            raise bad("ALF211", f"line {number} is blank; a .jsonable file is one JSON document a line")
        try:
            document = parse_json(text, line, notes)
        except json.JSONDecodeError as error:
            raise bad(
                "ALF211", f"invalid JSON at line {number}, column {error.pos + 1}: {error.msg}"
            ) from error
        yield without_halves(document, line, notes), len(line)


def _pieces(source: Source, max_bytes: int) -> Iterator[Piece]:
    held: list[Any] = []
    size = 0
    for document, length in _documents(source, Notes()):
        held.append(document)
        size += length
        if size * EXPANSION >= max_bytes:
            yield _piece(held)
            held, size = [], 0
    if held:
        yield _piece(held)


def _piece(documents: list[Any]) -> Piece:
    import numpy as np

    values = np.empty(len(documents), object)
    for index, document in enumerate(documents):
        values[index] = document  # one by one: numpy would make more dimensions of lists
    return {"": values}


def _lines(source: Source) -> Iterator[bytes]:
    """Give lines without their ends, which may be LF, CR or both, as Python's text files have them."""
    stream = file_of(source)
    while raw := stream.readline(MAX_RECORD):
        if len(raw) >= MAX_RECORD:
            raise oversized(f"a line is longer than {MAX_RECORD} bytes")
        ended = raw.removesuffix(b"\n").removesuffix(b"\r") if raw.endswith(b"\n") else raw
        if b"\r" in ended:
            parts = ended.split(b"\r")
            yield from parts[:-1] if raw is ended and not parts[-1] else parts
        else:
            yield ended
