"""From the name and signature of one file to what one contract has to say: faults, and lanes."""

from __future__ import annotations

from dataclasses import replace

from alfcheck.contracts.lanes import FLAT_ABOVE, Lane, Signature, on_clock
from alfcheck.contracts.model import Contract, Terms
from alfcheck.contracts.plans import CompiledSchema
from alfcheck.contracts.shapes import dtype_problem, shape_problem
from alfcheck.contracts.tables import lacking, unexpected
from alfcheck.contracts.terms import terms_of
from alfcheck.model import Dataset, Problem

__all__ = ["Found", "lay"]

TABLE = "table"

Found = tuple[list[Problem], list[Lane]]


def lay(contract: Contract, schema: CompiledSchema, dataset: Dataset, signature: Signature) -> Found:
    """Judge dtypes, shapes and columns, and lay out the lanes of what is left to judge."""
    if dataset.attribute == TABLE:
        problems, lanes = _table(contract, schema, dataset, signature)
        return problems, _on_clock(lanes, dataset) if signature.kind == "table" else []
    term = contract.term(dataset)
    assert term is not None
    problems, lanes = _attribute(contract, schema, dataset, signature, *term)
    return problems, _on_clock(lanes, dataset, term[0])


def _on_clock(lanes: list[Lane], dataset: Dataset, name: str = "") -> list[Lane]:
    """Give columns on another clock their names in the object; `name` is what their file is judged as."""
    if not dataset.timescale:
        return lanes
    return [
        replace(lane, object_names=tuple(_in_object(each, dataset, name) for each in lane.names))
        for lane in lanes
    ]


def _in_object(column: str, dataset: Dataset, name: str) -> str:
    if not name:
        return on_clock(column, dataset.timescale)
    return dataset.column + column.removeprefix(name if column.startswith(name) else dataset.attribute)


def _attribute(
    contract: Contract,
    schema: CompiledSchema,
    dataset: Dataset,
    signature: Signature,
    name: str,
    terms: Terms,
) -> Found:
    """Judge a dataset that is one attribute of its object."""
    if signature.kind == "document":
        return _document(contract, schema, name, terms, dataset), []
    if terms.document is not None and not (terms.dtypes or terms.shapes):
        return [_no_document(contract, name, "a table" if signature.kind == "table" else "an array")], []
    if signature.kind == "table" and _own_columns(contract, schema, dataset):
        return _table(contract, schema, dataset, signature)
    if len(signature.columns) == 1:
        return _column(contract, schema, dataset, signature, name, terms)
    return _wide(contract, schema, dataset, signature, name, terms)


def _own_columns(contract: Contract, schema: CompiledSchema, dataset: Dataset) -> list[str]:
    """Give the entries of the columns of an attribute that is a table."""
    own = f"{dataset.attribute}."
    return [name for name in (*schema.columns, *contract.terms) if name.startswith(own)]


def _document(
    contract: Contract, schema: CompiledSchema, name: str, terms: Terms, dataset: Dataset
) -> list[Problem]:
    """Refuse a document (a JSON list, an archive of arrays) where a contract asks for a column."""
    if terms.document is not None:
        return [_no_document(contract, name, "an archive of arrays")] if dataset.extension == "npz" else []
    columns = _own_columns(contract, schema, dataset)
    if not (terms.dtypes or terms.shapes or any(map(schema.asks, (name, *columns)))):
        return []
    expected = " or ".join(terms.dtypes) or ("a table" if columns else "an array or a table")
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


def _no_document(contract: Contract, name: str, found: str) -> Problem:
    return Problem(
        code="ALF301",
        contract=contract.label,
        column=name,
        check="document",
        expected="a document",
        message=f"{name} is {found}; expected a document (JSON or YAML)",
        fix=f"save {name} as .json, .jsonable or .yaml",
    )


