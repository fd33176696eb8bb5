"""Deadlines in this process: what a watchdog can stop, and what is not asked any more."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from lab_plugins import Lab

import alfcheck
from alfcheck.config import load_settings
from alfcheck.errors import ConfigError, ExitCode, PluginError
from alfcheck.executors import batches
from alfcheck.executors.watchdog import watchdog
from alfcheck.model import Origin, Verdict
from alfcheck.report import Report
from alfcheck.watch import Bars, Fate, Stopped, Unfinished, Watch, guarded, watched_by

Make = Callable[..., Path]
LAB = Origin("alfcheck-lab", "1.2")
SESSION = "mouse/2020-01-01/001"

SLOW = """
import os, time

def loop():
    while True:
        pass

def swallow():
    try:
        loop()
    except BaseException:
        return

WAYS = {{"loop": loop, "sleep": lambda: time.sleep(10**6), "swallow": swallow}}

@alfcheck.name_rule("LAB101", "too-slow", severity="warning")
def slow(dataset, path):
    "It never ends."
    if dataset.object.startswith("slow"):
        WAYS["{how}"]()
    elif dataset.object == "odd":
        yield Problem(message="is odd")

@alfcheck.release_rule("LAB601", "release")
def whole(results):
    "It does."
    if {release}:
        loop()
    return ()

@alfcheck.hookimpl
def alfcheck_rules():
    return [slow, whole]
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "alfcheck.toml"
    path.write_text("deadline = 0.3\n")
    return path


def told(report: Report) -> list[tuple[str, str, str]]:
    """Give the findings of plugins: code, path and message."""
    return [(each.code, each.path, each.message) for each in report.findings if each.origin.name == "rules"]


RULE = "the rule LAB101 too-slow of rules local"
LATE = f"{RULE} did not end within 0.3 s: what it would have judged is unverified"


@pytest.mark.parametrize("how", ["loop", "sleep", "swallow"])
def test_what_runs_in_python_or_sleeps_is_stopped(how: str, lab: Lab, make: Make, config: Path) -> None:
    """One that takes the stop for an error of its own does not get away with it."""
    root = make(f"{SESSION}/alf/slow.times.mp4", f"{SESSION}/alf/odd.times.mp4")
    before = signal.getsignal(signal.SIGURG)
    report = alfcheck.check(root, plugins=lab.file(SLOW.format(how=how, release=False)), config=config)
    assert told(report) == [
        ("LAB101", f"{SESSION}/alf/odd.times.mp4", "is odd"),
        ("ALF907", f"{SESSION}/alf/slow.times.mp4", LATE),
    ]
    assert report.exit_code() is ExitCode.UNVERIFIED
    assert signal.getsignal(signal.SIGURG) == before
    assert not [each for each in threading.enumerate() if each.name == "alfcheck watchdog"]


@pytest.mark.parametrize("how", ["loop", "swallow"])
def test_what_runs_in_another_thread_is_stopped(how: str, lab: Lab, make: Make, config: Path) -> None:
    root = make(f"{SESSION}/alf/slow.times.mp4")
    plugin = lab.file(SLOW.format(how=how, release=False))
    reports: list[Report] = []
    thread = threading.Thread(
        target=lambda: reports.append(alfcheck.check(root, plugins=plugin, config=config))
    )
    thread.start()
    thread.join(60)
    assert told(reports[0]) == [("ALF907", f"{SESSION}/alf/slow.times.mp4", LATE)]


def test_a_rule_about_the_release_is_stopped(lab: Lab, make: Make, config: Path) -> None:
    root = make(f"{SESSION}/alf/odd.times.mp4")
    report = alfcheck.check(root, plugins=lab.file(SLOW.format(how="loop", release=True)), config=config)
    ((code, _, message), _) = told(report)
    assert (code, "the rule LAB601 release of rules local did not end" in message) == ("ALF907", True)
    assert [row.verdict for row in report.ledger] == [Verdict.UNVERIFIED]


