"""Second stage: open each file, once, and let its reader look at it.

A file is looked at on its descriptor before and after it is read: one that is not what the scan saw is
`unverified`, never judged. Small files are read whole; larger ones keep their descriptor until their
values are streamed.
"""

from __future__ import annotations

import hashlib
import os
from typing import IO

from alfcheck.model import Entry, Refusal
from alfcheck.pipeline.blame import Changed, blame, note_problems, require_same
from alfcheck.pipeline.reading import read_content
from alfcheck.pipeline.state import Batch, Context, FileWork, SessionWork
from alfcheck.readers.absent import absent_content
from alfcheck.readers.base import Content, Source
from alfcheck.scan.text import os_path

__all__ = ["SMALL", "close_held", "open_files", "reopen"]

SMALL = 8 * 2**20
"""Bytes up to which a file is read whole."""

HELD_BYTES = 128 * 2**20
"""Bytes of small files that a batch may hold; what comes after is treated as large."""

HELD_FILES = 128
"""Descriptors of large files that a batch may hold; what comes after is opened again for its values."""

POINTER = 1024
PIECE = 4 * 2**20
_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def open_files(batch: Batch, context: Context) -> None:
    """Open and parse every file that is to be judged by what it holds."""
    if not context.reads and not context.options.hashes:
        return
    held = _Held()
    for session in batch.works:
        if isinstance(session.parsed, Refusal):
            continue
        for work in session.works.values():
            if work.dataset is not None and _worth_opening(work, context):
                _open(work, session, context, held)


class _Held:
    """What a batch holds open and in memory."""

    def __init__(self) -> None:
        self.bytes = 0
        self.files = 0


def _worth_opening(work: FileWork, context: Context) -> bool:
    if not context.opens(work) and not context.options.hashes:
        return False
    # A small file of any kind may be the pointer that git-annex or git-LFS leaves for absent content.
    return work.reader is not None or work.entry.size < POINTER or context.options.hashes


def _open(work: FileWork, session: SessionWork, context: Context, held: _Held) -> None:
    try:
        _read(work, session, context, held)
    except (Exception, SystemExit) as error:
        blame(error, work, context)


def _read(work: FileWork, session: SessionWork, context: Context, held: _Held) -> None:
    entry = work.entry
    descriptor = _descriptor(context.options.root, entry)
    keep = False
    try:
        require_same(descriptor, entry)
        if entry.size > SMALL or held.bytes + entry.size > HELD_BYTES:
            keep = _large(work, session, context, held, descriptor)
            return
        data = _all(descriptor, entry.size)
        require_same(descriptor, entry)
    finally:
        if not keep:
            os.close(descriptor)
    held.bytes += entry.size
    _small(work, session, context, data)


def _descriptor(root: str, entry: Entry) -> int:
    path = os_path(entry.path) if "\\" in entry.path else entry.path
    try:
        return os.open(f"{root}{os.sep}{path}", _FLAGS)
    except FileNotFoundError:
        raise Changed("it is gone since the tree was listed") from None


def _all(descriptor: int, size: int) -> bytes:
    data = os.read(descriptor, size + 1)
    while 0 < len(data) < size:
        more = os.read(descriptor, size + 1 - len(data))
        if not more:
            break
        data += more
    if len(data) != size:
        raise Changed(f"{len(data)} bytes came where {size} were listed")
    return data


def _small(work: FileWork, session: SessionWork, context: Context, data: bytes) -> None:
    if context.options.hashes:
        work.md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
    if not context.reads:
        return
    if len(data) < POINTER and (absent := absent_content(data)) is not None:
        work.notes.append(context.note(absent))
    elif work.reader is not None:
        source = Source(_name(work), len(data), data=data, sidecar=_Sidecar(work, session, context))
        _take(work, read_content(work, source, context), context)


def _large(work: FileWork, session: SessionWork, context: Context, held: _Held, descriptor: int) -> bool:
    """Read the header of a large file; tell whether its descriptor is kept for its values."""
    if context.options.hashes:
        work.md5 = _md5(descriptor)
        require_same(descriptor, work.entry)
    if not context.reads or _is_pointer(work, context, descriptor) or work.reader is None:
        return False
    try:
        work.content = _content_of(descriptor, work, session, context)
    finally:
        # What was read, or what a reader found fault with, may be half of the old file and half of the new.
        require_same(descriptor, work.entry)
    if work.content.pieces is None or work.content.whole is not None:
        _take(work, work.content, context)
        return False
    if held.files >= HELD_FILES:
        return False
    held.files += 1
    work.held = descriptor
    return True


def _is_pointer(work: FileWork, context: Context, descriptor: int) -> bool:
    """Look for a pointer in a file that is only treated as large, since the batch holds enough."""
    size = work.entry.size
    if size >= POINTER:
        return False
    os.lseek(descriptor, 0, os.SEEK_SET)
    absent = absent_content(_all(descriptor, size))
    if absent is not None:
        work.notes.append(context.note(absent))
    return absent is not None


def _content_of(descriptor: int, work: FileWork, session: SessionWork, context: Context) -> Content:
    assert work.reader is not None
    os.lseek(descriptor, 0, os.SEEK_SET)
    file: IO[bytes] = open(descriptor, "rb", buffering=0, closefd=False)  # noqa: SIM115 - outlives us
    sidecar = _Sidecar(work, session, context)
    return read_content(work, Source(_name(work), work.entry.size, file=file, sidecar=sidecar), context)


def _take(work: FileWork, content: Content, context: Context) -> None:
    work.content = content
    note_problems(work, content, context)


def reopen(work: FileWork, session: SessionWork, context: Context) -> Content:
    """Open a large file again, if its descriptor could not be kept, and give its content afresh.

    Raises `OSError` or `Changed`.
    """
    assert work.content is not None
    if work.held is None:
        work.held = _descriptor(context.options.root, work.entry)
        require_same(work.held, work.entry)
        return _content_of(work.held, work, session, context)
    return work.content


def close_held(work: FileWork, *, check: bool = True) -> None:
    """Close the descriptor of a large file; raises `Changed` if the file is not what it was."""
    descriptor, work.held = work.held, None
    if descriptor is None:
        return
    try:
        if check:
            require_same(descriptor, work.entry)
    finally:
        os.close(descriptor)


def _md5(descriptor: int) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    os.lseek(descriptor, 0, os.SEEK_SET)
    while piece := os.read(descriptor, PIECE):
        digest.update(piece)
    return digest.hexdigest()


def _name(work: FileWork) -> str:
    return work.rel.rpartition("/")[2]


class _Sidecar:
    """Gives a reader the bytes of a small file beside the one that it reads."""

    def __init__(self, work: FileWork, session: SessionWork, context: Context) -> None:
        self._folder = work.rel.rpartition("/")[0]
        self._session = session
        self._context = context

    def __call__(self, name: str) -> bytes | None:
        beside = self._session.works.get(f"{self._folder}/{name}" if self._folder else name)
        if beside is None or beside.entry.size > SMALL:
            return None
        descriptor = _descriptor(self._context.options.root, beside.entry)
        try:
            require_same(descriptor, beside.entry)
            return _all(descriptor, beside.entry.size)
        finally:
            os.close(descriptor)
