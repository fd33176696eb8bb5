"""The outer structure of WAV files: whether sizes fit one another, before a library sees them.

Sources: Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0" (RIFF chunks);
EBU Tech 3306 (RF64).
"""

from __future__ import annotations

import struct

from alfcheck_media.faults import CONTRADICTING, TRUNCATED, UNREADABLE, bad
from alfcheck_media.files import WatchedFile

__all__ = ["check_wav"]

_MAX_CHUNKS = 100_000
_PLAIN = (1, 3, 6, 7, 0xFFFE)  # integers, floats, A-law, mu-law, and any of them "extensible"
_FILLING = 4096  # zero bytes that may lie at the end, as disks are written in blocks


def check_wav(file: WatchedFile) -> None:
    """Compare the sizes in a WAV file with its own: libsndfile mends them without a word."""
    kind, _, form = struct.unpack("<4sI4s", file.at(0, 12))
    if kind not in (b"RIFF", b"RF64") or form != b"WAVE":
        raise bad(UNREADABLE, f"it is no WAV file: it begins with {ascii(kind)[1:]}")
    start, large, sample = 12, None, 0
    for _ in range(_MAX_CHUNKS):
        if file.size - start < 8:
            break
        name, length = struct.unpack("<4sI", file.at(start, 8))
        if name == b"ds64":
            large = int.from_bytes(file.at(start + 16, 8), "little")
        if name == b"fmt ":
            sample = _sample_bytes(file.at(start + 8, 16))
        if name == b"data":
            length = large if kind == b"RF64" and large is not None else length
            return _check_data(file, start + 8, length, sample)
        start += 8 + length + length % 2
    raise bad(TRUNCATED, "the file has no samples: it ends before they begin (chunk 'data')")


def _sample_bytes(format_: bytes) -> int:
    """Give the bytes of a sample of all channels; 0 where samples are coded in blocks."""
    kind, channels, _, _, each, bits = struct.unpack("<HHIIHH", format_)
    if kind not in _PLAIN:
        return 0
    if each != channels * ((bits + 7) // 8):
        raise bad(
            CONTRADICTING,
            f"the header gives {each} bytes to a sample of {channels} channels of {bits} bits",
            expected=f"{channels * ((bits + 7) // 8)} bytes",
        )
    return int(each)


def _check_data(file: WatchedFile, start: int, length: int, sample: int) -> None:
    if start + length > file.size:
        raise bad(
            TRUNCATED,
            f"the header promises {length} bytes of samples; {file.size - start} are there",
            expected=f"{start + length} bytes in all",
            fix="record or copy the file again; a recording that was never finished has no true header",
        )
    end = start + length
    # Some programs leave out the byte that makes a length even.
    behind = min(_strange_bytes(file, place) for place in {end, end + length % 2})
    if behind:
        raise bad(
            CONTRADICTING,
            f"the header promises {length} bytes of samples; behind them lie {behind} bytes that are no part "
            "of a WAV file: samples that nobody will read",
        )
    if sample and length % sample:
        raise bad(
            CONTRADICTING,
            f"the header promises {length} bytes of samples, which is no whole number of {sample} bytes each",
        )


def _strange_bytes(file: WatchedFile, start: int) -> int:
    """Give how many bytes there are behind the chunks that begin at a place; a little filling is none."""
    for _ in range(_MAX_CHUNKS):
        left = file.size - start
        if left < 2:
            break
        name, length = struct.unpack("<4sI", file.at(start, 8)) if left >= 8 else (b"", 0)
        if not name or not all(32 <= each < 127 for each in name) or 8 + length > left:
            return left if left > _FILLING or any(file.at(start, left)) else 0
        start += 8 + length + length % 2
    return 0
