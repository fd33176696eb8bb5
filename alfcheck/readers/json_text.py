"""Parse JSON as Python and ONE do, and note what no other program would accept."""

from __future__ import annotations

import json
import re
from typing import Any

from alfcheck.model import Problem
from alfcheck.readers.faults import bad, oversized

__all__ = [
    "LINE_ENDS",
    "MAX_DEPTH",
    "STRICT",
    "Notes",
    "decode",
    "has_halves",
    "is_deep",
    "parse_json",
    "without_halves",
]

MAX_DEPTH = 500  # levels; ONE's own parser gives up at a little under a thousand
_BOM = b"\xef\xbb\xbf"
_HALF = re.compile(r"\\u[dD][89a-fA-F]")  # the escape of half a character, or what looks like it
_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
_CONSTANTS = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
_SAMPLE = 5

LINE_ENDS: Any = object()
"""What comes out where the constant that marks the end of a line was parsed."""


class _Unusual(ValueError):
    """It may be JSON for Python, but it is nothing to pass over."""


def _refuse(name: str) -> float:
    raise _Unusual(name)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise _Unusual
    return result


# Most documents are sound: one decoder without state parses them all.
STRICT = json.JSONDecoder(parse_constant=_refuse, object_pairs_hook=_distinct)


class Notes:
    """What is no standard JSON, though Python (and so ONE) accepts it.

    ``mark_of_line`` is a constant that was put between lines so that they are parsed together.
    """

    def __init__(self) -> None:
        self.constants: set[str] = set()
        self.duplicates: dict[str, None] = {}
        self.surrogates = False
        self.lines: list[int] = []
        self.line = 0
        self.count = 0
        self.mark_of_line = ""
        self._marked = 0
        # One for all lines of a file: to make one takes longer than to parse a short line.
        self.decoder = json.JSONDecoder(parse_constant=self.constant, object_pairs_hook=self.pairs)

    def constant(self, name: str) -> Any:
        if name == self.mark_of_line:
            self.line += 1
            return LINE_ENDS
        self.constants.add(name)
        if self.line != self._marked:
            self.mark()
        return _CONSTANTS[name]

    def pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) != len(pairs):
            seen: set[str] = set()
            for key, _ in pairs:
                if key in seen and len(self.duplicates) < _SAMPLE:
                    self.duplicates[key] = None
                seen.add(key)
            self.mark()
        return result

    def mark(self) -> None:
        """Note the line at which something was found."""
        if self.line and self.line != self._marked:
            self._marked = self.line
            self.count += 1
            if len(self.lines) < _SAMPLE:
                self.lines.append(self.line)

    def problems(self) -> tuple[Problem, ...]:
        more = ", ..." if self.count > len(self.lines) else ""
        where = f" (lines {', '.join(map(str, self.lines))}{more})" if self.lines else ""
        rows = tuple(line - 1 for line in self.lines)
        found = []
        if self.constants:
            found.append(
                f"{', '.join(sorted(self.constants))} is no JSON, which other programs refuse{where}"
            )
        if self.duplicates:
            keys = ", ".join(ascii(key) for key in self.duplicates)
            found.append(
                f"the same key more than once in an object ({keys}); only the last value is kept{where}"
            )
        if self.surrogates:
            found.append(f"escapes that are half a character (\\ud800 to \\udfff alone){where}")
        count = max(self.count, 1)
        return tuple(Problem(code="ALF212", message=message, rows=rows, count=count) for message in found)


def parse_json(text: str, data: bytes, notes: Notes) -> Any:
    """Parse one document; `json.JSONDecodeError` if it is none, ALF217 if it is nested too deep."""
    if is_deep(data):
        raise oversized(f"the JSON is nested more than {MAX_DEPTH} levels deep")
    try:
        return notes.decoder.decode(text)
    except json.JSONDecodeError:
        raise
    except ValueError as error:  # an integer of thousands of digits
        raise bad("ALF211", f"the JSON cannot be read: {error}") from error


def is_deep(data: bytes) -> bool:
    """Tell whether brackets outside of strings are nested deeper than is read."""
    return data.count(b"[") + data.count(b"{") > MAX_DEPTH and _depth(data) > MAX_DEPTH


def _depth(data: bytes) -> int:
    depth = deepest = 0
    for token in _STRUCTURE.finditer(data):
        char = data[token.start()]
        if char in b"[{":
            depth += 1
            deepest = max(deepest, depth)
            if depth > MAX_DEPTH:
                break
        elif char in b"]}":
            depth -= 1
    return deepest


def decode(data: bytes, line: int = 1) -> str:
    """Decode UTF-8 without a byte order mark, ALF207 if it is not; ``line`` is that of the first byte."""
    if line == 1 and data.startswith(_BOM):
        raise bad("ALF207", "the JSON begins with a byte order mark, at which ONE gives up; save it without")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line += data.count(b"\n", 0, error.start)
        raise bad(
            "ALF207", f"the text is not UTF-8: byte 0x{data[error.start]:02x} in line {line}"
        ) from error


def has_halves(text: str) -> bool:
    """Tell whether escapes may stand for halves of characters (surrogates)."""
    # A single character is looked for much faster than two.
    return "\\" in text and "\\u" in text and _HALF.search(text) is not None


def without_halves(document: Any, data: bytes, notes: Notes) -> Any:
    """Replace lone surrogates, which no other program can write, by question marks."""
    if b"\\u" not in data:
        return document
    text = json.dumps(document, ensure_ascii=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        notes.surrogates = True
        notes.mark()
        return json.loads(text.encode("utf-8", "replace"))
    return document
