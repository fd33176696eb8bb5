"""Columns of texts and numbers, packed: some bytes for a value in the place of an object."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from sys import intern

__all__ = [
    "EACH",
    "Hashes",
    "Numbers",
    "Texts",
    "pack_hashes",
    "pack_numbers",
    "pack_texts",
    "unpack_hashes",
    "unpack_numbers",
    "unpack_texts",
]

Texts = str | tuple[str, ...]
Numbers = bytes | tuple[int, ...]
Hashes = bytes | tuple[str | None, ...] | None

EACH = 8
"""Bytes of a number."""


def pack_texts(texts: Sequence[str]) -> Texts:
    """Join texts; of equal columns there is one in a process."""
    text = "\0".join(texts)
    # Nothing on a disk has a NUL in its name, but who makes a value by hand may write one.
    return intern(text) if text.count("\0") == max(len(texts) - 1, 0) else tuple(texts)


def unpack_texts(texts: Texts, count: int) -> tuple[str, ...]:
    """Give back what `pack_texts` was given; `count` tells no text from one that is empty."""
    if isinstance(texts, tuple):
        return texts
    return tuple(texts.split("\0")) if count else ()


def pack_numbers(numbers: Sequence[int]) -> Numbers:
    """Lay numbers end to end each in `EACH` bytes; inodes of some file systems need more."""
    try:
        return struct.pack(f"<{len(numbers)}q", *numbers)
    except struct.error:
        return tuple(numbers)


def unpack_numbers(numbers: Numbers) -> tuple[int, ...]:
    """Give back what `pack_numbers` was given."""
    return struct.unpack(f"<{len(numbers) // EACH}q", numbers) if isinstance(numbers, bytes) else numbers


def pack_hashes(md5s: Sequence[str | None]) -> Hashes:
    """Join md5s, or give ``None`` where there is not one."""
    if not any(md5s) and "" not in md5s:
        return None
    text = "\0".join([md5 or "" for md5 in md5s])
    is_plain = text.isascii() and text.count("\0") == len(md5s) - 1 and "" not in md5s
    return text.encode() if is_plain else tuple(md5s)


def unpack_hashes(hashes: Hashes, count: int) -> tuple[str | None, ...]:
    """Give back what `pack_hashes` was given."""
    if isinstance(hashes, tuple):
        return hashes
    return (None,) * count if hashes is None else tuple([md5 or None for md5 in hashes.decode().split("\0")])
