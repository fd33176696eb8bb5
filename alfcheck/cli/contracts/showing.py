"""``alfcheck contracts show``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alfcheck.cli.contracts.offered import find, said, spec_of, told
from alfcheck.cli.plugged import ruleset_of, with_plugins
from alfcheck.cli.terminal import say, terminal_style
from alfcheck.errors import UsageError

if TYPE_CHECKING:
    from alfcheck.contracts.spec import ContractSpec

__all__ = ["show_command"]


@click.command("show")
@click.argument("name", required=False)
@click.option("--format", "format_", type=click.Choice(["text", "yaml", "json", "markdown"]), default="text")
@click.option("--all", "everything", is_flag=True, help="Every contract: pages in the folder --out.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="With --all: where the Markdown pages go, a page a contract and README.md.",
)
@with_plugins
def show_command(name: str | None, format_: str, everything: bool, out: Path | None, **given: Any) -> int:
    """Show what the contract NAME asks: of its columns, of each row, of sessions."""
    if everything or out is not None:
        return _pages(name, format_, everything, out, given)
    if name is None:
        raise UsageError("name a contract (see alfcheck contracts list), or give --all --out DIR")
    contract = find(name, given)
    if format_ in ("yaml", "json"):
        say([_written(spec_of(contract), format_)])
        return 0
    spec, only_python = told(contract)
    say(_text(spec, only_python) if format_ == "text" else _markdown(spec, only_python))
    return 0


def _written(spec: ContractSpec, format_: str) -> str:
    from alfcheck.contracts.language import dump_spec

    if format_ == "yaml":
        return dump_spec(spec)
    return json.dumps(said(spec), indent=2, ensure_ascii=True) + "\n"


def _text(spec: ContractSpec, only_python: str) -> Iterator[str]:
    from alfcheck.contracts.telling import text_lines
    from alfcheck.reporters.paint import BOLD, paint
    from alfcheck.reporters.safe import prose

    style = terminal_style()
    for line in text_lines(spec):
        for shown in prose(line.text, line.indent, style.width):
            yield (paint(shown, BOLD, style) if line.heading else shown.rstrip()) + "\n"
    if only_python:
        yield "\nParts of this contract are written in Python, and its checks are not shown:\n"
        for each in only_python.splitlines():
            yield from (f"{shown}\n" for shown in prose(each, 2, style.width))


def _markdown(spec: ContractSpec, only_python: str) -> Iterator[str]:
    from alfcheck.contracts.telling import markdown
    from alfcheck.reporters.safe import safe

    yield from (f"{safe(line)}\n" for line in markdown(spec).splitlines())
    if only_python:
        yield "\nParts of this contract are written in Python, and its checks are not shown.\n"


def _pages(name: str | None, format_: str, everything: bool, out: Path | None, given: dict[str, Any]) -> int:
    from alfcheck.cli.contracts.pages import write_pages

    if name is not None or not everything or out is None or format_ != "markdown":
        raise UsageError("pages of all contracts are written with --all --format markdown --out DIR")
    specs = [told(contract)[0] for contract in ruleset_of(given).contracts]
    written = write_pages(specs, out)
    say([f"Wrote {len(written)} pages to {out}.\n"])
    return 0
