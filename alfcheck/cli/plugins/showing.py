"""``alfcheck plugins show``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from alfcheck.cli.plugged import request_of, with_plugins
from alfcheck.cli.plugins.offers import KINDS
from alfcheck.cli.terminal import say, terminal_style
from alfcheck.errors import UsageError

if TYPE_CHECKING:
    from alfcheck.cli.plugins.surveying import Survey
    from alfcheck.plugins import PluginInfo

__all__ = ["show_command"]


@click.command("show")
@click.argument("name")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text")
@with_plugins
def show_command(name: str, format_: str, **given: Any) -> int:
    """Show all that the plugin NAME offers: its rules and where they are written, its settings, the rest.

    NAME is the plugin's name or that of its distribution.
    """
    from alfcheck.cli.plugins.details import details
    from alfcheck.cli.plugins.surveying import survey

    found = survey(request_of(given))
    document = details(found, _find(found, name))
    say([json.dumps(document, indent=2), "\n"] if format_ == "json" else _text(document))
    return 0


def _find(found: Survey, name: str) -> PluginInfo:
    """Find a plugin by its name, or by its distribution's; raises what is wrong with a broken one."""
    from alfcheck.config import nearest

    plugins = found.ruleset.plugins
    for info in (*(each for each in plugins if each.name == name), *plugins):
        if name in (info.name, info.distribution):
            return info
    for broken in found.broken:
        if name in (broken.name, broken.distribution):
            raise broken.error
    raise UsageError(
        f"there is no plugin {name!r}{nearest(name, tuple(each.name for each in plugins))}; one that is not "
        f"installed is named with -p: alfcheck plugins show {_stem(name)} -p ./{_stem(name)}.py"
    )


def _stem(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(".py") or "rules"


def _text(document: dict[str, Any]) -> Iterator[str]:
    from alfcheck.reporters.paint import BOLD, paint
    from alfcheck.reporters.safe import safe

    style = terminal_style()
    title = f"{document['name']} ({document['distribution']} {document['version']})"
    yield f"{paint(safe(title), BOLD, style)}\n{safe(document['where'])}: {safe(document['file'])}\n"
    if not any(document.get(kind) for kind in KINDS.values()):
        yield "\noffers nothing to show\n"
    for kind in KINDS.values():
        rows = [_cells(kind, row) for row in document.get(kind, ())]
        if rows:
            yield f"\n{paint(kind.replace('_', ' ').capitalize(), BOLD, style)}\n"
            yield from _table(rows, style.width)


def _cells(kind: str, row: dict[str, Any]) -> tuple[str, ...]:
    """Give the cells of a row; the last one is prose, and is wrapped, paragraph by paragraph."""
    if kind == "rules":
        said = row["summary"] + (f"\n{row['place']}" if row["place"] else "")
        return (row["code"], row["name"], row["severity"], row["target"], said)
    if kind == "contracts":
        return (f"{row['id']}@{row['version']}", "")
    if kind == "readers":
        return (row["name"], " ".join(row["extensions"]), row["description"])
    if kind == "references":
        return (row["id"], f"{row['attribute']} -> {row['target']}", row["description"])
    if kind == "session_infos":
        return (row["name"], " ".join(row["needs"]) or "paths alone", row["description"])
    if kind == "settings":
        return (f"{row['name']} = {_said(row['value'])}", row["type"], f"{row['doc']}{_bounds(row)}")
    return (row["name"], row.get("description", ""))


def _bounds(row: dict[str, Any]) -> str:
    """Say what else is known of a setting: what it may be, and what it is unless someone says so."""
    said = []
    if row["choices"]:
        said.append(f"one of {', '.join(map(_said, row['choices']))}")
    said += [f"at least {row['minimum']:g}"] if row["minimum"] is not None else []
    said += [f"at most {row['maximum']:g}"] if row["maximum"] is not None else []
    said += [f"default {_said(row['default'])}"] if row["default"] != row["value"] else []
    return f" ({', '.join(said)})" if said else ""


def _said(value: Any) -> str:
    """Write a value as TOML does."""
    return json.dumps(value, ensure_ascii=False)


def _table(rows: Sequence[tuple[str, ...]], width: int) -> Iterator[str]:
    from alfcheck.reporters.safe import LEAST_ROOM, cells, safe, wrap

    shown = [tuple(map(safe, row[:-1])) for row in rows]
    widths = [max(cells(row[place]) for row in shown) for place in range(len(shown[0]))]
    indent = 2 + sum(widths) + 2 * len(widths)
    room = max(width - indent, LEAST_ROOM)
    for row, given in zip(shown, rows, strict=True):
        padded = (text + " " * (most - cells(text) + 2) for text, most in zip(row, widths, strict=True))
        lines = (line for part in given[-1].split("\n") for line in wrap(safe(part), room))
        yield f"  {''.join(padded)}{next(lines)}".rstrip() + "\n"
        yield from (f"{'':{indent}}{line}\n" for line in lines)
