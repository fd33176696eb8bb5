"""The readers of what ONE loads, and of flat binary files. Importing this loads no library."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, cast

from alfcheck.readers.base import Reader
from alfcheck.readers.faults import guard

if TYPE_CHECKING:
    from alfcheck.readers.base import Content, Source

__all__ = ["READERS"]


def _reader(name: str, extensions: tuple[str, ...], where: str, description: str) -> Reader:
    """Make a reader whose module is imported when a first file needs it."""

    @cache
    def function() -> Callable[[Source], Content]:
        module, _, attribute = where.partition(":")
        return cast(
            "Callable[[Source], Content]", getattr(import_module(f"alfcheck.readers.{module}"), attribute)
        )

    def read(source: Source) -> Content:
        return guard(function(), source)

    return Reader(name, extensions, read, description)


READERS: tuple[Reader, ...] = (
    _reader("npy", ("npy",), "npy:read", "numpy arrays; never unpickled"),
    _reader("npz", ("npz",), "npz:read", "archives of numpy arrays, checksums compared"),
    _reader("table", ("csv", "tsv", "htsv", "ssv"), "tables:read", "delimited text with one line of names"),
    _reader("parquet", ("pqt",), "pqt:read", "parquet tables"),
    _reader("json", ("json",), "documents:read", "JSON documents"),
    _reader("jsonable", ("jsonable",), "json_lines:read", "one JSON document a line"),
    _reader("yaml", ("yml", "yaml"), "yamls:read", "YAML documents, by the safe loader"),
    _reader("flat", ("bin",), "flat:read", "flat binary files, by the .metadata.json beside them"),
)
