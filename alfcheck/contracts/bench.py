"""The bench: columns of many files laid end to end, and judged by pandera at once.

One pandera call costs a millisecond or two however small the file. Columns with the same contract and
signature are therefore collected over the files of a batch and validated together; a failing row is
traced back to its file. Pieces of a large file pass the same way, with the state of its ordered checks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from alfcheck.contracts.calling import Calls
from alfcheck.contracts.checks import Unique
from alfcheck.contracts.distinct import Distinct
from alfcheck.contracts.faults import Faults
from alfcheck.contracts.group import Group
from alfcheck.contracts.judge import Judge, States
from alfcheck.contracts.lanes import Lane
from alfcheck.contracts.scratch import Room
from alfcheck.contracts.share import Shares

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Bench"]

FLUSH_VALUES = 4_000_000
"""Values after which a group is judged, so that the memory of a batch stays bounded."""

ENOUGH = 200_000
"""Values of a piece of a large file for which it is not worth to wait, and to copy, for more."""


class Bench:
    """Collects columns and judges them in groups; the faults are in `faults` after `finish`."""

    def __init__(
        self, flush_values: int = FLUSH_VALUES, calls: Calls | None = None, room: Room | None = None
    ) -> None:
        self.faults = Faults()
        self._calls = calls or Calls()
        self._flush_values = flush_values
        self._groups: dict[object, Group] = {}
        self._lanes: dict[tuple[int, bool], tuple[Lane, Group]] = {}
        self._states: States = {}
        self._shares = Shares()
        self._distinct = Distinct(room)

    def in_order(self, ref: int, lane: Lane, names: Iterable[str]) -> None:
        """Say of columns of a file that comes in pieces that none of their values is less than one before."""
        self._distinct.in_order(ref, lane, names)

    def end(self, ref: int) -> None:
        """Say that all pieces of a file have come."""
        waiting = (group for group in self._groups.values() if ref in group.refs)
        if self._distinct.holds(ref) or any(_looks_back(group.lane) for group in waiting):
            self._judge_all()
            self._distinct.tell(self.faults, ref)

    def add(
        self, ref: int, lane: Lane, piece: Mapping[str, np.ndarray], first_row: int, *, whole: bool
    ) -> None:
        """Lay the columns of a file on the bench, or (not `whole`) of one piece of it.

        Of pieces, what looks at a whole file sees nothing.
        """
        known = self._lanes.get((id(lane), whole))
        if known is None:
            # With the lane itself, so that no other gets its number.
            group = self._groups.setdefault((lane.key, whole), Group(lane))
            known = self._lanes[id(lane), whole] = (lane, group)
        group = known[1]
        size = group.add(ref, lane, piece, first_row, whole=whole)
        # A text takes many times what a number does.
        if group.values >= self._flush_values or (not whole and (size >= ENOUGH or "str" in lane.dtypes)):
            self._judge(group)

    def judge_whole(
        self, ref: int, lane: Lane, columns: Mapping[str, np.ndarray], most: int | None = None
    ) -> None:
        """Let the checks that look at a whole file see one that came in pieces.

        Columns with gaps are copied for them, up to `most` bytes.
        """
        group = Group(lane)
        group.add(ref, lane, columns, 0, whole=True)
        Judge(self.faults, group.take(), self._calls).run_whole(most)

    def finish(self) -> None:
        """Judge what still lies on the bench."""
        self._judge_all()
        self._shares.tell(self.faults)
        self._distinct.tell(self.faults)

    def _judge_all(self) -> None:
        for group in self._groups.values():
            if group.refs:
                self._judge(group)

    def _judge(self, group: Group) -> None:
        segments = group.take()
        Judge(self.faults, segments, self._calls).run(self._states, self._shares, self._distinct)


def _looks_back(lane: Lane) -> bool:
    """Tell whether a check of a lane compares a value with all that came before in its file."""
    plans = (lane.schema.column(name) for name in lane.names)
    checks = (check for plan in plans if plan is not None for check in plan.segmented)
    return any(type(check.function) is Unique for check in checks)
