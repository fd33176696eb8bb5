"""A release that is made again: what stands is left, and whatever changed is written as without a cache."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from cached_runs import own_cache
from lab_plugins import Lab

import alfcheck
from alfcheck import index
from alfcheck.cache import NAME
from alfcheck.errors import AlfcheckError
from alfcheck.ledger import Ledger, LedgerRow
from alfcheck.publish import ReleaseDate

LEDGER = "alfcheck-report/ledger.parquet"
WHEN = re.compile(rb'"(started|seconds)": [^,]*,')
THEN, NOW = datetime(2025, 1, 1), datetime(2026, 1, 1)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path) -> Iterator[Path]:
    with own_cache(tmp_path / "cache") as folder:
        yield folder


@pytest.fixture
def out(own_release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An output folder, to which the release was written before."""
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    release(own_release, tmp_path / "out", THEN, cache=True)
    return tmp_path / "out"


def release(root: Path, out: Path, when: datetime = NOW, **options: Any) -> tuple[object, bool]:
    """Give what came of a release, and whether the index was built for it."""
    built = []

    def build(*arguments: Any, **named: Any) -> index.Tables:
        built.append(True)
        return build_tables(*arguments, **named)

    build_tables = index.build_tables
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index, "build_tables", build)
        if "SOURCE_DATE_EPOCH" not in os.environ:
            patch.setattr("alfcheck.publish.release_date", lambda _: ReleaseDate(when, False))
        try:
            report = alfcheck.release(root, out=out, **options)
        except AlfcheckError as error:
            return str(error).replace(str(out), "OUT"), bool(built)
    notices = tuple(each.replace(str(out), "OUT") for each in report.notices)
    return (report.findings, report.ledger, report.contracts, report.release_id, notices), bool(built)


def contents(out: Path) -> dict[str, bytes]:
    """Give all files in a folder, but for when the run was and how long it took."""
    files = {path.relative_to(out).as_posix(): path for path in out.rglob("*") if path.is_file()}
    return {name: WHEN.sub(b"", files[name].read_bytes()) for name in sorted(files)}


def again(root: Path, out: Path, **options: Any) -> bool:
    """Release again, and see that it is as without a cache; tell whether the index was built."""
    fresh = shutil.copytree(out, out.parent / "fresh", symlinks=True)
    expected, _ = release(root, fresh, **options)
    found, built = release(root, out, cache=True, **options)
    assert found == expected
    assert contents(out) == contents(fresh)
    shutil.rmtree(fresh)
    return built


def test_what_stands_is_left(own_release: Path, out: Path) -> None:
    before = {name: (out / name).stat() for name in ("sessions.pqt", "datasets.pqt")}
    report = (out / "alfcheck-report").stat().st_ino
    assert not again(own_release, out)
    assert before == {name: (out / name).stat() for name in before}
    assert (out / "alfcheck-report").stat().st_ino != report  # it tells when it was looked at


def test_without_a_cache_it_is_built(own_release: Path, out: Path) -> None:
    assert release(own_release, out)[1]


