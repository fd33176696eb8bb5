"""What was found in sessions before, kept in a file of the user's: how it is written, keyed and stored."""

from __future__ import annotations

from alfcheck.cache.coding import CODING, decode, encode
from alfcheck.cache.keys import digest_of, session_key
from alfcheck.cache.opening import NAME, is_broken, look_into, open_store, reason, remove_all, set_aside
from alfcheck.cache.place import FOLDER, LIMIT, Unusable, cache_folder, cache_limit
from alfcheck.cache.store import Contents, Row, Store

__all__ = [
    "CODING",
    "FOLDER",
    "LIMIT",
    "NAME",
    "Contents",
    "Row",
    "Store",
    "Unusable",
    "cache_folder",
    "cache_limit",
    "decode",
    "digest_of",
    "encode",
    "is_broken",
    "look_into",
    "open_store",
    "reason",
    "remove_all",
    "session_key",
    "set_aside",
]
