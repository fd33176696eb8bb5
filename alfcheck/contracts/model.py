"""A contract: a pandera schema for an object's table, and what ALF adds to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from alfcheck.model import Dataset, Severity

if TYPE_CHECKING:
    import pandera.pandas as pa

    from alfcheck.contracts.spec import ContractSpec

__all__ = [
    "NOTHING",
    "Condition",
    "Contract",
    "ContractFile",
    "Match",
    "Relation",
    "SchemaSource",
    "SessionTerms",
    "Terms",
    "Wanted",
]

Shape = tuple[str | int, ...]
SchemaSource = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Match:
    """Which datasets a contract judges; patterns are those of `fnmatch`, ``*`` crosses ``/``.

    ``namespace`` is ``None`` for any, ``""`` for none. Datasets whose attribute is not among the
    contract's terms are not judged, however well they match; a ``table`` file always is.
    """

    object: str = "*"
    namespace: str | None = None
    collection: str = "*"
    extensions: tuple[str, ...] = ()

    def covers(self, dataset: Dataset) -> bool:
        """Tell whether `dataset` is one of those meant."""
        return (
            fnmatchcase(dataset.object, self.object)
            and (self.namespace is None or fnmatchcase(dataset.namespace, self.namespace))
            and fnmatchcase(dataset.collection, self.collection)
            and (not self.extensions or dataset.extension in self.extensions)
        )


NOTHING = Match(object="")
"""What a contract matches that judges sessions alone."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What ALF adds to the schema of one attribute.

    ``dtypes`` are numpy names (``float64``) or kinds (``floating``, ``integer``, ``number``, ``bool``,
    ``string``, ``datetime``); any of them will do, none given accepts all. ``shapes`` are alternatives,
    first dimension included (``("rows",)``, ``("rows", 2)``, ``("rows", "samples", "channels")``); none
    given accepts all. A name that occurs twice in an object, other than ``rows``, must have the same length
    everywhere; ``OBJECT.rows`` is the number of rows of another object of the collection.

    ``references`` is the object whose rows the values count, from 0; it is looked for in the collection
    of the dataset, then in those around it. ``""`` says that they count nobody's rows, even if the attribute
    bears the name of an object. ``missing`` is the value that stands for none: no check sees it, and it
    points nowhere. At most the share ``missing_share`` (0 to 1) of the values may be missing.
    ``own_rows`` exempts the attribute from the row rule. Limits, order and the agreement of a file with a
    table's column may be missed by ``tolerance``.

    ``document`` is a JSON Schema that a JSON or YAML file keeps, or (with ``lines``) each of its lines.
    ``examples`` are values, or documents, that keep the contract.
    """

    description: str = ""
    unit: str | None = None
    dtypes: tuple[str, ...] = ()
    shapes: tuple[Shape, ...] = ()
    references: str | None = None
    missing: int | float | str | None = None
    own_rows: bool = False
    source: str = ""
    missing_share: float | None = None
    tolerance: float = 0.0
    document: Mapping[str, Any] | None = None
    lines: bool = False
    examples: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """A check that looks at several columns of one row: ``check`` gives a pandera check of a frame.

    Rows where an operand is missing are skipped. The check must judge each row by itself. A ``*`` in the
    names stands for the same word in all of them: it relates ``goCue_intervals_0`` to
    ``goCue_intervals_1`` by ``("*_intervals_0", "*_intervals_1")``. Checks see the columns in this order.
    Rows where one of ``keeps_missing`` is missing are judged all the same.
    """

    name: str
    columns: tuple[str, ...]
    check: Callable[[], pa.Check]
    expected: str
    severity: Severity = Severity.ERROR
    keeps_missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """When something is asked of a session; all that is given must hold.

    ``collection`` is a pattern that one of the session's collections matches; ``protocol`` a pattern for
    the task protocol, ``device`` a device, both as the session's own documents name them; ``document`` a
    triple of a dataset's name (a pattern), a path of keys (``tasks/0/name``), and a pattern for the value.
    """

    collection: str | None = None
    protocol: str | None = None
    device: str | None = None
    document: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One line of what a session should have.

    ``kind`` is ``required``, ``optional`` or ``any_of``. ``patterns`` are session-relative paths
    without revision folders (``alf/_ibl_trials.table.pqt``), each a pattern of `fnmatch`; only ``any_of``
    has several. ``each`` is a collection with one word in braces (``raw_ephys_data/{probe}``): what is
    asked is then asked for every such collection, with the word put in its place in the patterns.
    ``count`` are the fewest and the most files (``None``: any number) that may match.
    """

    kind: str
    patterns: tuple[str, ...]
    each: str = ""
    count: tuple[int, int | None] | None = None
    when: Condition = Condition()
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTerms:
    """What a session should have, where ``when`` holds; judged only where a configuration requires it."""

    when: Condition = Condition()
    datasets: tuple[Wanted, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A versioned promise about one object.

    ``schema`` gives a pandera ``DataFrameSchema`` or ``DataFrameModel`` and is called when something
    first matches, so that a long catalogue costs nothing. Its columns are the object's: ``choice`` for
    ``trials.choice.npy`` and for the column of ``trials.table.pqt``; ``intervals_0``, ``intervals_1`` for
    an array of shape (rows, 2); one flat column for arrays that the schema names whole. Where it names both,
    components are judged by the checks of the whole too, but for those that they have of their own. Keys of
    ``terms`` are attributes, with their timescale where it matters, and may be `fnmatch` patterns.
    ``rows_agree`` says that the object's datasets must have equal row counts. ``required`` are columns
    that a ``table`` file must have. ``rows_at_least`` is the fewest rows that a dataset may have.
    ``session`` is what sessions should have. ``only_refers`` says that it claims references and asks for
    nothing else, so that a column and its file need not agree by it. ``spec`` is what a contract was made
    from that came from a file, ``file`` that file's path.
    """

    id: str
    version: str
    match: Match
    terms: Mapping[str, Terms]
    schema: SchemaSource
    description: str = ""
    owner: str = ""
    status: str = "active"
    rows_agree: bool = False
    required: tuple[str, ...] = ()
    relations: tuple[Relation, ...] = field(default=())
    source: str = ""
    rows_at_least: int = 0
    session: SessionTerms | None = None
    only_refers: bool = False
    spec: ContractSpec | None = None
    file: str = ""

    @property
    def label(self) -> str:
        """``id@version``, as reports name it."""
        return f"{self.id}@{self.version}"

    def term(self, dataset: Dataset) -> tuple[str, Terms] | None:
        """Give the name and terms that `dataset` is judged by, or ``None``.

        Exact names come before patterns, and the attribute with its timescale before the attribute alone.
        """
        names = (dataset.column, dataset.attribute)
        for name in names:
            if name in self.terms:
                return name, self.terms[name]
        for name in dict.fromkeys(names):
            for pattern, terms in self.terms.items():
                if fnmatchcase(name, pattern):
                    return name, terms
        return None


@dataclass(frozen=True, slots=True)
class ContractFile:
    """A contract in a file, of which only the head has been read.

    A catalogue of hundreds must not slow the start: ``load`` reads the rest, when something matches or
    someone asks. It raises `ContractError` with every mistake in the file.
    """

    id: str
    version: str
    match: Match
    file: str
    load: Callable[[], Contract]
    judges_sessions: bool = False

    @property
    def label(self) -> str:
        """``id@version``, as reports name it."""
        return f"{self.id}@{self.version}"
