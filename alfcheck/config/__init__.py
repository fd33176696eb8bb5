"""Configuration: ``alfcheck.toml``, or ``[tool.alfcheck]`` of ``pyproject.toml``, into `Settings`.

A configuration that was merely found never names code to load: opening a downloaded release must not
run what lies in it. One that the user names with ``--config`` may. Modules are loaded when they are used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alfcheck.config.files import discover
    from alfcheck.config.levels import OFF, Level, Levels
    from alfcheck.config.reading import Settings, load_settings
    from alfcheck.config.words import nearest, shown

__all__ = ["OFF", "Level", "Levels", "Settings", "discover", "load_settings", "nearest", "shown"]

_HOMES = {
    "discover": "files",
    **dict.fromkeys(("OFF", "Level", "Levels"), "levels"),
    **dict.fromkeys(("Settings", "load_settings"), "reading"),
    **dict.fromkeys(("nearest", "shown"), "words"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
