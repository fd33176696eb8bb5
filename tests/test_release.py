"""A clean release, and what ONE and other programs make of its index."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from one.alf.cache import make_parquet_db
from one.api import One
from release_fixtures import SESSION, SHARED, files_of, indexed, write

import alfcheck
from alfcheck.demo import Demo, write_demo, write_expectations, write_release
from alfcheck.executors import batches

pytestmark = [
    pytest.mark.filterwarnings("ignore:The (copy|inplace) keyword"),
    pytest.mark.filterwarnings("ignore:No default revision"),
    pytest.mark.filterwarnings("ignore:Multiple revisions"),
]

SESSIONS = 60
FILES = 15
TABLES = ("sessions.pqt", "datasets.pqt")
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared tools are not here")


def table_bytes(folder: Path) -> tuple[bytes, ...]:
    return tuple((folder / name).read_bytes() for name in TABLES)


def run_tool(name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SHARED / "tools" / name), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def checked_by_the_client(root: Path, demo: Demo, folder: Path) -> None:
    """Let the client look for everything, and load from three sessions: all of them would take minutes."""
    planted, _ = write_expectations(demo, folder)
    expected = ("--expected-datasets", demo.datasets, "--expected-sessions", demo.sessions)
    done = run_tool(
        "one_client_check.py",
        root,
        "--expected-excluded",
        planted,
        *expected,
        "--sample",
        3,
        "--max-terms",
        5,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert re.search(r"^[1-9]\d* checks, 0 failed", done.stdout.splitlines()[-1]), done.stdout[-3000:]


@pytest.fixture(scope="module")
def date(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1700000000")
        yield


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, date: None) -> Path:
    """A clean release of 60 sessions, released by the command."""
    folder = tmp_path_factory.mktemp("clean") / "release"
    write_release(folder, sessions=SESSIONS)
    command = [sys.executable, "-m", "alfcheck", "release", str(folder), "-j", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def client(root: Path) -> One:
    return One(cache_dir=root, mode="local")


@pytest.fixture(scope="module")
def one_built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the release with the index that ONE's own builder writes."""
    copy = tmp_path_factory.mktemp("one") / "release"
    shutil.copytree(root, copy, ignore=shutil.ignore_patterns("*-report", *TABLES))
    make_parquet_db(copy)
    return copy


def test_a_clean_release_is_indexed_whole(root: Path) -> None:
    sessions, datasets = (pd.read_parquet(root / name) for name in TABLES)
    assert len(sessions) == SESSIONS
    assert len(datasets) == SESSIONS * FILES
    summary = json.loads((root / "alfcheck-report" / "report.json").read_text())["summary"]
    assert summary["datasets"]["fail"] == summary["datasets"]["warn"] == summary["not_alf"] == 0
    assert summary["findings"] == {}
    assert summary["ignored"] == 1  # the README


@needs_shared
def test_nothing_differs_from_what_ones_builder_writes(root: Path, one_built: Path) -> None:
    done = run_tool("compare_index.py", root, one_built, "--ignore", "hash,default_revision")
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-1] == "0 differences"


def test_the_rows_are_those_of_ones_builder(root: Path, one_built: Path) -> None:
    assert indexed(root) == indexed(one_built)
    for name in TABLES:
        ours, theirs = pd.read_parquet(root / name), pd.read_parquet(one_built / name)
        keys = [key for key in ("subject", "date", "number", "rel_path", "file_size") if key in ours]
        assert sorted(map(tuple, ours[keys].values.tolist())) == sorted(
            map(tuple, theirs[keys].values.tolist())
        )


class Shuffled:
    """A folder's entries in another order."""

    def __init__(self, entries: Iterator[Any], seed: int) -> None:
        self._given = entries
        self._listed = list(entries)
        random.Random(seed).shuffle(self._listed)

    def __enter__(self) -> Shuffled:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._listed)

    def close(self) -> None:
        self._given.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(("jobs", "seed"), [(1, 1), (2, 2)])
def test_a_copy_gives_the_same_bytes(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int, seed: int
) -> None:
    """However many processes work on it, and in whatever order the file system lists the files."""
    copy = tmp_path / "elsewhere"
    shutil.copytree(root, copy, ignore=shutil.ignore_patterns("*-report", *TABLES))
    listed = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path=".": Shuffled(listed(path), seed))
    monkeypatch.setattr(batches, "MAX_FILES", 100)
    report = alfcheck.release(copy, jobs=jobs)
    assert report.exit_code() == 0
    assert table_bytes(copy) == table_bytes(root)


def test_releasing_again_changes_no_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    write_release(tmp_path, sessions=2)
    alfcheck.release(tmp_path)
    first = table_bytes(tmp_path)
    again = alfcheck.release(tmp_path)
    assert table_bytes(tmp_path) == first
    assert len(again.ledger) == 2 * FILES + 1  # the index and the report are not part of the release


