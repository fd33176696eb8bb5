"""The report folder of a release."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from alfcheck.report import SCHEMA_VERSION
from alfcheck.reporters.base import Style
from alfcheck.reporters.documents import render_json, render_jsonl

if TYPE_CHECKING:
    import pyarrow as pa

    from alfcheck.report import Ledger, Report

__all__ = ["FILES", "report_files", "write_ledger"]

FILES = ("findings.jsonl", "ledger.parquet", "report.json")
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

    pq.write_table(_table(ledger), file, compression="zstd")


def _table(ledger: Ledger) -> pa.Table:
    import pyarrow as pa

    kinds = {
        "path": pa.string(),
        "session": pa.string(),
        "dataset_type": pa.string(),
        "verdict": pa.string(),
        "status": pa.string(),
        "reason": pa.string(),
        "codes": pa.list_(pa.string()),
        "size": pa.uint64(),
        "md5": pa.string(),
    }
    columns = zip(*ledger.rows, strict=True) if ledger.rows else ((),) * len(kinds)
    arrays = [pa.array(values, kind) for values, kind in zip(columns, kinds.values(), strict=True)]
    metadata = {"schema_version": SCHEMA_VERSION, "kind": "alfcheck-ledger"}
    return pa.table(arrays, names=list(kinds), metadata=None).replace_schema_metadata(metadata)
