"""What a dataset's name and signature (dtypes, shapes) already decide, before a value is looked at.

The same few names and signatures come back in every session, so a plan is made once for each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import NamedTuple

from alfcheck.contracts.compile import CheckPlan, CompiledSchema, Schemas
from alfcheck.contracts.model import Contract, ContractFile, Terms
from alfcheck.errors import PluginError
from alfcheck.model import Dataset, Problem

__all__ = ["FLAT_ABOVE", "TEXT_TABLES", "VALUELESS", "Lane", "Plan", "Planner", "Signature"]

VALUELESS = "null"
"""The dtype of a column without a value: any dtype will do, since a file cannot tell."""

FLAT_ABOVE = 16
"""Arrays with more values a row than this are one flattened column."""

TEXT_TABLES = frozenset({"csv", "tsv", "htsv", "ssv"})
_KINDS = {"floating": "f", "integer": "iu", "number": "iuf", "bool": "b", "datetime": "M"}
_COMPONENT = re.compile(r"_\d+$")
# What tables with gaps name the dtypes of pandas, by those of numpy.
_NULLABLE = {
    "boolean": "bool",
    **{f"{kind}{bits}": f"{kind}{bits}".lower() for kind in ("Int", "UInt") for bits in (8, 16, 32, 64)},
}


class Signature(NamedTuple):
    """What is the same in files that may be laid end to end: kind, and (name, dtype, row shape)s."""

    kind: str
    columns: tuple[tuple[str, str, tuple[int, ...]], ...]
    scalar: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """Columns of one file that pandera sees together.

    ``sources`` say where a column comes from: the file's column and the component of its row (-1: all
    of it, flattened if it has more than one). ``width`` is the number of values a row gives. A lane with
    a ``relation`` brings columns of several files together for that relation alone; ``by_file`` says
    that it must see each object by itself.
    """

    contract: Contract
    schema: CompiledSchema
    names: tuple[str, ...]
    sources: tuple[tuple[str, int], ...]
    dtypes: tuple[str, ...]
    width: int
    relation: CheckPlan | None = None
    by_file: bool = False

    @property
    def key(self) -> tuple[str, tuple[str, ...], tuple[str, ...], int, int]:
        """Files with equal keys are laid end to end."""
        return (self.contract.label, self.names, self.dtypes, self.width, id(self.relation))

    @property
    def whole_file(self) -> bool:
        """Tell whether a check needs the whole file at once."""
        plans = (self.schema.column(name) for name in self.names)
        return any(plan.whole for plan in plans if plan is not None) or bool(self.schema.framed(self.names))


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done with the values of a dataset, and what is already wrong with it.

    ``references`` are the terms that name a reference, with the contract that claims it. ``judged`` are
    the contracts that match. ``own_rows`` exempts the dataset from the row rule; ``rows_agree`` names
    the contract that makes unequal rows an error.
    """

    problems: tuple[Problem, ...]
    lanes: tuple[Lane, ...]
    references: tuple[tuple[Contract, Terms], ...]
    judged: tuple[Contract, ...]
    own_rows: bool
    rows_agree: Contract | None


class Planner:
    """Makes and keeps the plans of a run."""

    def __init__(
        self, contracts: Sequence[Contract | ContractFile], owners: Mapping[str, str] | None = None
    ) -> None:
        """Take the contracts of a run; `owners` says of each, by its label, who offers it.

        A contract in a file is read when its match covers a dataset.
        """
        self._contracts = tuple(contracts)
        self._loaded: dict[str, Contract] = {}
        self._owners = owners or {}
        self._schemas = Schemas()
        self._plans: dict[tuple[Dataset, Signature], Plan] = {}
        self._covering: dict[Dataset, tuple[Contract, ...]] = {}

    def covering(self, dataset: Dataset) -> tuple[Contract, ...]:
        """Give the contracts that judge `dataset` by its name, the most particular first."""
        found = self._covering.get(dataset)
        if found is None:
            matching = (self.load(each) for each in self._contracts if each.match.covers(dataset))
            covering = (
                contract
                for contract in matching
                if dataset.attribute == "table" or contract.term(dataset) is not None
            )
            found = self._covering[dataset] = tuple(sorted(covering, key=_generality))
        return found

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
            owner = self._owners.get(contract.label)
            raise PluginError(f"{owner}: {error}" if owner else str(error)) from error

    def _make(self, dataset: Dataset, signature: Signature) -> Plan:
        problems: list[Problem] = []
        lanes: list[Lane] = []
        references: list[tuple[Contract, Terms]] = []
        own_rows = False
        judged = self.covering(dataset)
        for contract in judged:
            term = contract.term(dataset)
            if term is not None and term[1].references:
                references.append((contract, term[1]))
            own_rows = own_rows or (term is not None and term[1].own_rows)
            found, made = _judge(contract, self.schema(contract), dataset, signature)
            problems += found
            lanes += made
        agree = next((contract for contract in judged if contract.rows_agree), None)
        return Plan(_once(problems), tuple(lanes), tuple(references), judged, own_rows, agree)


