"""``alfcheck contracts export``, ``example`` and ``infer``: what is written from contracts, and contracts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from alfcheck.cli.contracts.offered import find, spec_of, whole
from alfcheck.cli.plugged import ruleset_of, with_plugins
from alfcheck.cli.terminal import say
from alfcheck.errors import UsageError

__all__ = ["example_command", "export_command", "infer_command"]

_FORMATS = ("odcs", "jsonschema", "frictionless")


@click.command("export")
@click.argument("name")
@click.option("--format", "format_", type=click.Choice(_FORMATS), required=True)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Where it is written.")
@with_plugins
def export_command(name: str, format_: str, output: Path | None, **given: Any) -> int:
    """Write the contract NAME in the words of another standard.

    odcs: the Open Data Contract Standard (YAML). jsonschema: a JSON Schema of one row. frictionless: a Data
    Package of the object's table as CSV. What a standard cannot say is listed in what is written.
    """
    from alfcheck.contracts.export import export

    text = export(spec_of(find(name, given)), format_)
    if output is None:
        say([text])
        return 0
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{output}: cannot be written: {error.strerror}") from error
    return 0


@click.command("example")
@click.argument("name")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR")
@click.option("--rows", type=click.IntRange(1, 1_000_000), default=10, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--table", is_flag=True, help="Write the object as one table instead of a file a column.")
@with_plugins
def example_command(name: str, out: Path, rows: int, seed: int, table: bool, **given: Any) -> int:
    """Write a small object to DIR, a session in a release, that keeps the contract NAME.

    It keeps the other contracts too that judge the same files.
    """
    from alfcheck.contracts.sampling import write_example

    contract = whole(find(name, given))
    written = write_example(contract, out, rows, seed, others=ruleset_of(given).contracts, table=table)
    say(f"{path}\n" for path in written)
    return 0


@click.command("infer")
@click.argument("root", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR")
@click.option("--prefix", default="inferred", show_default=True, help="First word of the contracts' ids.")
@click.option("--force", is_flag=True, help="Write over files that exist.")
@with_plugins
def infer_command(root: Path, out: Path, prefix: str, force: bool, **given: Any) -> int:
    """Draft a contract for each object below ROOT, and write them to DIR; what was observed are comments."""
    from alfcheck.inferring import infer

    written = infer(root, out, ruleset=ruleset_of(given), prefix=prefix, force=force)
    say(f"{path}\n" for path in written)
    return 0
