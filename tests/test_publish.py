"""Publishing: whatever happens at whatever instant, ONE finds the old release or the new one."""

from __future__ import annotations

import errno
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from one.api import One
from publish_child import (
    RELEASES,
    WHEN,
    compete,
    contents,
    do_publish,
    failure,
    hold,
    hold_and_die,
    publish_and_die,
    publish_as_nobody,
    publish_when_told,
    publish_with_small_files,
    stale_lock,
    tables,
    write_files,
)

from alfcheck.errors import ConfigError, LockHeld, PublishError, UsageError
from alfcheck.index import parquet_bytes, release_id_of
from alfcheck.publish import LOCK_NAME, PREFIX, REPORT_NAME, STEPS, locked, open_output, publish, release_date
from alfcheck.publish.process import Process, is_gone, this_process

NOTHING: dict[str, int] = {}


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Processes that start in a moment: the modules are loaded once, and no thread runs at the fork."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pandas", "publish_child", "pytest"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        first = context.Process(target=os.getpid)
        first.start()
        first.join()
    return context


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_files(tmp_path_factory.mktemp("root"))


@pytest.fixture
def run(processes: ForkServerContext) -> Iterator[Callable[..., ForkServerProcess]]:
    started = []

    def start(target: Callable[..., None], *arguments: object) -> ForkServerProcess:
        process = processes.Process(target=target, args=arguments)
        process.start()
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.join()


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


def test_one_finds_what_was_published(root: Path, tmp_path: Path) -> None:
    first = do_publish(tmp_path, "old")
    assert seen(root, tmp_path) == contents("old")
    second = do_publish(tmp_path, "new")
    assert seen(root, tmp_path) == contents("new")
    assert first.release_id != second.release_id == tables("new").release_id
    assert {release_id_of(pq.read_table(path)) for path in (second.sessions, second.datasets)} == {
        second.release_id
    }
    assert second.index_changed
    assert second.warnings == ()
    assert sorted(os.listdir(second.report)) == ["copy", "report.json"]
    assert sorted(os.listdir(tmp_path)) == [REPORT_NAME, "datasets.pqt", "sessions.pqt"]


def test_the_bytes_are_those_of_the_tables(tmp_path: Path) -> None:
    do_publish(tmp_path, "old")
    assert_next_run_succeeds(tmp_path)


def test_every_step_is_told_in_order(tmp_path: Path) -> None:
    do_publish(tmp_path, "old")
    told: list[str] = []
    do_publish(tmp_path, "new", on_step=told.append)
    assert told == [f"{when} {step}" for step in STEPS for when in ("before", "after")]


@pytest.mark.parametrize("before", ["nothing", "old", "old, other ids"])
def test_killed_at_any_step(
    root: Path, tmp_path: Path, run: Callable[..., ForkServerProcess], before: str
) -> None:
    kills = 0
    for place, step in enumerate(f"{when} {step}" for step in STEPS for when in ("before", "after")):
        out = tmp_path / str(place)
        out.mkdir()
        if before != "nothing":
            do_publish(out, before)
        process = run(publish_and_die, out, "new", step)
        process.join(30)
        if process.exitcode == 0:  # there is no old report to move away
            assert before == "nothing"
            continue
        assert process.exitcode == -signal.SIGKILL
        kills += 1
        committed = step != "before move datasets" and number_of(step) >= STEPS.index("move datasets")
        expected = "new" if committed else before
        assert seen(root, out) == (contents(expected) if expected != "nothing" else NOTHING), step
        if place % 2:
            assert_next_run_succeeds(out)
        else:
            assert_recovers(root, out, before, step)
    assert kills == 2 * len(STEPS) - (2 if before == "nothing" else 0)


def number_of(step: str) -> int:
    return STEPS.index(step.partition(" ")[2])


