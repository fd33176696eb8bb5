"""How the tables look in a file: arrow types, the metadata that ONE and pandas read, parquet bytes.

What ONE needs was found by trying it: a missing ``date_created`` makes it skip the table, a time zone
in it raises; without the ``pandas`` metadata it indexes by every column whose name contains "id".
"""

from __future__ import annotations

import io
import json
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "DATASETS",
    "NEUTRAL_ORIGIN",
    "PIECE",
    "QC",
    "SCHEMA_VERSION",
    "SESSIONS",
    "WRITTEN",
    "Stamp",
    "contracts_of",
    "make_table",
    "parquet_bytes",
    "release_id_of",
    "says_same",
]

SCHEMA_VERSION = 1
NEUTRAL_ORIGIN = "alfcheck"
QC = ("NOT_SET", "PASS", "WARNING", "FAIL", "CRITICAL")

PIECE = 2**16
"""Rows of a table that are written, and read, at once."""

WRITTEN: Mapping[str, Any] = {"compression": "snappy", "store_schema": True}
"""How a table is written: with its arrow schema, for without it ``qc`` would lose its categories."""

SESSIONS: Mapping[str, pa.DataType] = {
    "lab": pa.string(),
    "subject": pa.string(),
    "date": pa.date32(),
    "number": pa.uint16(),
    "task_protocol": pa.string(),
    "projects": pa.string(),
    "id": pa.string(),
}
DATASETS: Mapping[str, pa.DataType] = {
    "rel_path": pa.string(),
    "file_size": pa.uint64(),
    "hash": pa.string(),
    "exists": pa.bool_(),
    "qc": pa.dictionary(pa.int8(), pa.string(), ordered=True),
    "default_revision": pa.bool_(),
    "eid": pa.string(),
    "id": pa.string(),
}

# (pandas_type, numpy_type, metadata) as pandas writes them; the nullable UInt64 is what ONE's builder uses.
_PANDAS: Mapping[pa.DataType, tuple[str, str, object]] = {
    pa.string(): ("unicode", "object", None),
    pa.date32(): ("date", "object", None),
    pa.uint16(): ("uint16", "uint16", None),
    pa.uint64(): ("uint64", "UInt64", None),
    pa.bool_(): ("bool", "bool", None),
    pa.null(): ("empty", "object", None),
    DATASETS["qc"]: ("categorical", "int8", {"num_categories": len(QC), "ordered": True}),
}


class Stamp(NamedTuple):
    """What both tables of a release bear; the date is written without its time zone, to the second.

    ``contracts`` are the labels of the contracts that judged it, with the digests of what they say.
    """

    date_created: datetime
    origin: str
    release_id: str
    contracts: Mapping[str, str] = MappingProxyType({})


def make_table(arrays: Mapping[str, pa.Array], index: Sequence[str], stamp: Stamp) -> pa.Table:
    """Make a table with the metadata by which ONE, pandas and alfcheck know it."""
    schema = pa.schema([pa.field(name, array.type) for name, array in arrays.items()])
    created = stamp.date_created.replace(tzinfo=None, microsecond=0).isoformat(sep=" ")
    metadata = {
        "one_metadata": {"date_created": created, "origin": stamp.origin},
        "pandas": _pandas_metadata(schema, index),
        "alfcheck": {
            "schema_version": SCHEMA_VERSION,
            "release_id": stamp.release_id,
            "contracts": dict(sorted(stamp.contracts.items())),
        },
    }
    texts = {key: json.dumps(value) for key, value in metadata.items()}
    return pa.Table.from_arrays(list(arrays.values()), schema=schema.with_metadata(texts))


def _pandas_metadata(schema: pa.Schema, index: Sequence[str]) -> dict[str, Any]:
    columns = []
    for field in schema:
        pandas_type, numpy_type, metadata = _PANDAS[field.type]
        column = {"name": field.name, "field_name": field.name, "pandas_type": pandas_type}
        columns.append(column | {"numpy_type": numpy_type, "metadata": metadata})
    names = {"name": None, "field_name": None, "pandas_type": "unicode", "numpy_type": "object"}
    return {
        "index_columns": list(index),
        "column_indexes": [names | {"metadata": {"encoding": "UTF-8"}}],
        "columns": columns,
        "attributes": {},
        "creator": {"library": "pyarrow", "version": pa.__version__},
        "pandas_version": "2.2.0",
    }


def parquet_bytes(table: pa.Table) -> bytes:
    """Write a table as parquet."""
    sink = io.BytesIO()
    pq.write_table(table, sink, PIECE, **WRITTEN)
    return sink.getvalue()


class HasSchema(Protocol):
    """A table, or what knows its schema."""

    @property
    def schema(self) -> pa.Schema:
        """The columns, and the metadata."""


def release_id_of(table: HasSchema) -> str | None:
    """Read the release id that a table bears; ``None`` of a table that alfcheck did not write."""
    value = _own_metadata(table).get("release_id")
    return value if isinstance(value, str) else None


def contracts_of(table: HasSchema) -> dict[str, str]:
    """Read which contracts judged a table's release: their labels, and the digests of what they say."""
    value = _own_metadata(table).get("contracts")
    return {str(label): str(digest) for label, digest in value.items()} if isinstance(value, dict) else {}


def says_same(old: HasSchema, new: HasSchema) -> bool:
    """Tell whether the metadata of a table that stands say what those of a new one would.

    The date may be another, if it is one that ONE takes, and so may what wrote the table.
    """
    return _said(old) == _said(new)


def _said(table: HasSchema) -> dict[bytes, Any] | None:
    """Give the metadata without date and writer; ``None`` for what cannot be read."""
    try:
        said = {key: json.loads(value) for key, value in (table.schema.metadata or {}).items()}
        created = datetime.fromisoformat(said[b"one_metadata"].pop("date_created"))
        for name in ("creator", "pandas_version"):
            said[b"pandas"].pop(name, None)
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError):
        return None
    return said if created.tzinfo is None else None


def _own_metadata(table: HasSchema) -> dict[str, Any]:
    try:
        value = json.loads((table.schema.metadata or {})[b"alfcheck"])
    except (KeyError, TypeError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}
