"""What the parts of a contract say of one another: components, rows, relations, limits, examples."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from alfcheck.contracts.language.checks import check_word
from alfcheck.contracts.language.entries import COMPONENT_NAME, FLAT_ABOVE, Entries
from alfcheck.contracts.language.holds import can_hold, effort, groups_of, holds, impossible
from alfcheck.contracts.language.keys import COMPONENT
from alfcheck.contracts.language.legal import is_glob
from alfcheck.contracts.language.mistakes import Faults, near
from alfcheck.contracts.language.read_documents import example_faults
from alfcheck.contracts.language.relate import judge_relations
from alfcheck.contracts.model import Match
from alfcheck.contracts.spec import CheckSpec, ColumnSpec, ContractSpec
from alfcheck.model import Severity

__all__ = ["judge_whole"]

DOCUMENTS = frozenset({"json", "jsonable", "yaml", "yml"})
"""Extensions of files that hold documents and never arrays."""


def judge_whole(spec: ContractSpec, faults: Faults) -> None:
    """Note what the parts of a contract say that cannot go together."""
    columns = Entries(spec.columns)
    for column in spec.columns:
        _judge_required(column, faults)
        _judge_component(column, columns, faults)
        _judge_document(column, spec.match, faults)
        _judge_limits(column, faults)
        _judge_examples(column, faults)
        _judge_unseen(column, columns, faults)
    _judge_exempt(spec, columns, faults)
    judge_relations(spec, columns, faults)


def _judge_required(column: ColumnSpec, faults: Faults) -> None:
    if column.required and is_glob(column.name):
        message = f"the pattern {column.name!r} cannot be required, since no table has all names"
        faults.at(("columns", column.name, "required"), message, "name the columns that a table must have")


def _judge_component(column: ColumnSpec, columns: Entries, faults: Faults) -> None:
    found = COMPONENT_NAME.fullmatch(column.name)
    if found is None:
        return
    path = ("columns", column.name)
    attribute = columns.exact(found[1])
    if attribute is None:
        # A table may have a column of such a name, which says what it holds.
        if not column.dtypes:
            others = tuple(name for name in columns.names if name != column.name)
            shape = f"[rows, {int(found[2]) + 1}]"
            fix = f"add {found[1]}: {{shape: {shape}}}, or give the column of a table a dtype"
            message = f"{column.name!r} is a component of {found[1]!r}, which is not declared"
            faults.at(path, message, near(found[1], others) or fix)
        return
    if found[2] != str(int(found[2])):
        fix = f"write {found[1]}_{int(found[2])}"
        faults.at(path, f"{column.name!r} is no component: they are numbered without zeros in front", fix)
        return
    _judge_component_checks(column, attribute, faults)
    for key in _set_keys(column):
        if key not in COMPONENT:
            message = f"the component {column.name!r} has a {key} of its own"
            fix = f"write {key} under {found[1]}; components have {', '.join(COMPONENT)}"
            faults.at((*path, key), message, fix)
    if attribute.shapes and not any(_has_component(shape, int(found[2])) for shape in attribute.shapes):
        shapes = " or ".join(f"[{', '.join(map(str, shape))}]" for shape in attribute.shapes)
        message = f"{column.name!r} is beyond the shape {shapes} of {found[1]!r}"
        faults.at(path, message, "change the shape, or take the component out; components count from 0")


def _judge_component_checks(column: ColumnSpec, attribute: ColumnSpec, faults: Faults) -> None:
    groups = groups_of(attribute.dtypes)
    for check in column.checks:
        word = check_word(check.name)
        if word is not None and attribute.dtypes and not groups <= word.groups:
            message = (
                f"{word.written} cannot judge the dtype {', '.join(attribute.dtypes)} of {attribute.name!r}"
            )
            fix = f"take it out, or give {attribute.name} another dtype"
            faults.at(("columns", column.name), message, fix)


def _judge_document(column: ColumnSpec, match: Match | None, faults: Faults) -> None:
    """Refuse terms of arrays beside a document that no array can stand for."""
    extensions = () if match is None else match.extensions
    only = bool(extensions) and DOCUMENTS.issuperset(extensions)
    if column.document is None or (column.dtypes and not only):
        return
    for key in ("dtype", "shape", "unique", *_check_keys(column.name, faults)):
        if ("columns", column.name, key) in faults.places and (key != "unique" or column.unique):
            message = f"{key} of {column.name!r} is never asked, since its files are documents"
            fix = "say it in the JSON Schema" + ("" if only else "; arrays beside documents need a dtype")
            faults.at(("columns", column.name, key), message, fix)


def _set_keys(column: ColumnSpec) -> Iterator[str]:
    keys = {"dtypes": "dtype", "shapes": "shape"}
    for name in (
        "unit",
        "dtypes",
        "shapes",
        "missing_share",
        "references",
        "document",
        "lines",
        "examples",
        "source",
    ):
        given = getattr(column, name)
        if given not in (None, (), "", False) or (name == "references" and given == ""):
            yield keys.get(name, name)


def _has_component(shape: Sequence[str | int], index: int) -> bool:
    if len(shape) != 2:
        return False
    width = shape[1]
    return index < (width if isinstance(width, int) else FLAT_ABOVE) and (
        isinstance(width, str) or width <= FLAT_ABOVE
    )


def _judge_unseen(attribute: ColumnSpec, columns: Entries, faults: Faults) -> None:
    """Refuse checks that nothing is judged by, since all components have such a check of their own."""
    widths = [shape[1] if len(shape) == 2 else None for shape in attribute.shapes]
    names: set[str] = set()
    for width in widths:
        if not isinstance(width, int) or width > FLAT_ABOVE:
            return
        names.update(f"{attribute.name}_{index}" for index in range(width))
    parts = [columns.exact(name) for name in names]
    seen = [{check.name for check in part.checks} if part is not None else set() for part in parts]
    for name in _check_keys(attribute.name, faults) if seen else ():
        word = check_word(name)
        if word is not None and all(word.name in own for own in seen):
            message = (
                f"{name} of {attribute.name!r} is never asked, since all of its components have their own"
            )
            faults.at(("columns", attribute.name, name), message, f"leave it out of {attribute.name}")


def _check_keys(column: str, faults: Faults) -> Iterator[str]:
    for path in faults.places:
        if len(path) == 3 and path[:2] == ("columns", column):
            name = str(path[2])
            if name in ("checks", "unique") or check_word(name) is not None:
                yield name


def _judge_limits(column: ColumnSpec, faults: Faults) -> None:
    why = impossible(column) if faults.spend(effort(column)) else None
    if why is not None:
        message = f"no value can pass the checks of {column.name!r}: {why}"
        faults.at(("columns", column.name), message, "widen one of them")


def _judge_examples(column: ColumnSpec, faults: Faults) -> None:
    if not column.examples or not faults.spend(len(column.examples) * (1 + effort(column))):
        return
    examples = [json.loads(example) for example in column.examples]
    broken = (
        example_faults(column.document, examples)
        if column.document is not None
        else (
            (index, why)
            for index, each in enumerate(examples)
            for why in [_example_fault(column, each)]
            if why
        )
    )
    for index, why in broken:
        shown = json.dumps(examples[index], ensure_ascii=False)[:60]
        fix = "mend the example or the terms"
        faults.at(
            ("columns", column.name, "examples", index),
            f"the example {shown} breaks the contract: {why}",
            fix,
        )


def _example_fault(column: ColumnSpec, example: Any) -> str | None:
    """Say how an example, a value or a row of values, breaks the terms of its column."""
    if isinstance(example, dict):
        return "it is a mapping, and no document is declared"
    if isinstance(example, list):
        if column.shapes and not any(_fits(shape, example) for shape in column.shapes):
            return "no shape has such rows"
        return next((why for each in example for why in [_example_fault(column, each)] if why), None)
    if example is None:
        allowed = column.nullable or column.missing is not None
        return None if allowed else "missing values are refused, since nullable is not true"
    if column.missing is not None and example == column.missing and not isinstance(example, bool):
        return None
    if not can_hold(column.dtypes, example):
        return f"the dtype {', '.join(column.dtypes)} cannot hold it"
    failed = next((each for each in column.checks if not _passes(column, each, example)), None)
    return None if failed is None else f"it does not pass {failed.name}"


def _fits(shape: Sequence[str | int], row: list[Any]) -> bool:
    """Tell whether a row of an array has the dimensions that a shape leaves for it."""
    if len(shape) < 2:
        return False
    wanted = shape[1]
    if isinstance(wanted, int) and len(row) != wanted:
        return False
    if len(shape) == 2:
        return not any(isinstance(each, list) for each in row)
    return all(isinstance(each, list) and _fits(shape[1:], each) for each in row)


def _passes(column: ColumnSpec, check: CheckSpec, example: Any) -> bool:
    return check.severity is not Severity.ERROR or holds(check, example, column.tolerance)


def _judge_exempt(spec: ContractSpec, columns: Entries, faults: Faults) -> None:
    for index, name in enumerate(spec.rows.exempt):
        if columns.named(name) is None:
            fix = near(name, columns.names) or f"add {name} under columns"
            faults.at(
                ("rows", "except", index), f"rows are not asked of {name!r}, which is not declared", fix
            )
