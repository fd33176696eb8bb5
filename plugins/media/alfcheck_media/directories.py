"""Walk the directories of a TIFF file (TIFF 6.0, section 2; BigTIFF): one for each picture."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from alfcheck_media.faults import MAX_FRAMES, TRUNCATED, UNREADABLE, bad, beyond
from alfcheck_media.files import WatchedFile

__all__ = ["Directory", "walk"]

_WIDTH, _HEIGHT = 256, 257
_BITS, _COMPRESSION, _COLOURS, _SAMPLES = 258, 259, 262, 277
_PLACES = ((273, 279), (324, 325))  # offsets and byte counts, of strips or of tiles
_TYPES = {1: "u1", 3: "u2", 4: "u4", 16: "u8"}
_WANTED = frozenset((_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _COLOURS, _SAMPLES, *_PLACES[0], *_PLACES[1]))
_PLAIN, _YCBCR = 1, 6  # without compression; of colours that share values
_MAX_ENTRIES = 65_535


class Directory(NamedTuple):
    """A picture: its size, and where its pixels begin and end in the file.

    ``held`` bytes are given to it; ``needed`` are what it takes at least (0 where it is compressed).
    """

    width: int
    height: int
    start: int
    end: int
    held: int
    needed: int


class _Form(NamedTuple):
    """How numbers are written: byte order, and sizes that differ between TIFF and BigTIFF."""

    order: str
    counts: str
    entry: str
    offset: str


_Entries = Mapping[int, tuple[int, int, bytes]]


def walk(file: WatchedFile) -> Iterator[Directory]:
    """Give the directories in their order; raises `BadContent` for one outside of the file, or met before."""
    form, place = _header(file)
    seen: set[int] = set()
    while place:
        if place in seen:
            raise bad(
                UNREADABLE, f"the directory of picture {len(seen)} leads back to an earlier one, without end"
            )
        if len(seen) == MAX_FRAMES:
            raise beyond(f"the file has more than {MAX_FRAMES} pictures; no more are counted")
        seen.add(place)
        entries, place = _directory(file, form, place)
        yield _picture(file, form, entries)


def _header(file: WatchedFile) -> tuple[_Form, int]:
    start = file.at(0, 8)
    order = {b"II": "<", b"MM": ">"}.get(start[:2], "")
    version = struct.unpack(f"{order}H", start[2:4])[0] if order else 0
    if version == 43:
        form = _Form(order, "Q", "HHQ8s", "Q")
        return form, _number(file, form, 8, "Q")
    if version == 42:
        return (form := _Form(order, "H", "HHI4s", "I")), _number(file, form, 4, "I")
    raise bad(UNREADABLE, f"it is no TIFF file: it begins with {ascii(start[:4])[1:]}")


def _number(file: WatchedFile, form: _Form, place: int, kind: str) -> int:
    layout = form.order + kind
    return int(struct.unpack(layout, file.at(place, struct.calcsize(layout)))[0])


def _directory(file: WatchedFile, form: _Form, place: int) -> tuple[_Entries, int]:
    """Give those entries of a directory that are of interest, and the place of the next one."""
    count = _number(file, form, place, form.counts)
    if not 0 < count <= _MAX_ENTRIES:
        raise bad(UNREADABLE, f"the directory at byte {place} has {count} entries")
    layout = struct.Struct(form.order + form.entry)
    start = place + struct.calcsize(form.order + form.counts)
    raw = file.at(start, count * layout.size + struct.calcsize(form.order + form.offset))
    entries = {
        tag: (kind, number, value)
        for tag, kind, number, value in layout.iter_unpack(raw[: count * layout.size])
        if tag in _WANTED
    }
    return entries, int(struct.unpack(form.order + form.offset, raw[count * layout.size :])[0])


def _picture(file: WatchedFile, form: _Form, entries: _Entries) -> Directory:
    for offsets, counts in _PLACES:
        if offsets in entries and counts in entries:
            starts = _values(file, form, entries[offsets])
            sizes = _values(file, form, entries[counts])
            break
    else:
        raise bad(UNREADABLE, "a picture of the file does not say where its pixels are")
    if len(starts) != len(sizes) or not len(starts):
        raise bad(UNREADABLE, f"a picture lies in {len(starts)} places, and gives the sizes of {len(sizes)}")
    width, height = (_lowest(file, form, entries, tag, 0) for tag in (_WIDTH, _HEIGHT))
    if not width or not height:
        raise bad(UNREADABLE, "a picture of the file has no size")
    # Numbers of Python: the sum of two offsets may be more than 64 bits hold.
    end = max(int(start) + int(size) for start, size in _ends(starts, sizes))
    bits = width * height * _bits(file, form, entries)
    return Directory(width, height, int(starts.min()), end, int(sizes.sum(dtype=float)), bits // 8)


def _bits(file: WatchedFile, form: _Form, entries: _Entries) -> int:
    """Give how many bits a pixel takes at least; 0 where that cannot be told."""
    if _lowest(file, form, entries, _COMPRESSION, _PLAIN) != _PLAIN:
        return 0
    if _lowest(file, form, entries, _COLOURS, 0) == _YCBCR:
        return 0
    return _lowest(file, form, entries, _BITS, 1) * _lowest(file, form, entries, _SAMPLES, 1)


def _lowest(file: WatchedFile, form: _Form, entries: _Entries, tag: int, default: int) -> int:
    return int(_values(file, form, entries[tag]).min()) if tag in entries else default


def _ends(starts: np.ndarray, sizes: np.ndarray) -> Iterator[tuple[int, int]]:
    """Give the places that may lie furthest out: the last, and the longest."""
    for index in {int(starts.argmax()), int(sizes.argmax()), len(starts) - 1}:
        yield starts[index], sizes[index]


def _values(file: WatchedFile, form: _Form, entry: tuple[int, int, bytes]) -> np.ndarray:
    kind, count, value = entry
    if kind not in _TYPES or not count:
        raise bad(UNREADABLE, "a picture gives its size or its place in no whole numbers")
    dtype = np.dtype(form.order + _TYPES[kind])
    if count * dtype.itemsize > len(value):
        place = int(struct.unpack(form.order + form.offset, value)[0])
        if count * dtype.itemsize > file.size:
            raise bad(
                TRUNCATED, f"a picture lies in {count} places, more than a file of {file.size} bytes has"
            )
        value = file.at(place, count * dtype.itemsize)
    return np.frombuffer(value, dtype, count)
