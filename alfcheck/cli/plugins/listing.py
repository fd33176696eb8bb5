"""``alfcheck plugins list``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from alfcheck.cli.plugged import request_of, with_plugins
from alfcheck.cli.plugins.offers import identity, offered_by, offers_in_words
from alfcheck.cli.terminal import say, say_error, table_lines
from alfcheck.errors import ExitCode

if TYPE_CHECKING:
    from alfcheck.cli.plugins.surveying import Survey

__all__ = ["list_command"]

_HEAD = ("plugin", "version", "distribution", "where", "offers")


@click.command("list")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text")
@with_plugins
def list_command(format_: str, **given: Any) -> int:
    """List every plugin that a run would load: its version, where it comes from, what it offers.

    A plugin that cannot be loaded is listed too, and what is wrong with it is told. Exit code 2 then, since
    every run stops there.
    """
    from alfcheck.cli.plugins.surveying import survey

    found = survey(request_of(given))
    rows = sorted(_rows(found), key=lambda row: str(row["name"]))
    if format_ == "json":
        say([json.dumps({"plugins": rows}, indent=2), "\n"])
    else:
        say(table_lines(_HEAD, map(_cells, rows)))
    for broken in found.broken:
        for line in str(broken.error).splitlines():
            say_error(line)
    return ExitCode.USAGE if found.broken else ExitCode.CLEAN


def _rows(found: Survey) -> Iterator[dict[str, Any]]:
    for info in found.ruleset.plugins:
        yield {**identity(info), "offers": offered_by(found, info.name), "error": None}
    for broken in found.broken:
        yield {
            "name": broken.name,
            "version": broken.version,
            "distribution": broken.distribution,
            "where": "local" if broken.version == "local" else "installed",
            "file": None,
            "offers": {},
            "error": str(broken.error),
        }


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    offers = "cannot be loaded" if row["error"] is not None else offers_in_words(row["offers"])
    return (row["name"], row["version"], row["distribution"], row["where"], offers)
