"""The catalogue: what ALF data must hold, in contract files, one an object.

``alf/`` is what holds for everyone; the other folders are named after a namespace, and may be stricter. They
are a plugin like any other. Importing this package costs little: of each file only the head is read, and the
rest when a first dataset matches it. What `alf.events` says holds for every object and is not said again by
the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from alfcheck.contracts.build import contracts_in
from alfcheck.contracts.model import ContractFile
from alfcheck.hookspecs import hookimpl

__all__ = ["CATALOGUE", "alfcheck_contracts"]

CATALOGUE: tuple[ContractFile, ...] = contracts_in(Path(__file__).parent, tested=True)


@hookimpl
def alfcheck_contracts() -> Iterable[ContractFile]:
    """Offer the catalogue."""
    return CATALOGUE
