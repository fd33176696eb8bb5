"""Look at delimited text before pandas does: encoding, records, and what pandas would pass over.

pandas pads short rows, renames columns and takes any first line for names without a word; here each
is a finding. Records are found with the csv module, whose rules for quotes are those of pandas.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import IO, TYPE_CHECKING, NamedTuple

from alfcheck.model import Problem
from alfcheck.readers.faults import MAX_COLUMNS, MAX_RECORD, bad, oversized
from alfcheck.readers.files import file_of

if TYPE_CHECKING:
    from alfcheck.readers.base import Source

__all__ = ["Block", "Blocks", "Raggedness", "header_problems", "open_text"]

_SAMPLE = 5


class Block(NamedTuple):
    """Whole records: their text and how many they are."""

    text: str
    rows: int


@dataclass(slots=True)
class Raggedness:
    """Rows with fewer fields than the header, which pandas fills with missing values.

    ``spare`` says that the header ends in a delimiter and that its last column, without name, has no
    value so far: a row that only lacks that last delimiter has lost nothing.
    """

    width: int
    rows: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    count: int = 0
    spare: bool = False
    lost: bool = False

    def see(self, row: int, line: int, fields: int) -> None:
        """Note a short row; a long one is no table for pandas."""
        if fields > self.width:
            raise bad(
                "ALF208",
                f"line {line} has {fields} fields, the header {self.width}; ONE fails on the file",
                expected=f"{self.width} fields in each line",
            )
        self.lost |= fields < self.width - 1
        self.count += 1
        if len(self.rows) < _SAMPLE:
            self.rows.append(row)
            self.lines.append(line)

    def problems(self) -> tuple[Problem, ...]:
        """Give one problem for all short rows."""
        if not self.count or (self.spare and not self.lost):
            return ()
        lines = ", ".join(map(str, self.lines)) + (", ..." if self.count > _SAMPLE else "")
        plural = "rows have" if self.count > 1 else "row has"
        where = f"line{'s' if self.count > 1 else ''} {lines}"
        message = f"{self.count} {plural} fewer than the {self.width} fields of the header ({where})"
        return (
            Problem(
                code="ALF208",
                message=f"{message}; ONE takes the rest for missing",
                rows=tuple(self.rows),
                count=self.count,
                expected=f"{self.width} fields in each line",
            ),
        )


def open_text(source: Source) -> IO[str]:
    """Open the text of a file, as strict UTF-8 with or without a byte order mark; ALF207 if it is not.

    A large file is decoded as it is read; the caller detaches it.
    """
    if source.data is None:
        return io.TextIOWrapper(file_of(source), encoding="utf-8-sig", newline="")
    try:
        text = source.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.data.count(b"\n", 0, error.start) + 1
        raise not_utf8(source.data[error.start], line) from error
    return io.StringIO(text, newline="")


def not_utf8(byte: int, line: int) -> Exception:
    """Say where the text is not UTF-8."""
    return bad("ALF207", f"the text is not UTF-8: byte 0x{byte:02x} in line {line}; save it as UTF-8")


class Blocks:
    """The records of a table, cut into blocks of about a size.

    ``header`` are the fields of the first record that is not blank, as ``header_text`` has it. Iterate
    once; ``ragged`` is then complete.
    """

    def __init__(self, stream: IO[str], delimiter: str, block_chars: int) -> None:
        self._stream = stream
        self._delimiter = delimiter
        self._block_chars = block_chars
        self._pending: list[str] = []
        self._line = 0
        self._physical = self._lines()
        self.header = self._first()
        self.ragged = Raggedness(len(self.header))

    def _lines(self) -> Iterator[str]:
        """Give physical lines, bounded, and keep them until the record that they belong to ends."""
        held = 0
        while True:
            try:
                line = self._stream.readline(MAX_RECORD)
            except UnicodeDecodeError as error:
                raise not_utf8(error.object[error.start], self._line + 1) from error
            if not line:
                return
            held = held + len(line) if self._pending else len(line)
            if held >= MAX_RECORD:
                raise oversized(f"line {self._line + 1} is longer than {MAX_RECORD} characters")
            if "\0" in line:
                raise bad(
                    "ALF207",
                    f"line {self._line + 1} holds NUL characters: this is no text, or UTF-16; use UTF-8",
                )
            self._line += 1
            self._pending.append(line)
            yield line

    def _records(self) -> Iterator[tuple[int, str]]:
        """Give the number of fields and the text of each record that is not blank."""
        after_return = False
        for line in self._physical:
            if after_return and line.startswith(self._delimiter):
                what = f"line {self._line - 1} is blank and ends in a carriage return alone"
                raise bad("ALF208", f"{what}; ONE loses the first field of what follows")
            fields = len(self._fields(line)) if '"' in line else line.count(self._delimiter) + 1
            text = line if len(self._pending) == 1 else "".join(self._pending)
            self._pending.clear()
            is_blank = fields == 1 and not text.strip(" \t\r\n")
            after_return = is_blank and text.endswith("\r")
            if not is_blank:
                yield fields, text

    def _fields(self, line: str) -> list[str]:
        """Split a record, which takes further lines if it has line ends within quotes."""
        try:
            return next(csv.reader(chain((line,), self._physical), delimiter=self._delimiter))
        except csv.Error as error:
            near = f"near line {self._line}: {error} (perhaps a quote that is not closed)"
            raise oversized(near) from error

    def _first(self) -> list[str]:
        fields, text = next(self._records(), (0, ""))
        if not fields:
            raise bad("ALF201", "the table holds nothing but blank lines; ONE cannot read it")
        if fields > MAX_COLUMNS:
            raise oversized(f"the table has {fields} columns; at most {MAX_COLUMNS} are read")
        self.header_text = text
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=self._delimiter))

    def __iter__(self) -> Iterator[Block]:
        width, row, held, rows, texts = len(self.header), 0, 0, 0, list[str]()
        self.ragged.spare = not self.header[-1]
        for fields, text in self._records():
            if fields != width:
                self.ragged.see(row, self._line, fields)
            elif self.ragged.spare:
                self.ragged.spare = text.rstrip("\r\n").endswith(self._delimiter)
            # Some versions of pandas never end on a blank that follows a carriage return.
            texts.append(f"{text[:-1]}\n" if text.endswith("\r") else text)
            row, rows, held = row + 1, rows + 1, held + len(text)
            if held >= self._block_chars:
                yield Block("".join(texts), rows)
                held, rows, texts = 0, 0, []
        if rows:
            yield Block("".join(texts), rows)


def header_problems(header: list[str], numeric: list[bool]) -> tuple[Problem, ...]:
    """Judge the names of the columns; ``numeric`` tells which columns hold numbers.

    Names that read as numbers, over every column of numbers, are a row of data. The names 0, 1, 2, ...
    are what pandas writes for an array, and no row.
    """
    over = [name for name, is_numeric in zip(header, numeric, strict=True) if is_numeric and name.strip()]
    counted = [str(i) for i in range(len(header))]
    if over and all(map(_is_number, over)) and (header != counted or len(header) == 1):
        shown = ", ".join(header[:8]) + (", ..." if len(header) > 8 else "")
        message = f"the first line looks like data ({shown}); ONE takes it for column names and loses it"
        return (Problem(code="ALF215", message=message),)
    problems = []
    twice = (
        sorted({name for name in header if name and header.count(name) > 1})
        if len(set(header)) < len(header)
        else []
    )
    if twice:
        problems.append(
            Problem(code="ALF209", message=f"columns of the same name: {', '.join(map(repr, twice))}")
        )
    unnamed = [i + 1 for i, name in enumerate(header) if not name]
    if unnamed:
        where = ", ".join(map(str, unnamed[:_SAMPLE])) + (", ..." if len(unnamed) > _SAMPLE else "")
        message = f"{len(unnamed)} of {len(header)} columns have no name (column {where})"
        problems.append(
            Problem(
                code="ALF210",
                message=f"{message}; ONE calls them 'Unnamed: {unnamed[0] - 1}' and so on",
                count=len(unnamed),
            )
        )
    return tuple(problems)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.strip().lower().lstrip("+-") not in ("nan", "inf", "infinity")
