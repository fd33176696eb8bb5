"""What ONE and a user see of an output folder."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from one.api import One
from publish_child import (
    do_publish,
    tables,
)

from alfcheck.index import parquet_bytes
from alfcheck.publish import PREFIX, REPORT_NAME

NOTHING: dict[str, int] = {}


def seen(root: Path, out: Path) -> dict[str, int]:
    """Load by ONE every dataset that it lists; once for the same bytes, for ONE sees nothing else."""
    files = {path.name: path.read_bytes() for path in sorted(out.glob("*.pqt"))}
    return load_all(root, tuple(files.items()))


@cache
def load_all(root: Path, files: tuple[tuple[str, bytes], ...]) -> dict[str, int]:
    if not files:
        return NOTHING
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files:
            (Path(folder) / name).write_bytes(data)
        one = One(cache_dir=root, tables_dir=folder, mode="local")
    found = {}
    for eid in one.search():
        names = one.list_datasets(eid)
        for name in names if isinstance(names, list) else ():  # of a session without datasets: a frame
            path = (one.eid2path(eid) / name).relative_to(root).as_posix()
            found[path] = int(one.load_dataset(eid, name)[0])
    assert len(one.list_datasets(details=True)) == len(found)  # none without its session
    return found


def heard(pipe: Connection) -> Any:
    """Receive, unless nobody sends: the process has died."""
    assert pipe.poll(60)
    return pipe.recv()


def debris(out: Path) -> list[str]:
    return [name for name in os.listdir(out) if name.startswith(PREFIX)]


def report(out: Path) -> bytes:
    return (out / REPORT_NAME / "report.json").read_bytes()


def assert_next_run_succeeds(out: Path) -> None:
    do_publish(out, "new")
    assert (out / "sessions.pqt").read_bytes() == parquet_bytes(tables("new").sessions)
    assert (out / "datasets.pqt").read_bytes() == parquet_bytes(tables("new").datasets)
    assert report(out) == b"new"
    assert debris(out) == []
