"""The same from Python: what is given, what comes back, and what is misuse."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from lab_plugins import Lab

import alfcheck
from alfcheck.errors import AlfcheckError, NothingToCheck, PluginError, UsageError
from alfcheck.executors import batches
from alfcheck.model import Severity, Status, Verdict

Make = Callable[..., Path]
SESSION = "mouse/2020-01-01/001"
FAILING = "\n@alfcheck.hookimpl\ndef alfcheck_rules():\n    return [rule('BAD101', {})]\n"
FAILS_ON_SPIKES = FAILING.format("lambda dataset, path: 1 / (dataset.object != 'spikes') and ()")


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def spoil(root: Path) -> str:
    """Cut a file of the release; give its path."""
    path = next(root.rglob("spikes.times.npy"))
    path.write_bytes(path.read_bytes()[:-3])
    return path.relative_to(root).as_posix()


# --- check ---------------------------------------------------------------------------------------------


def test_check_answers_with_a_report(own_release: Path) -> None:
    spoilt = spoil(own_release)
    report = alfcheck.check(own_release)
    assert isinstance(report, alfcheck.Report)
    assert [each.path for each in report.findings if each.severity is Severity.ERROR] == [spoilt]
    assert report.verdicts[spoilt] is Verdict.FAIL
    assert len(report.verdicts) == 45
    assert report.exit_code() == alfcheck.ExitCode.FINDINGS
    assert (report.root, report.session_count, report.release_id) == ("release", 3, None)


def test_every_file_is_in_the_ledger_once(own_release: Path) -> None:
    spoil(own_release)
    (own_release / SESSION / "alf").mkdir(parents=True)
    (own_release / SESSION / "alf" / "a b.npy").touch()
    report = alfcheck.check(own_release)
    on_disk = sorted(
        path.relative_to(own_release).as_posix() for path in own_release.rglob("*") if path.is_file()
    )
    assert [row.path for row in report.ledger] == on_disk
    assert all(row.codes or row.reason for row in report.ledger if row.status != Status.INDEXED)
    assert report.summary["files"] == len(on_disk)


def test_findings_become_a_frame(own_release: Path) -> None:
    spoilt = spoil(own_release)
    report = alfcheck.check(own_release)
    frame = report.to_frame()
    assert len(frame) == len(report.findings)
    assert list(frame["path"]) == [each.path for each in report.findings]
    row = frame[frame["path"] == spoilt].iloc[0]
    assert (row["severity"], row["origin"]) == ("error", "alfcheck")
    assert list(row["datasets"]) == [spoilt]
    empty = alfcheck.check(own_release, select=("ALF9",)).to_frame()
    assert (len(empty), list(empty.columns)) == (0, list(frame.columns))


@pytest.mark.parametrize("kind", [str, Path, lambda path: os.fspath(path) + "/"])
def test_paths_may_be_texts_or_paths(kind: Callable[[Path], object], clean_release: Path) -> None:
    assert alfcheck.check(kind(clean_release), names_only=True).session_count == 3


def test_sessions_and_files_of_a_release_are_checked(clean_release: Path) -> None:
    first, second = sorted(path for path in clean_release.rglob("00?") if path.is_dir())[:2]
    assert len(alfcheck.check(first, names_only=True).verdicts) == 15
    assert (
        len(alfcheck.check(first, second / "alf" / "_ibl_wheel.timestamps.npy", names_only=True).verdicts)
        >= 16
    )


def test_nothing_is_loaded_or_started_that_was_not_asked_for(
    clean_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One job unless asked: a script without a guard must not start itself again."""
    monkeypatch.setattr(batches, "MAX_FILES", 1)
    monkeypatch.setattr("alfcheck.executors.pool.run_pool", lambda *_: pytest.fail("workers were started"))
    assert alfcheck.check(clean_release, names_only=True).session_count == 3


