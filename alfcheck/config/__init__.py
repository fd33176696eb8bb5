"""Configuration: ``alfcheck.toml``, or ``[tool.alfcheck]`` of ``pyproject.toml``, into `Settings`.

A configuration that was merely found never names code to load: opening a downloaded release must not
run what lies in it. One that the user names with ``--config`` may.
"""

from __future__ import annotations

from alfcheck.config.files import discover
from alfcheck.config.levels import OFF, Level, Levels
from alfcheck.config.reading import Settings, load_settings
from alfcheck.config.words import nearest, shown

__all__ = ["OFF", "Level", "Levels", "Settings", "discover", "load_settings", "nearest", "shown"]
