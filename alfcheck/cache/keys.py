"""What must be the same for a result to hold still: digests of a run and of a session's files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from itertools import chain

from alfcheck.model import SessionFiles

__all__ = ["SIZE", "digest_of", "seal_of", "session_key"]

SIZE = 20
"""Bytes of a digest."""

_ENTRY = "%s\0%d\0%d\0%d\0%d\0%d\0"


def digest_of(words: Iterable[str]) -> bytes:
    """Hash some words; it matters where one ends and the next begins."""
    digest = blake2b(digest_size=SIZE)
    for word in words:
        raw = word.encode("utf-8", "surrogatepass")
        digest.update(b"%d:%b" % (len(raw), raw))
    return digest.digest()


def session_key(session: SessionFiles, run: bytes, more: Sequence[str] = ()) -> bytes:
    """Hash all that is known of the files of a session, and what `more` there is that its result hangs on.

    `run` is the digest of what holds for all sessions. One format for all files: this is done for each file
    of a release, changed or not.
    """
    entries = session.entries
    text = _ENTRY * len(entries) % tuple(chain.from_iterable(entries))
    # Neither a path nor a number has a NUL in it, so that no two lists of files give one text.
    words = "\0".join((session.path, str(len(entries)), *more, text))
    return blake2b(words.encode("utf-8", "surrogatepass"), digest_size=SIZE, key=run).digest()


def seal_of(key: bytes, data: bytes) -> bytes:
    """Bind a result to its key: what was torn or put in another's place has no right seal."""
    return blake2b(data, digest_size=SIZE, key=key).digest()
