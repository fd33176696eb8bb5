"""How the attributes of a contract are written: a form for each, and for each shape that it may have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from math import prod
from typing import NamedTuple

from alfcheck.contracts.lanes import FLAT_ABOVE
from alfcheck.contracts.model import Contract, Shape, Terms
from alfcheck.contracts.sampling.judges import Judges, Named
from alfcheck.contracts.sampling.naming import dataset_of, extension_for, fitting
from alfcheck.contracts.sampling.values import Column, Form, Judge
from alfcheck.contracts.terms import attribute_of, terms_of
from alfcheck.errors import ContractError

__all__ = ["Subject", "forms_of", "is_component"]

_ROWS: tuple[Shape, ...] = (("rows",),)
SMALL = 2


class Subject(NamedTuple):
    """What is to be written: the forms of an object, and the lengths of its named dimensions."""

    stem: str
    rows: int
    forms: tuple[Form, ...]
    lengths: dict[str, int]


def is_component(contract: Contract, key: str) -> bool:
    """Tell whether a key of the terms is a component (``intervals_0``) of another one."""
    base = attribute_of(key)
    return base != key and any(fnmatchcase(base, each) for each in contract.terms if each != key)


def forms_of(judges: Judges, rows: int) -> Subject:
    """Give all forms of a contract's attributes, for an object of so many rows."""
    contract = judges.contract
    lengths = _lengths(contract, rows)
    found: list[Form] = []
    tables: dict[str, list[str]] = {}
    for key in contract.terms:
        head, dot, column = key.partition(".")
        if dot:
            tables.setdefault(head, []).append(column)
        elif not is_component(contract, key):
            found += _of_attribute(judges, key, lengths)
    for head, columns in tables.items():
        found = [form for form in found if form.term != head or form.kind != "bytes"]
        found.append(_of_table(judges, head, columns))
    return Subject(_stem(judges), rows, tuple(found), lengths)


def _stem(judges: Judges) -> str:
    collection, namespace, name = judges.place
    folder = f"{collection}/" if collection else ""
    return f"{folder}_{namespace}_{name}" if namespace else f"{folder}{name}"


def _lengths(contract: Contract, rows: int) -> dict[str, int]:
    """Give each named dimension a length of its own; those that come first are rows too."""
    shapes = [shape for terms in contract.terms.values() for shape in terms.shapes if shape]
    lengths: dict[str, int] = {"rows": rows}
    lengths.update({str(shape[0]): rows for shape in shapes if isinstance(shape[0], str)})
    for shape in shapes:
        for name in shape[1:]:
            if isinstance(name, str) and name not in lengths:
                lengths[name] = rows if name.endswith(".rows") else len(lengths) + SMALL
    return lengths


def _attribute(judges: Judges, key: str, extension: str) -> str:
    """Give an attribute that is judged by the terms under `key` and by no others of its contract."""
    contract = judges.contract

    def fits(name: str) -> bool:
        dataset = dataset_of(judges.place, name, extension)
        term = contract.term(dataset)
        first = next((each for each in contract.terms if fnmatchcase(dataset.attribute, each)), None)
        return term is not None and name not in contract.terms and first == key

    name = fitting(key, fits=fits)
    if not name:
        raise ContractError(
            f"contract {contract.label}: no attribute is found that only {key!r} names; "
            "the entries before it take all that it could mean: take it out, or put it before them"
        )
    return name


def _kind(contract: Contract, terms: Terms) -> str:
    if terms.document is not None:
        return "lines" if terms.lines else "document"
    if terms.dtypes or terms.shapes:
        return "array"
    return next((kind for kind in ("array", "document", "lines") if extension_for(contract, kind)), "bytes")


def _of_attribute(judges: Judges, key: str, lengths: dict[str, int]) -> Iterator[Form]:
    contract, terms = judges.contract, judges.contract.terms[key]
    kind = _kind(contract, terms)
    extension = extension_for(contract, kind) if kind != "bytes" else ""
    if not extension:
        kind, extension = "bytes", contract.match.extensions[0]
    name = _attribute(judges, key, extension)
    path = f"{_stem(judges)}.{name}.{extension}"
    if kind != "array":
        yield Form(key, name, terms, path, kind, ())
        return
    judged = judges.of(dataset_of(judges.place, name, extension))
    if not judged or judged[0].contract is not contract:
        raise ContractError(
            f"contract {contract.label}: {path} is none of its files, though {key!r} names its attribute"
        )
    shapes = next((each.terms.shapes for each in judged if each.terms.shapes), ()) or (_inferred(judged[0]),)
    for number, shape in enumerate(shapes):
        sizes = tuple(
            each if isinstance(each, int) else lengths.setdefault(each, len(lengths) + SMALL)
            for each in shape
        )
        columns = tuple(_columns(judged, sizes[1:]))
        yield Form(key, name, terms, path, kind, columns, shape, sizes, number == 0)


def _inferred(own: Named) -> Shape:
    """Give the shape of an attribute whose terms name none: by the components that its schema knows."""
    count = 0
    while own.schema.column(f"{own.name}_{count}") is not None and count < FLAT_ABOVE:
        count += 1
    return ("rows", count) if count > 1 and own.schema.column(own.name) is None else _ROWS[0]


def _columns(judged: Sequence[Named], rest: tuple[int, ...]) -> Iterator[Column]:
    """Give the columns of an array: the components of its rows, if anyone judges these, else all values."""
    own, width = judged[0], prod(rest)
    if len(rest) == 1 and width <= FLAT_ABOVE and any(_parts(each, width) for each in judged):
        for index in range(width):
            judges = tuple(_judge(each, f"_{index}" if _parts(each, width) else "") for each in judged)
            yield Column(f"{own.name}_{index}", judges, index)
    else:
        yield Column(own.name, tuple(_judge(each, "") for each in judged), -1, width)


def _parts(named: Named, width: int) -> bool:
    return any(named.schema.column(f"{named.name}_{index}") is not None for index in range(width))


def _judge(named: Named, suffix: str) -> Judge:
    name = f"{named.name}{suffix}"
    terms = terms_of(named.contract.terms, name) or named.terms
    return Judge(named.contract, name, terms, named.schema.column(name))


def _of_table(judges: Judges, head: str, wanted: Sequence[str]) -> Form:
    contract = judges.contract
    extension = extension_for(contract, "table")
    if not extension:
        raise ContractError(
            f"contract {contract.label}: {head}.{wanted[0]} is a column of a table, and none of "
            f"{', '.join(contract.match.extensions)} is one; allow pqt"
        )
    own = contract.terms.get(head)
    name = _attribute(judges, head, extension) if own is not None else fitting(head)
    judged = judges.covering(dataset_of(judges.place, name, extension))
    columns = tuple(_table_column(judges, judged, name, head, each) for each in wanted)
    return Form(head, name, own or Terms(), f"{_stem(judges)}.{name}.{extension}", "table", columns)


def _table_column(judges: Judges, judged: Sequence[Contract], name: str, head: str, column: str) -> Column:
    whole = f"{name}.{fitting(column)}"
    found = []
    for contract in judged:
        plan = judges.schema_of(contract).column(whole)
        terms = contract.terms.get(f"{head}.{column}") or contract.terms.get(whole)
        if terms is not None or plan is not None:
            found.append(Judge(contract, whole, terms or Terms(), plan))
    return Column(whole, tuple(found))