def _wide(
    contract: Contract,
    schema: CompiledSchema,
    dataset: Dataset,
    signature: Signature,
    name: str,
    terms: Terms,
) -> Found:
    """Judge a table of several columns that stands for one attribute, as an array of as many columns."""
    problems = list(shape_problem(contract, terms, name, (len(signature.columns),), False))
    for _, dtype, _ in signature.columns:
        problems += () if problems else dtype_problem(contract, terms, dataset, name, dtype)
    columns = [(f"{name}_{index}", each) for index, each in enumerate(signature.columns)]
    known = [(column, each) for column, each in columns if schema.column(column)]
    if not problems and len(known) < len(columns) and schema.asks(name):
        problems.append(_not_judged(contract, name, len(columns)))
    for column, (_, dtype, _) in () if problems else known:
        problems += _nested(contract, schema, column, dtype)
    kept = [(column, each) for column, each in known if each[1] != "object"]
    if problems or not kept:
        return problems, []
    names = tuple(column for column, _ in kept)
    sources = tuple((source, -1) for _, (source, _, _) in kept)
    dtypes = tuple(dtype for _, (_, dtype, _) in kept)
    return [], [Lane(contract, schema, names, sources, dtypes, 1)]


def _not_judged(contract: Contract, name: str, width: int) -> Problem:
    return Problem(
        code="ALF302",
        contract=contract.label,
        column=name,
        check="shape",
        expected="one column",
        message=f"{name} is a table of {width} columns, and the contract does not say that it has so many",
        fix=f"save {name} as an array (.npy), or give it the shape [rows, {width}] in the contract",
    )


def _nested(contract: Contract, schema: CompiledSchema, name: str, dtype: str) -> list[Problem]:
    """Refuse values that are no single ones, where something is asked of them."""
    if dtype != "object" or not schema.asks(name):
        return []
    return [
        Problem(
            code="ALF301",
            contract=contract.label,
            column=name,
            check="dtype",
            expected="one value in each row",
            message=f"{name} has dtype object: its values are lists, mappings or of no known kind",
            fix=f"save {name} as numbers, text, dates or logical values",
        )
    ]


def _column(
    contract: Contract,
    schema: CompiledSchema,
    dataset: Dataset,
    signature: Signature,
    name: str,
    terms: Terms,
) -> Found:
    """Judge a dataset that is one column of its object."""
    (source, dtype, shape) = signature.columns[0]
    problems = [
        *dtype_problem(contract, terms, dataset, name, dtype),
        *shape_problem(contract, terms, name, shape, signature.scalar),
    ]
    if not problems:
        problems += _nested(contract, schema, name, dtype)
    if signature.scalar and not problems and schema.asks(name):
        problems.append(_no_rows(contract, name))
    if problems or signature.scalar or dtype == "object":
        return problems, []
    return [], _lanes_of_array(contract, schema, name, source, dtype, shape)


def _no_rows(contract: Contract, name: str) -> Problem:
    return Problem(
        code="ALF302",
        contract=contract.label,
        column=name,
        check="shape",
        expected="an array with rows",
        message=f"{name} has shape (): it is a single value without rows; expected an array with rows",
        fix=f"save {name} as an array of one row",
    )


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
    prefix = "" if dataset.attribute == TABLE else f"{dataset.attribute}."
    present = {f"{prefix}{name}": (name, dtype) for name, dtype, _ in signature.columns}
    problems: list[Problem] = []
    names: list[str] = []
    for name, (_, dtype) in present.items():
        terms = terms_of(contract.terms, name)
        wrong = list(dtype_problem(contract, terms, dataset, name, dtype)) if terms else []
        wrong = wrong or _nested(contract, schema, name, dtype)
        problems += wrong
        if not wrong and dtype != "object" and schema.column(name) is not None:
            names.append(name)
    problems += lacking(contract, prefix, present)
    if schema.strict:
        problems += unexpected(contract, schema, present)
    if not names:
        return problems, []
    sources = tuple((present[name][0], -1) for name in names)
    dtypes = tuple(present[name][1] for name in names)
    return problems, [Lane(contract, schema, tuple(names), sources, dtypes, 1)]
