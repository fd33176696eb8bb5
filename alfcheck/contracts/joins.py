"""Relations whose columns lie in different files of a view."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from alfcheck.contracts.compile import CheckPlan
from alfcheck.contracts.plan import Lane

__all__ = ["Join", "Operand", "joins"]


class Operand(NamedTuple):
    """Where a column of a relation comes from: a file, its column, and the component of its row."""

    path: str
    source: str
    component: int
    dtype: str


class Join(NamedTuple):
    """A relation between columns of different files, and the lane that brings them together."""

    lane: Lane
    operands: tuple[Operand, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that take part."""
        return tuple(dict.fromkeys(operand.path for operand in self.operands))


def joins(lanes: Mapping[str, Sequence[Lane]]) -> Iterator[Join]:
    """Find the relations between the files of a view, given the lanes of each (tables first).

    Where a table and a single file have the same column, the table's is taken, as ONE does. Columns go by
    their names in the object: values on another clock are another column.
    """
    by_contract: dict[str, list[tuple[str, Lane]]] = {}
    for path, own in lanes.items():
        for lane in own:
            if lane.width == 1 and (lane.schema.relations or lane.schema.frames):
                by_contract.setdefault(lane.contract.label, []).append((path, lane))
    for found in by_contract.values():
        if len(found) > 1:
            yield from _of_contract(found)


def _of_contract(found: Sequence[tuple[str, Lane]]) -> Iterator[Join]:
    operands: dict[str, Operand] = {}
    for path, lane in found:
        for name, (source, component), dtype in zip(lane.known_as, lane.sources, lane.dtypes, strict=True):
            operands.setdefault(name, Operand(path, source, component, dtype))
    some = found[0][1]
    for columns, check, by_file in _relations(some, tuple(operands)):
        used = tuple(operands[name] for name in columns)
        if len({operand.path for operand in used}) > 1:
            sources = tuple((name, -1) for name in columns)
            dtypes = tuple(operand.dtype for operand in used)
            lane = Lane(some.contract, some.schema, columns, sources, dtypes, 1, check, by_file)
            yield Join(lane, used)


def _relations(lane: Lane, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], CheckPlan, bool]]:
    for columns, check in lane.schema.related(names):
        yield columns, check, False
    framed = lane.schema.framed(names)
    for check in lane.schema.frames if framed else ():
        yield framed, check, True
