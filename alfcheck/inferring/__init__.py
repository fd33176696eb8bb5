"""Draft contracts from a tree: what its files are, with what was seen of their values as comments."""

from __future__ import annotations

from alfcheck.inferring.run import infer

__all__ = ["infer"]
