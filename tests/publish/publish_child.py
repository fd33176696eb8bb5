"""Releases to publish, and processes that publish them and are killed. No test of its own."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from alfcheck.errors import LockHeld, PublishError
from alfcheck.index import IdMap, IndexDataset, IndexSession, Tables, build_tables
from alfcheck.publish import Published, ReportFile, locked, open_output, publish

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.synchronize import Barrier

WHEN = datetime(2025, 3, 4, 5, 6, 7)
OTHER_ID = "0b6a1d4e-6a7d-4f0c-8f6e-2f1b8f2f6a11"
# What a release holds: by session (subject, number) the attributes of its trials.
RELEASES: dict[str, dict[tuple[str, int], tuple[str, ...]]] = {
    "old": {("s1", 1): ("choice", "goCue_times"), ("s2", 1): ("choice",), ("gone", 1): ("choice",)},
    "new": {("s1", 1): ("choice", "response_times"), ("s2", 1): ("choice",), ("come", 1): ("choice",)},
}
# The same, with another id for a session: as if ONE's own builder had made the index.
OTHER_IDS = {"old, other ids": "old"}


@cache
def tables(release: str, when: datetime = WHEN) -> Tables:
    """Build the index of a release."""
    ids = IdMap({"lab/Subjects/s1/2020-01-31/001": OTHER_ID}, {}) if release in OTHER_IDS else None
    sessions = [
        IndexSession(
            "lab", subject, date(2020, 1, 31), number, [IndexDataset(rel_path(name), 144) for name in names]
        )
        for (subject, number), names in RELEASES[OTHER_IDS.get(release, release)].items()
    ]
    return build_tables(sessions, ids=ids, date_created=when)


def rel_path(attribute: str) -> str:
    """Give the path of an attribute of the trials."""
    return f"alf/_ibl_trials.{attribute}.npy"


def contents(release: str) -> dict[str, int]:
    """Give the datasets of a release, by path from the root, and the value that each holds."""
    return {
        f"lab/Subjects/{subject}/2020-01-31/{number:03d}/{rel_path(name)}": len(subject) + len(name)
        for (subject, number), names in RELEASES[OTHER_IDS.get(release, release)].items()
        for name in names
    }


def write_files(root: Path) -> Path:
    """Write the files of both releases."""
    for release in RELEASES:
        for path, value in contents(release).items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            np.save(root / path, np.array([value, value]))
    return root


def do_publish(out: Path, release: str, **options: Any) -> Published:
    """Publish a release with a report that names it."""
    report: dict[str, ReportFile] = {"report.json": release.encode(), "copy": write_copy}
    return publish(out, tables(release), report, **options)


def write_copy(file: BinaryIO) -> None:
    """Write a file of the report."""
    file.write(bytes(2000))


def publish_and_die(out: Path, release: str, step: str) -> None:
    """Publish, and be killed at a step."""

    def die(name: str) -> None:
        if name == step:
            os.kill(os.getpid(), signal.SIGKILL)

    do_publish(out, release, on_step=die)


def publish_when_told(out: Path, release: str, told: Connection) -> None:
    """Say that all is ready, and publish."""
    built = tables(release)
    told.send("ready")
    publish(out, built, {"report.json": release.encode()})
    told.send("done")


def publish_as_nobody(out: Path, release: str, answer: Connection) -> None:
    """Publish without the rights of the superuser."""
    if os.getuid() == 0:
        os.setuid(65534)
    answer.send(failure(out, release))


def publish_with_small_files(out: Path, release: str, limit: int, answer: Connection) -> None:
    """Publish where no file can be larger than a limit."""
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    answer.send(failure(out, release))


def failure(out: Path, release: str) -> str:
    """Publish, and give what is said when it fails."""
    try:
        do_publish(out, release)
    except PublishError as error:
        return str(error)
    return ""


def hold(out: Path, told: Connection) -> None:
    """Hold the lock until told otherwise."""
    with open_output(out):
        told.send("held")
        told.recv()


def hold_and_die(out: Path) -> None:
    """Be killed while holding the lock."""
    with locked(out):
        os.kill(os.getpid(), signal.SIGKILL)


def compete(out: Path, barrier: Barrier, rounds: int, answer: Connection) -> None:
    """Try again and again for the lock at the same time as others, and see that no two have it."""
    won = 0
    for _ in range(rounds):
        barrier.wait(30)
        with suppress(LockHeld), locked(out):
            descriptor = os.open(out / "inside", os.O_CREAT | os.O_EXCL)  # fails where another is inside
            os.close(descriptor)
            (out / "inside").unlink()
            won += 1
            if won % 2:  # leave a stale lock to half of the rounds
                (out / ".alfcheck-lock").write_bytes(stale_lock(won))
        barrier.wait(30)
    answer.send(won)


def stale_lock(number: int = 0, **changes: Any) -> bytes:
    """Give the lock of a process that has ended."""
    import json
    import uuid
    from dataclasses import asdict

    from alfcheck.publish.process import this_process

    values = {**asdict(this_process()), "pid": 2**22 + 1 + number, "since": "2025-01-01T00:00:00Z"}
    return json.dumps(values | {"token": uuid.uuid4().hex} | changes).encode()
