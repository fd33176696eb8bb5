"""The catalogue: what ALF data must hold, in contract files, one an object.

``alf/`` is what holds for everyone; the other folders are named after a namespace, and may be stricter. They
are a plugin like any other. Importing this package costs nothing; when the catalogue is asked for, only the
head of each file is read, and the rest when a first dataset matches it. What `alf.events` says holds for
every object and is not said again by the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alfcheck.hookspecs import hookimpl

if TYPE_CHECKING:
    from alfcheck.contracts.model import ContractFile

    CATALOGUE: tuple[ContractFile, ...]

__all__ = ["CATALOGUE", "alfcheck_contracts"]


def __getattr__(name: str) -> Any:
    if name != "CATALOGUE":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from alfcheck.contracts.build import contracts_in

    found = contracts_in(Path(__file__).parent, tested=True)
    globals()[name] = found
    return found


@hookimpl
def alfcheck_contracts() -> Iterable[ContractFile]:
    """Offer the catalogue."""
    from alfcheck_schemas import CATALOGUE

    return CATALOGUE
