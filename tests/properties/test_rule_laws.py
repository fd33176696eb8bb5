"""Laws of rules of plugins: together equals one by one, workers equal one process, order is of no matter."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import alfcheck
from alfcheck.examples import encoded
from alfcheck.model import Finding
from alfcheck.report import Report

RULES = '''\
import alfcheck
from alfcheck import Problem

ASKS = {"object": "dogs", "columns": ["a", "b*"], "optional": ["c"]}

def fault(it):
    return it["a"] < 0 if "c" not in it else (it["a"] < 0) | (it["c"] > 5)

@alfcheck.object_rule("LAB401", "one-by-one", **ASKS)
def one_by_one(dogs):
    """A value is at fault."""
    yield from dogs.where(fault(dogs), "at fault", column="a")

@alfcheck.object_batch_rule("LAB402", "together", **ASKS)
def together(dogs):
    """A value is at fault."""
    yield from dogs.where(fault(dogs), "at fault", column="a")

@alfcheck.content_rule("LAB201", "content", datasets=["dogs.*"], severity="warning")
def content(file):
    """A file has a large value."""
    for name in file:
        yield from file.where(file[name].reshape(file.rows, -1).max(axis=1) > 4, "large", column=name)

@alfcheck.session_rule("LAB501", "session", columns=["dogs.a"])
def session(session):
    """The dogs of a session are too few."""
    if session.object("dogs").rows < 2:
        yield Problem(message="one dog is no pack", severity="warning")

@alfcheck.hookimpl
def alfcheck_rules():
    return [{order}]
'''
NAMES = ("one_by_one", "together", "content", "session")

kinds = st.sampled_from(["float64", "int16"])


@st.composite
def session_files(draw: st.DrawFn) -> dict[str, np.ndarray]:
    rows = draw(st.integers(1, 4))
    files = {}
    for column in draw(st.sets(st.sampled_from("abc"), min_size=1)):
        width = draw(st.sampled_from([(), (2,)])) if column == "b" else ()
        own = rows + draw(st.sampled_from([0, 0, 0, 1]))
        cells = draw(st.lists(st.integers(-2, 7), min_size=own * 2, max_size=own * 2))
        array = np.array(cells, dtype=draw(kinds)).reshape(own, 2)
        files[f"alf/dogs.{column}.npy"] = array if width else array[:, 0]
    return files


releases = st.lists(session_files(), min_size=1, max_size=5)


@pytest.fixture(scope="module")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], str]:
    """The same rules, offered in every order."""
    folder = tmp_path_factory.mktemp("rules")
    written = {}
    for number, order in enumerate(itertools.permutations(NAMES)):
        path = folder / f"rules{number}.py"
        path.write_text(RULES.replace("{order}", ", ".join(order)), encoding="utf-8")
        written[order] = str(path)
    return written


def lay(release: list[dict[str, np.ndarray]], root: Path) -> None:
    for number, files in enumerate(release, 1):
        for path, array in files.items():
            target = root / f"mouse/2020-01-01/{number:03}" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(encoded(path, array))


def bare(findings: Iterator[Finding]) -> list[tuple[object, ...]]:
    return [(each.path, each.message, each.rows, each.count, each.datasets) for each in findings]


def of(report: Report, code: str) -> list[tuple[object, ...]]:
    return bare(each for each in report.findings if each.code == code)


def without_origin(report: Report) -> list[tuple[object, ...]]:
    return [
        (each.code, *found) for each, found in zip(report.findings, bare(iter(report.findings)), strict=True)
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(releases)
def test_together_equals_one_by_one(
    plugins: dict[tuple[str, ...], str], release: list[dict[str, np.ndarray]]
) -> None:
    with tempfile.TemporaryDirectory() as root:
        lay(release, Path(root))
        report = alfcheck.check(root, plugins=(plugins[NAMES],))
        assert of(report, "LAB401") == of(report, "LAB402")
        assert not of(report, "ALF901")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(releases, st.permutations(NAMES))
def test_the_order_of_rules_and_the_company_of_sessions_change_nothing(
    plugins: dict[tuple[str, ...], str], release: list[dict[str, np.ndarray]], order: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as root:
        lay(release, Path(root))
        report = alfcheck.check(root, plugins=(plugins[NAMES],))
        other = alfcheck.check(root, plugins=(plugins[tuple(order)],))
        assert without_origin(report) == without_origin(other)
        assert report.verdicts == other.verdicts
        alone: dict[str, object] = {}
        for session in sorted(Path(root).glob("mouse/*/*")):
            alone.update(alfcheck.check(session, plugins=(plugins[NAMES],)).verdicts)
        assert alone == report.verdicts


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(session_files(), min_size=3, max_size=5))
def test_workers_equal_one_process(
    plugins: dict[tuple[str, ...], str], release: list[dict[str, np.ndarray]]
) -> None:
    with tempfile.TemporaryDirectory() as root:
        lay(release, Path(root))
        rules = (plugins[NAMES],)
        serial, parallel = (alfcheck.check(root, plugins=rules, jobs=jobs) for jobs in (1, 2))
        assert serial.findings == parallel.findings
        assert serial.ledger == parallel.ledger
