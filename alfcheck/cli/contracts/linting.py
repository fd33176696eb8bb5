"""``alfcheck contracts lint``."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alfcheck.cli.contracts.offered import SUFFIXES
from alfcheck.cli.plugged import ruleset_of, with_plugins
from alfcheck.cli.terminal import say, say_error
from alfcheck.errors import AlfcheckError, ExitCode, UsageError

if TYPE_CHECKING:
    from alfcheck.contracts.language import Mistake
    from alfcheck.contracts.spec import ContractSpec

__all__ = ["lint_command"]


@click.command("lint")
@click.argument("paths", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="FILE...")
@click.option("--format", "format_", type=click.Choice(["text", "json", "github"]), default="text")
@with_plugins
def lint_command(paths: tuple[Path, ...], format_: str, **given: Any) -> int:
    """Find every mistake in contract files, or in those of folders, and say the way out.

    They are also compared with the contracts that are installed: no two may ask of the same datasets what
    cannot both be kept. Exit code 1 if there is a mistake.
    """
    from alfcheck.contracts.language import lint_files

    files = [file for path in paths for file in _files(path)]
    mistakes = lint_files(files, _others(files, given))
    say(_SHOWN[format_](mistakes, len(files)))
    return ExitCode.FINDINGS if mistakes else ExitCode.CLEAN


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise UsageError(f"{path}: does not exist; name contract files, or folders of them")
    found: list[Path] = []
    for each in sorted(path.rglob("*")):
        if each.suffix in SUFFIXES and each.is_file():
            found.append(each)
        elif not each.is_dir():
            say_error(f"{each}: was not read: {_why_not(each)}")
        elif not os.access(each, os.R_OK | os.X_OK):
            say_error(f"{each}: was not read: the folder may not be opened")
    if not found:
        raise UsageError(f"{path}: there is no contract file (.yaml) in it")
    return found


def _why_not(path: Path) -> str:
    if path.is_file():
        return "contract files end in .yaml or .yml"
    return "it is a link to nothing" if path.is_symlink() else "it is no file"


def _others(files: Sequence[Path], given: dict[str, Any]) -> list[ContractSpec]:
    """Give the installed contracts that the files do not stand in for."""
    from alfcheck.contracts.model import ContractFile

    ids = set(filter(None, map(_id, files)))
    found = []
    for contract in ruleset_of(given).contracts:
        if contract.id not in ids:
            loaded = contract.load() if isinstance(contract, ContractFile) else contract
            found += [loaded.spec] if loaded.spec is not None else []
    return found


def _id(file: Path) -> str | None:
    from alfcheck.contracts.language import read_head

    try:
        return read_head(file).id
    except AlfcheckError:
        return None  # whose mistakes will be told


def _text(mistakes: Sequence[Mistake], files: int) -> Iterator[str]:
    from alfcheck.reporters.safe import safe

    yield from (f"{safe(str(mistake))}\n" for mistake in mistakes)
    many = f"{files} file{'s' if files != 1 else ''}"
    if mistakes:
        yield f"{len(mistakes)} mistake{'s' if len(mistakes) != 1 else ''} in {many}\n"
    else:
        yield f"no mistakes in {many}\n"


def _json(mistakes: Sequence[Mistake], files: int) -> Iterator[str]:
    keys = ("file", "line", "column", "message", "fix")
    found = [{key: getattr(mistake, key) for key in keys} for mistake in mistakes]
    for each in found:
        each["file"] = str(each["file"])
    yield json.dumps({"files": files, "mistakes": found}, indent=2) + "\n"


def _github(mistakes: Sequence[Mistake], files: int) -> Iterator[str]:
    for each in mistakes:
        place = f"file={_property(str(each.file))},line={each.line},col={each.column}"
        yield f"::error {place}::{_escaped(f'{each.message}; {each.fix}' if each.fix else each.message)}\n"


def _escaped(text: str) -> str:
    from alfcheck.reporters.safe import safe

    return safe(text).replace("%", "%25")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


_SHOWN = {"text": _text, "json": _json, "github": _github}
