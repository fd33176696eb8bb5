"""Which columns a table lacks, and which it must not have.

An array of k columns stands in a table as k columns, ``intervals_0`` to ``intervals_1``: ONE names them so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import islice

from alfcheck.contracts.model import Contract, Terms
from alfcheck.contracts.plans import CompiledSchema
from alfcheck.contracts.terms import attribute_of, terms_of
from alfcheck.model import Problem

__all__ = ["lacking", "unexpected"]

SHOWN = 5
LISTED = 20


def lacking(contract: Contract, prefix: str, present: Collection[str]) -> Iterator[Problem]:
    """Name the required columns that are not there, neither as they are nor by their components.

    `prefix` begins the names of the columns of an attribute that is a table (``metrics.``).
    """
    for name in contract.required:
        belongs = name.startswith(prefix) if prefix else "." not in name
        if belongs and name not in present:
            width = _width(_of_array(contract.terms, name), name, present)
            if width is None:
                yield _lacks(contract, name, present, [], 0)
            elif wanted := width - _count(name, width, present):
                yield _lacks(contract, name, present, _absent(name, width, present), wanted)


def _of_array(terms: Mapping[str, Terms], name: str) -> Terms | None:
    """Give the terms of an attribute; a component has no components."""
    return None if attribute_of(name) in terms and name not in terms else terms_of(terms, name)


def _width(terms: Terms | None, name: str, present: Collection[str]) -> int | None:
    """Give the number of components that a table should have, of several that which lacks fewest.

    Where any number will do, those that there are; ``None`` for what has no components.
    """
    shapes = terms.shapes if terms is not None else ()
    widths = [shape[1] for shape in shapes if len(shape) == 2]
    found = 0
    while f"{name}_{found}" in present:
        found += 1
    if found and terms is not None and (not shapes or any(isinstance(width, str) for width in widths)):
        return found
    numbers = sorted(width for width in widths if isinstance(width, int))
    return min(numbers, key=lambda width: width - _count(name, width, present), default=None)


def _count(name: str, width: int, present: Collection[str]) -> int:
    """Count the components that are there; shapes may be far wider than any table."""
    return sum(f"{name}_{index}" in present for index in range(min(width, len(present) + 1)))


def _absent(name: str, width: int, present: Collection[str]) -> list[str]:
    names = (f"{name}_{index}" for index in range(width))
    return list(islice((each for each in names if each not in present), SHOWN))


def _lacks(
    contract: Contract, name: str, present: Collection[str], components: list[str], count: int
) -> Problem:
    more = ", …" if count > len(components) else ""
    listed = ", ".join(map(repr, components)) + more
    some = name in map(attribute_of, present)
    has = ", ".join(map(repr, islice(present, LISTED))) + (", …" if len(present) > LISTED else "")
    if some and components:
        message = f"the table has not all columns of {name!r}: it lacks {listed}; it has {has}"
    elif components:
        message = f"the table has no column {name!r}, nor its parts {listed}; it has {has}"
    else:
        message = f"the table has no column {name!r}; it has {has}"
    wanted = f"the column{'s' if count > 1 else ''} {listed}" if components else f"the column {name!r}"
    return Problem(
        code="ALF308",
        contract=contract.label,
        column=name,
        check="required",
        expected=f"a column {name!r}",
        message=message,
        fix=f"add {wanted} to the table",
    )


def unexpected(contract: Contract, schema: CompiledSchema, present: Collection[str]) -> Iterator[Problem]:
    """Name the columns that a strict schema does not allow."""
    for name in present:
        if schema.column(name) is None and not _is_component(contract, schema, name):
            yield Problem(
                code="ALF311",
                contract=contract.label,
                column=name,
                check="strict",
                expected=f"only {', '.join(schema.columns)}",
                message=f"the table has a column {name!r} that the contract does not allow",
                fix=f"take the column {name!r} out, or add it to the contract",
            )


def _is_component(contract: Contract, schema: CompiledSchema, name: str) -> bool:
    """Tell whether a column is part of an array that the contract knows as a whole."""
    whole = attribute_of(name)
    terms = terms_of(contract.terms, whole)
    if whole == name or terms is None or schema.column(whole) is None:
        return False
    index = int(name.rpartition("_")[2])
    widths = [shape[1] for shape in terms.shapes if len(shape) == 2]
    return any(isinstance(width, str) or index < width for width in widths)
