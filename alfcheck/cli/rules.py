"""``alfcheck rules`` and ``alfcheck explain``."""

from __future__ import annotations

from typing import Any

import click

from alfcheck.cli.plugged import ruleset_of, with_plugins
from alfcheck.cli.terminal import say, terminal_style
from alfcheck.errors import UsageError

__all__ = ["explain_command", "rules_command"]

_format = click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text")


@click.command("rules", short_help="List the rules, with their codes and severities.")
@_format
@with_plugins
def rules_command(format_: str, **given: Any) -> int:
    """List every rule: code, name, severity, plugin, and what it finds."""
    from alfcheck.reporters.explain import list_rules, rules_json

    owned = tuple(ruleset_of(given).rules.values())
    say([rules_json(owned), "\n"] if format_ == "json" else list_rules(owned, terminal_style()))
    return 0


@click.command("explain", short_help="Explain a rule: what it finds, why, and what to do.")
@click.argument("code")
@_format
@with_plugins
def explain_command(code: str, format_: str, **given: Any) -> int:
    """Explain the rule CODE (or its name): what it finds, why that matters, what to do, with examples."""
    from alfcheck.config import nearest
    from alfcheck.reporters.explain import explain_rule, rules_json

    rules = ruleset_of(given).rules
    by_name = {owned.rule.name: owned for owned in rules.values()}
    found = rules.get(code.upper()) or by_name.get(code.lower())
    if found is None:
        close = nearest(code.upper(), tuple(rules)) or nearest(code.lower(), tuple(by_name))
        raise UsageError(f"there is no rule {code!r}{close}")
    style = terminal_style()
    say([rules_json((found,)) if format_ == "json" else explain_rule(found.rule, found.origin, style), "\n"])
    return 0
