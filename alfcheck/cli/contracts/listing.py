"""``alfcheck contracts list``."""

from __future__ import annotations

import json
from typing import Any

import click

from alfcheck.cli.contracts.offered import told
from alfcheck.cli.plugged import ruleset_of, with_plugins
from alfcheck.cli.terminal import say, table_lines

__all__ = ["list_command"]

_HEAD = ("contract", "version", "status", "judges", "columns", "checks", "from")


@click.command("list")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text")
@with_plugins
def list_command(format_: str, **given: Any) -> int:
    """List every contract: its version and status, what it judges, how much it asks, who offers it."""
    ruleset = ruleset_of(given)
    rows = [_row(each, ruleset.contract_origins[each.label]) for each in ruleset.contracts]
    if format_ == "json":
        say([json.dumps({"contracts": rows}, indent=2), "\n"])
    else:
        say(table_lines(_HEAD, map(_cells, rows)))
    return 0


def _row(contract: Any, origin: Any) -> dict[str, Any]:
    from alfcheck.contracts.words import match_words

    spec, only_python = told(contract)
    asked = sum(len(column.checks) for column in spec.columns) + len(spec.relations)
    return {
        "id": spec.id,
        "version": spec.version,
        "status": spec.status,
        "judges": match_words(spec.match),
        "session": spec.session is not None,
        "columns": len(spec.columns),
        "checks": None if only_python else asked,
        "origin": {"name": origin.name, "version": origin.version},
        "description": spec.description,
    }


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    judges = row["judges"].removeprefix("object ")
    checks = "in Python" if row["checks"] is None else str(row["checks"])
    return (
        row["id"],
        row["version"],
        row["status"],
        "sessions" if row["session"] and judges.startswith("no dataset") else judges,
        str(row["columns"]),
        checks,
        row["origin"]["name"],
    )