def test_an_index_elsewhere_is_the_same(root: Path, tmp_path: Path, date: None) -> None:
    before = set(files_of(root))
    alfcheck.release(root, out=tmp_path / "out")
    assert table_bytes(tmp_path / "out") == table_bytes(root)
    assert set(files_of(root)) == before


def test_one_finds_sessions(root: Path, client: One) -> None:
    sessions = pd.read_parquet(root / "sessions.pqt")
    first = sessions.iloc[0]
    assert len(client.search()) == SESSIONS
    assert len(client.search(subject=first["subject"])) == (sessions["subject"] == first["subject"]).sum()
    assert len(client.search(lab=first["lab"])) == (sessions["lab"] == first["lab"]).sum()
    days = [str(first["date"]), str(first["date"])]
    assert len(client.search(date_range=days)) == (sessions["date"] == first["date"]).sum()
    with_table = {path.split("/alf/")[0] for path in indexed(root) if path.endswith("_ibl_trials.table.pqt")}
    got = client.search(datasets="_ibl_trials.table.pqt")
    assert {client.eid2path(eid).relative_to(root).as_posix() for eid in got} == with_table


def on_disk(path: Path) -> np.ndarray:
    values: np.ndarray = np.load(path, allow_pickle=False)
    return values.squeeze(1) if values.ndim == 2 and values.shape[1] == 1 else values


def test_one_loads_what_is_on_disk(root: Path, client: One) -> None:
    """Trials of every session, as single files or a table, and the spikes of those that have a probe."""
    loaded = {"trials": 0, "spikes": 0}
    for eid in client.search():
        folder = client.eid2path(eid)
        for name, collection in (("trials", "alf"), ("spikes", "alf/probe00")):
            own = [path for path in folder.glob(f"{collection}/*{name}.*.npy") if path.is_file()]
            if not own:
                continue
            bunch = client.load_object(eid, name, collection=collection)
            loaded[name] += 1
            revised = {path.name: path for path in folder.glob(f"{collection}/#*#/*.npy")}
            for path in own:
                attribute = path.name.split(".")[1]
                np.testing.assert_array_equal(bunch[attribute], on_disk(revised.get(path.name, path)))
            for table in folder.glob(f"{collection}/*{name}.table.pqt"):
                frame = pd.read_parquet(table)
                np.testing.assert_array_equal(bunch["choice"], frame["choice"])
                np.testing.assert_array_equal(bunch["intervals"], frame[["intervals_0", "intervals_1"]])
    assert loaded["trials"] >= SESSIONS // 2
    assert loaded["spikes"] >= SESSIONS // 4


@pytest.fixture(scope="module")
def demo_release(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Demo]:
    folder = tmp_path_factory.mktemp("demo") / "release"
    return folder, write_demo(folder)


@needs_shared
def test_the_client_agrees_with_the_demo(demo_release: tuple[Path, Demo], tmp_path: Path) -> None:
    folder, demo = demo_release
    assert alfcheck.release(folder).exit_code() == 1
    checked_by_the_client(folder, demo, tmp_path)


@needs_shared
def test_the_client_agrees_with_hashes(demo_release: tuple[Path, Demo], tmp_path: Path) -> None:
    folder, demo = demo_release
    alfcheck.release(folder, hashes=True)
    ledger = pd.read_parquet(folder / "alfcheck-report" / "ledger.parquet")
    listed = ledger[ledger["status"] == "indexed"].set_index("path")["md5"]
    assert sorted(listed) == sorted(pd.read_parquet(folder / "datasets.pqt")["hash"])
    for path, md5 in listed.items():
        assert hashlib.md5((folder / path).read_bytes()).hexdigest() == md5
    checked_by_the_client(folder, demo, tmp_path)


def test_the_index_is_what_the_generator_says(demo_release: tuple[Path, Demo], tmp_path: Path) -> None:
    folder, demo = demo_release
    report = alfcheck.release(folder, out=tmp_path / "out")
    listed = indexed(tmp_path / "out")
    assert len(listed) == demo.datasets == sum(row.status == "indexed" for row in report.ledger)
    assert len(pd.read_parquet(tmp_path / "out" / "sessions.pqt")) == demo.sessions
    assert not [path for path in listed if path in demo.excluded or path.startswith(_folders(demo))]


def _folders(demo: Demo) -> tuple[str, ...]:
    return tuple(path for path in demo.excluded if path.endswith("/"))


def test_what_could_not_be_checked_publishes_nothing(tmp_path: Path) -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 9\n"
    write(tmp_path, {"alf/spikes.times.npy": pointer, "alf/spikes.amps.npy": [1e-4, 2e-4]})
    report = alfcheck.release(tmp_path)
    assert report.exit_code() == 3
    assert not list(tmp_path.glob("*.pqt"))
    partial = alfcheck.release(tmp_path, partial=True)
    assert partial.exit_code() == 3
    assert indexed(tmp_path) == {f"{SESSION}/alf/spikes.amps.npy"}