def test_what_is_known_is_published_without_pandas(own_release: Path, out: Path, tmp_path: Path) -> None:
    told = "import sys; from alfcheck.cli import run; run(sys.argv[1:]); print('pandas' in sys.modules)"
    command = [sys.executable, "-c", told, "release", str(own_release), "--out"]
    for folder in ("first", "second"):  # options of the command are not those of `out`
        done = subprocess.run([*command, str(tmp_path / folder)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"
    assert (tmp_path / "second/datasets.pqt").exists()


def test_another_folder_has_its_own(own_release: Path, out: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    assert release(own_release, other, cache=True)[1]
    assert not again(own_release, other)
    assert not again(own_release, out)
    shutil.copy(other / "sessions.pqt", out)  # of another date
    assert again(own_release, out)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    stat = path.stat()
    path.write_bytes(data)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def of_other_rows(path: Path) -> None:
    pd.read_parquet(path).iloc[1:].to_parquet(path)


def as_link(path: Path) -> None:
    path.symlink_to(path.rename(path.with_name("moved")))


@pytest.mark.parametrize("change", [flip, Path.unlink, of_other_rows, as_link])
@pytest.mark.parametrize("name", ["sessions.pqt", "datasets.pqt", LEDGER])
def test_what_was_altered_is_written_again(
    name: str, change: Callable[[Path], object], own_release: Path, out: Path
) -> None:
    before = contents(out)
    change(out / name)
    assert again(own_release, out) or change is flip
    if name == LEDGER:
        assert contents(out) == before


@pytest.mark.parametrize("change", [flip, Path.unlink])
def test_contracts_beside_it_are_mended(
    change: Callable[[Path], object], own_release: Path, out: Path
) -> None:
    before = contents(out)
    change(sorted((out / "alfcheck-report" / "contracts").iterdir())[0])
    assert again(own_release, out)
    assert contents(out) == before


def test_a_lost_report_is_written_again(own_release: Path, out: Path) -> None:
    before = contents(out)
    (out / "alfcheck-report" / "findings.jsonl").unlink()
    (out / "alfcheck-report" / "report.json").write_text("{}")
    assert not again(own_release, out)  # these two are written each time
    assert contents(out) == before
    shutil.rmtree(out / "alfcheck-report")
    assert again(own_release, out)
    assert contents(out) == before


def test_a_release_without_datasets_stands_too(tmp_path: Path) -> None:
    folder = tmp_path / "release" / "mouse" / "2020-01-01" / "001" / "alf"
    folder.mkdir(parents=True)
    (folder / "no dataset").write_text("x")
    release(tmp_path / "release", tmp_path / "out", THEN, cache=True)
    assert not again(tmp_path / "release", tmp_path / "out")


def test_foreign_tables_are_looked_at(own_release: Path, out: Path) -> None:
    pd.DataFrame({"a": [1]}).to_parquet(out / "mine.pqt")
    assert not again(own_release, out)
    (out / "mine.pqt").write_bytes(b"PAR1")
    again(own_release, out)


def more(root: Path) -> None:
    folder = next(root.rglob("alf"))
    np.save(folder / "licks.times.npy", np.arange(3.0))


def fewer(root: Path) -> None:
    next(root.rglob("spikes.*.npy")).unlink()


def worse(root: Path) -> None:
    path = next(root.rglob("spikes.times.npy"))
    np.save(path, np.full_like(np.load(path), np.nan))


def renamed(root: Path) -> None:
    session = next(root.rglob("alf")).parent
    session.rename(session.with_name("042"))


def noted(root: Path) -> None:
    (root / "notes.txt").write_text("more than there was")


def ignored(root: Path) -> None:
    (root / ".alfcheckignore").write_text("*clusters*\n")


@pytest.mark.parametrize("change", [more, fewer, worse, renamed, noted, ignored])
def test_a_change_in_the_data_is_published(
    change: Callable[[Path], None], own_release: Path, out: Path
) -> None:
    change(own_release)
    assert again(own_release, out)
    assert not again(own_release, out)


def test_data_that_say_the_same_make_the_same(own_release: Path, out: Path) -> None:
    for path in own_release.rglob("*.npy"):
        path.write_bytes(path.read_bytes())
    assert not again(own_release, out)


@pytest.mark.parametrize("options", [{"hashes": True}, {"ignore": ("ALF",)}, {"strict": True}])
def test_other_options_are_heeded(options: dict[str, Any], own_release: Path, out: Path) -> None:
    worse(own_release)
    (next(own_release.rglob("alf")) / "rig.photo.weird").write_text("what no reader knows")
    again(own_release, out)
    assert again(own_release, out, **options)
    assert not again(own_release, out, **options)


def test_ids_and_dates_that_are_asked_for_are_heeded(
    own_release: Path, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = next(own_release.rglob("alf")).parent.relative_to(own_release).as_posix()
    ids = tmp_path / "ids.csv"
    for digit in "12":
        ids.write_text(f"path,id\n{session},0000000{digit}-0000-4000-8000-000000000000\n")
        assert again(own_release, out, ids_from=ids)
    assert again(own_release, out)  # without them
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert again(own_release, out)
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert again(own_release, out)  # another date than was noted
    assert not again(own_release, out)


def test_what_plugins_say_of_sessions_is_heeded(
    own_release: Path, tmp_path: Path, lab: Lab, out: Path
) -> None:
    plugin = lab.file(
        """
        def give(session):
            return {"projects": session.documents["alf/lab.notes.json"]["project"]}

        @alfcheck.hookimpl
        def alfcheck_session_infos():
            return [alfcheck.SessionInfo(name="notes", give=give, description="", datasets=("*notes*",))]
        """
    )
    for folder in own_release.rglob("alf"):
        (folder / "lab.notes.json").write_text('{"project": "ours"}')
    assert again(own_release, out, plugins=(plugin,), partial=True)
    assert not again(own_release, out, plugins=(plugin,), partial=True)
    for folder in own_release.rglob("alf"):
        (folder / "lab.notes.json").write_text('{"project": "your"}')  # of the same size
    assert again(own_release, out, plugins=(plugin,), partial=True)
    assert set(pd.read_parquet(out / "sessions.pqt")["projects"]) == {"your"}


def test_other_contracts_are_heeded(own_release: Path, out: Path, tmp_path: Path) -> None:
    folder = tmp_path / "contracts"
    folder.mkdir()
    for high in (9, 8):
        (folder / "spikes.yaml").write_text(
            "alfcheck: 1\nid: lab.spikes\nversion: 1.0.0\nmatch: {object: spikes}\n"
            f"columns:\n  times: {{dtype: number, ge: -{high}}}\n"
        )
        assert again(own_release, out, contracts=folder)
        assert not again(own_release, out, contracts=folder)


def test_an_output_of_another_release_is_refused(own_release: Path, out: Path) -> None:
    for folder in {path.parent.parent for path in own_release.rglob("alf")}:
        shutil.move(folder, own_release / f"{folder.name}-moved")
    again(own_release, out)


@pytest.mark.parametrize("note", [b"", b"[]", b"{}", b'{"files": {}}', None])
def test_a_note_that_says_nothing_is_not_believed(
    note: bytes | None, own_release: Path, out: Path, cache: Path
) -> None:
    with sqlite3.connect(cache / NAME) as connection:
        connection.execute("UPDATE notes SET data = ?", (note if note is not None else "text",))
    assert again(own_release, out)


def test_what_was_left_half_done_is_completed_first(own_release: Path, out: Path) -> None:
    staged = out / ".alfcheck-tmp-datasets"
    of_other_rows(Path(shutil.copy(out / "datasets.pqt", staged)))
    (out / ".alfcheck-journal").write_text('{"schema_version": 1, "release_id": "x"}')
    assert again(own_release, out)


def test_what_is_altered_during_the_run_is_seen(own_release: Path, out: Path) -> None:
    before = contents(out)
    some = next(own_release.rglob("*.npy"))
    some.write_bytes(some.read_bytes())  # a session is checked again, and says the same
    assert release(own_release, out, cache=True, progress=lambda *_: (out / LEDGER).unlink())[1]
    assert contents(out) == before


ROW = LedgerRow("a/b", "a", "b", "pass", "indexed", "", ("ALF101",), 1, None)


@pytest.mark.parametrize("field", LedgerRow._fields)
def test_any_change_in_a_ledger_is_another_digest(field: str) -> None:
    others = {"codes": ("ALF101", "ALF102"), "size": 2, "md5": "0" * 32}
    rows = (ROW, ROW._replace(path="a/c"), ROW._replace(**{"path": "a/d", field: others.get(field, "other")}))
    digests = {Ledger(some).digest() for some in (rows, rows[:2], rows[1:], rows[::-1], rows[:1], ())}
    assert len(digests) == 6
    assert Ledger(list(rows)).digest() == Ledger(rows).digest()
