"""Options that say which plugins a command loads, and the loading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from alfcheck.plugins import Request, Ruleset

__all__ = ["request_of", "ruleset_of", "with_early_plugins", "with_plugins"]

F = TypeVar("F", bound=Callable[..., Any])


def with_plugins(command: F) -> F:
    """Give a command the options that say which plugins are loaded."""
    return _with(command)


def with_early_plugins(command: F) -> F:
    """Give a group the same options, read before ``--help`` is answered, for the commands of plugins."""
    return _with(command, is_eager=True)


def _with(command: F, **more: Any) -> F:
    options = (
        click.option(
            "--config",
            type=click.Path(path_type=Path, exists=True, dir_okay=False),
            help="Configuration whose plugins are loaded.",
            **more,
        ),
        click.option(
            "-p", "--plugin", "plugins", multiple=True, help="Load a plugin: a module or a .py file.", **more
        ),
        click.option("--no-plugin", "disabled", multiple=True, help="Leave an installed plugin out.", **more),
    )
    for option in reversed(options):
        command = option(command)
    return command


def ruleset_of(given: Mapping[str, Any]) -> Ruleset:
    """Load the plugins that the options of `with_plugins` ask for."""
    from alfcheck.plugins import load_ruleset

    return load_ruleset(request_of(given))


def request_of(given: Mapping[str, Any]) -> Request:
    """Say which plugins the options of `with_plugins` ask for."""
    wanted, disabled = given.get("plugins", ()), given.get("disabled", ())
    named: Path | None = given.get("config")
    if named is None:
        from alfcheck.plugins.values import Request

        return Request(wanted, tuple(sorted(set(disabled))))
    from alfcheck.config import load_settings
    from alfcheck.plugins.asked_for import requested

    return requested(load_settings(named, named), wanted, disabled)
