"""The command group: alfcheck's own commands at no cost, and those of plugins when one is asked for."""

from __future__ import annotations

from itertools import groupby, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NoReturn

import click

from alfcheck.cli.later import LaterGroup
from alfcheck.cli.plugged import request_of
from alfcheck.errors import AlfcheckError, UsageError

if TYPE_CHECKING:
    from alfcheck.plugins import PluginInfo
    from alfcheck.plugins.commanding import Commands

__all__ = ["CommandFailed", "PluggedGroup"]

_KEPT = "alfcheck.commands"
_GIVEN = {"config": "--config", "plugins": "-p", "disabled": "--no-plugin"}


class CommandFailed(Exception):
    """A subcommand of a plugin raised what it should not have: its cause."""

    def __init__(self, info: PluginInfo) -> None:
        super().__init__(info.told)
        self.info = info


class PluggedGroup(LaterGroup):
    """A group whose commands come from plugins too; these are loaded for a name that is not its own."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        own = super().get_command(ctx, cmd_name)
        found = self._of_plugins(ctx).get(cmd_name) if own is None else None
        return own if found is None else found[0]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            name, command, rest = super().resolve_command(ctx, args)
        except click.UsageError as error:
            raise click.UsageError(error.format_message() + _way_out(ctx, args), error.ctx) from error
        given = next((option for key, option in _GIVEN.items() if ctx.params.get(key)), None)
        if name in self.later and given is not None:
            raise UsageError(
                f"{given} stands before {name!r}, where it loads plugins for commands of their own; "
                f"write it after the command: alfcheck {name} {given} ..."
            )
        return name, command, rest

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, AlfcheckError, KeyboardInterrupt):
            raise
        except BaseException as error:
            owner = self._owner(ctx)
            if owner is None:
                raise
            if isinstance(error, SystemExit):
                _end(error)
            raise CommandFailed(owner) from error

    def _owner(self, ctx: click.Context) -> PluginInfo | None:
        name = ctx.invoked_subcommand or ""
        commands: Commands = ctx.meta.get(_KEPT, {})
        return commands[name][1] if name in commands else None

    def _of_plugins(self, ctx: click.Context) -> Commands:
        if _KEPT not in ctx.meta:
            from alfcheck.plugins.commanding import commands_of

            ctx.meta[_KEPT] = commands_of(request_of(ctx.params), tuple(self.later))
        found: Commands = ctx.meta[_KEPT]
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_commands(ctx, formatter)
        if not _may_be_others(ctx):
            return
        try:
            owned = [(info, name, command) for name, (command, info) in self._of_plugins(ctx).items()]
        except AlfcheckError as error:
            with formatter.section("Commands of plugins"):
                formatter.write_text(f"are not known: {error}")
            return
        shown = [each for each in owned if not each[2].hidden]
        for info, commands in groupby(sorted(shown, key=itemgetter(0, 1)), key=itemgetter(0)):
            rows = [(name, command.get_short_help_str(60)) for _, name, command in commands]
            with formatter.section(f"Commands of {info.name} ({info.distribution} {info.version})"):
                formatter.write_dl(rows)


def _may_be_others(ctx: click.Context) -> bool:
    """Tell whether there may be plugins that have commands: such as are asked for, or installed."""
    if ctx.params.get("plugins") or ctx.params.get("config"):
        return True
    from alfcheck.plugins.others import may_be_others

    return may_be_others()


def _way_out(ctx: click.Context, args: list[str]) -> str:
    """Say how the command of a plugin is reached that is not installed."""
    if ctx.params.get("plugins"):
        return ""
    name, *rest = args
    pairs = [f"-p {value}" for option, value in pairwise(rest) if option in ("-p", "--plugin")]
    named = " ".join(pairs) or "-p PLUGIN"
    return f" A command of a plugin that is not installed needs -p before it: alfcheck {named} {name} ..."


def _end(error: SystemExit) -> NoReturn:
    """Let a command end the program as Python does: with a code, or with a message and 1."""
    if error.code is None or isinstance(error.code, int):
        raise click.exceptions.Exit(error.code or 0)
    click.echo(error.code, err=True)
    raise click.exceptions.Exit(1)