def test_a_rule_that_is_late_too_often_is_not_asked_any_more(
    lab: Lab, make: Make, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that it would have judged is unverified, and the report is the same wherever it ran."""
    names = [
        f"mouse/2020-01-0{day}/001/alf/{kind}.times.mp4" for day in range(1, 6) for kind in ("fine", "odd")
    ]
    slow = [f"mouse/2020-01-0{day}/001/alf/slow{day}.times.mp4" for day in range(1, 6)]
    root = make(*names, *slow)
    plugin = lab.file(SLOW.format(how="loop", release=False))
    here = alfcheck.check(root, plugins=plugin, config=config)
    monkeypatch.setattr(batches, "MAX_FILES", 3)
    cut, apart = (alfcheck.check(root, plugins=plugin, config=config, jobs=jobs) for jobs in (1, 2))
    assert told(here) == told(cut) == told(apart)
    assert {(code, message) for code, _, message in told(here)} == {
        (
            "ALF908",
            "the rule LAB101 too-slow of rules local did not end in time, or ended its process, 3 times, and "
            "was not asked any more: what it would have judged is unverified",
        )
    }
    assert sorted(path for _, path, _ in told(here)) == sorted((*names, *slow))


ENDLESS = """
@alfcheck.name_rule("LAB101", "endless")
def endless(dataset, path):
    "It finds something for ever."
    while True:
        yield Problem(message="and another")

@alfcheck.hookimpl
def alfcheck_rules():
    return [endless]
"""


def test_a_rule_that_finds_something_for_ever_does_not_fill_the_memory(lab: Lab, make: Make) -> None:
    report = alfcheck.check(make(f"{SESSION}/alf/odd.times.mp4"), plugins=lab.file(ENDLESS))
    crashed = [each for each in report.findings if each.code == "ALF901"]
    assert ["more than 100000 problems" in each.message for each in crashed] == [True]


SCHEMA = """
from alfcheck import Contract, Match, Terms

def schema():
    while True:
        pass

@alfcheck.hookimpl
def alfcheck_contracts():
    return [Contract(id="lab.spikes", version="1.0.0", match=Match(object="spikes"), schema=schema,
                     owner="the lab", description="spikes", terms={"times": Terms()})]
"""


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_schema_that_is_never_made_stops_the_run(
    jobs: int, lab: Lab, clean_release: Path, config: Path
) -> None:
    with pytest.raises(PluginError, match=r"lab\.spikes@1\.0\.0.* of rules local did not end"):
        alfcheck.check(clean_release, plugins=lab.file(SCHEMA), config=config, jobs=jobs)


# --- the watch itself ------------------------------------------------------------------------------------


def test_calls_that_end_about_when_they_are_stopped_are_one_or_the_other() -> None:
    """A stop that comes too late hits nothing, and nothing is left of it, in either kind of thread."""

    def calls() -> None:
        watch = Watch(0.1)
        with watched_by(watch), watchdog(watch):
            for number in range(30):
                try:
                    answer = guarded(f"rule {number}", LAB, "a", busy, 0.1 + (number % 10) * 0.005)
                except Unfinished as error:
                    outcomes.append(error.fate.code)
                else:
                    outcomes.append(answer)
                busy(0.001)

    outcomes: list[str] = []
    calls()
    thread = threading.Thread(target=calls)
    thread.start()
    thread.join(60)
    assert len(outcomes) == 60
    assert set(outcomes) <= {"ended", "ALF907"}


def busy(seconds: float) -> str:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass
    return "ended"


def test_a_call_in_a_call_has_its_own_time() -> None:
    watch = Watch(0.2)

    def outer() -> str:
        with pytest.raises(Unfinished, match=r"the reader x of alfcheck-lab 1\.2 did not end"):
            guarded("reader x", LAB, "inner", busy, 60)
        return "went on"

    with watched_by(watch), watchdog(watch):
        assert guarded("rule y", LAB, "outer", outer) == "went on"
    assert watch.serial == 0


def test_what_is_barred_is_not_called() -> None:
    watch = Watch(60)
    watch.obey(
        Bars({("rule x", "a"): Fate("ALF906", "ended its process (exit code 0)")}, frozenset({"rule y"}))
    )
    with watched_by(watch):
        with pytest.raises(
            Unfinished, match=r"the rule x of alfcheck-lab 1\.2 ended its process \(exit code 0\)"
        ):
            guarded("rule x", LAB, "a", pytest.fail)
        with pytest.raises(Unfinished, match="was not asked any more"):
            guarded("rule y", LAB, "b", pytest.fail)
        assert guarded("rule x", LAB, "b", busy, 0) == "ended"
        assert guarded("rule x", Origin("alfcheck", "0"), "a", busy, 0) == "ended"


def test_what_a_plugin_raises_is_its_own_unless_it_would_end_the_run() -> None:
    def wrong(error: BaseException) -> None:
        raise error

    watch = Watch(60)
    with watched_by(watch):
        with pytest.raises(ValueError, match="wrong"):
            guarded("rule x", LAB, "a", wrong, ValueError("wrong"))
        for error in (SystemExit(0), GeneratorExit(), BaseException("odd")):
            with pytest.raises(Unfinished, match="failed to run: "):
                guarded("rule x", LAB, "a", wrong, error)
        with pytest.raises(KeyboardInterrupt):
            guarded("rule x", LAB, "a", wrong, KeyboardInterrupt())
        with pytest.raises(Unfinished, match="did not end"):
            guarded("rule x", LAB, "a", wrong, Stopped())


# --- the setting -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["0.1", "60", "1.5", "86400"])
def test_a_deadline_is_a_number_of_seconds(value: str, tmp_path: Path) -> None:
    path = tmp_path / "alfcheck.toml"
    path.write_text(f"deadline = {value}\n")
    assert load_settings(tmp_path, path).deadline == float(value)


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "86401", "true", "'1'", "[1]", "0.05"])
def test_another_deadline_is_refused(value: str, tmp_path: Path) -> None:
    path = tmp_path / "alfcheck.toml"
    path.write_text(f"deadline = {value}\n")
    with pytest.raises(ConfigError, match=r"alfcheck\.toml.*deadline must be a number of seconds from 0\.1"):
        load_settings(tmp_path, path)
