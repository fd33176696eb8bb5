"""Where results meet the cache: what is looked up, what is kept, and what is not to be trusted."""

from __future__ import annotations

from alfcheck.caching.run import SessionCache, open_cache

__all__ = ["SessionCache", "open_cache"]
