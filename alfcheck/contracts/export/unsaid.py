"""What a contract says and a description of rows cannot: told in words, so that nothing is lost unseen."""

from __future__ import annotations

from collections.abc import Iterator

from alfcheck.contracts.export.fields import Field
from alfcheck.contracts.export.limits import Limits
from alfcheck.contracts.spec import ContractSpec
from alfcheck.contracts.words import (
    check_words,
    dtype_words,
    match_words,
    relation_words,
    rows_words,
    shape_words,
    wanted_words,
)

__all__ = ["beyond_rows", "unsaid_of"]


def beyond_rows(spec: ContractSpec) -> Iterator[str]:
    """Say what no description of one table's columns holds: matching, rows, relations, sessions."""
    yield f"judges: {match_words(spec.match)}"
    if rows_words(spec.rows):
        yield f"rows: {rows_words(spec.rows)}"
    for relation in spec.relations:
        yield f"relation {relation.name}: {relation.description or relation_words(relation)}"
    for wanted in spec.session.datasets if spec.session is not None else ():
        yield f"session: {wanted_words(wanted)}"


def unsaid_of(field: Field, limits: Limits) -> Iterator[str]:
    """Say what is asked of a column beyond kinds of values, limits, sets and patterns."""
    column = field.column
    for check in limits.unsaid:
        yield check_words(check)
    if column.dtypes:
        yield f"dtype {dtype_words(column.dtypes)}"
    if column.shapes and column.shapes != (("rows",),):
        yield f"shape {shape_words(column.shapes)} of the array before it is a table"
    if column.references:
        yield f"each value is a row of {column.references}, counted from 0"
    if column.missing is not None:
        yield f"{column.missing} stands for missing"
    if column.missing_share is not None:
        yield f"at most the share {column.missing_share} of the values is missing"
    if column.tolerance:
        yield f"limits may be missed by {column.tolerance}"
