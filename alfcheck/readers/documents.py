"""Read ``.json`` and ``.jsonable``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from alfcheck.model import Problem
from alfcheck.readers.base import Content, Kind
from alfcheck.readers.faults import MAX_DOCUMENT, MAX_RECORD, bad, oversized, too_big_to_read
from alfcheck.readers.files import bytes_of, file_of

if TYPE_CHECKING:
    from alfcheck.readers.base import Source

__all__ = ["parse_json", "read_json", "read_jsonable"]

MAX_DEPTH = 500  # levels; ONE's own parser gives up at a little under a thousand
_BOM = b"\xef\xbb\xbf"
_HALF = re.compile(r"\\u[dD][89a-fA-F]")  # the escape of half a character, or what looks like it
_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
_CONSTANTS = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
_SAMPLE = 5


def read_json(source: Source) -> Content:
    """Read a JSON document, bounded in size and depth."""
    data = source.data
    if data is None:
        if source.size > MAX_DOCUMENT:
            raise too_big_to_read(
                f"the JSON document has {source.size} bytes; at most {MAX_DOCUMENT} are read"
            )
        data = bytes_of(source)
    text = _decode(data)
    if not _has_halves(text) and not _is_deep(data):
        try:
            return Content(Kind.DOCUMENT, (), None, document=_STRICT.decode(text))
        except ValueError:
            pass  # what is wrong with it is found out below
    notes = _Notes()
    try:
        document = parse_json(text, data, notes)
    except json.JSONDecodeError as error:
        raise _invalid(error, text) from error
    document = _without_surrogates(document, data, notes)
    return Content(Kind.DOCUMENT, (), None, document=document, problems=notes.problems())


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
_STRICT = json.JSONDecoder(parse_constant=_refuse, object_pairs_hook=_distinct)


class _Notes:
    """What is no standard JSON, though Python (and so ONE) accepts it."""

    def __init__(self) -> None:
        self.constants: set[str] = set()
        self.duplicates: dict[str, None] = {}
        self.surrogates = False
        self.lines: list[int] = []
        self.line = 0
        self.count = 0
        self._marked = 0
        # One for all lines of a file: to make one takes longer than to parse a short line.
        self.decoder = json.JSONDecoder(parse_constant=self.constant, object_pairs_hook=self.pairs)

    def constant(self, name: str) -> float:
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


def parse_json(text: str, data: bytes, notes: _Notes) -> Any:
    """Parse one document; `json.JSONDecodeError` if it is none, ALF217 if it is nested too deep."""
    if _is_deep(data):
        raise oversized(f"the JSON is nested more than {MAX_DEPTH} levels deep")
    try:
        return notes.decoder.decode(text)
    except json.JSONDecodeError:
        raise
    except ValueError as error:  # an integer of thousands of digits
        raise bad("ALF211", f"the JSON cannot be read: {error}") from error


def _is_deep(data: bytes) -> bool:
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


def _decode(data: bytes) -> str:
    if data.startswith(_BOM):
        raise bad("ALF207", "the JSON begins with a byte order mark, at which ONE gives up; save it without")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise bad(
            "ALF207", f"the text is not UTF-8: byte 0x{data[error.start]:02x} in line {line}"
        ) from error


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


def _has_halves(text: str) -> bool:
    return "\\u" in text and _HALF.search(text) is not None


def _without_surrogates(document: Any, data: bytes, notes: _Notes) -> Any:
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


def read_jsonable(source: Source) -> Content:
    """Read one JSON document a line, as `iblutil.io.jsonable.read` does; ``rows`` are the lines.

    The documents of a file that is handed over whole are kept as a list; of a large one none is.
    """
    content = _plain_lines(source.data) if source.data is not None else None
    return _careful_lines(source) if content is None else content


def _plain_lines(data: bytes) -> Content | None:
    """Read lines that are plainly documents, or give ``None``: the careful way then says what is wrong."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if len(data) >= MAX_RECORD or _has_halves(text):
        return None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    notes = _Notes()
    parse = notes.decoder.raw_decode
    documents = []
    try:
        for number, line in enumerate(text.removesuffix("\n").split("\n"), 1):
            notes.line = number
            document, end = parse(line)
            if end != len(line) or (end > MAX_DEPTH and _is_deep(line.encode())):
                return None
            documents.append(document)
    except (ValueError, RecursionError):
        return None
    return Content(Kind.DOCUMENT, (), notes.line, document=documents, problems=notes.problems())


def _careful_lines(source: Source) -> Content:
    """Read lines one by one, which bounds what is held, to the first that is wrong."""
    notes = _Notes()
    documents: list[Any] = []
    for number, line in enumerate(_lines(source), 1):
        notes.line = number
        text = _decode(line) if number == 1 else _decode_line(line, number)
        if not text.strip():
            raise bad("ALF211", f"line {number} is blank; a .jsonable file is one JSON document a line")
        try:
            document = parse_json(text, line, notes)
        except json.JSONDecodeError as error:
            raise bad(
                "ALF211", f"invalid JSON at line {number}, column {error.pos + 1}: {error.msg}"
            ) from error
        document = _without_surrogates(document, line, notes)
        if source.data is not None:
            documents.append(document)
    kept = documents if source.data is not None else None
    return Content(Kind.DOCUMENT, (), notes.line, document=kept, problems=notes.problems())


def _decode_line(line: bytes, number: int) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise bad(
            "ALF207", f"the text is not UTF-8: byte 0x{line[error.start]:02x} in line {number}"
        ) from error


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
