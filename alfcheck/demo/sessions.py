"""Write clean sessions and releases, quickly and the same for the same seed."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np

from alfcheck.demo.signatures import SIGNATURES, Files, Signature

__all__ = ["LABS", "Layout", "PlannedSession", "plan", "write_planned", "write_release", "write_session"]

Layout = Literal["lab", "plain"]
LABS = ("northlab", "riverlab", "towerlab")
FIRST_DAY = datetime.date(2023, 1, 9)
VISITS = ((0, 1), (0, 2), (2, 1), (3, 1), (4, 1), (7, 1))  # days after a subject's first, and numbers
DISTINCT = 24  # what a signature's sessions draw from: encoding 10^5 tables would take minutes
README = "A made-up release in the ALF format, written by alfcheck's own generator.\n"


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """Where a session will lie, relative to the root, and what it will hold."""

    path: str
    signature: Signature


def plan(
    signatures: Sequence[Signature], labs: Sequence[str] = LABS, layout: Layout = "lab"
) -> tuple[PlannedSession, ...]:
    """Give each session a lab, a subject, a date and a number; no two share the last three.

    A subject has six sessions. Some days have two.
    """
    return tuple(_planned(index, signature, labs, layout) for index, signature in enumerate(signatures))


def _planned(index: int, signature: Signature, labs: Sequence[str], layout: Layout) -> PlannedSession:
    animal, visit = divmod(index, len(VISITS))
    lab = labs[animal % len(labs)]
    subject = f"{lab}_{animal // len(labs) + 1:03d}"
    day, number = VISITS[visit]
    date = FIRST_DAY + datetime.timedelta(days=animal % 300 + day)
    prefix = f"{lab}/Subjects/" if layout == "lab" else ""
    return PlannedSession(f"{prefix}{subject}/{date}/{number:03d}", signature)


def write_session(
    folder: Path, rng: np.random.Generator, *, signature: Signature = SIGNATURES[0], mtime: int | None = None
) -> tuple[str, ...]:
    """Write one clean session of fifteen files; give their paths relative to the folder, sorted.

    ``folder`` ends in SUBJECT/DATE/NUMBER, which goes into the settings. ``mtime`` are seconds; without
    it files are dated to the noon of the session.
    """
    files = signature.build(rng)
    _write_files(folder, files, _noon(folder) if mtime is None else mtime)
    return tuple(sorted(files))


def write_release(
    root: Path, *, sessions: int = 60, labs: Sequence[str] = LABS, seed: int = 0, layout: Layout = "lab"
) -> None:
    """Write a clean release: fifteen datasets a session, signatures in turn, and a README beside them."""
    turns = [SIGNATURES[index % len(SIGNATURES)] for index in range(sessions)]
    write_planned(root, plan(turns, labs, layout), seed)


def write_planned(root: Path, sessions: Sequence[PlannedSession], seed: int) -> None:
    """Write the sessions of a plan; those of one signature take turns with up to 24 sets of values."""

    @cache
    def files(signature: Signature, variant: int) -> Files:
        place = SIGNATURES.index(signature)
        return signature.build(np.random.default_rng([seed, place, variant]))

    count: dict[str, int] = {}
    for session in sessions:
        name = session.signature.name
        count[name] = count.get(name, -1) + 1
        folder = root / session.path
        _write_files(folder, files(session.signature, count[name] % DISTINCT), _noon(folder))
    root.mkdir(parents=True, exist_ok=True)
    _write(os.fspath(root / "README.txt"), README.encode(), 1_700_000_000)


def _noon(folder: Path) -> int:
    """Give the noon (UTC) of a session's date as seconds since 1970."""
    day = datetime.date.fromisoformat(folder.parts[-2])
    return int(datetime.datetime(day.year, day.month, day.day, 12, tzinfo=datetime.UTC).timestamp())


def _write_files(folder: Path, files: Mapping[str, bytes], mtime: int) -> None:
    top = os.fspath(folder)
    for place in sorted({os.path.dirname(path) for path in files}):
        os.makedirs(os.path.join(top, place), exist_ok=True)
    for offset, (path, data) in enumerate(_filled_in(folder, files)):
        _write(f"{top}/{path}", data, mtime + offset)


def _filled_in(folder: Path, files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Give the files in order of path, with the session's own subject, date and number in its settings."""
    subject, date, number = folder.parts[-3:]
    marks = {b"@SUBJECT@": subject, b"@DATE@": date, b"@NUMBER@": number}
    for path in sorted(files):
        data = files[path]
        if path.endswith(".json"):
            for mark, value in marks.items():
                data = data.replace(mark, value.encode())
        yield path, data


def _write(path: str, data: bytes, mtime: int) -> None:
    """Write a file and date it; descriptors cost half of what file objects do, and files are many."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        written = os.write(descriptor, data)
    finally:
        os.close(descriptor)
    if written != len(data):
        raise OSError(f"{path}: only {written} of {len(data)} bytes were written; is the disk full?")
    os.utime(path, ns=(mtime * 10**9, mtime * 10**9))
