"""``alfcheck rules`` and ``alfcheck explain``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from alfcheck.cli.terminal import say, terminal_style
from alfcheck.errors import UsageError

if TYPE_CHECKING:
    from alfcheck.plugins import Ruleset

__all__ = ["explain_command", "rules_command"]

F = TypeVar("F", bound=Callable[..., Any])

_SHARED = (
    click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text"),
    click.option(
        "--config",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="Configuration whose plugins are loaded.",
    ),
    click.option("-p", "--plugin", "plugins", multiple=True, help="Load a plugin: a module or a .py file."),
    click.option("--no-plugin", "disabled", multiple=True, help="Leave an installed plugin out."),
)


def _shared(command: F) -> F:
    for option in reversed(_SHARED):
        command = option(command)
    return command


@click.command("rules", short_help="List the rules, with their codes and severities.")
@_shared
def rules_command(format_: str, **given: Any) -> int:
    """List every rule: code, name, severity, plugin, and what it finds."""
    from alfcheck.reporters.explain import list_rules, rules_json

    owned = tuple(_ruleset(given).rules.values())
    say([rules_json(owned), "\n"] if format_ == "json" else list_rules(owned, terminal_style()))
    return 0


@click.command("explain", short_help="Explain a rule: what it finds, why, and what to do.")
@click.argument("code")
@_shared
def explain_command(code: str, format_: str, **given: Any) -> int:
    """Explain the rule CODE (or its name): what it finds, why that matters, what to do, with examples."""
    from alfcheck.config import nearest
    from alfcheck.reporters.explain import explain_rule, rules_json

    rules = _ruleset(given).rules
    by_name = {owned.rule.name: owned for owned in rules.values()}
    found = rules.get(code.upper()) or by_name.get(code.lower())
    if found is None:
        close = nearest(code.upper(), tuple(rules)) or nearest(code.lower(), tuple(by_name))
        raise UsageError(f"there is no rule {code!r}{close}")
    style = terminal_style()
    say([rules_json((found,)) if format_ == "json" else explain_rule(found.rule, found.origin, style), "\n"])
    return 0


def _ruleset(given: dict[str, Any]) -> Ruleset:
    from alfcheck.config import Settings, load_settings
    from alfcheck.plugins import Request, load_ruleset

    named: Path | None = given["config"]
    settings = load_settings(named, named) if named is not None else Settings()
    return load_ruleset(
        Request((*settings.plugins, *given["plugins"]), (*settings.disabled, *given["disabled"]))
    )
