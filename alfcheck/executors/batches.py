"""Cut the sessions of a release into batches: by number of files and by size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from alfcheck.model import SessionFiles

__all__ = ["Batch", "batches"]

MAX_FILES = 6_000
MAX_BYTES = 96 * 2**20
EACH = 4

Batch = tuple[SessionFiles, ...]


def batches(sessions: Sequence[SessionFiles], workers: int = 1) -> Iterator[Batch]:
    """Give consecutive sessions together, so that pandera is called seldom and memory stays bounded.

    For several `workers` there are a few for each, so that none is idle for long at the end.
    """
    every = sum(len(session.entries) for session in sessions)
    most = MAX_FILES if workers < 2 else min(MAX_FILES, every // (workers * EACH) + 1)
    batch: list[SessionFiles] = []
    files = size = 0
    for session in sessions:
        own = sum(entry.size for entry in session.entries)
        if batch and (files + len(session.entries) > most or size + own > MAX_BYTES):
            yield tuple(batch)
            batch, files, size = [], 0, 0
        batch.append(session)
        files += len(session.entries)
        size += own
    if batch:
        yield tuple(batch)
