"""Groups whose commands are imported when they are asked for: what is not run costs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import click

__all__ = ["Later", "LaterGroup"]


class Later(NamedTuple):
    """A command that is not imported yet: the module that has it as ``NAME_command``, and its short help."""

    module: str
    short_help: str


class LaterGroup(click.Group):
    """A group that lists its commands without importing them."""

    def __init__(self, *args: Any, later: Mapping[str, Later], **more: Any) -> None:
        super().__init__(*args, **more)
        self.later = later

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*self.later, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = self.later.get(cmd_name)
        if found is not None and cmd_name not in self.commands:
            command: click.Command = getattr(import_module(found.module), f"{cmd_name}_command")
            command.short_help = found.short_help
            self.add_command(command)
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, found.short_help) for name, found in sorted(self.later.items())])
