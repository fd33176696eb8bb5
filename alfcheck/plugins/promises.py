"""What a release promises: the contracts that judged it, as files of its report folder.

A contract in YAML is written as it was understood: without comments, in one canonical form, so that equal
promises have equal bytes. One that only Python can say is named, with what could not be written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from alfcheck.contracts.model import Contract
from alfcheck.errors import UsageError

if TYPE_CHECKING:
    from alfcheck.contracts.spec import ContractSpec

__all__ = ["FOLDER", "PYTHON_SUFFIX", "contract_folder", "label_of_python", "promise_files", "promises"]

REPORT = "alfcheck-report"
FOLDER = "contracts"
PYTHON_SUFFIX = ".python.json"
_MAX_BYTES = 2**20


def promise_files(contracts: Iterable[Contract]) -> dict[str, bytes]:
    """Give the files of the contracts, by their paths in the report folder."""
    files = {}
    for contract in contracts:
        suffix, content = _written(contract)
        files[f"{FOLDER}/{contract.label}{suffix}"] = content
    return files


def promises(files: dict[str, bytes]) -> dict[str, str]:
    """Give the labels of the contracts with the digests (sha256) of what they say."""
    found = {}
    for name, content in files.items():
        label = name.removeprefix(f"{FOLDER}/").removesuffix(PYTHON_SUFFIX).removesuffix(".yaml")
        found[label] = sha256(content).hexdigest()
    return found


def _written(contract: Contract) -> tuple[str, bytes]:
    from alfcheck.contracts.language import dump_spec
    from alfcheck.contracts.lower import NotExpressible, lower

    try:
        spec: ContractSpec = lower(contract)
    except NotExpressible as error:
        said = {
            "id": contract.id,
            "version": contract.version,
            "owner": contract.owner,
            "description": contract.description,
            "columns": sorted(contract.terms),
            "relations": [f"{relation.name}: {relation.expected}" for relation in contract.relations],
            "only_in_python": str(error).splitlines(),
        }
        return PYTHON_SUFFIX, (json.dumps(said, indent=2, ensure_ascii=False) + "\n").encode()
    return ".yaml", dump_spec(spec).encode()


def label_of_python(path: Path) -> str:
    """Give the label of a contract that a release only names."""
    return path.name.removesuffix(PYTHON_SUFFIX)


def contract_folder(given: Path) -> Path:
    """Find the folder of contracts that is meant: of a release, of its report folder, or itself."""
    candidates: Sequence[Path] = (given / REPORT / FOLDER, given / FOLDER, given)
    for folder in candidates:
        if folder.is_dir() and any(
            each.name.endswith((".yaml", ".yml", PYTHON_SUFFIX)) for each in folder.rglob("*")
        ):
            return folder
    raise UsageError(
        f"{given}: has no contract files (.yaml), neither itself nor in {REPORT}/{FOLDER}; give a folder of "
        "contracts, or a release that alfcheck published"
    )
