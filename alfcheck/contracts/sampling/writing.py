"""Write a tiny release of valid data for one contract."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from alfcheck.contracts.model import Contract, ContractFile
from alfcheck.contracts.sampling.encode import encode
from alfcheck.contracts.sampling.judges import Others, given
from alfcheck.contracts.sampling.naming import is_inside
from alfcheck.contracts.sampling.objects import sample
from alfcheck.contracts.sampling.sessions import session_parts
from alfcheck.contracts.sampling.values import Part
from alfcheck.errors import ContractError

__all__ = ["SESSION", "write_example", "write_parts"]

SESSION = "lab/Subjects/subject/2020-01-01/001"


def write_example(
    contract: Contract,
    out: Path,
    rows: int = 10,
    seed: int = 0,
    *,
    others: Iterable[Contract | ContractFile] | Others = (),
    table: bool = False,
) -> list[Path]:
    """Write a release of one session with a valid object below `out`; give the files written.

    Each attribute is a file of its own, or with `table` the object is one table as far as it can be. A
    contract about sessions gives a session that has all that it asks for. The `others` are contracts that
    the files are to keep as well, and by which objects are written whose rows are counted.
    """
    others = given(others)
    parts: list[Part] = []
    if contract.terms:
        found = sample(contract, rows, seed, others)
        if table and found.table is None:
            raise ContractError(
                f"contract {contract.label}: none of its attributes is a column of a table that it judges; "
                "write an example without a table"
            )
        kept = _beside_table(found.parts.values(), found.table) if table else found.parts.values()
        parts += [*([found.table] if table and found.table is not None else []), *kept, *found.beside]
    if contract.session is not None:
        mine = {part.path for part in parts}
        parts += [part for part in session_parts(contract, rows, seed, others) if part.path not in mine]
    return write_parts(parts, out / SESSION)


def _beside_table(parts: Iterable[Part], table: Part | None) -> list[Part]:
    """Give the files that hold what the table does not."""
    held = set(table.values) if table is not None else set()
    return [part for part in parts if not {_attribute(part), f"{_attribute(part)}_0"} & held]


def _attribute(part: Part) -> str:
    return part.path.rpartition("/")[2].split(".")[1]


def write_parts(parts: Sequence[Part], folder: Path) -> list[Path]:
    """Write files below the folder of a session; raises `ContractError` for one that would lie elsewhere."""
    for part in parts:
        if not is_inside(part.path):
            raise ContractError(
                f"{part.path!r} is no path within a session: a pattern of the contract (match, "
                "per_collection) names a folder outside of it; write patterns like 'alf/probe*'"
            )
    written = []
    for part in parts:
        path = folder / part.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode(part))
        written.append(path)
    return written
