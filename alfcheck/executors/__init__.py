"""Where the map runs: in this process, or in a pool of worker processes, with the same results."""

from __future__ import annotations
