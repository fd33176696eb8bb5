"""What a written object is made of: its files, their columns, and who judges each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alfcheck.contracts.model import Contract, Shape, Terms
from alfcheck.contracts.plans import ColumnPlan
from alfcheck.model import Severity

__all__ = ["Column", "Form", "Judge", "Made", "Part", "Sample", "Spoilt"]


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a session: its session-relative path and what it holds.

    ``kind`` is ``array`` (a numpy array), ``table`` (a mapping of columns), ``document`` (what JSON can
    say), ``lines`` (a sequence of documents) or ``bytes``.
    """

    path: str
    kind: str
    values: Any


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """What one contract says of a column, and what it calls it; without ``plan`` nothing of the values."""

    contract: Contract
    name: str
    terms: Terms
    plan: ColumnPlan | None


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column of a file, and all who judge it, the contract itself first.

    ``name`` is unique among the columns of a file; a contract may call it by another one, if it judges
    the components of an array together. ``component`` is its place in a row of an array (-1: all of the
    row, ``width`` values of it).
    """

    name: str
    judges: tuple[Judge, ...]
    component: int = -1
    width: int = 1

    @property
    def own(self) -> Judge:
        """What the contract itself says."""
        return self.judges[0]


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """One way to write an attribute: its kind of file, and the dimensions with their lengths.

    ``term`` is the key of the contract's terms, ``name`` the attribute with its timescale as it stands in
    the file's name. The first form of an attribute is the ``usual`` one; others have another shape.
    """

    term: str
    name: str
    terms: Terms
    path: str
    kind: str
    columns: tuple[Column, ...]
    template: Shape = ()
    lengths: tuple[int, ...] = ()
    usual: bool = True

    @property
    def extension(self) -> str:
        """The extension of its file."""
        return self.path.rpartition(".")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One check that a contract makes, in the words of the finding that it leads to.

    ``subject`` is what it is about: the column as it is written, a dimension, a line of a session contract.
    """

    code: str
    check: str | None
    column: str | None
    severity: Severity = Severity.ERROR
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """A valid object: a file for each attribute, the same as a table, and what lies beside it.

    ``stem`` is the path of a file up to the attribute (``alf/_ibl_trials``), ``parts`` are by attribute.
    ``table`` is there if the contract can judge one. ``beside`` are files of objects whose rows are
    counted by this one.
    """

    stem: str
    rows: int
    parts: Mapping[str, Part]
    table: Part | None = None
    beside: tuple[Part, ...] = ()

    @property
    def files(self) -> tuple[Part, ...]:
        """All files as they are written: one an attribute, and what lies beside them."""
        return (*self.parts.values(), *self.beside)


@dataclass(frozen=True, slots=True)
class Spoilt:
    """Files that keep a contract but for one check; of the object there are only those that it takes."""

    made: Made
    files: tuple[Part, ...]

    @property
    def code(self) -> str:
        """The code of the finding that is due."""
        return self.made.code

    @property
    def column(self) -> str | None:
        """The column that the finding names."""
        return self.made.column

    @property
    def check(self) -> str | None:
        """The check that the finding names."""
        return self.made.check
