"""The report folder of a release."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO

from alfcheck.arrays import lists, numbers, texts
from alfcheck.report import SCHEMA_VERSION, LedgerRow
from alfcheck.reporters.base import Style
from alfcheck.reporters.documents import render_json, render_jsonl

if TYPE_CHECKING:
    import pyarrow as pa

    from alfcheck.report import Ledger, Report

__all__ = ["FILES", "ROWS", "pieces", "report_files", "write_ledger"]

FILES = ("findings.jsonl", "ledger.parquet", "report.json")
ROWS = 2**16
"""Rows of the ledger that are written at once."""

_PIECE = 1 << 20


def report_files(report: Report) -> dict[str, Callable[[BinaryIO], None]]:
    """Give, for each file of the report folder, the function that writes it.

    The same report gives the same bytes (with equal library versions).
    """
    return {
        "report.json": partial(_write, render_json, report),
        "findings.jsonl": partial(_write, render_jsonl, report),
        "ledger.parquet": partial(write_ledger, report.ledger),
    }


def _write(render: Callable[[Report, Style], Iterator[str]], report: Report, file: BinaryIO) -> None:
    pieces: list[str] = []
    size = 0
    for piece in render(report, Style()):
        pieces.append(piece)
        size += len(piece)
        if size > _PIECE:
            file.write("".join(pieces).encode())
            pieces, size = [], 0
    file.write("".join(pieces).encode())


def write_ledger(ledger: Ledger, file: BinaryIO) -> None:
    """Write the ledger as parquet: a row for each file of the tree, sorted by path.

    Words that are absent are empty, an md5 that was not asked for is null, sizes are in bytes. The
    file's metadata have the key ``schema_version``.
    """
    import pyarrow.parquet as pq

    tables = pieces(ledger)
    first = next(tables)
    with pq.ParquetWriter(file, first.schema, compression="zstd") as writer:
        for piece in chain((first,), tables):
            writer.write_table(piece, ROWS)


def pieces(ledger: Ledger, most: int = ROWS) -> Iterator[pa.Table]:
    """Give the rows in tables of `most` each; at least one, which may be empty."""
    columns: list[list[Any]] = [[] for _ in LedgerRow._fields]
    for block in ledger.blocks:
        for column, values in zip(columns, block.columns(), strict=True):
            column += values
        while len(columns[0]) > most:
            yield _table([column[:most] for column in columns])
            columns = [column[most:] for column in columns]
    yield _table(columns)


def _table(columns: Sequence[Sequence[Any]]) -> pa.Table:
    import pyarrow as pa

    *words, codes, sizes, md5s = columns
    arrays = [*map(texts, words), lists(codes), numbers(sizes, pa.uint64()), texts(md5s)]
    metadata = {"schema_version": SCHEMA_VERSION, "kind": "alfcheck-ledger"}
    return pa.Table.from_arrays(arrays, names=list(LedgerRow._fields), metadata=metadata)