def test_progress_is_told(clean_release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MAX_FILES", 1)
    told: list[tuple[int, int]] = []
    alfcheck.check(clean_release, names_only=True, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_what_was_not_read_does_not_pass(clean_release: Path) -> None:
    for options in ({"names_only": True}, {"select": ("ALF1",)}):
        report = alfcheck.check(clean_release, **options)
        assert set(report.verdicts.values()) == {Verdict.UNCHECKED}
        assert report.partial


def test_misuse_is_an_exception_and_faults_of_data_are_not(make: Make, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="give the root of a release"):
        alfcheck.check()
    with pytest.raises(UsageError, match="there is no such file"):
        alfcheck.check(tmp_path / "nowhere")
    with pytest.raises(NothingToCheck):
        alfcheck.check(make("README.txt"))
    with pytest.raises(PluginError):
        alfcheck.check(make(f"{SESSION}/alf/cats.times.mp4"), plugins=("no_such_plugin",))
    with pytest.raises(TypeError, match="colour"):
        alfcheck.check(tmp_path, colour=True)
    assert issubclass(NothingToCheck, UsageError)
    assert issubclass(UsageError, AlfcheckError)


def test_the_same_again_is_the_same(faulty_release: Path) -> None:
    one, two = (alfcheck.check(faulty_release) for _ in range(2))
    assert (one.findings, one.ledger, one.fingerprint) == (two.findings, two.ledger, two.fingerprint)


# --- release -------------------------------------------------------------------------------------------


def test_release_publishes_what_passes(own_release: Path) -> None:
    spoilt = spoil(own_release)
    before = names(own_release)
    report = alfcheck.release(own_release)
    assert report.release_id
    assert names(own_release) - before == {"sessions.pqt", "datasets.pqt", "alfcheck-report"}
    table = pq.read_table(own_release / "datasets.pqt")
    indexed = {row.path for row in report.ledger if row.status == Status.INDEXED}
    assert table.num_rows == len(indexed)
    assert spoilt not in indexed
    assert len(indexed) < 45


def test_a_release_elsewhere_leaves_the_data_alone(own_release: Path, tmp_path: Path) -> None:
    before = names(own_release)
    report = alfcheck.release(own_release, out=tmp_path / "index")
    assert names(own_release) == before
    assert names(tmp_path / "index") == {"sessions.pqt", "datasets.pqt", "alfcheck-report"}
    assert report.release_id


def test_a_second_release_looks_at_the_same_files(own_release: Path) -> None:
    """Index and report of the first are no files of the second."""
    one, two = (alfcheck.release(own_release) for _ in range(2))
    assert one.ledger == two.ledger
    assert one.release_id == two.release_id


def test_what_could_not_be_checked_stops_publishing_unless_partial(lab: Lab, own_release: Path) -> None:
    plugin = lab.file(FAILS_ON_SPIKES)
    before = names(own_release)
    report = alfcheck.release(own_release, plugins=(plugin,))
    assert (report.release_id, report.exit_code(), names(own_release)) == (None, 3, before)
    report = alfcheck.release(own_release, plugins=(plugin,), partial=True)
    assert report.release_id
    assert report.exit_code() == 3
    rows = pq.read_table(own_release / "datasets.pqt").num_rows
    unverified = sum(verdict is Verdict.UNVERIFIED for verdict in report.verdicts.values())
    assert 0 < rows <= 45 - unverified
    assert unverified


def test_ids_that_exist_are_kept(own_release: Path, tmp_path: Path) -> None:
    session = sorted(path for path in own_release.rglob("001") if path.is_dir())[0]
    known = "0d0d0d0d-0000-4000-8000-000000000001"
    ids = tmp_path / "ids.csv"
    ids.write_text(f"path,id\n{session.relative_to(own_release).as_posix()},{known}\n")
    alfcheck.release(own_release, ids_from=ids)
    assert known in pq.read_table(own_release / "sessions.pqt").column("id").to_pylist()
    copy = tmp_path / "old"
    copy.mkdir()
    for name in ("sessions.pqt", "datasets.pqt"):
        (own_release / name).rename(copy / name)
    alfcheck.release(own_release, ids_from=copy)
    assert known in pq.read_table(own_release / "sessions.pqt").column("id").to_pylist()


def test_hashes_come_with_the_same_read(own_release: Path) -> None:
    import hashlib

    report = alfcheck.release(own_release, hashes=True)
    for row in report.ledger:
        if row.status == Status.INDEXED:
            assert row.md5 == hashlib.md5((own_release / row.path).read_bytes()).hexdigest()
    assert None not in pq.read_table(own_release / "datasets.pqt").column("hash").to_pylist()


@pytest.mark.parametrize("option", [{"select": ("ALF1",)}, {"names_only": True}])
def test_a_release_runs_every_rule(option: dict[str, object], clean_release: Path) -> None:
    with pytest.raises(UsageError, match="a release runs every rule"):
        alfcheck.release(clean_release, **option)


def test_a_release_of_a_session_alone_is_refused_by_its_findings(own_release: Path) -> None:
    """The session's folder is a root inside a lab: its index would name paths that do not exist."""
    session = next(path for path in own_release.rglob("001") if path.is_dir())
    report = alfcheck.release(session, out=own_release.parent / "out")
    assert "ALF108" in {each.code for each in report.findings}
    assert not any(row.status == Status.INDEXED for row in report.ledger)


def test_a_fault_of_an_array_is_no_exception(make: Make) -> None:
    """Whatever the bytes, there is a report."""
    tree = make(*(f"{SESSION}/alf/spikes.{name}.npy" for name in ("times", "amps", "depths")))
    np.save(tree / SESSION / "alf" / "spikes.amps.npy", np.array([None]), allow_pickle=True)
    (tree / SESSION / "alf" / "spikes.depths.npy").write_bytes(b"")
    report = alfcheck.check(tree)
    assert set(report.verdicts.values()) == {Verdict.FAIL}
