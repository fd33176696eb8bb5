"""A contract: a pandera schema for an object's table, and what ALF adds to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from alfcheck.model import Dataset, Severity

if TYPE_CHECKING:
    import pandera.pandas as pa

__all__ = ["Contract", "Match", "Relation", "SchemaSource", "Terms"]

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


@dataclass(frozen=True, slots=True)
class Terms:
    """What ALF adds to the schema of one attribute.

    ``dtypes`` are numpy names (``float64``) or kinds (``floating``, ``integer``, ``number``, ``bool``,
    ``string``, ``datetime``); any of them will do, none given accepts all. ``shapes`` are alternatives,
    first dimension included (``("rows",)``, ``("rows", 2)``, ``("rows", "samples", "channels")``); none
    given accepts all. ``references`` is the object whose rows the values count, from 0; ``missing`` the
    value that stands for none. ``own_rows`` exempts the attribute from the row rule.
    """

    description: str = ""
    unit: str | None = None
    dtypes: tuple[str, ...] = ()
    shapes: tuple[Shape, ...] = ()
    references: str | None = None
    missing: int | float | None = None
    own_rows: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """A check that looks at several columns of one row: ``check`` gives a pandera check of a frame.

    Rows where an operand is missing are skipped. The check must judge each row by itself. A ``*`` in the
    names stands for the same word in all of them: it relates ``goCue_intervals_0`` to
    ``goCue_intervals_1`` by ``("*_intervals_0", "*_intervals_1")``. Checks see the columns in this order.
    """

    name: str
    columns: tuple[str, ...]
    check: Callable[[], pa.Check]
    expected: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A versioned promise about one object.

    ``schema`` gives a pandera ``DataFrameSchema`` or ``DataFrameModel`` and is called when something
    first matches, so that a long catalogue costs nothing. Its columns are the object's: ``choice`` for
    ``trials.choice.npy`` and for the column of ``trials.table.pqt``; ``intervals_0``, ``intervals_1`` for
    an array of shape (rows, 2); one flat column for arrays that the schema names whole. Keys of
    ``terms`` are attributes, with their timescale where it matters, and may be `fnmatch` patterns.
    ``rows_agree`` says that the object's datasets must have equal row counts. ``required`` are columns
    that a ``table`` file must have.
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

    @property
    def label(self) -> str:
        """``id@version``, as reports name it."""
        return f"{self.id}@{self.version}"

    def term(self, dataset: Dataset) -> tuple[str, Terms] | None:
        """Give the name and terms that `dataset` is judged by, or ``None``.

        The attribute with its timescale is looked for before the attribute alone, and exact names
        before patterns.
        """
        names = (dataset.column, dataset.attribute)
        for name in names:
            if name in self.terms:
                return name, self.terms[name]
        for pattern, terms in self.terms.items():
            if fnmatchcase(dataset.attribute, pattern):
                return dataset.attribute, terms
        return None
