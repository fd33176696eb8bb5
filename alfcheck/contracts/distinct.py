"""Uniqueness of columns that come in pieces: what was seen is kept, in memory if it is little, else on disk.

A value that comes again is only known by those who remember the first. Values are kept in the order in which
they come, and looked through at the end of the file (`alfcheck.contracts.repeats`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple, Union

from alfcheck.contracts.calling import told_as
from alfcheck.contracts.faults import SHOWN, Faults
from alfcheck.contracts.lanes import Lane
from alfcheck.contracts.plans import CheckPlan
from alfcheck.contracts.repeats import Chunk, repeats
from alfcheck.contracts.scratch import NoRoom, Room, Scratch, Stored, told_size

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Distinct"]

Places = Union["np.ndarray", range]

PLACE = 8
"""Bytes that a place takes."""

DIGEST = 16
"""Bytes by which a text is known: two texts with the same are not found by whoever looks for them."""


class _Part(NamedTuple):
    """Values that came together: the keys, their places in the file, and of texts their bytes and lengths.

    Each is an array, or where it is stored; places without a gap are a range.
    """

    keys: Any
    places: Any
    texts: Any = None
    lengths: Any = None

    @property
    def size(self) -> int:
        return sum(getattr(array, "nbytes", 0) for array in self)


class Distinct:
    """Looks for values that come twice in a file; `tell` says which."""

    def __init__(self, room: Room | None = None) -> None:
        self._room = room or Room()
        self._columns: dict[object, _Column] = {}
        self._ordered: set[object] = set()
        self._last: dict[object, Any] = {}
        self._held = 0

    def in_order(self, ref: int, lane: Lane, names: Iterable[str]) -> None:
        """Say of columns that no value is less than one before, so that equal ones stand side by side."""
        self._ordered.update((ref, lane.contract.label, name) for name in names)

    def look(
        self,
        faults: Faults,
        ref: int,
        lane: Lane,
        name: str,
        check: CheckPlan,
        values: np.ndarray,
        places: Places,
    ) -> None:
        """Look at the next values of a column (none of them missing), which stand at `places` of the file."""
        if not len(values):
            return
        column = (ref, lane.contract.label, name)
        if column in self._ordered:
            self._look_beside(faults, column, lane, check, values, places)
            return
        key = (*column, id(check))
        if key not in self._columns:
            self._columns[key] = _Column(ref, lane, name, check, self._room)
        self._held += self._columns[key].add(values, places)
        if self._held > self._room.memory:
            for kept in self._columns.values():
                kept.put_down()
            self._held = 0

    def holds(self, ref: int) -> bool:
        """Tell whether values of a file are kept."""
        return any(column.ref == ref for column in self._columns.values())

    def _look_beside(
        self,
        faults: Faults,
        column: tuple[int, str, str],
        lane: Lane,
        check: CheckPlan,
        values: np.ndarray,
        places: Places,
    ) -> None:
        import numpy as np

        key = (*column, id(check))
        again = np.flatnonzero(~check.function.beside(values, self._last.get(key)))
        self._last[key] = values[-1]
        if len(again):
            rows = _placed(places)[again] // lane.width
            faults.rows(column[0], lane, column[2], check, rows, [values[index] for index in again[:SHOWN]])

    def tell(self, faults: Faults, ref: int | None = None) -> None:
        """Note the values that came twice: in the file `ref`, or in all; those are forgotten."""
        due = [key for key, column in self._columns.items() if ref is None or column.ref == ref]
        for key in due:
            column = self._columns.pop(key)
            self._held -= column.held
            column.tell(faults)


class _Column:
    """A column of a file on its way, with a temporary file of its own: what it may take is for it alone."""

    def __init__(self, ref: int, lane: Lane, name: str, check: CheckPlan, room: Room) -> None:
        self.ref, self._lane, self._name, self._check = ref, lane, name, check
        self._room, self._scratch = room, Scratch(room)
        self._parts: list[_Part] = []
        self._fresh: list[_Part] = []
        self._needed = 0
        self._refused = ""
        self.held = 0

    def add(self, values: np.ndarray, places: Places) -> int:
        """Keep values; give how many bytes of memory that takes."""
        part = _part(values, places)
        self._needed += part.size + part.keys.nbytes + PLACE * len(values)
        if self._refused:
            return 0
        self._fresh.append(part)
        self.held += part.size
        return part.size

    def put_down(self) -> None:
        """Write to disk what is in memory."""
        fresh, self._fresh, self.held = self._fresh, [], 0
        try:
            self._parts += [_stored(part, self._scratch) for part in fresh]
        except NoRoom as error:
            self._refuse(str(error))

    def _refuse(self, why: str) -> None:
        self._refused = why
        self._parts.clear()
        self._scratch.clear()

    def tell(self, faults: Faults) -> None:
        if self._parts:
            self.put_down()  # the memory is for those that are sorted
        try:
            if not self._refused:
                self._find(faults)
        except (NoRoom, OSError) as error:
            self._refuse(str(error))
        self._scratch.clear()
        if self._refused:
            faults.whole(
                self.ref, self._lane, self._name, told_as(self._check, "ALF905"), self._without_room()
            )

    def _find(self, faults: Faults) -> None:
        def chunks(placed: bool) -> Iterator[Chunk]:
            for part in (*self._parts, *self._fresh):
                keys = _loaded(part.keys, self._scratch)
                yield (keys, _loaded(part.places, self._scratch)) if placed else (keys,)

        left = self._room._replace(taken=self._scratch.size)
        found = repeats(chunks, self._lane.width, SHOWN, left)
        if found.total:
            values = [self._value(place) for place in found.places]
            faults.counted(self.ref, self._lane, self._name, self._check, found.total, found.rows, values)

    def _value(self, place: int) -> Any:
        import numpy as np

        for part in (*self._parts, *self._fresh):
            if isinstance(part.places, range):
                if place in part.places:
                    return _value(part, place - part.places.start, self._scratch)
                continue
            found = np.flatnonzero(_loaded(part.places, self._scratch) == place)
            if len(found):
                return _value(part, int(found[0]), self._scratch)
        raise LookupError(place)

    def _without_room(self) -> str:
        needed = told_size(self._needed, needed=True)
        return f"to find values of {self._name} that come twice takes {needed} of disk, and {self._refused}"


def _part(values: np.ndarray, places: Places) -> _Part:
    """Give values as keys that can be put in order and are equal where the values are."""
    import numpy as np

    kind = values.dtype.kind
    if kind == "f" and values.itemsize not in (4, 8):
        return _Part(values.astype(np.float64), places)  # as where the file is looked at whole
    if kind not in "OU":
        return _Part(values.copy(), places)
    texts = values.tolist()
    if all(isinstance(text, bool) for text in texts):
        return _Part(np.array(texts, dtype=bool), places)
    encoded = [str(text).encode("utf-8", "surrogatepass") for text in texts]
    digests = b"".join(blake2b(text, digest_size=DIGEST).digest() for text in encoded)
    lengths = np.fromiter(map(len, encoded), np.int64, len(encoded))
    return _Part(
        np.frombuffer(digests, f"S{DIGEST}"), places, np.frombuffer(b"".join(encoded), np.uint8), lengths
    )


def _stored(part: _Part, scratch: Scratch) -> _Part:
    return _Part(*(each if isinstance(each, range | None) else scratch.put(each) for each in part))


def _placed(places: Places) -> np.ndarray:
    import numpy as np

    return np.arange(places.start, places.stop) if isinstance(places, range) else places


def _loaded(array: Any, scratch: Scratch) -> np.ndarray:
    if isinstance(array, range):
        return _placed(array)
    found: np.ndarray = scratch.get(array) if isinstance(array, Stored) else array
    return found


def _value(part: _Part, index: int, scratch: Scratch) -> Any:
    if part.texts is None:
        return _loaded(part.keys, scratch)[index]
    lengths = _loaded(part.lengths, scratch)
    start = int(lengths[:index].sum())
    return (
        _loaded(part.texts, scratch)[start : start + int(lengths[index])]
        .tobytes()
        .decode("utf-8", "surrogatepass")
    )
