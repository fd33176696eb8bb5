"""Cut the sessions of a release into batches: by number of files and by size."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from alfcheck.model import SessionFiles

__all__ = ["WORTH", "Batch", "batches", "worth_workers"]

MAX_FILES = 6_000
MAX_BYTES = 96 * 2**20

MIN_FILES = 750
"""Files that a batch should have: to call pandera on fewer takes nearly as long."""

WORTH = 8_000
"""Files that take as long to check as processes take to start."""

BYTES_AS_FILE = 2**17
"""Bytes that take as long to judge as a small file takes."""

Batch = tuple[SessionFiles, ...]


class _Load(NamedTuple):
    """A session with what it takes to check it; ``work`` is in files."""

    session: SessionFiles
    files: int
    size: int

    @property
    def work(self) -> int:
        return self.files + self.size // BYTES_AS_FILE


def batches(sessions: Sequence[SessionFiles], workers: int = 1) -> Iterator[Batch]:
    """Give sessions together, so that pandera is called seldom and memory stays bounded.

    For one worker they are in order. For several the largest sessions come first, each alone, and then
    batches that become smaller, so that no worker is idle for long at the end.
    """
    loads = [_load(each) for each in sessions]
    if workers < 2:
        yield from _cut(loads, lambda _: MAX_FILES + MAX_BYTES)
        return
    large = [each for each in loads if each.size > MAX_BYTES]
    yield from ((each.session,) for each in sorted(large, key=lambda each: -each.size))
    rest = [each for each in loads if each.size <= MAX_BYTES]
    every = sum(each.work for each in rest)
    yield from _cut(rest, lambda done: max(MIN_FILES, (every - done) // workers))


def worth_workers(sessions: Sequence[SessionFiles]) -> bool:
    """Tell whether checking these sessions takes longer than processes take to start."""
    return len(sessions) > 1 and sum(_load(each).work for each in sessions) > WORTH


def _cut(loads: Iterable[_Load], most: Callable[[int], int]) -> Iterator[Batch]:
    """Give consecutive sessions together; `most` is how much work a batch may be after so much of it."""
    batch: list[SessionFiles] = []
    files = size = work = done = 0
    for load in loads:
        files, size, work = files + load.files, size + load.size, work + load.work
        if batch and (files > MAX_FILES or size > MAX_BYTES or work > most(done)):
            yield tuple(batch)
            batch, done = [], done + work - load.work
            files, size, work = load.files, load.size, load.work
        batch.append(load.session)
    if batch:
        yield tuple(batch)


def _load(session: SessionFiles) -> _Load:
    return _Load(session, session.count, session.size)
