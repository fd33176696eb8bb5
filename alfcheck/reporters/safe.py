"""Text from data made fit for a terminal: nothing in it acts, nothing in it hides, and it fits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

__all__ = ["LEAST_ROOM", "cells", "crop", "is_caret", "prose", "safe", "wrap"]

# Letters and marks that show nothing although Unicode counts them as printable.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
LEAST_ROOM = 20
LONGEST = 2000
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_CARET = re.compile(r" *\^+ *")


def safe(text: str) -> str:
    """Write one line so that a terminal shows it and does nothing else.

    Controls, escape sequences, line breaks, bidirectional and zero-width characters, spaces other than
    the plain one and halves of surrogate pairs become ``\\uNNNN``, as alfcheck writes them elsewhere.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if _plain(char) else _escaped(char) for char in text)


def _plain(char: str) -> bool:
    return char.isprintable() and not _BLANK.match(char)


def _escaped(char: str) -> str:
    number = ord(char)
    return _NAMED.get(char) or (f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}")


def cells(text: str) -> int:
    """Count the columns that a terminal needs for text that is safe."""
    return len(text) if text.isascii() else sum(map(_cell, text))


def _cell(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def wrap(text: str, room: int) -> Iterator[str]:
    """Break text between words into lines of at most `room` columns; a longer word stays whole."""
    line = ""
    for word in text.split(" "):
        if line and cells(line) + 1 + cells(word) > room:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


def prose(text: str, indent: int, width: int) -> Iterator[str]:
    """Make text safe, and break it into indented lines; what goes on without end is cut."""
    text = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    for line in wrap(safe(text), max(width - indent, LEAST_ROOM)):
        yield " " * indent + line


def is_caret(line: str) -> bool:
    """Tell whether a line does nothing but point at the line above it."""
    return _CARET.fullmatch(line) is not None


def crop(text: str, carets: str, room: int) -> tuple[str, str]:
    """Cut a line and the carets below it to the part that they point at, so that they stay together."""
    total = cells(text)
    if total <= room:
        return text, carets.rstrip()
    at = len(carets) - len(carets.lstrip(" "))
    left = max(0, min(at - room // 3, total - room))
    low, high = left + (left > 0), left + room - (left + room < total)
    shown, offset = ["…"] if left else [], 0
    for char in text:
        width = _cell(char)
        if low <= offset and offset + width <= high:
            shown.append(char)
        elif offset < low < offset + width:
            shown.append(" ")  # half of a wide character: what follows keeps its column
        offset += width
    if high < left + room:
        shown.append("…")
    pointed = " " * min(at - left, room - 1) + "^" * carets.count("^")
    return "".join(shown), pointed[:room]
