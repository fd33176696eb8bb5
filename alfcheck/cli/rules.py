"""``alfcheck rules`` and ``alfcheck explain``."""

from __future__ import annotations

from typing import Any

import click

from alfcheck.cli.plugged import ruleset_of, with_plugins
from alfcheck.cli.terminal import say, terminal_style
from alfcheck.errors import UsageError

__all__ = ["explain_command", "rules_command"]

_format = click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text")


@click.command("rules")
@_format
@with_plugins
def rules_command(format_: str, **given: Any) -> int:
    """List every rule: code, name, severity, plugin, and what it finds."""
    from alfcheck.reporters.explain import list_rules, rules_json

    owned = tuple(ruleset_of(given).rules.values())
    say([rules_json(owned), "\n"] if format_ == "json" else list_rules(owned, terminal_style()))
    return 0


@click.command("explain")
@click.argument("code")
@_format
@with_plugins
def explain_command(code: str, format_: str, **given: Any) -> int:
    """Explain the rule CODE (or its name): what it finds, why that matters, what to do, with examples."""
    from alfcheck.config import nearest
    from alfcheck.reporters.explain import explain_rule, rules_json

    rules = ruleset_of(given).rules
    named = [owned for owned in rules.values() if owned.rule.name == code.lower()]
    found = [rules[code.upper()]] if code.upper() in rules else named
    if not found:
        names = sorted({owned.rule.name for owned in rules.values()})
        close = nearest(code.upper(), tuple(rules)) or nearest(code.lower(), tuple(names))
        raise UsageError(f"there is no rule {code!r}{close}")
    if format_ == "json":
        say([rules_json(tuple(found)), "\n"])
        return 0
    # Rules of different plugins may have one name: each is known by its code.
    told = "\n\n".join(explain_rule(rule, origin, terminal_style()) for rule, origin in found)
    say([told, "\n"])
    return 0
