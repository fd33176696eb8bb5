"""The entries under ``columns``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from alfcheck.contracts.language.checks import CHECK_NAMES
from alfcheck.contracts.language.entries import inherited
from alfcheck.contracts.language.holds import DTYPES, can_hold, groups_of
from alfcheck.contracts.language.keys import COLUMN
from alfcheck.contracts.language.legal import column_fault, object_fault
from alfcheck.contracts.language.mistakes import Faults
from alfcheck.contracts.language.nodes import Field, Fields, Items, Node, Scalar, told
from alfcheck.contracts.language.read_checks import Read, judge_checks, read_checks
from alfcheck.contracts.language.read_documents import read_document
from alfcheck.contracts.language.units import unit_fault
from alfcheck.contracts.language.values import (
    boolean,
    fields,
    json_value,
    listed,
    number,
    scalar,
    text,
)
from alfcheck.contracts.model import Shape
from alfcheck.contracts.spec import NO_OBJECT, ColumnSpec

__all__ = ["read_columns"]

MOST_DIMENSIONS = 8
LARGEST_DIMENSION = 2**31
LONGEST_NAME = 200

_DIMENSION = re.compile(r"[A-Za-z]\w*|[A-Za-z0-9]\w*\.rows", re.ASCII)
_DTYPE_HINTS = MappingProxyType(
    {
        **dict.fromkeys(("str", "text", "object", "category", "unicode"), "string"),
        **dict.fromkeys(("float", "single", "double", "real"), "floating"),
        **dict.fromkeys(("int", "long"), "integer"),
        **dict.fromkeys(("numeric", "numbers"), "number"),
        **dict.fromkeys(("boolean", "logical"), "bool"),
        **dict.fromkeys(("date", "time", "timestamp"), "datetime"),
    }
)


def read_columns(node: Node, faults: Faults) -> tuple[ColumnSpec, ...]:
    """Read all entries; those with mistakes are read as far as they can be."""
    if not isinstance(node, Fields):
        fix = "write each attribute as a key: choice: {dtype: number}"
        faults.add(node, f"columns must be a mapping, but is {told(node)}", fix)
        return ()
    columns = {name: _column(name, field, faults) for name, field in node.fields.items()}
    silent = [name for name, field in node.fields.items() if not _says(field, "nullable")]
    return inherited(columns, silent)


def _says(field: Field, key: str) -> bool:
    return isinstance(field.value, Fields) and key in field.value.fields


def _column(name: str, field: Field, faults: Faults) -> ColumnSpec:
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        faults.add(field.key, f"{name[:60]!r} can be no column's name", "name an attribute, such as times")
    elif (fault := column_fault(name)) is not None:
        message, _, fix = fault.partition("; ")
        faults.add(field.key, f"the name {name[:60]!r} {message}", fix or "mend it, or take it out")
    if isinstance(field.value, Scalar) and field.value.value is None and not field.value.odd:
        return ColumnSpec(name=name)
    given = fields(field.value, COLUMN, f"column {name!r}", faults, others=CHECK_NAMES)
    read: dict[str, Any] = {}
    for key, term in given.items():
        if key in _READERS and not (key == "unique" and isinstance(term.value, Fields)):
            value = _READERS[key](term.value, key, faults)
            read |= {} if value is None else {_NAMES.get(key, key): value}
    checks = read_checks(given, faults)
    judge_checks(checks, read.get("dtypes", ()), faults)
    spec = ColumnSpec(name=name, checks=tuple(each.check for each in checks), **read)
    _judge(spec, given, checks, faults)
    return spec


def _judge(spec: ColumnSpec, given: Mapping[str, Field], checks: list[Read], faults: Faults) -> None:
    """Refuse terms of one entry that do not go together."""
    for key, message, fix in _misfits(spec, given):
        faults.add(given[key].value if key in given else given[next(iter(given))].key, message, fix)


def _misfits(spec: ColumnSpec, given: Mapping[str, Field]) -> Iterator[tuple[str, str, str]]:
    numeric = not spec.dtypes or "number" in groups_of(spec.dtypes)
    if (
        spec.missing_share is not None
        and not spec.nullable
        and spec.missing is None
        and "nullable" not in given
    ):
        yield (
            "missing_share",
            "missing_share limits nothing, since nothing may be missing",
            "add nullable: true",
        )
    elif spec.missing_share is not None and not spec.nullable and spec.missing is None:
        yield (
            "missing_share",
            "missing_share stands beside nullable: false",
            "write nullable: true, or leave it out",
        )
    if spec.lines and spec.document is None and "document" not in given:
        yield (
            "lines",
            "lines says how a document is read, and there is none",
            "add document, or leave lines out",
        )
    if spec.missing is not None and not can_hold(spec.dtypes, spec.missing):
        message = f"missing is {spec.missing!r}, which the dtype {', '.join(spec.dtypes)} cannot hold"
        yield "missing", message, "change the dtype or the value"
    if spec.references and not numeric:
        message = f"references counts rows, which the dtype {', '.join(spec.dtypes)} cannot"
        yield "references", message, "write dtype: number, or leave references out"
    for word in ("missing", "tolerance"):
        if getattr(spec, word) and "datetime" in groups_of(spec.dtypes):
            yield (
                word,
                f"{word} does not work for times",
                "leave it out; NaT is missing, limits are ge and le",
            )
    if spec.tolerance and not numeric and "datetime" not in groups_of(spec.dtypes):
        message = f"tolerance has no meaning for the dtype {', '.join(spec.dtypes)}"
        yield "tolerance", message, "leave it out"


def _share(node: Node, label: str, faults: Faults) -> float | None:
    value = number(node, label, faults)
    if value is not None and not 0 <= value <= 1:
        faults.add(node, f"{label} must be a share from 0 to 1, but is {value}", "write 5 % as 0.05")
        return None
    return value


def _tolerance(node: Node, label: str, faults: Faults) -> float | None:
    value = number(node, label, faults)
    if value is not None and value < 0:
        faults.add(node, f"{label} must not be negative, but is {value}", f"write {label}: {-value}")
        return None
    return value


def _unit(node: Node, label: str, faults: Faults) -> str | None:
    unit = text(node, label, faults)
    fault = None if unit is None else unit_fault(unit)
    if fault is not None:
        message, _, fix = fault.partition("; ")
        faults.add(node, message, fix)
        return None
    return unit


def _dtypes(node: Node, label: str, faults: Faults) -> tuple[str, ...] | None:
    items = [node] if isinstance(node, Scalar) else listed(node, label, faults, example="number")
    found: list[str] = []
    for item in items or ():
        word = text(item, label, faults)
        if word in found:
            faults.add(item, f"{label} names {word!r} twice", "keep one of the two")
        elif word in DTYPES:
            found.append(word)
        elif word is not None:
            hint = f"is {_DTYPE_HINTS[word]!r} meant?" if word in _DTYPE_HINTS else ""
            faults.unknown(item, f"there is no dtype {word!r}", word, DTYPES, hint)
    return tuple(found) or None


def _shapes(node: Node, label: str, faults: Faults) -> tuple[Shape, ...] | None:
    items = listed(node, label, faults, example="[rows, 2]")
    if items is None:
        return None
    nested = [isinstance(item, Items) for item in items]
    if any(nested) and not all(nested):
        fix = "write one shape as [rows, 2], several as [[rows], [rows, 2]]"
        faults.add(node, f"{label} mixes dimensions and shapes", fix)
        return None
    shapes = [_shape(each, label, faults) for each in (items if all(nested) else [node])]
    return tuple(shape for shape in shapes if shape is not None) or None


def _shape(node: Node, label: str, faults: Faults) -> Shape | None:
    items = listed(node, label, faults, example="[rows, 2]")
    if items is None:
        return None
    if len(items) > MOST_DIMENSIONS:
        faults.add(node, f"{label} has {len(items)} dimensions", f"at most {MOST_DIMENSIONS} are known")
        return None
    dimensions = [_dimension(item, faults) for item in items]
    return None if None in dimensions else tuple(each for each in dimensions if each is not None)


def _dimension(node: Node, faults: Faults) -> str | int | None:
    value = node.value if isinstance(node, Scalar) and not node.odd else None
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value < LARGEST_DIMENSION:
        return value
    if isinstance(value, str) and len(value) <= LONGEST_NAME and _DIMENSION.fullmatch(value):
        return value
    fix = "write a number from 1, a name such as rows or channels, or OBJECT.rows"
    faults.add(node, f"a dimension cannot be {told(node)}", fix)
    return None


def _missing(node: Node, label: str, faults: Faults) -> int | float | str | None:
    if isinstance(node, Scalar) and isinstance(node.value, float) and node.value != node.value:
        faults.add(node, "NaN stands for a missing value already", "write nullable: true instead")
        return None
    value = scalar(node, label, faults)
    if isinstance(value, bool):
        faults.add(
            node, f"{label} must be a number or a text, but is {told(node)}", "write a number, such as -1"
        )
        return None
    return value


def _object(node: Node, label: str, faults: Faults) -> str | None:
    name = text(node, label, faults)
    if name is None:
        return None
    if name == NO_OBJECT:
        return ""
    fault = object_fault(name) or ("is a pattern; name one object" if any(c in name for c in "*?[") else None)
    if fault is None:
        return name
    faults.add(node, f"{label} {name!r} {fault}", f"name an object, such as clusters, or write {NO_OBJECT}")
    return None


def _examples(node: Node, label: str, faults: Faults) -> tuple[str, ...] | None:
    items = listed(node, label, faults, example="[0, 1]")
    before = faults.noted
    values = [json_value(item, label, faults) for item in items or ()]
    if faults.noted > before:
        return None
    return tuple(
        json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")) for value in values
    )


_READERS: Mapping[str, Callable[[Node, str, Faults], Any]] = MappingProxyType(
    {
        "description": text,
        "unit": _unit,
        "dtype": _dtypes,
        "shape": _shapes,
        "nullable": boolean,
        "missing": _missing,
        "missing_share": _share,
        "tolerance": _tolerance,
        "references": _object,
        "examples": _examples,
        "source": text,
        "unique": boolean,
        "required": boolean,
        "document": read_document,
        "lines": boolean,
    }
)
_NAMES = MappingProxyType({"dtype": "dtypes", "shape": "shapes"})
