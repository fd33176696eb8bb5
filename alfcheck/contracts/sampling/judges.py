"""Who judges the files of an object: its own contract, and the others that match them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from alfcheck.contracts.compile import Schemas
from alfcheck.contracts.model import Contract, ContractFile, Terms
from alfcheck.contracts.plans import CompiledSchema
from alfcheck.contracts.sampling.naming import NEUTRAL, dataset_of, place_of
from alfcheck.model import Dataset

__all__ = ["Judges", "Named", "Others", "given"]


class Named(NamedTuple):
    """A contract that judges a dataset, and what it calls the dataset's attribute."""

    contract: Contract
    schema: CompiledSchema
    name: str
    terms: Terms


class Others:
    """Contracts that files are to keep beside their own; each is read and compiled once, when it matches."""

    def __init__(self, contracts: Iterable[Contract | ContractFile] = ()) -> None:
        # The most particular first.
        order = {True: 1, False: 0}
        self.contracts = sorted(
            contracts, key=lambda each: (order["*" in each.match.object], order[each.match.namespace is None])
        )
        self.schemas = Schemas()
        self._loaded: dict[str, Contract] = {}

    def load(self, other: Contract | ContractFile) -> Contract:
        """Give the whole of a contract."""
        if isinstance(other, Contract):
            return other
        if other.label not in self._loaded:
            self._loaded[other.label] = other.load()
        return self._loaded[other.label]

    def covering(self, dataset: Dataset) -> list[Contract]:
        """Give the contracts whose match covers a dataset."""
        return [self.load(other) for other in self.contracts if other.match.covers(dataset)]


def given(others: Iterable[Contract | ContractFile] | Others) -> Others:
    """Give `others` as one value."""
    return others if isinstance(others, Others) else Others(others)


class Judges:
    """A contract, and the others that may judge the same files; its object lies at `place`."""

    def __init__(self, contract: Contract, others: Others, place: tuple[str, str, str] | None = None) -> None:
        self.contract = contract
        self._others = others
        rivals = [other.match for other in others.contracts if other.label != contract.label]
        self.place = place_of(contract, rivals) if place is None else place

    def of_object(self, name: str) -> Judges | None:
        """Give the judges of another object of the same collection, by the contract that is its own."""
        place = (self.place[0], "", name)
        for other in self._others.contracts:
            dataset = dataset_of(place, NEUTRAL, (*other.match.extensions, "npy")[0])
            if other.match.object == name and other.match.covers(dataset):
                return Judges(self._others.load(other), self._others, place)
        return None

    @property
    def schema(self) -> CompiledSchema:
        """The compiled schema of the contract itself."""
        return self.schema_of(self.contract)

    def schema_of(self, contract: Contract) -> CompiledSchema:
        """Give the compiled schema of a contract."""
        return self._others.schemas.get(contract)

    def covering(self, dataset: Dataset) -> list[Contract]:
        """Give the contracts whose match covers a dataset, the contract itself first."""
        found = [self.contract] if self.contract.match.covers(dataset) else []
        others = self._others.covering(dataset)
        return found + [other for other in others if other.label != self.contract.label]

    def of(self, dataset: Dataset) -> list[Named]:
        """Give those that judge a dataset, with the names by which they do."""
        found = ((contract, contract.term(dataset)) for contract in self.covering(dataset))
        return [
            Named(contract, self.schema_of(contract), *term) for contract, term in found if term is not None
        ]
