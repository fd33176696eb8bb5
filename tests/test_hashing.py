"""The md5 of files: that of all their bytes, however they were read."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from release_fixtures import SESSION, Content, npy, verdicts, write

import alfcheck
from alfcheck.pipeline import hashing, opening, values
from alfcheck.pipeline.hashing import Digest, HashedFile
from alfcheck.report import Report

RNG = np.random.default_rng(5)
TIMES = np.sort(RNG.uniform(0, 100, 3000))
MP4 = bytes(RNG.integers(0, 256, 5000, dtype=np.uint8))

FILES: dict[str, Content] = {
    "alf/spikes.times.npy": TIMES,
    "alf/spikes.amps.npy": np.where(np.arange(3000) == 1700, np.nan, 1e-4),
    "alf/waves.values.npy": np.asfortranarray(RNG.normal(size=(300, 7))),
    "alf/cut.values.npy": npy(TIMES)[:-9],
    "alf/long.values.npy": npy(TIMES) + b"more",
    "alf/events.table.pqt": pd.DataFrame({"times": TIMES, "text": ["a", "b", None] * 1000}),
    "alf/broken.table.pqt": b"PAR1" + bytes(900) + b"PAR1",
    "alf/things.list.csv": pd.DataFrame({"times": TIMES, "more": ["x"] * 3000}),
    "alf/rows.list.csv": "a,b\n" + "1,2\n" * 500 + "1\n" * 500,
    "alf/notes.list.json": b"[" + b"1," * 3000 + b"1]",
    "alf/notes.lines.jsonable": b'{"a": 1}\n' * 800,
    "alf/bad.lines.jsonable": b'{"a": 1}\n' * 400 + b"{\n" * 400,
    "alf/flat.values.bin": b"\1\2" * 2000,
    "alf/flat.values.metadata.json": b'{"dtype": "int16"}',
    "raw/camera.raw.mp4": MP4,
    "raw/camera.nothing.mp4": b"",
}


def hashes(report: Report) -> dict[str, str | None]:
    return {row.path.removeprefix(f"{SESSION}/"): row.md5 for row in report.ledger if row.md5 is not None}


def true_hashes(root: Path) -> dict[str, str]:
    folder = root / SESSION
    return {
        path.relative_to(folder).as_posix(): hashlib.md5(path.read_bytes()).hexdigest()
        for path in folder.rglob("*.*")
        if path.is_file()
    }


@pytest.mark.parametrize("worth", [0, 2**18], ids=["in a thread", "at once"])
@pytest.mark.parametrize(
    "limits",
    [{}, {"SMALL": 0}, {"SMALL": 0, "HELD_FILES": 0}, {"SMALL": 0, "HELD_FILES": 2}, {"HELD_BYTES": 3000}],
    ids=["small", "large", "none held open", "few held open", "little held"],
)
def test_files_have_the_md5_of_their_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int], worth: int
) -> None:
    """So have files that are rejected, and those that nobody reads."""
    root = write(tmp_path / "release", FILES)
    expected = true_hashes(root)
    for limit, value in limits.items():
        monkeypatch.setattr(opening, limit, value)
    monkeypatch.setattr(opening, "PIECE", 1000)
    monkeypatch.setattr(values, "PIECE", 1000)
    monkeypatch.setattr(hashing, "WORTH", worth)
    report = alfcheck.release(root, hashes=True, partial=True)
    assert hashes(report) == expected
    assert {"fail", "pass"} < set(verdicts(report).values())


@pytest.mark.parametrize("border", [opening.SMALL, opening.PIECE])
@pytest.mark.parametrize("more", [-1, 0, 1])
@pytest.mark.parametrize("name", ["alf/flat.values.bin", "raw/camera.raw.mp4", "alf/spikes.times.npy"])
def test_sizes_about_the_borders(tmp_path: Path, name: str, border: int, more: int) -> None:
    data = npy(np.zeros(border // 8))[: border + more].ljust(border + more, b"x")
    root = write(tmp_path / "release", {name: data})
    report = alfcheck.release(root, hashes=True, partial=True)
    assert hashes(report) == {name: hashlib.md5(data).hexdigest()}


def test_hashes_change_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write(tmp_path / "release", FILES)
    plain = alfcheck.check(root)
    monkeypatch.setattr(opening, "HELD_BYTES", 0)
    report = alfcheck.release(root, hashes=True, partial=True)
    assert report.findings == plain.findings
    assert report.verdicts == plain.verdicts


def test_a_file_that_grew_has_no_md5(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read in the end to complete the md5 may come of another file."""
    monkeypatch.setattr(opening, "SMALL", 0)
    root = write(tmp_path / "release", {"raw/camera.raw.mp4": MP4, "alf/spikes.times.npy": [0.5]})
    target = root / SESSION / "raw/camera.raw.mp4"
    inode = target.stat().st_ino
    true_read = os.read

    def meddle(descriptor: int, count: int) -> bytes:
        if os.fstat(descriptor).st_ino == inode:
            with target.open("ab") as file:
                file.write(b"more")
        return true_read(descriptor, count)

    monkeypatch.setattr(os, "read", meddle)
    report = alfcheck.release(root, hashes=True, partial=True)
    assert {finding.code for finding in report.findings} == {"ALF903"}
    assert verdicts(report)["raw/camera.raw.mp4"] == "unverified"
    assert set(hashes(report)) == {"alf/spikes.times.npy"}


