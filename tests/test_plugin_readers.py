"""What a plugin's reader gives is looked at before it is judged by: its faults are told as its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from lab_plugins import Lab

import alfcheck
from alfcheck.model import Finding, Verdict
from alfcheck.report import Report

SESSION = "mouse/2020-01-01/001"
TICKS = f"{SESSION}/alf/licks.tick.ticks"
TIMES = f"{SESSION}/alf/licks.times.npy"

READER = """
from alfcheck import Column, Content, Kind
import numpy as np
import itertools
import time

BUFFER = np.zeros(1)
BASE = {"kind": Kind.ARRAY, "columns": (Column("", "float64"),), "rows": 5}

def content(**other):
    return Content(**{**BASE, **other})

def reused():
    for number in range(5):
        BUFFER[:] = number
        yield {"": BUFFER}

def whole(values):
    return {"": values}

def read(source):
    return GIVEN

@alfcheck.hookimpl
def alfcheck_readers():
    return [Reader("ticks", ("ticks",), read)]
"""

RULES = """
@alfcheck.content_rule("LAB201", "reads", datasets=["licks.tick.ticks"])
def reads(data):
    yield from () if data["tick"].sum() < 100 else [Problem(message="many")]

@alfcheck.object_rule("LAB401", "late", object="licks", columns=["tick", "times"])
def late(table):
    yield from table.where(table["tick"] > table["times"] + 50, "late")

@alfcheck.hookimpl
def alfcheck_rules():
    return [reads, late]
"""


@pytest.fixture
def read(tmp_path: Path, lab: Lab) -> Callable[..., Report]:
    """Check a file that a plugin reads, beside one of five rows that we read."""
    folder = tmp_path / "release" / SESSION / "alf"
    folder.mkdir(parents=True)
    np.save(folder / "licks.times.npy", np.arange(5.0))
    (folder / "licks.tick.ticks").write_bytes(b"12345")

    def check(given: str, more: str = RULES, **options: object) -> Report:
        source = READER.replace("GIVEN", given) + more
        return alfcheck.check(tmp_path / "release", plugins=(lab.file(source),), **options)  # type: ignore[arg-type]

    return check


def the_only(report: Report) -> Finding:
    """Give the only thing that is told: of the reader, about its file, and the file beside it passes."""
    (told,) = set(report.findings)
    assert (told.path, told.origin, told.severity.value) == (TICKS, ("rules", "local"), "unverified")
    assert report.verdicts == {TICKS: Verdict.UNVERIFIED, TIMES: Verdict.PASS}
    assert report.exit_code() == 3
    return told


def pieces(text: str, **other: str) -> str:
    more = "".join(f", {name}={value}" for name, value in other.items())
    return f"content(pieces=lambda size: {text}{more})"


SOUND = {
    "whole": "content(whole=whole(np.arange(5.0)))",
    "in pieces": pieces("iter([whole(np.zeros(2)), whole(np.zeros(0)), whole(np.zeros(3))])"),
    "a list of pieces": pieces("[whole(np.zeros(5))]"),
    "rows that the pieces tell": pieces("iter([whole(np.zeros(2)), whole(np.zeros(3))])", rows="None"),
    "other bytes first": pieces("iter([whole(np.zeros(5, '>f8'))])", columns="(Column('', '<f8'),)"),
    "a buffer that is used again": pieces("reused()"),
}


@pytest.mark.parametrize("given", SOUND.values(), ids=SOUND)
def test_what_keeps_its_promises_is_judged(given: str, read: Callable[..., Report]) -> None:
    report = read(given)
    assert report.findings == ()
    assert report.verdicts == {TICKS: Verdict.PASS, TIMES: Verdict.PASS}


PROMISES = {
    "values and no rows": (
        "content(whole=whole(np.zeros(4)), rows=None)",
        "with values and without rows: say how many",
    ),
    "another dtype": (
        "content(whole=whole(np.zeros(5)), columns=(Column('', 'int16'),))",
        "whose values of '' are float64, where its column promises int16",
    ),
    "objects": (
        "content(whole=whole(np.full(5, None)))",
        "are other objects, where its column promises float64",
    ),
    "objects for texts": (
        "content(whole=whole(np.array(['a', 1, 2, 3, 4], object)), columns=(Column('', 'str'),))",
        "are other objects, where its column promises str",
    ),
    "a dtype that is none": (
        "content(whole=whole(np.zeros(5)), columns=(Column('', 'string'),))",
        "whose column '' has the dtype 'string', which is none; text is 'str'",
    ),
    "two columns of one name": (
        "content(whole=whole(np.zeros(5)), columns=(Column('', 'float64'),) * 2)",
        "with columns of the same name: ['', '']",
    ),
    "an array of two columns": (
        "content(whole={'a': np.zeros(5), 'b': np.zeros(5)}, "
        "columns=(Column('a', 'float64'), Column('b', 'float64')))",
        "an array has one, and what has more is a table",
    ),
    "masked values": (
        "content(whole=whole(np.ma.masked_all(5)))",
        "are a MaskedArray, and not an array",
    ),
    "a shape of no numbers": (
        "content(shape='5')",
        "of the shape '5': give a tuple of whole numbers, or None",
    ),
    "problems that are no tuple": ("content(problems=None)", "whose problems are no tuple"),
    "pieces that are no function": ("content(pieces=[])", "whose pieces are no function"),
}


@pytest.mark.parametrize(("given", "said"), PROMISES.values(), ids=PROMISES)
def test_promises_that_are_not_kept_are_faults_of_the_reader(
    given: str, said: str, read: Callable[..., Report]
) -> None:
    told = the_only(read(given))
    assert told.code == "ALF901"
    assert "the reader 'ticks' of rules local failed to run: " in told.message
    assert said in told.message
    assert "(rules.py:" in told.message


PIECES = {
    "too few rows": ("iter([whole(np.zeros(3))])", "its pieces have 3 rows, where it promised 5"),
    "too many rows": (
        "iter([whole(np.zeros(30))])",
        "its pieces have 30 rows and more, where it promised 5",
    ),
    "no piece": ("iter([])", "its pieces have 0 rows, where it promised 5"),
    "no column of the promised": (
        "iter([{'x': np.zeros(5)}])",
        "it gave a piece with values of ['x'], where the columns are ['']",
    ),
    "a number": ("iter([5])", "it gave a int for the values of a piece, where arrays by column are due"),
    "nothing": ("iter([None])", "it gave a NoneType for the values of a piece"),
    "no arrays": ("iter([whole([0.0] * 5)])", "whose values of '' are a list, and not an array"),
    "another dtype": ("iter([whole(np.zeros(5, 'i4'))])", "are int32, where its column promises float64"),
    "another shape": ("iter([whole(np.zeros((5, 2)))])", "have the shape (5, 2), not (5,)"),
    "a single value": ("iter([whole(np.array(1.0))])", "have the shape (), not (0,)"),
    "nothing to iterate": ("5", "TypeError: 'int' object is not iterable"),
    "rows without end": (
        "map(whole, itertools.repeat(np.zeros(10)))",
        "10 rows and more, where it promised 5",
    ),
    "no rows without end": (
        "map(whole, itertools.repeat(np.zeros(0)))",
        "it gave more than 1000 pieces without a row",
    ),
}


@pytest.mark.parametrize(("given", "said"), PIECES.values(), ids=PIECES)
def test_pieces_that_are_not_as_promised_are_faults_of_the_reader(
    given: str, said: str, read: Callable[..., Report]
) -> None:
    told = the_only(read(pieces(given)))
    assert told.code == "ALF901"
    assert said in told.message


def test_columns_of_a_piece_are_equally_long(read: Callable[..., Report]) -> None:
    two = "(Column('a', 'float64'), Column('b', 'float64'))"
    given = pieces("iter([{'a': np.zeros(5), 'b': np.zeros(4)}])", columns=two, kind="Kind.TABLE")
    assert "whose values of 'b' have the shape (4,), not (5,)" in the_only(read(given, "")).message


def test_rows_that_nobody_counted_have_the_time_of_one_call(
    tmp_path: Path, read: Callable[..., Report]
) -> None:
    """Each piece comes in time, and no number of rows says when the last one is due."""
    config = tmp_path / "alfcheck.toml"
    config.write_text("deadline = 0.2\n")
    endless = "(time.sleep(0.01) or whole(np.zeros(10)) for _ in itertools.count())"
    told = the_only(read(pieces(endless, rows="None"), config=config))
    assert told.code == "ALF907"
    assert "the reader 'ticks' of rules local did not end within 0.2 s" in told.message


def test_values_of_a_reader_that_fails_later_accuse_nothing(read: Callable[..., Report]) -> None:
    """Neither by contracts nor by rows: what it gave before may be as wrong."""
    contract = """
