"""Cut the sessions of a release into batches: by number of files and by size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from alfcheck.model import SessionFiles

__all__ = ["Batch", "batches"]

MAX_FILES = 6_000
MAX_BYTES = 96 * 2**20

Batch = tuple[SessionFiles, ...]


def batches(sessions: Sequence[SessionFiles]) -> Iterator[Batch]:
    """Give consecutive sessions together, so that pandera is called seldom and memory stays bounded."""
    batch: list[SessionFiles] = []
    files = size = 0
    for session in sessions:
        own = sum(entry.size for entry in session.entries)
        if batch and (files + len(session.entries) > MAX_FILES or size + own > MAX_BYTES):
            yield tuple(batch)
            batch, files, size = [], 0, 0
        batch.append(session)
        files += len(session.entries)
        size += own
    if batch:
        yield tuple(batch)
