"""Ask the plugins once, and freeze what they offer.

Loading is strict: what cannot be imported, offers what it must not, or takes what belongs to another
stops the run. A rule that is lost would read as a pass.
"""

from __future__ import annotations

from alfcheck.plugins.freeze import load_ruleset
from alfcheck.plugins.values import Owned, PluginInfo, Request, Ruleset

__all__ = ["Owned", "PluginInfo", "Request", "Ruleset", "load_ruleset"]
