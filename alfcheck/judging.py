"""Which contracts judged a run: those that cover one of its datasets, and those that were required."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from itertools import compress
from typing import TYPE_CHECKING, Protocol

from alfcheck.cache import digest_of
from alfcheck.grammar import parse_dataset
from alfcheck.ledger import Block, Ledger
from alfcheck.model import Refusal
from alfcheck.plugins import Ruleset

if TYPE_CHECKING:
    from alfcheck.contracts.model import Contract

__all__ = ["Notes", "judging_contracts", "judging_labels"]

_ABOUT = "which contracts judged"


class Notes(Protocol):
    """What is remembered from one run to the next that has the same rules and options."""

    def recall(self, about: str) -> bytes | None:
        """Give what was noted."""

    def remember(self, about: str, note: bytes) -> None:
        """Note something."""


def judging_labels(
    ledger: Ledger, ruleset: Ruleset, required: Collection[str] = (), notes: Notes | None = None
) -> tuple[str, ...]:
    """Give the labels of the contracts that judged the files of a ledger, sorted.

    `required` are the ids of contracts that were asked to judge sessions. That hangs on the names alone, as
    long as contracts are the same: what `notes` tell of these names is believed.
    """
    # A release has a few hundred distinct names, whatever its size, and fewer sets of them.
    sets = {(block.names, block.told.types): block for block in ledger.blocks}
    names = sorted({name for block in sets.values() for name in _datasets(block)})
    digest = digest_of(names).hex()
    known = {contract.label for contract in ruleset.contracts}
    labels = _noted(notes.recall(_ABOUT), digest) if notes is not None else None
    if labels is None or not known.issuperset(labels):
        labels = _labels(names, ruleset, required)
        if notes is not None:
            notes.remember(_ABOUT, json.dumps([digest, labels]).encode("ascii"))
    return labels


def _noted(note: bytes | None, digest: str) -> tuple[str, ...] | None:
    """Read what was noted of the names with a digest; ``None`` for anything else."""
    try:
        found, labels = json.loads(note or b"")
    except (ValueError, TypeError, RecursionError):
        return None
    is_sound = found == digest and isinstance(labels, list) and all(isinstance(each, str) for each in labels)
    return tuple(labels) if is_sound else None


def _labels(names: Iterable[str], ruleset: Ruleset, required: Collection[str]) -> tuple[str, ...]:
    from alfcheck.contracts.plan import Planner

    planner = Planner(ruleset.contracts)
    labels = {contract.label for contract in ruleset.contracts if {contract.id, contract.label} & {*required}}
    for name in names:
        dataset = parse_dataset(name)
        if not isinstance(dataset, Refusal):
            labels.update(contract.label for contract in planner.covering(dataset))
    return tuple(sorted(labels))


def _datasets(block: Block) -> Iterator[str]:
    return compress(block.rel_paths, block.told.types)


def judging_contracts(labels: Collection[str], ruleset: Ruleset) -> list[Contract]:
    """Give the contracts of these labels, in whole."""
    from alfcheck.contracts.plan import Planner

    planner = Planner(())
    return [planner.load(contract) for contract in ruleset.contracts if contract.label in labels]