def _generality(contract: Contract) -> tuple[bool, bool, str]:
    match = contract.match
    return ("*" in match.object, match.namespace is None, contract.label)


def _once(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    # Two contracts may say the same of one file: the reader needs the more particular one.
    seen: dict[tuple[str | None, str | None], Problem] = {}
    for problem in problems:
        seen.setdefault((problem.code, problem.column), problem)
    return tuple(seen.values())


Found = tuple[list[Problem], list[Lane]]


def _judge(contract: Contract, schema: CompiledSchema, dataset: Dataset, signature: Signature) -> Found:
    if dataset.attribute == "table":
        problems, lanes = _table(contract, schema, dataset, signature)
        return problems, lanes if signature.kind == "table" else []
    if signature.kind == "document":
        return _document(contract, dataset), []
    if len(signature.columns) == 1:
        return _column(contract, schema, dataset, signature)
    own = f"{dataset.attribute}."
    if any(str(name).startswith(own) for name in schema.columns):
        return _table(contract, schema, dataset, signature)
    return _wide(contract, schema, dataset, signature)


def _document(contract: Contract, dataset: Dataset) -> list[Problem]:
    """Refuse a document (a JSON list, an archive of arrays) where a contract asks for a column."""
    term = contract.term(dataset)
    assert term is not None
    name, terms = term
    if not terms.dtypes and not terms.shapes:
        return []
    expected = " or ".join(terms.dtypes) or "an array"
    return [
        Problem(
            code="ALF301",
            contract=contract.label,
            column=name,
            check="dtype",
            expected=expected,
            message=f"{name} is a document without rows and columns; expected {expected}",
            fix=f"save {name} as an array (.npy) or a table",
        )
    ]


def _wide(contract: Contract, schema: CompiledSchema, dataset: Dataset, signature: Signature) -> Found:
    """Judge a table of several columns that stands for one attribute, as an array of as many columns."""
    term = contract.term(dataset)
    assert term is not None
    name, terms = term
    shape = (len(signature.columns),)
    problems = list(_shape_problem(contract, terms, name, shape, False))
    for _, dtype, _ in signature.columns:
        problems += () if problems else _dtype_problem(contract, terms, dataset, name, dtype)
    columns = [(f"{name}_{index}", each) for index, each in enumerate(signature.columns)]
    kept = [(column, each) for column, each in columns if schema.column(column) and each[1] != "object"]
    if problems or not kept:
        return problems, []
    names = tuple(column for column, _ in kept)
    sources = tuple((source, -1) for _, (source, _, _) in kept)
    dtypes = tuple(dtype for _, (_, dtype, _) in kept)
    return [], [Lane(contract, schema, names, sources, dtypes, 1)]


def _column(contract: Contract, schema: CompiledSchema, dataset: Dataset, signature: Signature) -> Found:
    """Judge a dataset that is one column of its object."""
    term = contract.term(dataset)
    assert term is not None
    name, terms = term
    (source, dtype, shape) = signature.columns[0]
    problems = [
        *_dtype_problem(contract, terms, dataset, name, dtype),
        *_shape_problem(contract, terms, name, shape, signature.scalar),
    ]
    if problems or signature.scalar:
        return problems, []
    return [], _lanes_of_array(contract, schema, name, source, dtype, shape)


def _lanes_of_array(
    contract: Contract, schema: CompiledSchema, name: str, source: str, dtype: str, shape: tuple[int, ...]
) -> list[Lane]:
    width = _size(shape)
    if shape and len(shape) == 1 and width <= FLAT_ABOVE:
        names = [f"{name}_{component}" for component in range(width)]
        if any(schema.column(each) for each in names):
            kept = [(each, index) for index, each in enumerate(names) if schema.column(each)]
            columns = tuple(each for each, _ in kept)
            sources = tuple((source, index) for _, index in kept)
            return [Lane(contract, schema, columns, sources, (dtype,) * len(kept), 1)]
    if schema.column(name) is None or width == 0:
        return []
    return [Lane(contract, schema, (name,), ((source, -1),), (dtype,), width)]


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for length in shape:
        size *= length
    return size


def _table(contract: Contract, schema: CompiledSchema, dataset: Dataset, signature: Signature) -> Found:
    """Judge a dataset that is a table: the object's own, or one attribute's."""
    prefix = "" if dataset.attribute == "table" else f"{dataset.attribute}."
    present = {f"{prefix}{name}": (name, dtype) for name, dtype, _ in signature.columns}
    problems: list[Problem] = []
    names: list[str] = []
    for name, (_, dtype) in present.items():
        terms = _terms_of_column(contract, name)
        wrong = list(_dtype_problem(contract, terms, dataset, name, dtype)) if terms else []
        problems += wrong
        if not wrong and dtype != "object" and schema.column(name) is not None:
            names.append(name)
    problems += _missing(contract, schema, prefix, present)
    if schema.strict:
        problems += _unexpected(contract, schema, present)
    if not names:
        return problems, []
    sources = tuple((present[name][0], -1) for name in names)
    dtypes = tuple(present[name][1] for name in names)
    return problems, [Lane(contract, schema, tuple(names), sources, dtypes, 1)]


def _terms_of_column(contract: Contract, name: str) -> Terms | None:
    attribute = _COMPONENT.sub("", name)
    exact = contract.terms.get(name) or contract.terms.get(attribute)
    patterns = (terms for pattern, terms in contract.terms.items() if fnmatchcase(attribute, pattern))
    return exact or next(patterns, None)


def _missing(
    contract: Contract, schema: CompiledSchema, prefix: str, present: dict[str, tuple[str, str]]
) -> Iterator[Problem]:
    wanted = contract.required if not prefix else ()
    for name in wanted:
        if name not in present:
            yield Problem(
                code="ALF308",
                contract=contract.label,
                column=name,
                check="required",
                expected=f"a column {name!r}",
                message=f"the table has no column {name!r}; it has {', '.join(map(repr, present))}",
                fix=f"add the column {name!r} to the table",
            )


def _unexpected(
    contract: Contract, schema: CompiledSchema, present: dict[str, tuple[str, str]]
) -> Iterator[Problem]:
    for name in present:
        if schema.column(name) is None:
            yield Problem(
                code="ALF311",
                contract=contract.label,
                column=name,
                check="strict",
                expected=f"only {', '.join(schema.columns)}",
                message=f"the table has a column {name!r} that the contract does not allow",
                fix=f"take the column {name!r} out, or add it to the contract",
            )


def _dtype_problem(
    contract: Contract, terms: Terms, dataset: Dataset, name: str, dtype: str
) -> Iterator[Problem]:
    if not terms.dtypes or any(_accepts(term, dtype, dataset.extension) for term in terms.dtypes):
        return
    expected = " or ".join(terms.dtypes)
    yield Problem(
        code="ALF301",
        contract=contract.label,
        column=name,
        check="dtype",
        expected=expected,
        message=f"{name} has dtype {_spelt(dtype)}; expected {expected}",
        fix=f"convert {name} to {terms.dtypes[0]} and save it again",
    )


def _accepts(term: str, dtype: str, extension: str) -> bool:
    if dtype == VALUELESS:
        return True
    if dtype == "str":
        return term == "string"
    import numpy as np

    try:
        found = np.dtype(_NULLABLE.get(dtype, dtype))
    except TypeError:
        return False
    kind = found.kind
    if term in _KINDS and found.itemsize > 8:
        return False  # long doubles, which differ between machines
    if term in _KINDS:
        # A text table writes 1.0 as 1: there an integer is a floating number too.
        whole_number = term == "floating" and kind in "iu" and extension in TEXT_TABLES
        return kind in _KINDS[term] or whole_number
    return term != "string" and found == np.dtype(term)


def _spelt(dtype: str) -> str:
    if dtype in ("str", "object", *_NULLABLE):
        return dtype
    import numpy as np

    return str(np.dtype(dtype))


def _shape_problem(
    contract: Contract, terms: Terms, name: str, shape: tuple[int, ...], scalar: bool
) -> Iterator[Problem]:
    if not terms.shapes or (not scalar and any(_fits(wanted, shape) for wanted in terms.shapes)):
        return
    expected = " or ".join(f"({', '.join(map(str, wanted))})" for wanted in terms.shapes)
    found = "()" if scalar else f"({', '.join(map(str, ('rows', *shape)))})"
    yield Problem(
        code="ALF302",
        contract=contract.label,
        column=name,
        check="shape",
        expected=expected,
        message=f"{name} has shape {found}; expected {expected}",
        fix=f"save {name} with shape {expected}",
    )


def _fits(wanted: tuple[str | int, ...], shape: tuple[int, ...]) -> bool:
    rest = wanted[1:]
    # Readers flatten (n, 1) to (n,): it is still one row of a named dimension of length 1.
    if shape == () and len(rest) == 1 and isinstance(rest[0], str):
        return True
    return len(rest) == len(shape) and all(
        isinstance(want, str) or want == have for want, have in zip(rest, shape, strict=True)
    )
