"""Which contracts judge: those that plugins offer, or those of a folder in their place."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import pluggy

from alfcheck.contracts.model import Contract, ContractFile
from alfcheck.errors import ContractError, PluginError
from alfcheck.offers import Reference
from alfcheck.plugins.asking import Answers, Settings, ask
from alfcheck.plugins.owning import owners_of
from alfcheck.plugins.promises import PYTHON_SUFFIX, contract_folder, label_of_python
from alfcheck.plugins.relating import contracts_of_references
from alfcheck.plugins.values import BUILTIN, PluginInfo, Request

__all__ = ["contracts_of"]

Offered = Contract | ContractFile
References = Mapping[str, tuple[Reference, PluginInfo]]


def contracts_of(
    manager: pluggy.PluginManager,
    infos: Mapping[str, PluginInfo],
    request: Request,
    settings: Settings,
    references: References,
) -> dict[str, tuple[Offered, PluginInfo]]:
    """Give the contracts of a run and who offers them, by their ids, sorted.

    The files of plugins are read whole: a mistake in one stops the run before it begins. Those of the
    catalogue are tested, and are read when something matches them. The `references` of plugins are contracts
    too, unless those of a folder stand in the place of all.

    Raises `PluginError` for two contracts with one id, `ContractError` for a file with mistakes.
    """
    answers: Answers[Offered] = ask(
        manager, infos, "alfcheck_contracts", Contract, ContractFile, settings=settings
    )
    answers += contracts_of_references(references)
    if request.contracts:
        answers = _of_folder(Path(request.contracts), answers)
    read = [(_read(contract, info), info) for contract, info in answers]
    return owners_of(read, lambda each: (each.id,), "contract {}")


def _read(contract: Offered, info: PluginInfo) -> Offered:
    if isinstance(contract, Contract) or info.distribution == BUILTIN:
        return contract
    try:
        return contract.load()
    except ContractError as error:
        raise ContractError(f"{info.told}: {error}") from error


def _of_folder(given: Path, offered: Answers[Offered]) -> Answers[Offered]:
    """Give the contracts of a folder or a release; they are data, and no code is run for them."""
    from alfcheck.contracts.build import contracts_in

    folder = contract_folder(given)
    found: Answers[Offered] = [(each, _info(folder, Path(each.file))) for each in contracts_in(folder)]
    installed = {contract.label: (contract, info) for contract, info in offered}
    for path in sorted(folder.glob(f"*{PYTHON_SUFFIX}")):
        label = label_of_python(path)
        if label not in installed:
            raise PluginError(
                f"{path}: the contract {label} is written in Python, which is not run from a release; "
                "install the plugin that offers it, or judge by the others with a copy of the folder "
                f"without {path.name}"
            )
        found.append(installed[label])
    if not found:
        raise PluginError(f"{folder}: there is no contract file (.yaml) in it")
    return found


def _info(folder: Path, file: Path) -> PluginInfo:
    """Name the folder as who answers for a contract, and the file's digest as its version."""
    digest = sha256(file.read_bytes()).hexdigest()[:12]
    return PluginInfo("contracts", f"contracts in {folder.name}", digest, str(file))
