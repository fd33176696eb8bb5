"""The contracts that are installed or named, and how to find one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alfcheck.cli.plugged import ruleset_of
from alfcheck.errors import UsageError

if TYPE_CHECKING:
    from alfcheck.contracts.model import Contract, ContractFile
    from alfcheck.contracts.spec import ContractSpec

__all__ = ["SUFFIXES", "find", "said", "spec_of", "told", "whole"]

SUFFIXES = (".yaml", ".yml")


def find(name: str, given: Mapping[str, Any]) -> Contract | ContractFile:
    """Find the contract that `name` means: a file, an id, or an id with its version.

    Raises `UsageError` with the nearest known name.
    """
    if name.endswith(SUFFIXES) or "/" in name:
        return _of_file(Path(name))
    offered = ruleset_of(given).contracts
    found = [each for each in offered if name in (each.id, each.label)]
    if not found:
        raise UsageError(_unknown(name, offered))
    return found[-1]


def _of_file(path: Path) -> ContractFile:
    from alfcheck.contracts.build import contract_file

    if not path.is_file():
        raise UsageError(f"{path}: is no file; name a contract file (.yaml) or the id of a contract")
    return contract_file(path)


def _unknown(name: str, offered: Sequence[Contract | ContractFile]) -> str:
    from alfcheck.config import nearest

    id_ = name.partition("@")[0]
    versions = [each.version for each in offered if each.id == id_]
    if versions:
        return (
            f"there is no version {name.partition('@')[2]!r} of the contract {id_}; there is {versions[-1]}"
        )
    close = nearest(id_, tuple(each.id for each in offered))
    return f"there is no contract {name!r}{close or '; see alfcheck contracts list'}"


def whole(contract: Contract | ContractFile) -> Contract:
    """Give the whole of a contract; raises `ContractError` with every mistake in its file."""
    from alfcheck.contracts.model import ContractFile

    return contract.load() if isinstance(contract, ContractFile) else contract


def spec_of(contract: Contract | ContractFile) -> ContractSpec:
    """Give what a contract says; raises `NotExpressible` for one that only Python can say."""
    loaded = whole(contract)
    if loaded.spec is not None:
        return loaded.spec
    from alfcheck.contracts.lower import lower

    return lower(loaded)


def told(contract: Contract | ContractFile) -> tuple[ContractSpec, str]:
    """Give what a contract says as far as it can be told, and what of it only Python can say."""
    from alfcheck.contracts.telling import incomplete_spec

    loaded = whole(contract)
    if loaded.spec is not None:
        return loaded.spec, ""
    from alfcheck.contracts.lower import NotExpressible, lower

    try:
        return lower(loaded), ""
    except NotExpressible as error:
        return incomplete_spec(loaded), str(error)


def said(spec: ContractSpec) -> Any:
    """Give what a contract says as what JSON can hold, with the keys of a contract file."""
    import yaml

    from alfcheck.contracts.language import dump_spec

    return yaml.safe_load(dump_spec(spec))
