"""``alfcheck plugins``: what is installed, what it offers, and the beginning of one's own."""

from __future__ import annotations

import click

from alfcheck.cli.later import Later, LaterGroup

__all__ = ["plugins_command"]

_HERE = "alfcheck.cli.plugins"
_COMMANDS = {
    "list": Later(f"{_HERE}.listing", "List the plugins that are loaded."),
    "show": Later(f"{_HERE}.showing", "Show all that a plugin offers."),
    "new": Later(f"{_HERE}.making", "Write the package of a new plugin."),
}


@click.group("plugins", cls=LaterGroup, later=_COMMANDS)
def plugins_command() -> None:
    """List plugins, show what they offer, and begin one of your own."""
