"""What a dataset's name and signature (dtypes, shapes) already decide, before a value is looked at.

The same few names and signatures come back in every session, so a plan is made once for each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from alfcheck.contracts.compile import Schemas
from alfcheck.contracts.documents import DocumentCheck, DocumentSchemas
from alfcheck.contracts.globs import is_glob
from alfcheck.contracts.lanes import FLAT_ABOVE, TEXT_TABLES, VALUELESS, Lane, Signature
from alfcheck.contracts.laying import lay
from alfcheck.contracts.model import Contract, ContractFile, Terms
from alfcheck.contracts.plans import CompiledSchema
from alfcheck.contracts.shapes import Dimension, Rows, dimensions, rows_wanted
from alfcheck.errors import PluginError
from alfcheck.model import Dataset, Problem

__all__ = [
    "FLAT_ABOVE",
    "TEXT_TABLES",
    "VALUELESS",
    "Dimension",
    "DocumentTerm",
    "Generality",
    "Lane",
    "Plan",
    "Planner",
    "Signature",
]


KEPT = 8_000
"""Plans, and names of datasets, that are remembered."""


class Generality(NamedTuple):
    """How much a contract may match: objects of many names, of any namespace."""

    many_objects: bool
    any_namespace: bool
    label: str


MOST_GENERAL = Generality(True, True, "\U0010ffff")


class DocumentTerm(NamedTuple):
    """What a contract says of a dataset that is a document."""

    contract: Contract
    name: str
    terms: Terms


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done with the values of a dataset, and what is already wrong with it.

    ``judged`` are the contracts that match. ``own_rows`` exempts the dataset from the row rule;
    ``rows_agree`` names the contract that makes unequal rows an error. ``rows`` is what is asked of the
    number of its rows, ``dimensions`` are its named lengths, ``documents`` the JSON Schemas that it keeps.
    ``laid`` are those of its lanes of which there are values that something refuses; ``relates`` says that
    there may be relations between its columns and those of other files.
    """

    problems: tuple[Problem, ...]
    lanes: tuple[Lane, ...]
    judged: tuple[Contract, ...]
    own_rows: bool
    rows_agree: Contract | None
    rows: tuple[Rows, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    documents: tuple[DocumentTerm, ...] = ()
    laid: tuple[Lane, ...] = ()
    relates: bool = False


class Planner:
    """Makes and keeps the plans of a run."""

    def __init__(
        self, contracts: Sequence[Contract | ContractFile], owners: Mapping[str, str] | None = None
    ) -> None:
        """Take the contracts of a run; `owners` says of each, by its label, who offers it.

        A contract in a file is read when its match covers a dataset.
        """
        self._contracts = tuple(contracts)
        self._generality = {each.label: _generality(each) for each in self._contracts}
        self._loaded: dict[str, Contract] = {}
        self._owners = owners or {}
        self._schemas = Schemas()
        self._documents = DocumentSchemas()
        self._plans: dict[tuple[Dataset, Signature], Plan] = {}
        self._covering: dict[Dataset, tuple[Contract, ...]] = {}
        self._contradictions: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}

    @property
    def is_large(self) -> bool:
        """Tell whether more plans are kept than a release with the same names in each session can have."""
        return len(self._plans) > KEPT or len(self._covering) > KEPT

    def forget(self) -> None:
        """Forget the plans; what was read and built stays."""
        self._plans.clear()
        self._covering.clear()

    def covering(self, dataset: Dataset) -> tuple[Contract, ...]:
        """Give the contracts that judge `dataset` by its name, the most particular first.

        Raises `PluginError` for two contracts in files of which no data could keep both.
        """
        found = self._covering.get(dataset)
        if found is None:
            matching = (self.load(each) for each in self._contracts if each.match.covers(dataset))
            covering = (
                contract
                for contract in matching
                if dataset.attribute == "table" or contract.term(dataset) is not None
            )
            found = tuple(sorted(covering, key=_generality))
            self._refuse_contradictions(dataset, found)
            self._covering[dataset] = found
        return found

    def _refuse_contradictions(self, dataset: Dataset, covering: Sequence[Contract]) -> None:
        written = [contract for contract in covering if contract.spec is not None]
        for index, one in enumerate(written):
            for other in written[index + 1 :]:
                for column, what in self._contradicting(one, other):
                    if _concerns(column, dataset):
                        raise PluginError(_contradiction(one, other, column, what))

    def _contradicting(self, one: Contract, other: Contract) -> tuple[tuple[str, str], ...]:
        from alfcheck.contracts.language import contradictions

        assert one.spec is not None
        assert other.spec is not None
        key = (one.label, other.label)
        if key not in self._contradictions:
            self._contradictions[key] = tuple(contradictions(one.spec, other.spec))
        return self._contradictions[key]

    def generality(self, label: str | None) -> Generality:
        """Give by what contracts are put in order: the most particular first, what no contract says last."""
        return self._generality.get(label or "", MOST_GENERAL)

    def load(self, contract: Contract | ContractFile) -> Contract:
        """Give the whole of a contract; raises `ContractError`, which names its file."""
        if isinstance(contract, Contract):
            return contract
        found = self._loaded.get(contract.label)
        if found is None:
            found = self._loaded[contract.label] = contract.load()
        return found

    def plan(self, dataset: Dataset, signature: Signature) -> Plan:
        """Give the plan for files of this name and signature."""
        key = (dataset, signature)
        found = self._plans.get(key)
        if found is None:
            found = self._plans[key] = self._make(dataset, signature)
        return found

    def schema(self, contract: Contract) -> CompiledSchema:
        """Give the compiled schema of a contract; raises `PluginError`, which names who offers it."""
        try:
            return self._schemas.get(contract)
        except PluginError as error:
            raise self._owned(contract, error) from error

    def document_check(self, term: DocumentTerm) -> DocumentCheck:
        """Give a new judge of one document; raises `PluginError`, which names who offers the contract."""
        try:
            return self._documents.check(term.contract, term.name, term.terms)
        except PluginError as error:
            raise self._owned(term.contract, error) from error

    def _owned(self, contract: Contract, error: PluginError) -> PluginError:
        owner = self._owners.get(contract.label)
        way_out = "mend it, or leave out the plugin that offers it with --no-plugin"
        return PluginError(f"{owner}: {error}; {way_out}" if owner else str(error))

    def _make(self, dataset: Dataset, signature: Signature) -> Plan:
        problems: list[Problem] = []
        lanes: list[Lane] = []
        judged = self.covering(dataset)
        for contract in judged:
            found, made = lay(contract, self.schema(contract), dataset, signature)
            problems += found
            lanes += made
        terms = [(contract, term) for contract in judged if (term := contract.term(dataset)) is not None]
        documents = (
            DocumentTerm(contract, *term) for contract, term in terms if term[1].document is not None
        )
        return Plan(
            _once(problems),
            tuple(lanes),
            judged,
            any(term.own_rows for _, (_, term) in terms),
            next((contract for contract in judged if contract.rows_agree), None),
            tuple(_rows(judged, dataset, signature)),
            tuple(_dimensions(terms, signature)),
            () if problems or signature.kind != "document" else tuple(documents),
            tuple(lane for lane in lanes if lane.looks),
            any(lane.relates for lane in lanes),
        )


