"""``alfcheck rules`` and ``alfcheck explain``."""

from __future__ import annotations

import sys
from typing import Any

import click

from alfcheck.errors import UsageError

__all__ = ["explain_command", "rules_command"]

_plugin = click.option("-p", "--plugin", "plugins", multiple=True, help="Load a plugin: a module or a file.")
_no_plugin = click.option("--no-plugin", "disabled", multiple=True, help="Leave an installed plugin out.")
_format = click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text")


@click.command("rules", short_help="List the rules, with their codes and severities.")
@_format
@_plugin
@_no_plugin
def rules_command(format_: str, **given: Any) -> int:
    """List every rule: code, name, severity, plugin, and what it finds."""
    from alfcheck.reporters.explain import list_rules, rules_json

    owned = tuple(_ruleset(given).rules.values())
    if format_ == "json":
        click.echo(rules_json(owned))
    else:
        for line in list_rules(owned, _style()):
            sys.stdout.write(line)
    return 0


@click.command("explain", short_help="Explain a rule: what it finds, why, and what to do.")
@click.argument("code")
@_format
@_plugin
@_no_plugin
def explain_command(code: str, format_: str, **given: Any) -> int:
    """Explain the rule CODE (or its name): what it finds, why that matters, what to do, with examples."""
    from alfcheck.config import nearest
    from alfcheck.reporters.explain import explain_rule, rules_json

    rules = _ruleset(given).rules
    by_name = {owned.rule.name: owned for owned in rules.values()}
    found = rules.get(code.upper()) or by_name.get(code.lower())
    if found is None:
        raise UsageError(f"there is no rule {code!r}{nearest(code, (*rules, *by_name))}")
    click.echo(rules_json((found,)) if format_ == "json" else explain_rule(found.rule, found.origin, _style()))
    return 0


def _ruleset(given: dict[str, Any]) -> Any:
    from alfcheck.plugins import Request, load_ruleset

    return load_ruleset(Request(given["plugins"], given["disabled"]))


def _style() -> Any:
    from alfcheck.cli.terminal import terminal_style

    return terminal_style()
