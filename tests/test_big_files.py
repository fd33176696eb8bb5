"""Files that are larger than the memory that they are judged in."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import alfcheck

ROWS = 12_000_000
HALF = ROWS // 2
MOST = 110
"""MiB by which memory may grow; each column of ROWS float64 takes 92."""

SESSION = "mouse/2020-01-01/001/alf"
Found = list[tuple[str, str, int, list[int]]]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="peak memory is asked of POSIX systems")


def times() -> np.ndarray:
    return np.linspace(0, 5000, ROWS)


def clusters() -> np.ndarray:
    values = np.arange(ROWS, dtype=np.int32) % 50
    values[[5, HALF, -1]] = (99, -3, 50)
    return values


OUTSIDE = ("ALF402", 3, [5, HALF, ROWS - 1])
NEGATIVE = ("ALF303", 1, [HALF])


def references(folder: Path) -> Found:
    np.save(folder / "spikes.times.npy", times())
    np.save(folder / "spikes.clusters.npy", clusters())
    np.save(folder / "clusters.depths.npy", np.arange(50.0))
    return [(code, "spikes.clusters.npy", count, rows) for code, count, rows in (NEGATIVE, OUTSIDE)]


def disorder(folder: Path) -> Found:
    values = times()
    values[[7, HALF]] = values[[HALF, 7]]
    np.save(folder / "spikes.times.npy", values)
    return [("ALF305", "spikes.times.npy", 2, [8, HALF])]


def parquet(folder: Path, group: int) -> Found:
    frame = pd.DataFrame({"times": times(), "clusters": clusters()})
    frame.to_parquet(folder / "spikes.table.pqt", row_group_size=group, compression=None)
    np.save(folder / "clusters.depths.npy", np.arange(50.0))
    return [(code, "spikes.table.pqt", count, rows) for code, count, rows in (NEGATIVE, OUTSIDE)]


def relation(folder: Path) -> Found:
    left, right = np.full(ROWS, 0.5), np.full(ROWS, np.nan)
    left[::2], right[::2] = np.nan, 0.25
    right[HALF + 1] = 1.0
    np.save(folder / "_ibl_trials.contrastLeft.npy", left)
    np.save(folder / "_ibl_trials.contrastRight.npy", right)
    return [("ALF307", "_ibl_trials.contrastLeft.npy", 1, [HALF + 1])]


def agreement(folder: Path) -> Found:
    values = times()
    frame = pd.DataFrame({"times": values})
    frame.to_parquet(folder / "spikes.table.pqt", row_group_size=10**6, compression=None)
    values[HALF] += 1e-5
    np.save(folder / "spikes.times.npy", values)
    return [("ALF405", "spikes.table.pqt", 1, [HALF])]


def texts(folder: Path) -> Found:
    values = np.random.default_rng(0).permutation(ROWS // 4).astype(str)
    pd.DataFrame({"notes": values}).to_parquet(folder / "marks.table.pqt", row_group_size=ROWS)
    return []


KINDS: dict[str, Callable[[Path], Found]] = {
    "references": references,
    "order": disorder,
    "parquet by row group": lambda folder: parquet(folder, 10**6),
    "parquet of one row group": lambda folder: parquet(folder, ROWS),
    "a relation between files": relation,
    "a table and a file beside it": agreement,
    "a table of many texts": texts,
}


def run(root: Path, *plugins: Path) -> tuple[int, Found]:
    """Check in a process of its own; give by how many MiB it grew, and what it found."""
    script = Path(__file__).with_name("big_runs.py")
    command = [sys.executable, str(script), str(root), *map(str, plugins)]
    said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return said["grown"], [tuple(each) for each in said["found"]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "release" / SESSION
    path.mkdir(parents=True)
    return path


@pytest.mark.parametrize("write", KINDS.values(), ids=KINDS)
def test_memory_does_not_follow_the_file(
    tmp_path: Path, folder: Path, write: Callable[[Path], Found]
) -> None:
    expected = write(folder)
    grown, found = run(tmp_path / "release")
    assert sorted(found) == sorted(expected)
    assert grown < MOST


CONTRACT = """
import numpy as np
import pandera.pandas as pa

import alfcheck

{functions}


@alfcheck.hookimpl
def alfcheck_contracts():
    return [
        alfcheck.Contract(
            id="lab.marks",
            version="1.0.0",
            match=alfcheck.Match(object="marks"),
            terms={{name: alfcheck.Terms() for name in ("times", "codes")}},
            schema=lambda: pa.DataFrameSchema({{{columns}}}, {checks}),
        )
    ]
