"""The short way through delimited text: even lines without quotes, columns that read in one way only.

Most tables of a release are small and plain. Here they are read without pandas' machinery, and only where
there is no doubt that it would read the same; for anything else there is `tables`, which asks pandas.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from alfcheck.readers.faults import MAX_COLUMNS

__all__ = ["MAX_PLAIN", "MISSING", "PlainTable", "read_plain"]

MAX_PLAIN = 256 << 10  # bytes of text from which pandas is faster

# Quotes, NUL, carriage returns alone, byte order marks; lines that are blank or that begin with a blank.
_DOUBTFUL = ('"', "\0", "\r", "\ufeff", "\n\n", "\n ", "\n\t")
# What pandas takes for a missing value unless it is told otherwise.
MISSING = frozenset(
    ["", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>"]
).union(("N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"))
_LOGICAL = {"True": True, "False": False}
_INTEGERS = re.compile(r"[0-9\n-]+")
_DECIMALS = re.compile(r"[0-9.\n-]+")
_NUMBERS = re.compile(r"[0-9.eE\n+-]+")
_INT64_DIGITS = 18
_HUGE = re.compile(r"^[+-]?[0-9]{19,}$", re.MULTILINE)  # which pandas leaves as text, or makes unsigned
_EXACT_DIGITS = 15  # a number of so few digits is rounded once, in whatever way it is read
_NUMBER_WORDS = frozenset(("inf", "infinity", "nan", "true", "false"))
_NO_NUMBER = re.compile(r"[:/_=()\[\]{}]")


class PlainTable(NamedTuple):
    """The names, and for each column its kind and values: ``str`` and ``boolean`` are objects.

    Kinds are ``null`` (nothing but gaps), ``int``, ``float``, ``bool``, ``boolean`` (with gaps) and ``str``.
    """

    header: list[str]
    kinds: list[str]
    columns: list[Any]
    rows: int


def read_plain(data: bytes, delimiter: str) -> PlainTable | None:
    """Read a small table as `pandas.read_csv` does, or give ``None`` where pandas must be asked."""
    if len(data) > MAX_PLAIN:
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if "\r\n" in text:
        text = text.replace("\r\n", "\n")
    if text[0] in "\n \t" or any(mark in text for mark in _DOUBTFUL):
        return None
    header, *rows = (line.split(delimiter) for line in text.removesuffix("\n").split("\n"))
    if not rows or not all(header) or len(set(header)) != len(header) or len(header) > MAX_COLUMNS:
        return None
    return _table(header, rows)


def _table(header: list[str], rows: list[list[str]]) -> PlainTable | None:
    try:
        cells = list(zip(*rows, strict=True))
    except ValueError:  # a row is short or long
        return None
    if len(cells) != len(header):
        return None
    kinds, columns = [], []
    for values in cells:
        column = _column(values)
        if column is None:
            return None
        kinds.append(column[0])
        columns.append(column[1])
    return PlainTable(header, kinds, columns, len(rows))


def _column(cells: Sequence[str]) -> tuple[str, Any] | None:
    if MISSING.isdisjoint(cells):
        return _present(cells)
    kept = [row for row, cell in enumerate(cells) if cell not in MISSING]
    if not kept:
        return "null", np.full(len(cells), np.nan)
    column = _present([cells[row] for row in kept], gaps=True)
    if column is None:
        return None
    kind, values = column
    if kind == "bool":
        kind, values = "boolean", values.astype(object)
    spread = np.full(len(cells), np.nan if kind == "float" else None, values.dtype)
    spread[kept] = values
    return kind, spread


def _present(cells: Sequence[str], *, gaps: bool = False) -> tuple[str, Any] | None:
    """Give the kind and values of a column, or of what is there of one with gaps."""
    joined = "\n".join(cells)
    form = next((form for form in (_INTEGERS, _DECIMALS, _NUMBERS) if form.fullmatch(joined)), None)
    if form is not None:
        values = _numbers(cells, joined, form, gaps)
        return None if values is None else ("int" if values.dtype.kind == "i" else "float", values)
    if cells[0] in _LOGICAL and all(cell in _LOGICAL for cell in cells):
        return "bool", np.array([_LOGICAL[cell] for cell in cells])
    if not any(map(_is_text, cells)):
        return None
    texts = np.empty(len(cells), object)
    texts[:] = cells
    return "str", texts


def _numbers(cells: Sequence[str], joined: str, form: re.Pattern[str], gaps: bool) -> Any:
    """Give whole numbers as int64, others as pandas rounds them; ``None`` for what is neither."""
    longest = max(map(len, cells))
    if longest > _INT64_DIGITS and _HUGE.search(joined):
        return None
    whole = form is _INTEGERS
    try:
        if whole and not gaps:
            return np.array(list(map(int, cells)), np.int64)
        if whole and "-0" in joined:  # whose sign pandas may lose
            return None
        if longest <= _EXACT_DIGITS and form is not _NUMBERS:
            return np.array(list(map(float, cells)))
        # Longer ones pandas rounds in its own way (until its version 3): its parser is asked, alone.
        values = pd.to_numeric(np.array(cells, object))
    except ValueError:
        return None
    return values if values.dtype == np.float64 else None


def _is_text(cell: str) -> bool:
    """Tell what neither a number nor a truth value can look like."""
    return bool(_NO_NUMBER.search(cell)) or (cell[0].isalpha() and cell.strip().lower() not in _NUMBER_WORDS)
