"""Subcommands of plugins: asked for by name, or all for ``--help``; no rule is asked for then."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pluggy

from alfcheck import hookspecs
from alfcheck.errors import PluginError
from alfcheck.offers import Setting
from alfcheck.plugins.asking import Answers, arguments, ask
from alfcheck.plugins.loading import load_plugins
from alfcheck.plugins.owning import owners_of
from alfcheck.plugins.settings import settled
from alfcheck.plugins.values import BUILTIN, PluginInfo, Request
from alfcheck.traces import told_error

if TYPE_CHECKING:
    import click

__all__ = ["Commands", "commands_of"]

Commands = Mapping[str, "tuple[click.Command, PluginInfo]"]
HOOK = "alfcheck_commands"


def commands_of(request: Request, taken: Collection[str]) -> Commands:
    """Load the plugins, and give their subcommands and who offers them, by their names, sorted.

    Raises `PluginError` for a name that is among those `taken` by alfcheck itself, or that two plugins have.
    """
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    infos = load_plugins(manager, request)
    settings = settled(ask(manager, infos, "alfcheck_settings", Setting), infos, request)
    names: Answers[tuple[str, click.Command | None]] = [((name, None), infos[BUILTIN]) for name in taken]
    for impl in sorted(
        manager.hook.alfcheck_commands.get_hookimpls(), key=lambda each: str(each.plugin_name)
    ):
        info = infos[impl.plugin_name].at(impl.function)
        names += [((name, own), info) for name, own in _offered(impl, info, settings[info.name])]
    owned = owners_of(names, lambda each: (each[0],), "command {}")
    return {name: (own, info) for name, ((_, own), info) in owned.items() if own is not None}


def _offered(impl: Any, info: PluginInfo, settings: Mapping[str, Any]) -> Iterator[tuple[str, click.Command]]:
    """Hand a plugin a group of its own, so that it cannot change alfcheck's commands."""
    import click

    group = click.Group(hookspecs.PROJECT)
    try:
        impl.function(**arguments(impl, cli=group, settings=settings))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        told = told_error(error, impl.function)
        raise PluginError(f"{info.told}: {HOOK} failed: {told}; {info.way_out}") from error
    yield from group.commands.items()
