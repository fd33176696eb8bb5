"""What a reader is given and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, TYPE_CHECKING, NamedTuple

from alfcheck.model import Problem

if TYPE_CHECKING:
    import numpy as np

__all__ = ["BadContent", "Column", "Content", "Kind", "Reader", "Source"]


class Kind(StrEnum):
    """What ONE makes of a file: an array, a table (DataFrame), or a document (dict, list, …)."""

    ARRAY = "array"
    TABLE = "table"
    DOCUMENT = "document"


class BadContent(Exception):
    """The file is not what it claims to be; carries the problem, with its code."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class Source:
    """One open file: its name, its size and its bytes.

    Small files are handed over whole in ``data``; of large ones ``data`` is ``None`` and ``file`` is an
    open, seekable binary file at position 0. ``sidecar`` gives the bytes of a small file of the same
    folder by name, or ``None`` (a ``.bin`` is described by its ``.metadata.json``).
    """

    __slots__ = ("data", "file", "name", "sidecar", "size")

    def __init__(
        self,
        name: str,
        size: int,
        data: bytes | None = None,
        file: IO[bytes] | None = None,
        sidecar: Callable[[str], bytes | None] = lambda name: None,
    ) -> None:
        self.name = name
        self.size = size
        self.data = data
        self.file = file
        self.sidecar = sidecar


class Column(NamedTuple):
    """A column of a file: its name (empty for an array), numpy dtype string, and shape of one row.

    ``(n, 1)`` arrays have the row shape ``()``, as ONE flattens them. Strings have dtype ``str``.
    """

    name: str
    dtype: str
    shape: tuple[int, ...] = ()


Piece = Mapping[str, "np.ndarray"]


@dataclass(slots=True)
class Content:
    """What a file holds.

    ``rows`` is ``None`` where there is no such thing (a document, a zero-dimensional array) or where
    it is not known before the pieces were read (text tables of large files): ``pieces`` must then be
    exhausted, after which ``rows`` is set. ``whole`` are the columns of a file that was read at once;
    ``pieces(max_bytes)`` gives the same in row blocks of at most about that size, in order, once.
    ``document`` is the parsed value of a JSON or YAML file. ``problems`` are faults that do not stop
    the reading; they are complete once the pieces were read. ``mapped`` gives the columns of a large file as
    read-only memory maps, where its bytes are its values. ``opaque`` says that nothing could be looked
    at after all (a ``.bin`` without its metadata): the file is `unchecked`.
    """

    kind: Kind
    columns: tuple[Column, ...]
    rows: int | None
    whole: Piece | None = None
    pieces: Callable[[int], Iterator[Piece]] | None = None
    document: object = None
    problems: tuple[Problem, ...] = ()
    shape: tuple[int, ...] | None = None
    opaque: bool = False
    mapped: Callable[[], Piece] | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """A named reader and the file extensions (without dot, case-sensitive) that it reads."""

    name: str
    extensions: tuple[str, ...]
    read: Callable[[Source], Content]
    description: str = ""
