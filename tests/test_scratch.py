"""The temporary file of what does not fit into memory."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from bench_runs import column, contract_of, only, plan_of

from alfcheck.contracts.bench import Bench
from alfcheck.contracts.checks import unique_rows
from alfcheck.contracts.scratch import LEFT, NoRoom, Room, Scratch
from alfcheck.model import Problem, Severity


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, with nothing in it."""
    path = tmp_path / "temporary"
    path.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(path))
    return path


@pytest.mark.parametrize("dtype", ["f8", "f2", "?", "S16", "M8[ns]", "c16"])
def test_what_is_written_is_read(dtype: str) -> None:
    scratch = Scratch(Room())
    arrays = [np.array(values).astype(dtype) for values in ([3, 1, 2], [], [0, 1])]
    stored = [scratch.put(array) for array in arrays]
    for array, where in zip(arrays, stored, strict=True):
        assert np.array_equal(scratch.get(where), array)
        assert np.array_equal(scratch.get(where, 1, 9), array[1:9])
    assert scratch.size == 5 * arrays[0].itemsize
    scratch.clear()
    assert scratch.size == 0


def test_every_second_value_is_written_alone() -> None:
    scratch = Scratch(Room())
    assert scratch.get(scratch.put(np.arange(6)[::2])).tolist() == [0, 2, 4]


def test_the_file_has_no_name_that_could_be_left_behind(folder: Path) -> None:
    scratch = Scratch(Room())
    scratch.put(np.arange(1000))
    assert list(folder.iterdir()) == []


def test_no_file_is_made_before_there_is_something_to_write(folder: Path) -> None:
    Scratch(Room()).clear()
    folder.rmdir()
    with pytest.raises(NoRoom, match="no folder"):
        Scratch(Room()).put(np.arange(3))


@pytest.mark.parametrize("outside", [".", "..", "elsewhere/.."])
def test_nothing_is_written_into_the_data(folder: Path, outside: str) -> None:
    (folder / "elsewhere").mkdir()
    with pytest.raises(NoRoom, match="within the data"):
        Scratch(Room(outside=str(folder / outside))).put(np.arange(3))
    Scratch(Room(outside=str(folder / "elsewhere"))).put(np.arange(3))


@pytest.mark.skipif(os.name != "posix", reason="drives are imitated")
def test_a_folder_on_another_drive(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(paths: list[str]) -> str:
        raise ValueError("Paths don't have the same drive")

    monkeypatch.setattr(os.path, "commonpath", refuse)
    Scratch(Room(outside="D:/data")).put(np.arange(3))


def test_no_more_is_written_than_allowed(folder: Path) -> None:
    scratch = Scratch(Room(disk=2**20))
    scratch.put(np.zeros(2**19, np.uint8))
    with pytest.raises(NoRoom, match="may take 1 MiB"):
        scratch.put(np.zeros(2**19 + 1, np.uint8))


def test_the_disk_is_not_filled(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=LEFT + 2**20))
    scratch = Scratch(Room())
    scratch.put(np.zeros(2**20, np.uint8))
    with pytest.raises(NoRoom, match="1 MiB to spare"):
        scratch.put(np.zeros(2**20 + 1, np.uint8))


class TestTold:
    """A column whose values find no room is not verified, and says what it takes."""

    def judge(self, room: Room) -> Problem:
        values = np.arange(300_000.0)[::-1]
        bench = Bench(room=room)
        (lane,) = plan_of(contract_of(column(unique_rows())), values).lanes
        for start in range(0, len(values), 100_000):
            bench.add(0, lane, {"": values[start : start + 100_000]}, start, whole=False)
        bench.end(0)
        bench.finish()
        return only({0: list(bench.faults.problems(0, len(values)))}, 0)

    @pytest.mark.parametrize("room", [Room(0, 0), Room(0, 10**6), Room(10**6, 10**6), Room(10**6, 3 * 10**6)])
    def test_too_little_room(self, folder: Path, room: Room) -> None:
        problem = self.judge(room)
        assert (problem.code, problem.severity) == ("ALF905", Severity.UNVERIFIED)
        # The values as they come, in order, and with their places.
        assert "takes 7 MiB of disk" in problem.message
        assert "take the check out of the contract" in problem.message
        assert "TMPDIR" not in problem.message  # which would not help
        assert str(folder) not in problem.message

    def test_a_full_disk(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=LEFT))
        message = self.judge(Room(0)).message
        assert (
            "has 0 bytes to spare; make room there, or name another folder in the variable TMPDIR" in message
        )

    @pytest.mark.parametrize("disk", [20_000, 10**6])
    def test_what_is_refused_takes_no_room_from_other_files(self, folder: Path, disk: int) -> None:
        large, small = np.arange(4000.0)[::-1], np.arange(500.0)[::-1]
        bench = Bench(room=Room(1000, disk))
        (lane,) = plan_of(contract_of(column(unique_rows())), large).lanes
        for ref, values in enumerate((large, small)):
            for start in range(0, len(values), 100):
                bench.add(ref, lane, {"": values[start : start + 100]}, start, whole=False)
            bench.end(ref)
        bench.finish()
        assert list(bench.faults.refs()) == ([0] if disk < 10**6 else [])

    def test_a_folder_within_the_data(self, folder: Path) -> None:
        assert "lies within the data" in self.judge(Room(0, outside=str(folder))).message
