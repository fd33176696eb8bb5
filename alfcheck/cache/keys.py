"""What must be the same for a result to hold still: digests of a run and of a session's files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b

from alfcheck.model import SessionFiles

__all__ = ["SIZE", "digest_of", "seal_of", "session_key"]

SIZE = 20
"""Bytes of a digest."""


def digest_of(words: Iterable[str]) -> bytes:
    """Hash some words; it matters where one ends and the next begins."""
    digest = blake2b(digest_size=SIZE)
    for word in words:
        raw = word.encode("utf-8", "surrogatepass")
        digest.update(b"%d:%b" % (len(raw), raw))
    return digest.digest()


def session_key(session: SessionFiles, run: bytes, more: Sequence[str] = ()) -> bytes:
    """Hash all that is known of the files of a session, and what `more` there is that its result hangs on.

    `run` is the digest of what holds for all sessions. Names and numbers are hashed as they are packed: this
    is done for each session of a release, changed or not.
    """
    within, names, numbers = session.columns
    counts = (session.count, len(more), within)
    told = names if isinstance(names, str) else repr(names)
    words = "\0".join((session.path, *map(str, counts), *more, told, ""))
    digest = blake2b(words.encode("utf-8", "surrogatepass"), digest_size=SIZE, key=run)
    digest.update(numbers if isinstance(numbers, bytes) else repr(numbers).encode("ascii"))
    return digest.digest()


def seal_of(key: bytes, data: bytes) -> bytes:
    """Bind a result to its key: what was torn or put in another's place has no right seal."""
    return blake2b(data, digest_size=SIZE, key=key).digest()
