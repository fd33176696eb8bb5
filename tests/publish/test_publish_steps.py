"""At every step ONE finds the old release or the new one, also when the process is killed there."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from publish_child import (
    RELEASES,
    contents,
    do_publish,
    publish_and_die,
    publish_when_told,
    tables,
)
from publish_view import NOTHING, assert_next_run_succeeds, debris, heard, seen

from alfcheck.errors import PublishError
from alfcheck.index import parquet_bytes, release_id_of
from alfcheck.publish import REPORT_NAME, STEPS, open_output


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


def test_the_releases_of_these_tests_differ() -> None:
    assert set(contents("old")) - set(contents("new"))
    assert set(contents("new")) - set(contents("old"))
    assert set(RELEASES["old"]) & set(RELEASES["new"])
