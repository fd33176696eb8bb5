"""Columns of many files with one key, as they lie on the bench until they are judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from alfcheck.contracts.lanes import VALUELESS, Lane

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Group", "Segments"]

Piece = Mapping[str, "np.ndarray"]


class Segments(NamedTuple):
    """What was laid: of each segment its file and first row, and the columns end to end between ``bounds``.

    ``pieces`` says that there are files of which this is a part.
    """

    lane: Lane
    refs: list[int]
    offsets: list[int]
    bounds: np.ndarray
    frame: Mapping[str, np.ndarray]
    pieces: bool


class Group:
    """Collects the segments of one key; ``values`` is how many values they have in all."""

    __slots__ = ("_laid", "_offsets", "_pieces", "lane", "refs", "values")

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self._begin()

    def _begin(self) -> None:
        self.refs: list[int] = []
        self._offsets: list[int] = []
        self._laid: list[tuple[Lane, Piece]] = []
        self._pieces = False
        self.values = 0

    def add(self, ref: int, lane: Lane, piece: Piece, first_row: int, *, whole: bool) -> int:
        """Take the columns of a file, or (not `whole`) of a piece of it; give how many values these are."""
        source, component = lane.sources[0]
        values = piece[source]
        size = len(lane.sources) * (values.size if component < 0 else len(values))
        self.refs.append(ref)
        self._offsets.append(first_row)
        self._laid.append((lane, piece))
        self._pieces |= not whole
        self.values += size
        return size

    def take(self) -> Segments:
        """Give what was collected, and begin anew."""
        import numpy as np

        frame = _Frame(self.lane, self._laid)
        bounds = np.zeros(len(self.refs) + 1, dtype=np.int64)
        np.cumsum([len(values) for values in frame.parts(0)], out=bounds[1:])
        found = Segments(self.lane, self.refs, self._offsets, bounds, frame, self._pieces)
        self._begin()
        return found


class _Frame(Mapping[str, "np.ndarray"]):
    """The columns of a group by name, each laid end to end when it is asked for, and read-only.

    What a check writes into, other contracts and rules would see.
    """

    def __init__(self, lane: Lane, laid: list[tuple[Lane, Piece]]) -> None:
        self._places = {name: place for place, name in enumerate(lane.names)}
        self._lane = lane
        self._laid = laid
        self._made: dict[str, np.ndarray] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, name: str) -> np.ndarray:
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = self._end_to_end(self._places[name])
        return made

    def parts(self, place: int) -> list[np.ndarray]:
        """Give a column of each file."""
        found = []
        for lane, piece in self._laid:
            source, component = lane.sources[place]
            values = piece[source]
            if component >= 0:
                values = values[:, component]
            elif values.ndim > 1:
                values = values.reshape(-1)
            found.append(values)
        return found

    def _end_to_end(self, place: int) -> np.ndarray:
        import numpy as np

        parts = self.parts(place)
        if self._lane.dtypes[place] == VALUELESS:
            made = np.full(sum(map(len, parts)), None, dtype=object)
        else:
            made = parts[0].view() if len(parts) == 1 else np.concatenate(parts)
        made.flags.writeable = False
        return made
