"""Whatever the file system refuses, the old release stands or the new one does."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

import pytest
from publish_child import (
    contents,
    do_publish,
    failure,
    publish_as_nobody,
    publish_with_small_files,
    stale_lock,
    tables,
)
from publish_view import assert_next_run_succeeds, debris, heard, report, seen

from alfcheck.errors import PublishError
from alfcheck.publish import LOCK_NAME, publish


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
    with pytest.raises(ValueError, match="no file name"):
        publish(tmp_path, tables("new"), {"../report.json": b""})
    assert seen(root, tmp_path) == contents("old")
    assert debris(tmp_path) == []
