"""The pandera schema of a contract: built, and refused where it would do more than judge.

What pandera would change (coerce, parse, drop rows) is not applied: a contract judges what is on disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from alfcheck.contracts.model import Contract
from alfcheck.errors import PluginError
from alfcheck.traces import told_error
from alfcheck.watch import Unfinished

if TYPE_CHECKING:
    import pandera.pandas as pa

__all__ = ["refuse_what_changes_data", "schema_of"]


def schema_of(contract: Contract) -> pa.DataFrameSchema:
    """Build the pandera schema of `contract`; raises `PluginError`, which names it, if that fails."""
    import pandera.pandas as pa

    try:
        given = contract.schema()
    except Exception as error:
        if isinstance(error.__cause__, Unfinished):
            raise
        told = told_error(error, contract.schema)
        raise PluginError(f"contract {contract.label}: its schema cannot be built: {told}") from error
    if isinstance(given, type) and issubclass(given, pa.DataFrameModel):
        given = given.to_schema()
    if not isinstance(given, pa.DataFrameSchema):
        raise PluginError(
            f"contract {contract.label}: its schema is a {type(given).__name__}; "
            "give a pandera DataFrameSchema or DataFrameModel"
        )
    return given


def refuse_what_changes_data(contract: Contract, schema: pa.DataFrameSchema) -> None:
    """Raise `PluginError` for a schema that asks for what alfcheck does not do."""
    asked = {
        "coerce": schema.coerce or any(column.coerce for column in schema.columns.values()),
        "parsers": bool(schema.parsers) or any(column.parsers for column in schema.columns.values()),
        "index": schema.index is not None,
        "unique over several columns": bool(schema.unique),
        "ordered": schema.ordered,
        "drop_invalid_rows": schema.drop_invalid_rows,
        "add_missing_columns": schema.add_missing_columns,
        "a dtype for all columns": schema.dtype is not None,
        "strict='filter'": schema.strict == "filter",
        "default": any(column.default is not None for column in schema.columns.values()),
        "groupby": any(check.groupby is not None for check in _checks(schema)),
        "a check of the whole frame without a required column": bool(schema.checks)
        and not any(column.required for column in schema.columns.values()),
    }
    wrong = [term for term, used in asked.items() if used]
    if wrong:
        raise PluginError(
            f"contract {contract.label}: its schema uses {', '.join(wrong)}, which alfcheck does not apply "
            "(it judges files as they are); take it out or say it as a check"
        )


def _checks(schema: pa.DataFrameSchema) -> Iterator[pa.Check]:
    yield from schema.checks
    for column in schema.columns.values():
        yield from column.checks