def assert_recovers(root: Path, out: Path, before: str, step: str) -> None:
    """A run that publishes nothing itself completes what was staged, or clears it away."""
    with open_output(out):
        pass
    staged = step == "after write journal" or number_of(step) > STEPS.index("write journal")
    expected = "new" if staged else before
    assert seen(root, out) == (contents(expected) if expected != "nothing" else NOTHING), step
    assert debris(out) == []


def test_killed_at_random_instants(
    root: Path, tmp_path: Path, run: Callable[..., ForkServerProcess], processes: ForkServerContext
) -> None:
    do_publish(tmp_path, "old")
    started = time.perf_counter()
    do_publish(tmp_path, "new")
    duration = time.perf_counter() - started
    ended_early = 0
    for seed in range(25):
        old, new = ("old", "new") if seed % 2 else ("new", "old")
        do_publish(tmp_path, old)
        ours, theirs = processes.Pipe()
        process = run(publish_when_told, tmp_path, new, theirs)
        assert heard(ours) == "ready"
        time.sleep(random.Random(seed).uniform(0, duration))
        process.kill()
        process.join(30)
        ended_early += not ours.poll()
        assert seen(root, tmp_path) in (contents(old), contents(new))
        assert_next_run_succeeds(tmp_path)
    assert ended_early > 5


