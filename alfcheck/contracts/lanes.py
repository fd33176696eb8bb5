"""What contracts see of a file before its values: its signature, and the columns that are judged together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from alfcheck.contracts.model import Contract
from alfcheck.contracts.plans import CheckPlan, CompiledSchema

__all__ = ["FLAT_ABOVE", "TEXT_TABLES", "VALUELESS", "Lane", "Signature", "on_clock"]

VALUELESS = "null"
"""The dtype of a column without a value: any dtype will do, since a file cannot tell."""

FLAT_ABOVE = 16
"""Arrays with more values a row than this are one flattened column."""

TEXT_TABLES = frozenset({"csv", "tsv", "htsv", "ssv"})


_COMPONENT = re.compile(r"(_\d+)?$")


def on_clock(column: str, timescale: str) -> str:
    """Name a column of a table as ONE does where the table has a timescale.

    ``intervals_0`` of ``table_bpod`` is ``intervals_bpod_0``. Source: ``load_object`` of ONE 3.6.
    """
    return _COMPONENT.sub(rf"_{timescale}\g<0>", column, count=1) if timescale else column


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

    ``names`` are those that the columns are judged by; ``object_names`` tell them from other columns of the
    object, where that is not the same: what is judged as ``times`` may be on another clock (``times_bpod``).
    """

    contract: Contract
    schema: CompiledSchema
    names: tuple[str, ...]
    sources: tuple[tuple[str, int], ...]
    dtypes: tuple[str, ...]
    width: int
    relation: CheckPlan | None = None
    by_file: bool = False
    object_names: tuple[str, ...] = ()

    @property
    def known_as(self) -> tuple[str, ...]:
        """The names of the columns in the object."""
        return self.object_names or self.names

    @property
    def key(self) -> tuple[str, tuple[str, ...], tuple[str, ...], int, int]:
        """Files with equal keys are laid end to end."""
        return (self.contract.label, self.names, self.dtypes, self.width, id(self.relation))

    @property
    def looks(self) -> bool:
        """Tell whether something is asked of its values that they may not keep."""
        plans = zip(map(self.schema.column, self.names), self.dtypes, strict=True)
        return (
            any(plan.dtype is not None or plan.looks_at(dtype) for plan, dtype in plans if plan is not None)
            or any(True for _ in self.schema.related(self.names))
            or bool(self.schema.framed(self.names))
        )

    @property
    def relates(self) -> bool:
        """Tell whether relations may bring its columns together with those of other files."""
        return self.width == 1 and bool(self.schema.relations or self.schema.frames)

    @property
    def whole_file(self) -> bool:
        """Tell whether a check needs the whole file at once."""
        plans = (self.schema.column(name) for name in self.names)
        return any(plan.whole for plan in plans if plan is not None) or bool(self.schema.framed(self.names))
