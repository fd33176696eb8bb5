"""Contracts: what an object's table must hold, checked by pandera in batches."""

from __future__ import annotations