import pandera.pandas as pa

def schema():
    return pa.DataFrameSchema({"tick": pa.Column(None, pa.Check.ge(0))})

@alfcheck.hookimpl
def alfcheck_contracts():
    return [alfcheck.Contract(id="lab.ticks", version="1.0.0", match=alfcheck.Match(object="licks"),
                              terms={"tick": alfcheck.Terms()}, schema=schema)]
"""
    sound = read(pieces("iter([whole(np.full(5, -1.0))])"), RULES + contract)
    assert [each.code for each in sound.findings] == ["ALF303"]
    told = the_only(read(pieces("iter([whole(np.full(3, -1.0))])"), RULES + contract))
    assert "its pieces have 3 rows" in told.message


def test_a_file_that_is_given_otherwise_the_second_time(read: Callable[..., Report]) -> None:
    """Small files are read whole; where a reader gives pieces of one, it is opened once more for them."""
    given = "content(rows=5 if source.data else 4, pieces=lambda size: iter([whole(np.zeros(4))]))"
    assert "another kind, columns or rows when the file was opened again" in the_only(read(given)).message


def test_a_map_is_looked_at_too(read: Callable[..., Report]) -> None:
    given = pieces("iter([whole(np.zeros(5))])", mapped="lambda: whole(np.zeros(3))")
    assert (
        "it gave a memory map whose values of '' have the shape (3,), not (5,)"
        in the_only(read(given)).message
    )


def test_a_piece_that_is_none_ends_no_worker(tmp_path: Path, lab: Lab, make: Callable[..., Path]) -> None:
    """Other sessions are judged, and alfcheck is not the one at fault."""
    other = TICKS.replace("mouse", "other")
    tree = make(TICKS, other)
    plugin = lab.file(READER.replace("GIVEN", pieces("iter([5])")) + RULES)
    done = subprocess.run(
        [sys.executable, "-m", "alfcheck", "check", str(tree), "-p", plugin, "-j", "2"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        timeout=120,
    )
    assert done.returncode == 3, done.stderr
    assert done.stdout.count("ALF901") >= 1
    assert "ALF906" not in done.stdout
