"""Why a contract judges a dataset, or does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import NamedTuple

from alfcheck.contracts.model import Contract, ContractFile, Match
from alfcheck.contracts.plan import Planner
from alfcheck.contracts.words import match_words
from alfcheck.model import Dataset

__all__ = ["Answer", "Reason", "answer"]

TABLE = "table"


class Reason(NamedTuple):
    """A contract, the entry of it that is meant (empty for none), and why it judges or does not."""

    label: str
    entry: str
    why: str


class Answer(NamedTuple):
    """Which contracts judge a dataset, the most particular first, and which nearly do.

    ``nearest_object`` is one that contracts know, for an object that none does.
    """

    dataset: Dataset
    judging: tuple[Reason, ...]
    near: tuple[Reason, ...]
    nearest_object: str | None


def answer(dataset: Dataset, contracts: Sequence[Contract | ContractFile]) -> Answer:
    """Find the contracts that judge `dataset`, as a run would."""
    planner = Planner(contracts)
    judging = planner.covering(dataset)
    labels = {contract.label for contract in judging}
    near = (
        Reason(contract.label, "", why)
        for contract in contracts
        if contract.label not in labels and (why := _why_not(contract, dataset))
    )
    reasons = tuple(_judges(contract, dataset) for contract in judging)
    return Answer(dataset, reasons, tuple(near), _nearest_object(dataset, contracts))


def _judges(contract: Contract, dataset: Dataset) -> Reason:
    matched = f"it judges {match_words(contract.match)}"
    entry = _entry(contract, dataset)
    if entry is None:
        return Reason(contract.label, "", f"as the object's table, each of its columns by itself; {matched}")
    exact = entry in (dataset.column, dataset.attribute)
    how = "" if exact else f", a pattern that {dataset.attribute} matches"
    return Reason(contract.label, entry, f"by its entry {entry}{how}; {matched}")


def _entry(contract: Contract, dataset: Dataset) -> str | None:
    """Find the entry that `Contract.term` took."""
    for name in (dataset.column, dataset.attribute):
        if name in contract.terms:
            return name
    return next((name for name in contract.terms if fnmatchcase(dataset.attribute, name)), None)


def _why_not(contract: Contract | ContractFile, dataset: Dataset) -> str:
    """Say why a contract does not judge a dataset of its object; nothing for one of other objects."""
    match = contract.match
    # A contract of any object is near to everything: only one with this very object is worth a word.
    if set(match.object) <= set("*?") or not fnmatchcase(dataset.object, match.object):
        return ""
    return "; ".join(_differing(match, dataset)) or f"it has no entry for {dataset.column}"


def _differing(match: Match, dataset: Dataset) -> Iterator[str]:
    if match.namespace is not None and not fnmatchcase(dataset.namespace, match.namespace):
        asked = f"the namespace {match.namespace!r}" if match.namespace else "no namespace"
        has = repr(dataset.namespace) if dataset.namespace else "none"
        yield f"it asks for {asked}, the file has {has}"
    if not fnmatchcase(dataset.collection, match.collection):
        has = repr(dataset.collection) if dataset.collection else "the session's folder itself"
        yield f"it asks for the collection {match.collection!r}, the file is in {has}"
    if match.extensions and dataset.extension not in match.extensions:
        asked = ", ".join(f".{each}" for each in match.extensions)
        yield f"it asks for {asked}, the file is .{dataset.extension}"


def _nearest_object(dataset: Dataset, contracts: Sequence[Contract | ContractFile]) -> str | None:
    """Find the object that may be meant by one that no contract knows."""
    objects = {contract.match.object for contract in contracts}
    if any(not set(each) <= set("*?") and fnmatchcase(dataset.object, each) for each in objects):
        return None
    return next(iter(get_close_matches(dataset.object, sorted(objects), n=1, cutoff=0.7)), None)