def test_any_fault_of_the_file_system_leaves_the_old_or_the_new(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call that changes the disk fails in its turn, until none does."""
    for number in range(1000):
        do_publish(tmp_path, "old")
        with monkeypatch.context() as patch:
            calls = fail_at(patch, number)
            said = failure(tmp_path, "new")
        if len(calls) <= number:
            assert said == ""
            break
        now = seen(root, tmp_path)
        assert now == contents("new") or ("No space left on device" in said and now == contents("old"))
        if LOCK_NAME in debris(tmp_path):  # it could not be removed, and is stale once this process has ended
            (tmp_path / LOCK_NAME).write_bytes(stale_lock())
        assert_next_run_succeeds(tmp_path)
    assert number > 20


def fail_at(patch: pytest.MonkeyPatch, number: int) -> list[str]:
    """Let the call of that number to what changes the disk fail as on a full one; gives the calls."""
    calls: list[str] = []

    def failing(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            calls.append(name)
            if len(calls) == number + 1:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "a file")
            return function(*arguments, **options)

        return call

    for name in ("replace", "fsync", "mkdir", "unlink"):
        patch.setattr(os, name, failing(name, getattr(os, name)))
    return calls


def test_an_interruption_while_files_are_moved_leaves_nothing_behind(root: Path, tmp_path: Path) -> None:
    do_publish(tmp_path, "old")
    told = []

    def interrupt(step: str) -> None:
        told.append(step)
        if told.count("after move datasets") == 1 and step == "after move datasets":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        do_publish(tmp_path, "new", on_step=interrupt)
    assert seen(root, tmp_path) == contents("new")
    assert debris(tmp_path) == []


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that any user can reach, unlike those of pytest."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def small_disk(public_folder: Path) -> Iterator[Path]:
    """A disk of 192 KiB: mounted, where the tests may."""
    options = ["-t", "tmpfs", "-o", "size=192k", "tmpfs"]
    mounted = subprocess.run(["mount", *options, public_folder], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("a disk can only be mounted by the superuser")
    yield public_folder
    subprocess.run(["umount", public_folder], check=True)


def test_a_full_disk_leaves_the_old_release(root: Path, small_disk: Path) -> None:
    do_publish(small_disk, "old")
    filler = small_disk / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    os.truncate(filler, filler.stat().st_size - 12288)
    said = failure(small_disk, "new")
    assert "No space left on device" in said
    assert "what was published before still stands" in said
    assert seen(root, small_disk) == contents("old")
    assert report(small_disk) == b"old"
    assert debris(small_disk) == []
    filler.unlink()
    assert_next_run_succeeds(small_disk)


def test_a_read_only_disk_leaves_the_old_release(root: Path, small_disk: Path) -> None:
    do_publish(small_disk, "old")
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    assert "Read-only file system" in failure(small_disk, "new")
    assert seen(root, small_disk) == contents("old")
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    assert_next_run_succeeds(small_disk)


def test_a_folder_without_the_right_to_write_leaves_the_old_release(
    root: Path, public_folder: Path, run: Callable[..., ForkServerProcess], processes: ForkServerContext
) -> None:
    do_publish(public_folder, "old")
    public_folder.chmod(0o555)
    ours, theirs = processes.Pipe()
    run(publish_as_nobody, public_folder, "new", theirs)
    said = heard(ours)
    assert "Permission denied" in said
    assert "--out" in said
    public_folder.chmod(0o755)
    assert seen(root, public_folder) == contents("old")
    assert_next_run_succeeds(public_folder)


@pytest.mark.parametrize("limit", [1, 900, 4000])
def test_a_limit_on_files_leaves_the_old_release(
    root: Path,
    tmp_path: Path,
    run: Callable[..., ForkServerProcess],
    processes: ForkServerContext,
    limit: int,
) -> None:
    do_publish(tmp_path, "old")
    ours, theirs = processes.Pipe()
    run(publish_with_small_files, tmp_path, "new", limit, theirs)
    assert "File too large" in heard(ours)
    assert seen(root, tmp_path) == contents("old")
    assert [name for name in debris(tmp_path) if name != LOCK_NAME] == []
    assert_next_run_succeeds(tmp_path)


def test_a_report_that_cannot_be_written_leaves_the_old_release(root: Path, tmp_path: Path) -> None:
    do_publish(tmp_path, "old")
    with pytest.raises(PublishError, match="No such file"):
        publish(tmp_path, tables("new"), {"report.json": tmp_path / "absent"})
    with pytest.raises(ValueError, match="plain file name"):
        publish(tmp_path, tables("new"), {"../report.json": b""})
    assert seen(root, tmp_path) == contents("old")
    assert debris(tmp_path) == []


def test_a_second_run_is_told_who_publishes(
    tmp_path: Path, run: Callable[..., ForkServerProcess], processes: ForkServerContext
) -> None:
    ours, theirs = processes.Pipe()
    process = run(hold, tmp_path, theirs)
    assert heard(ours) == "held"
    with pytest.raises(LockHeld, match=rf"process {process.pid} on host .*since {datetime.now(UTC).year}-"):
        do_publish(tmp_path, "new")
    ours.send("go")
    process.join(30)
    do_publish(tmp_path, "new")


def test_the_lock_of_a_run_serves_its_publishing(root: Path, tmp_path: Path) -> None:
    with open_output(tmp_path, root=root) as lock:
        with pytest.raises(LockHeld, match=f"process {os.getpid()} "):
            do_publish(tmp_path, "new")
        do_publish(tmp_path, "new", lock=lock)
    assert seen(root, tmp_path) == contents("new")
    assert debris(tmp_path) == []


def test_the_lock_of_a_dead_process_is_taken_over(
    tmp_path: Path, run: Callable[..., ForkServerProcess]
) -> None:
    process = run(hold_and_die, tmp_path)
    process.join(30)
    assert debris(tmp_path) == [LOCK_NAME]
    do_publish(tmp_path, "new")
    assert debris(tmp_path) == []


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells")
def test_the_lock_of_an_ended_process_that_nobody_waited_for_is_taken_over(tmp_path: Path) -> None:
    child = subprocess.Popen(["true"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    (tmp_path / LOCK_NAME).write_bytes(stale_lock(pid=child.pid, started=None))
    with locked(tmp_path):
        pass
    child.wait()
    assert debris(tmp_path) == []


def test_a_process_is_gone_only_for_certain() -> None:
    here = this_process()
    assert not is_gone(here)
    assert is_gone(replace(here, pid=2**22 + 1))
    assert not is_gone(replace(here, pid=2**22 + 1, host="elsewhere"))
    assert not is_gone(replace(here, pid=2**22 + 1, machine="another of that name"))
    assert not is_gone(replace(here, pid=2**22 + 1, namespace="another container"))
    assert is_gone(replace(here, boot="an earlier start")) == (None not in (here.machine, here.boot))
    assert not is_gone(replace(here, pid=10**30))


@pytest.mark.parametrize(
    "changes",
    [{"pid": os.getppid(), "started": "1"}, {"pid": 2**22 + 1}, {"pid": -1}, {"pid": 0}],
    ids=["number in use again", "no such process", "minus one", "zero"],
)
def test_a_stale_lock_is_taken_over(tmp_path: Path, changes: dict[str, Any]) -> None:
    (tmp_path / LOCK_NAME).write_bytes(stale_lock(**changes))
    with locked(tmp_path):
        assert debris(tmp_path) == [LOCK_NAME]
    assert debris(tmp_path) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (stale_lock(host="elsewhere"), "on host 'elsewhere'"),
        (stale_lock(machine="another of that name"), "since 2025-01-01"),
        (stale_lock(namespace="pid:[1]"), "since 2025-01-01"),
        (stale_lock(pid=os.getppid(), started=None), f"process {os.getppid()} "),
        (stale_lock(token="../x"), "does not say who holds it"),
        (b"", "does not say who holds it"),
        (b"[" * 4000, "does not say who holds it"),
        (b"\xff", "does not say who holds it"),
    ],
)
def test_a_lock_that_may_be_held_is_never_broken(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / LOCK_NAME).write_bytes(content)
    with pytest.raises(LockHeld, match=message) as caught, locked(tmp_path):
        pass
    assert f"remove {tmp_path / LOCK_NAME}" in str(caught.value)
    assert (tmp_path / LOCK_NAME).read_bytes() == content
    assert debris(tmp_path) == [LOCK_NAME]


def test_a_lock_that_is_no_file_is_never_opened(tmp_path: Path) -> None:
    for make in (os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/zero", path)):
        make(tmp_path / LOCK_NAME)
        with pytest.raises(LockHeld, match="does not say who holds it"), locked(tmp_path):
            pass
        (tmp_path / LOCK_NAME).rmdir() if (tmp_path / LOCK_NAME).is_dir() else (tmp_path / LOCK_NAME).unlink()


def test_a_lock_that_someone_else_made_meanwhile_is_left(tmp_path: Path) -> None:
    with locked(tmp_path):
        (tmp_path / LOCK_NAME).unlink()
        (tmp_path / LOCK_NAME).write_bytes(stale_lock(host="elsewhere"))
    assert debris(tmp_path) == [LOCK_NAME]


def test_a_takeover_that_was_cut_short_is_taken_over(tmp_path: Path) -> None:
    for number, token in enumerate(("a" * 32, "b" * 32, "c" * 32)):
        name = f"{LOCK_NAME}-{'_ab'[number] * 32}" if number else LOCK_NAME
        (tmp_path / name).write_bytes(stale_lock(token=token))
    with locked(tmp_path):
        assert debris(tmp_path) == [LOCK_NAME]
    assert debris(tmp_path) == []


def test_who_finds_a_stale_lock_too_late_leaves_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / LOCK_NAME).write_bytes(stale_lock())
    with ExitStack() as faster:

        def overtaken(process: Process) -> bool:
            monkeypatch.undo()
            faster.enter_context(locked(tmp_path))
            return True

        monkeypatch.setattr("alfcheck.publish.lock.is_gone", overtaken)
        with pytest.raises(LockHeld, match=f"process {os.getpid()} "), locked(tmp_path):
            pass
        assert debris(tmp_path) == [LOCK_NAME]
    assert debris(tmp_path) == []


def test_a_takeover_keeps_others_from_taking_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / LOCK_NAME).write_bytes(stale_lock())
    real = os.replace
    refused = []

    def amid(source: Path, target: Path) -> None:
        monkeypatch.undo()
        with pytest.raises(LockHeld) as caught, locked(tmp_path):
            pass
        refused.append(str(caught.value))
        real(source, target)

    monkeypatch.setattr(os, "replace", amid)
    with locked(tmp_path):
        assert len(refused) == 1
    assert debris(tmp_path) == []


def test_a_file_system_without_hard_links_has_a_lock_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(source: Path, target: Path) -> None:
        raise PermissionError(errno.EPERM, "no hard links")

    monkeypatch.setattr(os, "link", link)
    with locked(tmp_path), pytest.raises(LockHeld), locked(tmp_path):
        pass
    assert debris(tmp_path) == []


def test_no_two_ever_hold_the_lock(
    tmp_path: Path, run: Callable[..., ForkServerProcess], processes: ForkServerContext
) -> None:
    barrier = processes.Barrier(4)
    (tmp_path / LOCK_NAME).write_bytes(stale_lock())
    pipes = [processes.Pipe() for _ in range(4)]
    for _, theirs in pipes:
        run(compete, tmp_path, barrier, 60, theirs)
    wins = [heard(ours) for ours, _ in pipes]
    assert sum(wins) >= 60
    with locked(tmp_path):
        pass
    assert debris(tmp_path) == []


def test_an_unchanged_index_is_left_untouched(tmp_path: Path) -> None:
    do_publish(tmp_path, "old")
    before = {
        name: ((tmp_path / name).stat(), (tmp_path / name).read_bytes())
        for name in ("sessions.pqt", "datasets.pqt")
    }
    later = publish(tmp_path, tables("old", WHEN + timedelta(days=1)), {"report.json": b"later"})
    assert not later.index_changed
    assert report(tmp_path) == b"later"
    assert before == {name: ((tmp_path / name).stat(), (tmp_path / name).read_bytes()) for name in before}
    fixed = publish(tmp_path, tables("old", WHEN + timedelta(days=1)), {}, fixed_date=True)
    assert fixed.index_changed
    assert before["sessions.pqt"][1] != (tmp_path / "sessions.pqt").read_bytes()


def test_an_index_with_half_of_it_lost_is_written_again(root: Path, tmp_path: Path) -> None:
    for name in ("sessions.pqt", "datasets.pqt"):
        do_publish(tmp_path, "old")
        (tmp_path / name).unlink()
        assert do_publish(tmp_path, "old").index_changed
        assert seen(root, tmp_path) == contents("old")


def test_ids_that_changed_are_told(tmp_path: Path) -> None:
    do_publish(tmp_path, "old, other ids")
    (warning,) = do_publish(tmp_path, "new").warnings
    assert warning.startswith("1 sessions had other ids")
    assert "--ids-from" in warning


@pytest.mark.parametrize("name", ["sessions.pqt", "datasets.pqt", "mine.pqt", ".hidden.pqt"])
@pytest.mark.parametrize("kind", ["truncated", "empty", "folder", "pipe", "dangling"])
def test_what_cannot_be_read_stops_publishing(tmp_path: Path, name: str, kind: str) -> None:
    make: dict[str, Callable[[Path], object]] = {
        "truncated": lambda path: path.write_bytes(parquet_bytes(tables("old").sessions)[:-20]),
        "empty": lambda path: path.touch(),
        "folder": lambda path: path.mkdir(),
        "pipe": os.mkfifo,
        "dangling": lambda path: path.symlink_to("nowhere"),
    }
    make[kind](tmp_path / name)
    with pytest.raises(PublishError, match="move the file away"):
        do_publish(tmp_path, "new")
    assert os.listdir(tmp_path) == [name]


def test_what_is_no_index_is_not_replaced(tmp_path: Path) -> None:
    pd.DataFrame({"spikes": [1]}).to_parquet(tmp_path / "sessions.pqt")
    with pytest.raises(PublishError, match="no table of sessions"):
        do_publish(tmp_path, "new")
    assert os.listdir(tmp_path) == ["sessions.pqt"]


def test_a_foreign_table_is_a_warning_unless_it_breaks_one(root: Path, tmp_path: Path) -> None:
    pd.DataFrame({"spikes": [1]}).to_parquet(tmp_path / "mine.pqt")
    (warning,) = do_publish(tmp_path, "new").warnings
    assert "mine.pqt" in warning
    assert seen(root, tmp_path) == contents("new")
    for metadata in (
        None,
        {"one_metadata": '{"date_created": "2025-01-01T00:00:00+00:00"}'},
        {"one_metadata": "{"},
    ):
        pq.write_table(pa.table({"a": [1]}, metadata=metadata), tmp_path / "mine.pqt")
        with pytest.raises(Exception):  # noqa: B017 (ONE's own, of several kinds)
            seen(root, tmp_path)
        with pytest.raises(PublishError, match=r"mine\.pqt"):
            do_publish(tmp_path, "new")


def test_the_output_may_be_another_folder(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "a" / "b"
    with open_output(out, root=root) as lock:
        do_publish(out, "new", lock=lock)
    with open_output(out, root=root):
        pass
    assert seen(root, out) == contents("new")


def test_an_output_that_was_made_for_nothing_is_removed(root: Path, tmp_path: Path) -> None:
    with open_output(tmp_path / "out", root=root):
        pass
    assert not (tmp_path / "out").exists()


def test_an_output_of_another_release_is_refused(root: Path, tmp_path: Path) -> None:
    (root / "inside").mkdir(exist_ok=True)
    with pytest.raises(UsageError, match="lies inside"), open_output(root / "inside", root=root):
        pass
    do_publish(tmp_path, "new")
    with (
        pytest.raises(UsageError, match="of another release"),
        open_output(tmp_path, root=tmp_path.parent / "other"),
    ):
        pass
    with open_output(tmp_path, root=tmp_path):  # its own: whatever stands there
        pass
    assert debris(tmp_path) == []


def test_a_planted_journal_or_link_leads_nowhere(root: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("x")
    out = tmp_path / "out"
    out.mkdir()
    for name in (REPORT_NAME, ".alfcheck-tmp-report", ".alfcheck-tmp-report-old", ".alfcheck-tmp-else"):
        (out / name).symlink_to(precious)
    (out / "sessions.pqt").symlink_to(precious / "file.pqt")
    (precious / "file.pqt").write_bytes(parquet_bytes(tables("old").sessions))
    do_publish(out, "new")
    assert (precious / "file").read_text() == "x"
    assert (precious / "file.pqt").read_bytes() == parquet_bytes(tables("old").sessions)
    assert seen(root, out) == contents("new")
    assert debris(out) == []


@pytest.mark.parametrize("content", [b"", b"{}", b'{"schema_version": 2}', b"[" * 4000, b"\xff"])
def test_a_journal_that_is_not_ours_stops_publishing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ".alfcheck-journal").write_bytes(content)
    with pytest.raises(PublishError, match="journal"):
        do_publish(tmp_path, "new")
    assert debris(tmp_path) == [".alfcheck-journal"]


def test_the_date_is_asked_for_or_now() -> None:
    now = datetime(2025, 6, 7, 8, 9, 10, 999, tzinfo=UTC)
    assert release_date({}, now) == (datetime(2025, 6, 7, 8, 9, 10), False)
    assert release_date({"SOURCE_DATE_EPOCH": "0"}, now) == (datetime(1970, 1, 1), True)
    assert not release_date({"SOURCE_DATE_EPOCH": ""}).fixed
    for text in ("x", "1e9", "9" * 30, "2025-01-01"):
        with pytest.raises(ConfigError, match="SOURCE_DATE_EPOCH"):
            release_date({"SOURCE_DATE_EPOCH": text})


def test_the_releases_of_these_tests_differ() -> None:
    assert set(contents("old")) - set(contents("new"))
    assert set(contents("new")) - set(contents("old"))
    assert set(RELEASES["old"]) & set(RELEASES["new"])
