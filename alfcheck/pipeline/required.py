"""What a configuration requires of sessions, before the first of them is looked at."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from alfcheck.config import nearest, shown
from alfcheck.contracts.model import Contract, ContractFile
from alfcheck.errors import ConfigError
from alfcheck.model import Scan
from alfcheck.pipeline.options import Required

__all__ = ["required_of", "resolve_required"]


def resolve_required(
    contracts: Iterable[Contract | ContractFile], wanted: Collection[str], source: Path | None
) -> tuple[str, ...]:
    """Give the labels of the contracts that are required, by id or ``id@version``.

    Raises `ConfigError`, which names the configuration, for one that is none or judges no sessions, and
    `ContractError` for a file with mistakes: before anything of the release is read.
    """
    if not wanted:
        return ()
    where = f"{shown(source)}: require" if source is not None else "require"
    known = {each.label: each for each in contracts if _judges_sessions(each)}
    labels = {each.id: label for label, each in known.items()}
    found = []
    for name in wanted:
        label = name if name in known else labels.get(name)
        if label is None:
            raise ConfigError(f"{where}: {_no_such_contract(name, [*labels, *known])}")
        contract = known[label]
        if isinstance(contract, ContractFile) and contract.load().session is None:
            raise ConfigError(f"{where}: {label} says nothing of sessions ({contract.file})")
        found.append(label)
    return tuple(sorted({*found}))


def _judges_sessions(contract: Contract | ContractFile) -> bool:
    return contract.judges_sessions if isinstance(contract, ContractFile) else contract.session is not None


def _no_such_contract(name: str, known: list[str]) -> str:
    ids = sorted(each for each in known if "@" not in each)
    listed = f"those there are: {', '.join(ids)}" if ids else "there is none at all"
    meant = nearest(name, known if "@" in name else ids).partition(";")[2].partition(";")[0]
    meant = f";{meant}" if "meant" in meant else ""
    return f"there is no contract {name!r} about sessions{meant}; {listed}"


def required_of(labels: tuple[str, ...], scan: Scan, paths: Iterable[str]) -> Required:
    """Say what is required of which sessions; `paths` are those that the user asked for."""
    if not labels:
        return Required()
    return Required(labels, frozenset(paths), frozenset(path for _, path, _ in scan.findings))