"""


def plugin(folder: Path, columns: str, functions: str = "", checks: str = "") -> Path:
    path = folder / "marks.py"
    path.write_text(CONTRACT.format(columns=columns, functions=functions, checks=checks), encoding="utf-8")
    return path


@pytest.mark.parametrize("twice", [[], [HALF, ROWS - 2]], ids=["unique", "not unique"])
def test_uniqueness_without_order(tmp_path: Path, folder: Path, twice: list[int]) -> None:
    """The values are too many to be remembered: they are sorted on disk, and those that come again found."""
    values = np.random.default_rng(0).permutation(ROWS).astype(float)
    values[twice] = values[3]
    np.save(folder / "marks.times.npy", values)
    grown, found = run(tmp_path / "release", plugin(tmp_path, '"times": pa.Column(unique=True)'))
    assert found == ([("ALF306", "marks.times.npy", 2, twice)] if twice else [])
    assert grown < MOST


IS_MAP = """
def is_map(column):
    values = column.to_numpy()
    while isinstance(values, np.ndarray) and not isinstance(values, np.memmap):
        values = values.base
    return isinstance(values, np.memmap) and values.mode == "r" and len(column) > 2**20
"""


def test_a_check_of_a_whole_array_is_given_a_map_of_it(tmp_path: Path, folder: Path) -> None:
    np.save(folder / "marks.times.npy", np.arange(2**20 + 1.0))
    np.save(folder / "marks.codes.npy", np.ones(2**20 + 1, np.int64))
    columns = '"times": pa.Column(None, pa.Check(is_map)), "codes": pa.Column(None, pa.Check.isin([1]))'
    checks = 'checks=pa.Check(lambda frame: is_map(frame["times"]) and is_map(frame["codes"]))'
    rules = plugin(tmp_path, columns, IS_MAP, checks)
    assert alfcheck.check(tmp_path / "release", plugins=(str(rules),)).findings == ()


@pytest.mark.parametrize("terms", ["", "missing=-1"])
def test_such_a_check_is_given_no_map_where_values_are_missing(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, terms: str
) -> None:
    """They are taken out, which takes a copy: one that is too large is not made."""
    values = np.arange(2**20 + 1.0)
    values[2**19] = -1 if terms else np.nan
    np.save(folder / "marks.times.npy", values)
    columns = (
        '"times": pa.Column(None, [pa.Check(lambda c: bool(c.min() >= 5)), pa.Check.le(9)], nullable=True)'
    )
    rules = plugin(tmp_path, columns)
    rules.write_text(
        rules.read_text(encoding="utf-8").replace("Terms()", f"Terms({terms})"), encoding="utf-8"
    )
    found = {}
    for most in (8 * 2**20, 2**23 + 8):
        monkeypatch.setattr("alfcheck.pipeline.values.WHOLE", most)
        findings = alfcheck.check(tmp_path / "release", plugins=(str(rules),)).findings
        found[most] = {each.code: each.message for each in findings}
    assert [set(each) for each in found.values()] == [{"ALF303", "ALF905"}, {"ALF303", "ALF310"}]
    message = found[8 * 2**20]["ALF905"]
    assert "so that the rest is copied, which takes 9 MiB of memory or more; it may have 8 MiB" in message


def test_what_such_a_check_finds_is_told_with_its_rows(tmp_path: Path, folder: Path) -> None:
    values = np.arange(2**20 + 1.0)
    values[[9, 2**20]] = -1
    np.save(folder / "marks.times.npy", values)
    rules = plugin(tmp_path, '"times": pa.Column(None, pa.Check(lambda column: column >= column.mean() * 0))')
    (finding,) = alfcheck.check(tmp_path / "release", plugins=(str(rules),)).findings
    assert (finding.code, finding.count, finding.rows) == ("ALF310", 2, (9, 2**20))


def test_a_table_that_is_too_large_for_such_a_check_says_what_it_takes(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alfcheck.pipeline.values.WHOLE", 4 * 2**20)
    frame = pd.DataFrame({"times": np.arange(2**22 + 1.0)})
    frame.to_parquet(folder / "marks.table.pqt", compression=None)
    rules = plugin(tmp_path, '"times": pa.Column(None, [pa.Check(lambda c: True), pa.Check.lt(2**22)])')
    findings = alfcheck.check(tmp_path / "release", plugins=(str(rules),)).findings
    assert [each.code for each in findings] == ["ALF303", "ALF905"]
    assert "which takes 33 MiB of memory or more; it may have 4 MiB" in findings[1].message