def _generality(contract: Contract | ContractFile) -> Generality:
    match = contract.match
    return Generality(is_glob(match.object), match.namespace in (None, "*"), contract.label)


def _once(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    # Two contracts may say the same of one file: the reader needs the more particular one.
    seen: dict[tuple[str | None, str | None], Problem] = {}
    for problem in problems:
        seen.setdefault((problem.code, problem.column), problem)
    return tuple(seen.values())


def _row_shape(signature: Signature) -> tuple[int, ...] | None:
    """Give the shape of a row of an array, or of a table that stands for one; else ``None``."""
    if signature.kind == "document" or signature.scalar:
        return None
    return signature.columns[0][2] if len(signature.columns) == 1 else (len(signature.columns),)


def _rows(judged: Sequence[Contract], dataset: Dataset, signature: Signature) -> Iterator[Rows]:
    shape = _row_shape(signature)
    for contract in judged:
        name, terms = contract.term(dataset) or (dataset.column, Terms())
        # Points that a clock is interpolated between are no rows of the object.
        points = dataset.attribute == "timestamps" and shape == (2,)
        least = 0 if terms.own_rows or points else contract.rows_at_least
        if dataset.attribute == "table" or shape is None:
            terms = Terms()
        if least or terms.shapes:
            yield from rows_wanted(contract, terms, name, shape or (), least)


def _dimensions(
    terms: Sequence[tuple[Contract, tuple[str, Terms]]], signature: Signature
) -> Iterator[Dimension]:
    shape = _row_shape(signature)
    for contract, (_, own) in terms if shape is not None else ():
        if own.shapes:
            yield from dimensions(contract, own, shape or ())


def _concerns(column: str, dataset: Dataset) -> bool:
    """Tell whether an entry of a contract is about `dataset`: itself, a component, a column of it."""
    if dataset.attribute == "table" or "*" in column:
        return True
    names = (dataset.column, dataset.attribute)
    return any(column == name or column.startswith((f"{name}.", f"{name}_")) for name in names)


def _contradiction(one: Contract, other: Contract, column: str, what: str) -> str:
    files = " and ".join(file for file in (one.file, other.file) if file)
    return (
        f"the contracts {one.label} and {other.label} contradict each other, and no file could keep both: "
        f"{column}: {what}{f' ({files})' if files else ''}; "
        "change one of them, narrow what it matches, or leave out the plugin that offers it (--no-plugin)"
    )
