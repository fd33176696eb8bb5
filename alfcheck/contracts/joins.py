"""Relations whose columns lie in different files of a view."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import NamedTuple, TypeVar

from alfcheck.contracts.plan import Lane
from alfcheck.contracts.plans import CheckPlan

__all__ = ["Join", "Operand", "choices", "joins"]

T = TypeVar("T")

CHOICES = 64
"""Joins of one relation at most, where several files have the same columns."""


class Operand(NamedTuple):
    """Where a column of a relation comes from: a file, its column, and the component of its row."""

    path: str
    source: str
    component: int
    dtype: str


class Join(NamedTuple):
    """A relation between columns of different files, and the lane that brings them together.

    ``paths`` are the files that take part, ``key`` is that of the same relation between the same columns.
    """

    lane: Lane
    operands: tuple[Operand, ...]
    paths: tuple[str, ...]
    key: tuple[object, ...]


def joins(lanes: Mapping[str, Sequence[Lane]], tables: Collection[str] = ()) -> Iterator[Join]:
    """Find the relations between the files of a view, given the lanes of each, and which are tables.

    Where a table and a single file have the same column, the table's is taken, as ONE does; of two files that
    have it, each is. Columns go by their names in the object: values on another clock are another column.
    """
    by_contract: dict[str, list[tuple[str, Lane]]] = {}
    for path, own in lanes.items():
        for lane in own:
            if lane.relates:
                by_contract.setdefault(lane.contract.label, []).append((path, lane))
    for found in by_contract.values():
        if len(found) > 1:
            files = [each for each in found if each[0] not in tables]
            # Two tables are never one: each is related to the files.
            for table in [path for path in dict(found) if path in tables] or [""]:
                of_table = _operands(each for each in found if each[0] == table)
                yield from _of_contract(found[0][1], {**_operands(files), **of_table})


def _operands(lanes: Iterable[tuple[str, Lane]]) -> dict[str, dict[str, Operand]]:
    """Give by column the files that have it, and what each of them contributes."""
    operands: dict[str, dict[str, Operand]] = {}
    for path, lane in lanes:
        for name, (source, component), dtype in zip(lane.known_as, lane.sources, lane.dtypes, strict=True):
            operands.setdefault(name, {}).setdefault(path, Operand(path, source, component, dtype))
    return operands


def _of_contract(some: Lane, operands: Mapping[str, Mapping[str, Operand]]) -> Iterator[Join]:
    for columns, check, by_file in _relations(some, tuple(operands)):
        sources = tuple((name, -1) for name in columns)
        for used in choices([tuple(operands[name].values()) for name in columns]):
            if len({operand.path for operand in used}) > 1:
                dtypes = tuple(operand.dtype for operand in used)
                lane = Lane(some.contract, some.schema, columns, sources, dtypes, 1, check, by_file)
                paths = tuple(dict.fromkeys(operand.path for operand in used))
                yield Join(lane, used, paths, (used, lane.key))


def choices(operands: Sequence[Sequence[T]]) -> Iterator[tuple[T, ...]]:
    """Take one operand for each column, in every way; where these are too many, so that each has its turn."""
    if prod(map(len, operands)) <= CHOICES:
        yield from product(*operands)
        return
    for turn in range(max(map(len, operands))):
        yield tuple(each[turn % len(each)] for each in operands)


def _relations(lane: Lane, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], CheckPlan, bool]]:
    for columns, check in lane.schema.related(names):
        yield columns, check, False
    framed = lane.schema.framed(names)
    for check in lane.schema.frames if framed else ():
        yield framed, check, True
