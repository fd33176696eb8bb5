"""What a contract file says, as frozen values: the form that is loaded, written, compared and exported.

A spec is plain data. It is made from YAML with `alfcheck.contracts.language`, from a Python contract with
`alfcheck.contracts.lower`, and turned into a `Contract` that judges files with `alfcheck.contracts.build`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from alfcheck.contracts.model import Match, SessionTerms, Shape
from alfcheck.model import Severity

__all__ = ["NO_OBJECT", "CheckSpec", "ColumnSpec", "ContractSpec", "RelationSpec", "RowsSpec"]

NO_OBJECT = "none"
"""How a file says under ``references`` that values count nobody's rows; a spec says it as ``""``."""

Scalar = str | int | float | bool | None
Argument = Scalar | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSpec:
    """One check of a column.

    ``name`` is pandera's full name (``greater_than_or_equal_to``, not ``ge``), or one of alfcheck's own:
    ``sorted``, ``strictly_increasing``, ``whole_number``, ``unique``. ``arguments`` are pairs of pandera's
    argument names and values, sorted by name; lists are tuples. ``error`` are the author's own words for
    what is expected.
    """

    name: str
    arguments: tuple[tuple[str, Argument], ...] = ()
    severity: Severity = Severity.ERROR
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSpec:
    """One entry under ``columns``: what ALF adds (see `alfcheck.contracts.model.Terms`), and pandera's part.

    ``name`` is an attribute (``choice``), with its timescale where that matters (``goCue_times``), a
    component of an attribute of the same contract (``intervals_0``), a column of an attribute that is a
    table (``metrics.label``), or a pattern of `fnmatch` (``*_times``). ``document`` is a JSON Schema as
    canonical JSON text. ``examples`` are canonical JSON texts too, one a value.
    """

    name: str
    description: str = ""
    unit: str | None = None
    dtypes: tuple[str, ...] = ()
    shapes: tuple[Shape, ...] = ()
    nullable: bool = False
    missing: int | float | str | None = None
    missing_share: float | None = None
    unique: bool = False
    required: bool = False
    tolerance: float = 0.0
    references: str | None = None
    document: str | None = None
    lines: bool = False
    examples: tuple[str, ...] = ()
    source: str = ""
    checks: tuple[CheckSpec, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationSpec:
    """What columns of one row say of one another.

    Either ``compare``, as (``le``, ``lt``, ``ge``, ``gt``, ``eq`` or ``ne``, first column, second column),
    whose columns may hold one ``*`` that stands for the same word in both, or ``check``, an expression
    (see `alfcheck.contracts.expression`). ``when`` is an expression for the rows that are meant.
    """

    name: str
    compare: tuple[str, str, str] | None = None
    check: str = ""
    when: str = ""
    tolerance: float = 0.0
    severity: Severity = Severity.ERROR
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsSpec:
    """The rule for rows: whether they must agree, which attributes are exempt, how many there must be."""

    agree: bool = False
    exempt: tuple[str, ...] = ()
    at_least: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractSpec:
    """A whole contract file. A contract without ``match`` judges no dataset, but may judge sessions."""

    id: str
    version: str
    status: str = "active"
    owner: str = ""
    description: str = ""
    source: str = ""
    match: Match | None = None
    rows: RowsSpec = RowsSpec()
    strict: bool = False
    columns: tuple[ColumnSpec, ...] = ()
    relations: tuple[RelationSpec, ...] = ()
    session: SessionTerms | None = None

    @property
    def label(self) -> str:
        """``id@version``, as reports name it."""
        return f"{self.id}@{self.version}"

    def column(self, name: str) -> ColumnSpec | None:
        """Give the entry of exactly this name."""
        return next((column for column in self.columns if column.name == name), None)


def frozen(value: Any) -> Argument:
    """Make tuples of lists, so that a value can be compared and hashed."""
    return tuple(value) if isinstance(value, (list, tuple)) else value
