"""``alfcheck plugins new``."""

from __future__ import annotations

from pathlib import Path

import click

from alfcheck.cli.terminal import say

__all__ = ["new_command"]


@click.command("new")
@click.argument("name")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=".",
    show_default="here",
    help="Where the folder of the package is made.",
)
@click.option("--prefix", help="What the codes of its rules begin with: 2 to 5 capitals (LAB).")
def new_command(name: str, folder: Path, prefix: str | None) -> int:
    """Write alfcheck-NAME: an installable package with a rule of each common kind, and its tests.

    Every file in it is a beginning: change it, or throw it away.
    """
    from alfcheck.scaffold import named, write_plugin

    names, prefixes = _taken()
    target = write_plugin(named(name, prefix, plugins=names, prefixes=prefixes), folder)
    say(
        [
            f"Wrote {target}.\n\nInstall it, and run its tests:\n",
            f"  pip install --editable '{target}[test]'\n  pytest {target}\n\n",
            f"See what it offers:\n  alfcheck plugins show {name}\n",
        ]
    )
    return 0


def _taken() -> tuple[set[str], dict[str, str]]:
    """Give the names of the plugins that there are, and the beginnings of their codes with their names."""
    from alfcheck.cli.plugins.offers import offered_by
    from alfcheck.cli.plugins.surveying import survey
    from alfcheck.plugins import Request

    found = survey(Request())
    prefixes = {
        code.rstrip("0123456789"): info.name
        for info in found.ruleset.plugins
        for code in offered_by(found, info.name).get("rules", ())
    }
    names = {info.name for info in found.ruleset.plugins} | {broken.name for broken in found.broken}
    return names, prefixes
