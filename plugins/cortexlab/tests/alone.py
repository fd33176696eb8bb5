"""Which plugins the tests leave out: all that are installed but this one and alfcheck's own contracts."""

from __future__ import annotations

from importlib.metadata import entry_points

__all__ = ["OTHERS"]

OTHERS = tuple(sorted({point.name for point in entry_points(group="alfcheck")} - {"cortexlab", "schemas"}))
