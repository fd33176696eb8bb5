"""``alfcheck contracts diff``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alfcheck.cli.contracts.offered import SUFFIXES, find, spec_of
from alfcheck.cli.plugged import with_plugins
from alfcheck.cli.terminal import say, say_error, terminal_style
from alfcheck.errors import ExitCode

if TYPE_CHECKING:
    from alfcheck.contracts.diff import Change, Comparison
    from alfcheck.contracts.spec import ContractSpec

__all__ = ["diff_command"]

_LEGEND = (
    "breaks writers: data that kept the old contract may break the new one; breaks readers: what the old "
    "contract promised need not hold any more"
)
_LONGEST = 120
Specs = Mapping[str, "ContractSpec"]


@click.command("diff")
@click.argument("old")
@click.argument("new")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text")
@with_plugins
def diff_command(old: str, new: str, format_: str, **given: Any) -> int:
    """Compare contracts: files, folders of them, releases, or ids of those that are installed.

    Each change is told with whom it breaks: those who write data, those who read them, both or nobody. Exit
    code 1 if a breaking change comes without a new major version (while that is 0, a new minor one), or
    the content changed and the version did not.
    """
    from alfcheck.contracts.diff import compare_all

    before, after = _specs(old, given), _specs(new, given)
    compared = compare_all(*_paired(before, after, (_is_set(old), _is_set(new))))
    say(_json(compared) if format_ == "json" else _text(compared))
    return ExitCode.FINDINGS if any(each.faults for each in compared) else ExitCode.CLEAN


def _is_set(given: str) -> bool:
    return Path(given).is_dir()


def _specs(name: str, given: dict[str, Any]) -> Specs:
    if _is_set(name):
        return dict(_in_folder(Path(name)))
    spec = spec_of(find(name, given))
    return {spec.id: spec}


def _in_folder(path: Path) -> Iterator[tuple[str, ContractSpec]]:
    from alfcheck.contracts.language import read_spec
    from alfcheck.plugins.promises import PYTHON_SUFFIX, contract_folder, label_of_python

    folder = contract_folder(path)
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        if file.suffix in SUFFIXES:
            spec = read_spec(file)
            yield spec.id, spec
        elif file.name.endswith(PYTHON_SUFFIX):
            say_error(f"{label_of_python(file)} is written in Python and is not compared")


def _paired(before: Specs, after: Specs, sets: tuple[bool, bool]) -> tuple[Specs, Specs]:
    """Compare two single contracts whatever they are called; one with a set: those of its id."""
    if sets == (False, False):
        (old,), (new,) = before.values(), after.values()
        return {old.id: old}, {old.id: new}
    if not sets[0]:
        return before, {id_: spec for id_, spec in after.items() if id_ in before}
    if not sets[1]:
        return {id_: spec for id_, spec in before.items() if id_ in after}, after
    return before, after


def _text(compared: Sequence[Comparison]) -> Iterator[str]:
    from alfcheck.reporters.paint import BOLD, paint
    from alfcheck.reporters.safe import prose, safe

    style = terminal_style()
    changed = [each for each in compared if each.changes or each.faults]
    for each in changed:
        yield paint(safe(_title(each)), BOLD, style) + "\n"
        for change in each.changes:
            yield from (f"{line}\n" for line in prose(_told(change), 2, style.width))
            yield f"      breaks {change.breaks.words}\n"
        for fault in each.faults:
            yield from (f"{line}\n" for line in prose(f"! {fault}", 2, style.width))
        yield "\n"
    if changed:
        yield from (f"{line}\n" for line in prose(_LEGEND, 0, style.width))
    yield _summary(compared, changed)


def _summary(compared: Sequence[Comparison], changed: Sequence[Comparison]) -> str:
    single = sum(len(each.changes) for each in changed)
    faults = sum(len(each.faults) for each in changed)
    counted = f"{single} change{'s' if single != 1 else ''} in {len(changed)} of {len(compared)} contracts"
    wrong = f"; {faults} version{'s' if faults != 1 else ''} that must not be so" if faults else ""
    return f"{counted if changed else 'nothing changed'}{wrong}\n"


def _title(compared: Comparison) -> str:
    if compared.old is None or compared.new is None:
        return f"{compared.id}: {'new' if compared.old is None else 'gone'}"
    return f"{compared.id} {compared.old.version} -> {compared.new.version}"


def _told(change: Change) -> str:
    old, new = _short(change.old), _short(change.new)
    if not old:
        return f"{change.place}: added: {new}"
    return f"{change.place}: {old} -> {new}" if new else f"{change.place}: taken out: {old}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rstrip()}…"


def _json(compared: Sequence[Comparison]) -> Iterator[str]:
    contracts = [
        {
            "id": each.id,
            "old": each.old.version if each.old is not None else None,
            "new": each.new.version if each.new is not None else None,
            "breaks": each.breaks._asdict(),
            "faults": list(each.faults),
            "changes": [
                {"place": one.place, "old": one.old, "new": one.new, "breaks": one.breaks._asdict()}
                for one in each.changes
            ],
        }
        for each in compared
    ]
    yield json.dumps({"contracts": contracts}, indent=2) + "\n"
