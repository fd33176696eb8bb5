"""One publisher at a time, and no lock outlives its process."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

import pytest
from publish_child import (
    compete,
    contents,
    do_publish,
    hold,
    hold_and_die,
    stale_lock,
)
from publish_view import debris, heard, seen

from alfcheck.errors import LockHeld
from alfcheck.publish import LOCK_NAME, locked, open_output
from alfcheck.publish.process import Process, is_gone, this_process


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
