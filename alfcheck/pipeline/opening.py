"""Second stage: open each file, once, and let its reader look at it.

A file is looked at on its descriptor before and after it is read: one that is not what the scan saw is
`unverified`, never judged. Small files are read whole; larger ones keep their descriptor until their
values are streamed.
"""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from typing import IO, cast

from alfcheck.model import Refusal
from alfcheck.pipeline.blame import Changed, blame, note_problems, require_same
from alfcheck.pipeline.descriptors import Sidecar, descriptor_of, rest_of
from alfcheck.pipeline.hashing import Digest, HashedFile
from alfcheck.pipeline.reading import is_own, read_content
from alfcheck.pipeline.state import Batch, Context, FileWork, SessionWork
from alfcheck.readers.absent import absent_content
from alfcheck.readers.base import Content, Source

__all__ = ["SMALL", "close_held", "open_files", "reopen"]

SMALL = 8 * 2**20
"""Bytes up to which a file is read whole."""

HELD_BYTES = 128 * 2**20
"""Bytes of small files that a batch may hold; what comes after is treated as large."""

HELD_FILES = 128
"""Descriptors of large files that a batch may hold; what comes after is opened again for its values."""

POINTER = 1024
PIECE = 4 * 2**20


def open_files(batch: Batch, context: Context) -> None:
    """Open and parse every file that is to be judged by what it holds."""
    if not context.reads and not context.options.hashes:
        return
    held = _Held()
    for work, session in _to_open(batch, context):
        try:
            _read(work, session, context, held)
        except (Exception, SystemExit) as error:
            blame(error, work, context)


def _to_open(batch: Batch, context: Context) -> Iterator[tuple[FileWork, SessionWork]]:
    """Give the files of each kind one after the other: a processor is twice as fast at what it just did."""
    kinds: dict[str, list[tuple[FileWork, SessionWork]]] = defaultdict(list)
    for session in batch.works:
        if isinstance(session.parsed, Refusal):
            continue
        for work in session.works.values():
            if work.dataset is not None and _worth_opening(work, context):
                kinds[work.dataset.extension].append((work, session))
    return chain.from_iterable(kinds.values())


class _Held:
    """What a batch holds open and in memory."""

    def __init__(self) -> None:
        self.bytes = 0
        self.files = 0


def _worth_opening(work: FileWork, context: Context) -> bool:
    if context.options.hashes:
        return True
    # A small file of any kind may be the pointer that git-annex or git-LFS leaves for absent content.
    return (work.reader is not None or work.entry.size < POINTER) and context.opens(work)


def _read(work: FileWork, session: SessionWork, context: Context, held: _Held) -> None:
    entry = work.entry
    descriptor = descriptor_of(context.options.root, entry)
    keep = False
    try:
        require_same(descriptor, entry)
        size = entry.size
        if size > SMALL or held.bytes + size > HELD_BYTES:
            keep = _large(work, session, context, held, descriptor)
            return
        data = os.read(descriptor, size + 1)
        if len(data) != size:
            data = rest_of(descriptor, data, size)
        require_same(descriptor, entry)
    finally:
        if not keep:
            os.close(descriptor)
    held.bytes += size
    _small(work, session, context, data)


def _small(work: FileWork, session: SessionWork, context: Context, data: bytes) -> None:
    if context.options.hashes:
        work.md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
    if not context.reads:
        return
    if len(data) < POINTER and (absent := absent_content(data)) is not None:
        work.notes.append(context.note(absent))
    elif work.reader is not None:
        sidecar = Sidecar(work, session, context.options.root, SMALL)
        source = Source(_name(work), len(data), data, sidecar=sidecar)
        work.content = content = read_content(work, source, context)
        if content.problems:
            note_problems(work, content, context)


def _large(work: FileWork, session: SessionWork, context: Context, held: _Held, descriptor: int) -> bool:
    """Read the header of a large file; tell whether its descriptor is kept for its values."""
    work.digest = Digest() if context.options.hashes else None
    keep = False
    try:
        if context.reads and not _is_pointer(work, context, descriptor) and work.reader is not None:
            keep = _begun(work, session, context, descriptor) and held.files < HELD_FILES
    finally:
        if not keep:
            # What was read, or found fault with, may be half of the old file and half of the new.
            _settle(work, descriptor)
    if keep:
        held.files += 1
        work.held = descriptor
    return keep


def _begun(work: FileWork, session: SessionWork, context: Context, descriptor: int) -> bool:
    """Let its reader look at a large file; tell whether values of it are to come."""
    work.content = content = _content_of(descriptor, work, session, context)
    require_same(descriptor, work.entry)
    if content.pieces is not None and content.whole is None:
        return True
    note_problems(work, content, context)
    return False


def _is_pointer(work: FileWork, context: Context, descriptor: int) -> bool:
    """Look for a pointer in a file that is only treated as large, since the batch holds enough."""
    size = work.entry.size
    if size >= POINTER:
        return False
    os.lseek(descriptor, 0, os.SEEK_SET)
    absent = absent_content(rest_of(descriptor, b"", size))
    if absent is not None:
        work.notes.append(context.note(absent))
    return absent is not None


def _content_of(descriptor: int, work: FileWork, session: SessionWork, context: Context) -> Content:
    assert work.reader is not None
    os.lseek(descriptor, 0, os.SEEK_SET)
    source = Source(_name(work), work.entry.size, None, _file(descriptor, work, context))
    source.sidecar = Sidecar(work, session, context.options.root, SMALL)
    return read_content(work, source, context)


def _file(descriptor: int, work: FileWork, context: Context) -> IO[bytes]:
    # What a plugin's reader does with its file, and from which threads, is not known.
    if work.digest is not None and is_own(work, context):
        return cast("IO[bytes]", HashedFile(descriptor, work.digest))
    return open(descriptor, "rb", buffering=0, closefd=False)


def reopen(work: FileWork, session: SessionWork, context: Context) -> Content:
    """Open a large file again, if its descriptor could not be kept, and give its content afresh.

    Raises `OSError` or `Changed`.
    """
    assert work.content is not None
    if work.held is None:
        work.held = descriptor_of(context.options.root, work.entry)
        require_same(work.held, work.entry)
        return _content_of(work.held, work, session, context)
    return work.content


def close_held(work: FileWork, *, check: bool = True) -> None:
    """Close the descriptor of a large file; raises `Changed` if the file is not what it was.

    Its md5 is finished first. Where that cannot be done without a word, it is left for the next time.
    """
    descriptor, work.held = work.held, None
    if descriptor is None:
        return
    try:
        if check or work.digest is not None:
            _settle(work, descriptor)
    except (Changed, OSError):
        if check:
            raise
    finally:
        os.close(descriptor)


def _settle(work: FileWork, descriptor: int) -> None:
    """Finish the md5 of a large file, if one is wanted; raises `Changed` if the file is not what it was."""
    md5 = work.digest.finish(descriptor, work.entry.size, PIECE) if work.digest is not None else None
    require_same(descriptor, work.entry)
    work.md5, work.digest = md5 or work.md5, None


def _name(work: FileWork) -> str:
    return work.rel.rpartition("/")[2]
