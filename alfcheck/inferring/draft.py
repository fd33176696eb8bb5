"""From what was seen to a draft: only what no file of the tree breaks, and the rest as comments."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from alfcheck.contracts.model import Match, Shape
from alfcheck.contracts.spec import ColumnSpec, ContractSpec, RowsSpec
from alfcheck.inferring.naming import contract_id, dimension_names
from alfcheck.inferring.seen import AttributeSeen, ColumnSeen, ObjectSeen

__all__ = ["Comments", "draft"]

Comments = dict[str, list[str]]
TABLE = "table"
MOST_DIMENSIONS = 8
"""A shape in a contract has at most so many, that of the rows included."""

_KINDS = {"f": "floating", "i": "integer", "u": "integer", "b": "bool", "M": "datetime"}


def draft(seen: ObjectSeen, prefix: str = "inferred") -> tuple[ContractSpec, Comments]:
    """Draft the contract of one object, and give what to say beside each of its columns."""
    comments: Comments = {}
    words = dimension_names(seen.attributes)
    columns = tuple(
        column
        for name, attribute in sorted(seen.attributes.items())
        for column in _columns(name, attribute, words[name], comments)
    )
    spec = ContractSpec(
        id=contract_id(seen, prefix),
        version="0.1.0",
        status="draft",
        description=f"Drafted from data: what the files of {seen.name} have in common.",
        match=Match(seen.name, seen.namespace, "*", ()),
        rows=RowsSpec(agree=seen.agree and seen.together),
        columns=_merged(columns),
    )
    return spec, comments


def _merged(columns: Iterable[ColumnSpec]) -> tuple[ColumnSpec, ...]:
    """Bring what a file and a column of the table say of the same column together."""
    found: dict[str, ColumnSpec] = {}
    for column in columns:
        other = found.get(column.name)
        if other is not None:
            dtypes = _united(column.dtypes, other.dtypes)
            nullable = column.nullable or other.nullable
            column = replace(column if column.shapes else other, dtypes=dtypes, nullable=nullable)
        found[column.name] = column
    for name, column in list(found.items()):
        base, _, number = name.rpartition("_")
        if base in found and number.isdecimal():
            found[base] = _whole(found[base], column, int(number))
            found[name] = ColumnSpec(name=name, nullable=column.nullable or found[base].nullable)
    return tuple(found.values())


def _whole(whole: ColumnSpec, component: ColumnSpec, number: int) -> ColumnSpec:
    """Give the terms of an attribute of which a table has a component: terms stand with the attribute."""
    fits = any(len(shape) == 2 and isinstance(shape[1], int) and number < shape[1] for shape in whole.shapes)
    dtypes = _united(whole.dtypes, component.dtypes)
    return replace(whole, dtypes=dtypes, shapes=whole.shapes if fits else ())


def _united(some: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    if not some or not others:
        return ()
    return tuple(sorted({*some, *others}))


def _columns(name: str, attribute: AttributeSeen, word: str, comments: Comments) -> Iterator[ColumnSpec]:
    comments[name] = [f"{attribute.files} file{'s' if attribute.files > 1 else ''}"]
    if attribute.documents and len(attribute.kinds) > 1:
        comments[name].append("a document in some places, an array or a table in others")
        yield ColumnSpec(name=name, nullable=True)
        return
    if attribute.documents:
        yield _document(name, attribute, comments)
        return
    prefix = "" if name == TABLE else f"{name}."
    alone = len(attribute.columns) == 1 and name != TABLE
    if attribute.kinds == {"array"} or "" in attribute.columns or alone:
        yield _array(name, attribute, word, comments)
    else:
        if prefix:
            yield ColumnSpec(name=name, description="A table.", nullable=True)
        for column, found in attribute.columns.items():
            if re.fullmatch(r"[A-Za-z_][\w]*", column):
                comments[prefix + column] = list(_told(found))
                yield ColumnSpec(name=prefix + column, dtypes=_dtypes(found), nullable=_gaps(found))


def _array(name: str, attribute: AttributeSeen, word: str, comments: Comments) -> ColumnSpec:
    found = next(iter(attribute.columns.values()), ColumnSeen())
    comments[name] += _told(found)
    refers = attribute.references == {True}
    return ColumnSpec(
        name=name,
        dtypes=_dtypes(found),
        shapes=_shapes(word, attribute),
        nullable=_gaps(found),
        references=name if refers else None,
    )


def _gaps(found: ColumnSeen) -> bool:
    # Of a column in which nothing was seen nothing is known.
    return found.missing > 0 or not found.values


def _dtypes(found: ColumnSeen) -> tuple[str, ...]:
    kinds = {_kind(dtype) for dtype in found.dtypes - {"null"}}
    if None in kinds:
        return ()
    if kinds == {"floating", "integer"}:
        return ("number",)
    return tuple(sorted(kind for kind in kinds if kind is not None))


def _kind(dtype: str) -> str | None:
    import numpy as np

    if dtype == "str":
        return "string"
    if dtype == "object":
        return None
    plain = dtype if dtype[:1] in "<>|=" else dtype.lower().replace("boolean", "bool")
    try:
        kind = np.dtype(plain)
    except TypeError:
        return None
    return _KINDS.get(kind.kind) if kind.itemsize <= 8 else None


def _shapes(word: str, attribute: AttributeSeen) -> tuple[Shape, ...]:
    extents = attribute.extents
    if not extents or any(extent.scalar for extent in extents) or attribute.kinds != {"array"}:
        return ()
    ranks = {len(extent.shape) for extent in extents}
    if max(ranks) >= MOST_DIMENSIONS:
        return ()
    shapes: list[Shape] = []
    for rank in sorted(ranks):
        own = [extent.shape for extent in extents if len(extent.shape) == rank]
        shapes.append(("rows", *(_length(word, place, own) for place in range(rank))))
    return tuple(shapes)


def _length(word: str, place: int, shapes: list[tuple[int, ...]]) -> int | str:
    """Keep a short length that all files have; any other is a name of its own."""
    lengths = {shape[place] for shape in shapes}
    (some, *others) = lengths
    return some if not others and 0 < some <= 4 else f"{word}{place + 1}"


def _document(name: str, attribute: AttributeSeen, comments: Comments) -> ColumnSpec:
    kinds = {type(document) for document in attribute.documents}
    if kinds != {dict} and kinds != {list}:
        return ColumnSpec(name=name, nullable=True)
    schema: dict[str, Any] = {"type": "object" if kinds == {dict} else "array"}
    if schema["type"] == "object":
        keys = (set(document) for document in attribute.documents if isinstance(document, dict))
        common = set.intersection(*keys)
        comments[name].append(f"keys in all of them: {', '.join(sorted(map(str, common)))[:300]}")
    lines = attribute.extensions == {"jsonable"}
    if lines:
        schema = {"type": "object"} if _all_objects(attribute) else {}
    return ColumnSpec(name=name, nullable=True, document=json.dumps(schema), lines=lines)


def _all_objects(attribute: AttributeSeen) -> bool:
    return all(
        isinstance(line, dict)
        for document in attribute.documents
        for line in (document if isinstance(document, list) else [document])
    )


def _told(found: ColumnSeen) -> Iterator[str]:
    """Say what was seen, for whoever makes a promise of it."""
    if found.dtypes:
        yield f"dtype {', '.join(sorted(found.dtypes))}; {found.values} values, {found.missing} missing"
    if found.low is not None:
        yield f"from {found.low} to {found.high}" + ("; in order in every file" if found.ordered else "")
    if found.distinct and not found.many and found.values > len(found.distinct):
        listed = ", ".join(sorted(repr(value) for value in found.distinct))
        yield f"only {listed[:200]}"
