"""Which contracts judged a run: those that cover one of its datasets, and those that were required."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import compress

from alfcheck.contracts.model import Contract
from alfcheck.contracts.plan import Planner
from alfcheck.grammar import parse_dataset
from alfcheck.ledger import Block, Ledger
from alfcheck.model import Refusal
from alfcheck.plugins import Ruleset

__all__ = ["judging_contracts", "judging_labels"]


def judging_labels(ledger: Ledger, ruleset: Ruleset, required: Collection[str] = ()) -> tuple[str, ...]:
    """Give the labels of the contracts that judged the files of a ledger, sorted.

    `required` are the ids of contracts that were asked to judge sessions.
    """
    planner = Planner(ruleset.contracts)
    # A release has a few hundred distinct names, whatever its size, and fewer sets of them.
    sets = {(block.names, block.told.types): block for block in ledger.blocks}
    names = {name for block in sets.values() for name in _datasets(block)}
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
    planner = Planner(())
    return [planner.load(contract) for contract in ruleset.contracts if contract.label in labels]
