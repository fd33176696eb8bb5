"""Which contracts judged a run: those that cover one of its datasets, and those that were required."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from alfcheck.contracts.model import Contract
from alfcheck.contracts.plan import Planner
from alfcheck.grammar import parse_dataset
from alfcheck.model import Refusal
from alfcheck.plugins import Ruleset
from alfcheck.report import LedgerRow

__all__ = ["judging_contracts", "judging_labels"]


def judging_labels(
    ledger: Iterable[LedgerRow], ruleset: Ruleset, required: Collection[str] = ()
) -> tuple[str, ...]:
    """Give the labels of the contracts that judged the files of a ledger, sorted.

    `required` are the ids of contracts that were asked to judge sessions.
    """
    planner = Planner(ruleset.contracts)
    # A release has a few hundred distinct names, whatever its size.
    names = {row.path[len(row.session) + 1 :] for row in ledger if row.dataset_type}
    labels = {contract.label for contract in ruleset.contracts if {contract.id, contract.label} & {*required}}
    for name in names:
        dataset = parse_dataset(name)
        if not isinstance(dataset, Refusal):
            labels.update(contract.label for contract in planner.covering(dataset))
    return tuple(sorted(labels))


def judging_contracts(labels: Collection[str], ruleset: Ruleset) -> list[Contract]:
    """Give the contracts of these labels, in whole."""
    planner = Planner(())
    return [planner.load(contract) for contract in ruleset.contracts if contract.label in labels]
