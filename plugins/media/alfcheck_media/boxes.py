"""The outer structure of video files: whether they end where they say, before a library sees them.

MP4 and MOV are boxes in boxes (ISO/IEC 14496-12), AVI is RIFF chunks, MKV is EBML elements (RFC 8794).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from alfcheck_media.faults import MAX_FRAMES, TRUNCATED, UNREADABLE, bad, beyond
from alfcheck_media.files import WatchedFile

__all__ = ["check_structure"]

_FIRST = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp", b"uuid")
_CONTAINERS = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
_TABLES = {b"stts": 8, b"ctts": 8, b"stsc": 12, b"stss": 4, b"stco": 4, b"co64": 8}  # bytes of an entry
_MAX_BOXES = 2_000_000
_EBML = b"\x1aE\xdf\xa3"
_SEGMENT = b"\x18S\x80g"
_BROKEN_OFF = "record or copy the file again; a player that still shows it shows a part"


class _Box(NamedTuple):
    kind: bytes
    start: int  # of what it holds
    end: int


def check_structure(extension: str, file: WatchedFile) -> None:
    """Raise `BadContent` for a video that is something else, was cut short, or promises too much."""
    {"avi": _check_avi, "mkv": _check_mkv}.get(extension, _check_mp4)(file)


def _check_mp4(file: WatchedFile) -> None:
    seen = set()
    for number, box in enumerate(_boxes(file, 0, file.size)):
        if not number and box.kind not in _FIRST:
            raise bad(UNREADABLE, f"it is no MP4 or MOV file: it begins with {_shown(file.at(0, 8))}")
        if box.end > file.size:
            index = (
                ""
                if b"moov" in seen
                else "; its index (box 'moov'), without which nothing can be read, is lost"
            )
            raise _cut(file, f"its part {_shown(box.kind)}", box.end, index)
        seen.add(box.kind)
        if box.kind == b"moov":
            _check_tracks(file, box)
    if b"moov" not in seen:
        raise bad(
            TRUNCATED,
            "the video has no index (box 'moov'), which most recorders write last: nothing can be read of it",
            fix=_BROKEN_OFF,
        )


def _boxes(file: WatchedFile, start: int, end: int) -> Iterator[_Box]:
    for _ in range(_MAX_BOXES):
        if end - start < 8:  # a few bytes of filling
            return
        length, kind = struct.unpack(">I4s", file.at(start, 8))
        header = 8
        if length == 1:
            header, length = 16, int.from_bytes(file.at(start + 8, 8), "big")
        elif length == 0:
            length = end - start
        if length < header:
            raise bad(
                UNREADABLE, f"its part {_shown(kind)} at byte {start} has an impossible size ({length})"
            )
        yield _Box(kind, start + header, start + length)
        start += length
    raise beyond(f"the video has more than {_MAX_BOXES} parts; no more are looked at")


def _check_tracks(file: WatchedFile, parent: _Box) -> None:
    """Look at how many frames the index promises, before anything is allocated for them."""
    for box in _boxes(file, parent.start, parent.end):
        if box.end > parent.end:
            raise bad(
                UNREADABLE, f"its part {_shown(box.kind)} is longer than {_shown(parent.kind)} around it"
            )
        if box.kind in _CONTAINERS:
            _check_tracks(file, box)
        elif box.kind == b"cmov":
            raise beyond("the index of the video is compressed, as none is since QuickTime 7; it is not read")
        elif box.kind == b"stsz":
            _, each, count = struct.unpack(">III", file.at(box.start, 12))
            if (count * each > file.size) if each else (12 + 4 * count > box.end - box.start):
                raise bad(UNREADABLE, f"its index promises {count} frames, more than the file has room for")
            if count > MAX_FRAMES:
                raise beyond(f"the index has {count} entries; up to {MAX_FRAMES} are read")
        elif box.kind in _TABLES:
            _check_table(file, box)


def _check_table(file: WatchedFile, box: _Box) -> None:
    count = int.from_bytes(file.at(box.start + 4, 4), "big")
    room = (box.end - box.start - 8) // _TABLES[box.kind]
    if count > room:
        raise bad(
            UNREADABLE, f"its index {_shown(box.kind)} promises {count} entries; there is room for {room}"
        )


def _check_avi(file: WatchedFile) -> None:
    start = 0
    while file.size - start >= 12:
        kind, length, form = struct.unpack("<4sI4s", file.at(start, 12))
        if kind != b"RIFF" or form != (b"AVIX" if start else b"AVI "):
            if not start:
                raise bad(UNREADABLE, f"it is no AVI file: it begins with {_shown(kind)}")
            return  # whatever a recorder put behind
        if not length:
            raise bad(
                TRUNCATED, "the recording was never finished: its size was not filled in", fix=_BROKEN_OFF
            )
        end = start + 8 + length
        if end > file.size:
            raise _cut(file, "its RIFF header" if not start else f"its part at byte {start}", end)
        start = end + length % 2
    if not start:
        raise bad(TRUNCATED, f"the file ends after {file.size} bytes, within its header", fix=_BROKEN_OFF)


def _check_mkv(file: WatchedFile) -> None:
    if file.at(0, 4) != _EBML:
        raise bad(UNREADABLE, f"it is no Matroska file: it begins with {_shown(file.at(0, 4))}")
    start, length = _element_size(file, 4)
    segment = start + (length or 0)
    if file.at(segment, 4) != _SEGMENT:
        raise bad(UNREADABLE, "it is no Matroska file: no segment follows its header")
    start, length = _element_size(file, segment + 4)
    if length is not None and start + length > file.size:
        raise _cut(file, "its segment", start + length)


def _element_size(file: WatchedFile, offset: int) -> tuple[int, int | None]:
    """Give where an element's content begins and its size, or ``None`` where a recorder left that open."""
    first = file.at(offset, 1)[0]
    width = 9 - first.bit_length()
    if width > 8:
        raise bad(UNREADABLE, f"the size at byte {offset} is none of Matroska's")
    value = int.from_bytes(file.at(offset, width), "big") & ((1 << 7 * width) - 1)
    return offset + width, None if value == (1 << 7 * width) - 1 else value


def _cut(file: WatchedFile, part: str, end: int, more: str = "") -> Exception:
    return bad(
        TRUNCATED,
        f"{part} promises {end} bytes; the file ends after {file.size}{more}",
        expected=f"{end} bytes",
        fix=_BROKEN_OFF,
    )


def _shown(kind: bytes) -> str:
    return (
        repr(kind.decode("latin-1")) if kind.isascii() and kind.decode().isprintable() else f"0x{kind.hex()}"
    )