STEPS = st.lists(st.tuples(st.sampled_from(["read", "seek", "raw"]), st.integers(0, 3000)), max_size=12)


@settings(deadline=None, max_examples=80)
@given(
    st.binary(max_size=200).map(lambda data: data * 20), STEPS, st.integers(1, 5000), st.sampled_from([0, 99])
)
def test_however_a_file_is_read(
    tmp_path_factory: pytest.TempPathFactory,
    data: bytes,
    steps: list[tuple[str, int]],
    piece: int,
    worth: int,
) -> None:
    """Bytes that come twice, in another order or never do not matter."""
    path = tmp_path_factory.mktemp("file") / "data"
    path.write_bytes(data)
    descriptor = os.open(path, os.O_RDONLY)
    digest = Digest()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashing, "WORTH", worth)
        raw = HashedFile(descriptor, digest)
        buffered = io.BufferedReader(raw, 64)
        for step, number in steps:
            if step == "seek":
                buffered.seek(min(number, len(data)))
            elif step == "read":
                where = buffered.tell()
                assert buffered.read(number) == data[where : where + number]
            else:
                raw.read(number)
                buffered.seek(0)
        assert digest.finish(descriptor, len(data), piece) == hashlib.md5(data).hexdigest()
    buffered.detach()
    os.close(descriptor)


def test_no_more_is_read_of_a_file_that_grew(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"abcdef")
    descriptor = os.open(tmp_path / "data", os.O_RDONLY)
    streamed, unread = Digest(), Digest()
    streamed.see(0, memoryview(b"abcdef"))
    assert streamed.finish(descriptor, 3, 100) == hashlib.md5(b"abcdef").hexdigest()
    assert unread.finish(descriptor, 3, 100) == hashlib.md5(b"abcd").hexdigest()
    os.close(descriptor)


def test_a_file_that_is_read_in_order_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "SMALL", 0)
    monkeypatch.setattr(values, "PIECE", 1000)
    root = write(tmp_path / "release", {"alf/spikes.times.npy": TIMES})
    inode = (root / SESSION / "alf/spikes.times.npy").stat().st_ino
    left = []
    true_read = os.read

    def note(descriptor: int, count: int) -> bytes:
        data = true_read(descriptor, count)
        if os.fstat(descriptor).st_ino == inode:
            left.append(data)
        return data

    monkeypatch.setattr(os, "read", note)
    report = alfcheck.release(root, hashes=True, partial=True)
    assert len(hashes(report)) == 1
    assert b"".join(left) == b"", "nothing is left to be read when the values have passed"
