"""Video, sound, image stacks and raw ephys: a plugin of alfcheck.

Importing this loads none of the libraries that read these files; a reader loads its own with its first file.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import alfcheck

from alfcheck_media.agreeing import AGREEING
from alfcheck_media.reading import READERS
from alfcheck_media.rules import RULES

__all__ = ["alfcheck_contracts", "alfcheck_readers", "alfcheck_rules"]


@alfcheck.hookimpl
def alfcheck_readers() -> Iterable[alfcheck.Reader]:
    """Offer a reader for each kind of media."""
    return READERS


@alfcheck.hookimpl
def alfcheck_rules() -> Iterable[alfcheck.Rule]:
    """Offer the codes of what the readers find, and rules about several files."""
    return (*RULES, *AGREEING)


@alfcheck.hookimpl
def alfcheck_contracts() -> Iterable[alfcheck.ContractFile]:
    """Offer what is asked of recordings whose names say what they are."""
    return alfcheck.contracts_in(Path(__file__).parent / "contracts")
