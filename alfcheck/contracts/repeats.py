"""Which values come twice, of more than memory holds: sorted in runs on disk, and merged.

Values are first sorted alone, which is quick, and tells which are repeated. Where those are few, they are
looked for; only if they are many, all are sorted once more, together with their places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from alfcheck.contracts.scratch import Room, Scratch, Stored

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Chunk", "Repeats", "repeats"]

KNOWN = 2**16
"""Keys that may be looked for among all others, instead of sorting these with their places."""

STEP = 2**17
"""Values that are looked for at a time."""

LEAST = 512
"""Values of a run that are read at a time at least, however many runs there are."""

Chunk = tuple["np.ndarray", ...]
"""Equally long arrays: keys, and what belongs to them. The keys have no missing values among them."""

Run = tuple[Stored, ...]


class Repeats(NamedTuple):
    """How many values came before, and the first of their places, and of their rows (of ``width`` places)."""

    total: int
    places: list[int]
    rows: list[int]


def repeats(
    chunks: Callable[[bool], Iterable[Chunk]], width: int, shown: int, room: Room, known: int = KNOWN
) -> Repeats:
    """Find the keys that came before, and the first of their places.

    `chunks` gives the keys in the order in which they came, if asked with their places, which ascend; `known`
    of them may be looked for. Raises `NoRoom` and `OSError`.
    """
    import numpy as np

    total, count = 0, 0
    found: list[np.ndarray] = []
    for merged, again in _marked(chunks(False), room):
        if again.any():
            total += int(again.sum())
            if count <= known:
                found.append(_once(merged[0][again]))
                count += len(found[-1])
    first = _First(width, shown)
    if 0 < count <= known:
        _look_for(_once(np.concatenate(found)), chunks(True), first)
    elif count:
        for merged, again in _marked(chunks(True), room):
            first.add(merged[1][again])
    return Repeats(total, first.places.tolist(), first.rows.tolist())


class _First:
    """The first places, and the first rows of ``width`` places, of many that come in any order."""

    def __init__(self, width: int, shown: int) -> None:
        import numpy as np

        self._width, self._shown = width, shown
        self.places = self.rows = np.empty(0, np.int64)

    def add(self, places: np.ndarray) -> None:
        import numpy as np

        if self.is_full:
            places = places[places < (self.rows[-1] + 1) * self._width]
        if len(places):
            self.places = np.sort(np.concatenate([self.places, places]))[: self._shown]
            self.rows = np.unique(np.concatenate([self.rows, places // self._width]))[: self._shown]

    @property
    def is_full(self) -> bool:
        return len(self.rows) == self._shown


def _look_for(known: np.ndarray, chunks: Iterable[Chunk], first: _First) -> None:
    """Look for the places of a few keys that come again; once there are enough, the rest comes later."""
    import numpy as np

    seen = np.zeros(len(known), dtype=bool)
    for keys, places in _cut(chunks):
        at = np.searchsorted(known, keys).clip(max=len(known) - 1)
        hits = np.flatnonzero(known[at] == keys)
        found, begin = np.unique(at[hits], return_index=True)
        again = np.ones(len(hits), dtype=bool)
        again[begin] = seen[found]
        seen[found] = True
        first.add(places[hits[again]])
        if first.is_full:
            return


def _cut(chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    for chunk in chunks:
        for start in range(0, len(chunk[0]), STEP):
            yield tuple(array[start : start + STEP] for array in chunk)


def _once(keys: np.ndarray) -> np.ndarray:
    """Give sorted keys without those that come again."""
    import numpy as np

    found: np.ndarray = keys[np.append(True, keys[1:] != keys[:-1])]
    return found


def _marked(chunks: Iterable[Chunk], room: Room) -> Iterator[tuple[Chunk, np.ndarray]]:
    """Give chunks in order of their keys, and which of the keys came before."""
    import numpy as np

    last: Any = None
    for merged in _sorted(chunks, room):
        keys = merged[0]
        again = np.empty(len(keys), dtype=bool)
        again[0] = last is not None and keys[0] == last
        np.equal(keys[1:], keys[:-1], out=again[1:])
        last = keys[-1]
        yield merged, again


def _sorted(chunks: Iterable[Chunk], room: Room) -> Iterator[Chunk]:
    """Sort chunks by their keys; those of equal keys stay in order."""
    gathered = _gathered(chunks, room.memory)
    first = next(gathered, None)
    if first is None:
        return
    ordered: Chunk | None = _in_order(first)
    del first
    scratch = Scratch(room)
    runs: list[Run] = []
    try:
        for more in gathered:
            if ordered is not None:
                runs.append(_run(scratch, ordered))
            ordered = None
            runs.append(_run(scratch, _in_order(more)))
            more.clear()  # or it is held beside the next ones
        if ordered is not None:
            yield ordered
        else:
            yield from _merged(runs, scratch, room)
    finally:
        scratch.clear()


def _gathered(chunks: Iterable[Chunk], most: int) -> Iterator[list[Chunk]]:
    """Bring chunks together up to so many bytes."""
    held: list[Chunk] = []
    size = 0
    for chunk in chunks:
        more = sum(array.nbytes for array in chunk)
        if held and size + more > most:
            yield held
            held, size = [], 0
        if len(chunk[0]):
            held.append(chunk)
            size += more
    if held:
        yield held


def _run(scratch: Scratch, ordered: Chunk) -> Run:
    return tuple(scratch.put(array) for array in ordered)


def _in_order(chunks: Sequence[Chunk]) -> Chunk:
    """Lay chunks end to end, and sort them by their keys."""
    import numpy as np

    keys, *others = (np.concatenate(arrays) for arrays in zip(*chunks, strict=True))
    if not others:
        keys.sort()  # several times faster than to find the order
        return (keys,)
    order = np.argsort(keys, kind="stable")
    return (keys[order], *(array[order] for array in others))


def _merged(runs: Sequence[Run], scratch: Scratch, room: Room) -> Iterator[Chunk]:
    """Merge sorted runs: in each round all that is not more than what is known of every run."""
    import numpy as np

    size = sum(stored.dtype.itemsize for stored in runs[0])
    step = max(room.memory // (2 * size * len(runs)), LEAST)
    cursors = [_Cursor(run, scratch, step) for run in runs]
    while cursors := [cursor for cursor in cursors if cursor.fill()]:
        least = np.sort(np.array([cursor.keys[-1] for cursor in cursors], cursors[0].keys.dtype))[0]
        yield _in_order([cursor.take(least) for cursor in cursors])


class _Cursor:
    """A sorted run that is read step by step."""

    def __init__(self, run: Run, scratch: Scratch, step: int) -> None:
        self._run, self._scratch, self._step = run, scratch, step
        self._next = 0
        self._held: Chunk = ()

    @property
    def keys(self) -> np.ndarray:
        return self._held[0]

    def fill(self) -> bool:
        """Read on where nothing is left; tell whether there was anything."""
        if not self._held or not len(self.keys):
            stop = self._next + self._step
            self._held = tuple(self._scratch.get(stored, self._next, stop) for stored in self._run)
            self._next = stop
        return len(self.keys) > 0

    def take(self, most: Any) -> Chunk:
        """Give what is not more than `most`, and keep the rest."""
        import numpy as np

        stop = int(np.searchsorted(self.keys, most, side="right"))
        taken = tuple(array[:stop] for array in self._held)
        self._held = tuple(array[stop:] for array in self._held)
        return taken
