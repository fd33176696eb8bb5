"""Ask the plugins once, and freeze what they offer.

Loading is strict: what cannot be imported, offers what it must not, or takes what belongs to another
stops the run. A rule that is lost would read as a pass.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alfcheck.plugins.freeze import load_ruleset
    from alfcheck.plugins.values import Owned, PluginInfo, Request, Ruleset

__all__ = ["Owned", "PluginInfo", "Request", "Ruleset", "load_ruleset"]


def __getattr__(name: str) -> Any:
    # Commands of plugins are asked for without rules: what freezes these is loaded when it is used.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "freeze" if name == "load_ruleset" else "values"
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value
