"""The bench: columns of many files laid end to end, and judged by pandera at once.

One pandera call costs a millisecond or two however small the file. Columns with the same contract and
signature are therefore collected over the files of a batch and validated together; a failing row is
traced back to its file. Pieces of a large file pass the same way, with the state of its ordered checks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from alfcheck.contracts.calling import Calls
from alfcheck.contracts.faults import Faults
from alfcheck.contracts.judge import Group, Judge, States
from alfcheck.contracts.lanes import VALUELESS, Lane
from alfcheck.contracts.share import Shares

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Bench"]

FLUSH_VALUES = 4_000_000
"""Values after which a group is judged, so that the memory of a batch stays bounded."""


class Bench:
    """Collects columns and judges them in groups; the faults are in `faults` after `finish`."""

    def __init__(self, flush_values: int = FLUSH_VALUES, calls: Calls | None = None) -> None:
        self.faults = Faults()
        self._calls = calls or Calls()
        self._flush_values = flush_values
        self._groups: dict[object, Group] = {}
        self._states: States = {}
        self._shares = Shares()

    def add(
        self, ref: int, lane: Lane, piece: Mapping[str, np.ndarray], first_row: int, *, whole: bool
    ) -> None:
        """Lay the columns of a file on the bench, or (not `whole`) of one piece of it."""
        group = self._groups.get(lane.key)
        if group is None:
            group = self._groups[lane.key] = Group(lane, [[] for _ in lane.names])
        size = 0
        for arrays, (source, component), dtype in zip(group.arrays, lane.sources, lane.dtypes, strict=True):
            values = piece[source]
            if component >= 0:
                values = values[:, component]
            elif values.ndim > 1:
                values = values.reshape(-1)
            arrays.append(values if dtype != VALUELESS else _without_values(len(values)))
            size += len(values)
        group.refs.append(ref)
        group.offsets.append(first_row)
        group.pieces |= not whole
        group.values += size
        if group.values >= self._flush_values:
            self._judge(self._groups.pop(lane.key))

    def finish(self) -> None:
        """Judge what still lies on the bench."""
        while self._groups:
            _, group = self._groups.popitem()
            self._judge(group)
        self._shares.tell(self.faults)

    def _judge(self, group: Group) -> None:
        import numpy as np

        lengths = np.array([len(array) for array in group.arrays[0]])
        bounds = np.concatenate([[0], np.cumsum(lengths)])
        frame = {
            name: _read_only(arrays[0] if len(arrays) == 1 else np.concatenate(arrays))
            for name, arrays in zip(group.lane.names, group.arrays, strict=True)
        }
        Judge(self.faults, group, frame, bounds, self._calls).run(self._states, self._shares)


def _read_only(values: np.ndarray) -> np.ndarray:
    # What a check writes into, other contracts and rules would see.
    seen = values.view()
    seen.flags.writeable = False
    return seen


def _without_values(count: int) -> np.ndarray:
    import numpy as np

    return np.full(count, None, dtype=object)
