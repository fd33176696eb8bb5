"""Read ``.json``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from alfcheck.readers.base import Content, Kind
from alfcheck.readers.faults import MAX_DOCUMENT, MAX_RECORD, bad, too_big_to_read
from alfcheck.readers.files import bytes_of
from alfcheck.readers.json_text import STRICT, Notes, decode, has_halves, is_deep, parse_json, without_halves

if TYPE_CHECKING:
    from alfcheck.readers.base import Source

__all__ = ["read"]


def read(source: Source) -> Content:
    """Read a JSON document, bounded in size and depth."""
    data = source.data
    if data is None:
        if source.size > MAX_DOCUMENT:
            raise too_big_to_read(
                f"the JSON document has {source.size} bytes; at most {MAX_DOCUMENT} are read"
            )
        data = bytes_of(source)
    text = decode(data)
    if not has_halves(text) and not is_deep(data):
        try:
            return Content(Kind.DOCUMENT, (), None, document=STRICT.decode(text))
        except ValueError:
            pass  # what is wrong with it is found out below
    notes = Notes()
    try:
        document = parse_json(text, data, notes)
    except json.JSONDecodeError as error:
        raise _invalid(error, text) from error
    document = without_halves(document, data, notes)
    return Content(Kind.DOCUMENT, (), None, document=document, problems=notes.problems())


def _invalid(error: json.JSONDecodeError, text: str) -> Exception:
    message = f"invalid JSON at line {error.lineno}, column {error.colno}: {error.msg}"
    if error.msg == "Extra data" and _is_json_lines(text):
        message += "; each line is a document of its own (JSON lines): name the file .jsonable"
    return bad("ALF211", message)


def _is_json_lines(text: str) -> bool:
    lines = [line for line in text[:MAX_RECORD].split("\n", 3)[:2] if line.strip()]
    try:
        for line in lines:
            json.loads(line)
    except (ValueError, RecursionError):
        return False
    return len(lines) > 1
