"""``alfcheck plugins``: what is installed, what it offers, and the beginning of one's own."""

from __future__ import annotations

import click

from alfcheck.cli.plugins.listing import list_command
from alfcheck.cli.plugins.making import new_command
from alfcheck.cli.plugins.showing import show_command

__all__ = ["plugins_command"]


@click.group("plugins", short_help="List plugins, show what they offer, begin one.")
def plugins_command() -> None:
    """List plugins, show what they offer, and begin one of your own."""


for _command in (list_command, show_command, new_command):
    plugins_command.add_command(_command)
