"""The two tables that ONE opens: rows in, arrow tables and bytes out, nothing written.

Same rows give the same bytes (with equal library versions): ids come from paths, rows are sorted by id,
and the one date is an argument. `alfcheck.publish` puts the bytes in their place.
"""

from __future__ import annotations

from alfcheck.index.ids import NO_IDS, IdMap, dataset_id, read_ids, session_id
from alfcheck.index.rows import Datasets, IndexDataset, IndexSession
from alfcheck.index.tables import Tables, build_tables, union_sessions
from alfcheck.index.wire import NEUTRAL_ORIGIN, PIECE, contracts_of, parquet_bytes, release_id_of, says_same

__all__ = [
    "NEUTRAL_ORIGIN",
    "NO_IDS",
    "PIECE",
    "Datasets",
    "IdMap",
    "IndexDataset",
    "IndexSession",
    "Tables",
    "build_tables",
    "contracts_of",
    "dataset_id",
    "parquet_bytes",
    "read_ids",
    "release_id_of",
    "says_same",
    "session_id",
    "union_sessions",
]
