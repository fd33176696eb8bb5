"""On a Dask cluster a run finds what it finds here, though workers are killed and sessions poisoned."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest
from cached_runs import own_cache, same
from dask_clusters import COMMAND, Cluster, cluster, run, wait_until
from lab_plugins import Lab
from release_fixtures import indexed

import alfcheck
from alfcheck.errors import Interrupted, PluginError, UsageError
from alfcheck.executors import batches

pytestmark = pytest.mark.slow
Make = Callable[..., Path]

PLUGIN = """
import ctypes, os, signal, time
from pathlib import Path
HERE = Path(__file__).parent

def dask_worker():
    import psutil
    return psutil.Process().parents()[1].pid

def wait(path):
    (HERE / f"at-{dask_worker()}").touch()
    while not (HERE / "go").exists():
        time.sleep(0.02)

def loop(path):
    while True:
        pass

ACTS = {
    "waits": wait,
    "loops": loop,
    "leaves": lambda path: os._exit(0),
    "crashes": lambda path: ctypes.string_at(0),
    "kills": lambda path: (os.kill(dask_worker(), signal.SIGKILL), time.sleep(60)),
    "shows": lambda path: print("looked at", path, flush=True),
}

def check(dataset, path):
    "What a file does to the process that looks at its name."
    ACTS.get(dataset.object, lambda path: None)(path)
    return ()

@alfcheck.hookimpl
def alfcheck_rules():
    return [rule("LAB101", check, whole_path=True)]
"""
SESSIONS = [f"mouse/2020-01-0{day}/001" for day in range(1, 7)]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of two workers, which no test harms."""
    with cluster(tmp_path_factory.mktemp("two")) as running:
        yield running


@pytest.fixture
def each_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each session be a task of its own."""
    monkeypatch.setattr(batches, "MAX_FILES", 1)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


@pytest.fixture
def tree(make: Make) -> Path:
    """Six sessions of two files."""
    return make(*(f"{session}/alf/{name}.times.mp4" for session in SESSIONS for name in ("cats", "dogs")))


def act(tree: Path, what: str, *sessions: int) -> None:
    """Let a file of some sessions do something to whoever looks at its name."""
    for number in sessions:
        (tree / SESSIONS[number] / f"alf/{what}.times.mp4").write_bytes(b"x")


def contents(folder: Path) -> dict[str, Any]:
    """Give all that was published, but for when that was."""
    found: dict[str, Any] = {}
    for path in sorted(folder.rglob("*")):
        if path.name == "report.json":
            told = json.loads(path.read_text())
            found[path.name] = {key: told[key] for key in told.keys() - {"started", "seconds"}}
        elif path.suffix in (".pqt", ".parquet", ".yaml"):
            found[path.name] = path.read_bytes()
    return found


# --- the same as here --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("each_alone")
@pytest.mark.parametrize("release", ["clean_release", "faulty_release"])
def test_a_cluster_publishes_the_same_bytes(
    release: str, two: Cluster, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    root = request.getfixturevalue(release)
    told: list[tuple[int, int]] = []
    alfcheck.release(root, out=tmp_path / "here", partial=True, hashes=True)
    alfcheck.release(
        root,
        out=tmp_path / "there",
        partial=True,
        hashes=True,
        dask=two.address,
        progress=lambda *done: told.append(done),
    )
    assert contents(tmp_path / "there") == contents(tmp_path / "here")
    assert len(contents(tmp_path / "here")) > 3
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]


def test_the_command_runs_on_a_cluster_that_its_scheduler_file_names(
    two: Cluster, clean_release: Path, tmp_path: Path
) -> None:
    done = run("release", clean_release, "--out", tmp_path / "there", "--no-cache", "--dask", two.file)
    assert (done.returncode, done.stderr.count("\n")) == (0, 1), done.stderr
    assert run("release", clean_release, "--out", tmp_path / "here", "-j", 1).returncode == 0
    assert contents(tmp_path / "there") == contents(tmp_path / "here")


@pytest.mark.usefixtures("each_alone")
def test_only_sessions_that_changed_go_to_the_cluster(
    two: Cluster, tree: Path, lab: Lab, tmp_path: Path
) -> None:
    """What plugins print tells of it, which is in the logs of the Dask workers."""
    act(tree, "shows", *range(6))
    given: dict[str, Any] = {"plugins": [lab.file(PLUGIN)], "dask": two.address}
    seen = [two.log().count("looked at mouse/")]
    with own_cache(tmp_path / "cache"):
        first = alfcheck.check(tree, cache=True, **given)
        seen.append(two.log().count("looked at mouse/"))
        assert same(alfcheck.check(tree, cache=True, **given), first)
        seen.append(two.log().count("looked at mouse/"))
        (tree / SESSIONS[1] / "alf/cats.times.mp4").write_bytes(b"other")
        alfcheck.check(tree, cache=True, **given)
        seen.append(two.log().count("looked at mouse/"))
    assert [after - before for before, after in pairwise(seen)] == [6, 0, 1]


@pytest.mark.usefixtures("each_alone")
@pytest.mark.parametrize("what", ["crashes", "loops"])
def test_a_poisoned_session_is_told_of_as_in_a_local_run(
    what: str, two: Cluster, tree: Path, lab: Lab, tmp_path: Path
) -> None:
    """No Dask worker is harmed."""
    act(tree, what, 2)
    (tmp_path / "alfcheck.toml").write_text("deadline = 0.5\n")
    given: dict[str, Any] = {"plugins": [lab.file(PLUGIN)], "config": tmp_path / "alfcheck.toml"}
    there = alfcheck.check(tree, dask=two.address, names_only=True, **given)
    assert same(there, alfcheck.check(tree, jobs=2, names_only=True, **given))
    (told,) = (each for each in there.findings if each.code in ("ALF906", "ALF907"))
    assert told.datasets == (f"{SESSIONS[2]}/alf/{what}.times.mp4",)
    assert [worker.poll() for worker in two.workers] == [None, None]


def test_a_poisoned_session_keeps_the_index_from_being_written_unless_partial(
    two: Cluster, tree: Path, lab: Lab, tmp_path: Path
) -> None:
    act(tree, "leaves", 2)
    given: dict[str, Any] = {"out": tmp_path / "out", "plugins": [lab.file(PLUGIN)], "dask": two.address}
    report = alfcheck.release(tree, **given)
    assert (report.exit_code(), report.release_id, contents(tmp_path / "out")) == (3, None, {})
    report = alfcheck.release(tree, partial=True, **given)
    assert report.release_id is not None
    assert len(indexed(tmp_path / "out")) == 12
    assert [path for path, verdict in report.verdicts.items() if verdict == "unverified"] == [
        f"{SESSIONS[2]}/alf/leaves.times.mp4"
    ]


@pytest.mark.usefixtures("each_alone")
def test_who_is_asked_no_more_is_asked_no_more_anywhere(two: Cluster, tree: Path, lab: Lab) -> None:
    act(tree, "leaves", 0, 2, 4, 5)
    given: dict[str, Any] = {"plugins": [lab.file(PLUGIN)], "names_only": True}
    there = alfcheck.check(tree, dask=two.address, **given)
    assert "ALF908" in {each.code for each in there.findings}
    assert same(there, alfcheck.check(tree, jobs=2, **given))


# --- workers that are killed -------------------------------------------------------------------------------


@pytest.mark.usefixtures("each_alone")
def test_a_worker_that_is_killed_in_the_middle_changes_nothing(tree: Path, lab: Lab, tmp_path: Path) -> None:
    act(tree, "waits", *range(6))
    plugins = [lab.file(PLUGIN)]
    with cluster(tmp_path / "cluster") as own, ThreadPoolExecutor() as threads:
        done = threads.submit(
            alfcheck.release, tree, out=tmp_path / "there", dask=own.address, plugins=plugins
        )
        wait_until(lambda: len(list(lab.folder.glob("at-*"))) == 2 or done.done(), "both workers are at work")
        beside = own.processes()
        own.workers[0].kill()
        (lab.folder / "go").touch()
        assert done.result().exit_code() == 0
        wait_until(
            lambda: not any(map(is_running, beside)), "nothing is left of a dead worker, or of the run"
        )
    alfcheck.release(tree, out=tmp_path / "here", plugins=plugins)
    assert contents(tmp_path / "there") == contents(tmp_path / "here")


def is_running(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_a_session_that_kills_dask_workers_is_given_up(make: Make, lab: Lab, tmp_path: Path) -> None:
    """It is found by halves, and run alone before it is believed; Dask workers come back by their nannies."""
    tree = make(*(f"{session}/alf/cats.times.mp4" for session in SESSIONS[:2]))
    act(tree, "kills", 1)
    lenient = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}
    with cluster(tmp_path / "cluster", 0, **lenient) as own:
        own.add("--nthreads", "1")
        report = alfcheck.check(tree, dask=own.address, plugins=[lab.file(PLUGIN)], names_only=True)
    unverified = {path for path, verdict in report.verdicts.items() if verdict == "unverified"}
    assert unverified == {f"{SESSIONS[1]}/alf/{name}.times.mp4" for name in ("cats", "kills")}
    (finding,) = (each for each in report.findings if each.code == "ALF906")
    assert (finding.path, set(finding.datasets)) == (SESSIONS[1], unverified)
    assert "ended all Dask workers that did it" in finding.message
    assert report.exit_code() == 3


# --- what ends a run --------------------------------------------------------------------------------------


def test_a_plugin_that_is_not_there_is_told_of_with_the_worker(two: Cluster, tree: Path, lab: Lab) -> None:
    """What a worker cannot load ends the run before anything is judged."""
    source = "import multiprocessing\nif multiprocessing.parent_process(): raise OSError('gone')"
    plugin = lab.file(source)
    with pytest.raises(UsageError, match=r"the Dask worker tcp://\S+ \(.*\) cannot judge: .*OSError: gone"):
        alfcheck.check(tree, dask=two.address, plugins=[plugin], names_only=True)


def test_a_worker_with_other_rules_is_told_of_with_what_helps(two: Cluster, tree: Path, lab: Lab) -> None:
    more = "    if multiprocessing.parent_process():\n        return [rule('LAB102', check)]\n"
    offered = "def alfcheck_rules():\n"
    plugin = lab.file(f"import multiprocessing\n{PLUGIN.replace(offered, offered + more)}")
    told = (
        r"the Dask worker tcp://\S+ \(.*\) loads other rules than the command did; let alfcheck, plugins and "
        "contracts be the same files"
    )
    with pytest.raises(UsageError, match=told) as refused:
        alfcheck.check(tree, dask=two.address, plugins=[plugin], names_only=True)
    assert "-j" not in str(refused.value)


def test_what_stops_a_local_run_stops_one_on_a_cluster(two: Cluster, clean_release: Path, lab: Lab) -> None:
    """A contract is built when its first column is judged: that is no matter of one session."""
    source = """
    import alfcheck
    from alfcheck import Contract, Match, Terms

    @alfcheck.hookimpl
    def alfcheck_contracts():
        return [Contract(id="lab.spikes", version="1.0.0", match=Match(object="spikes"), schema=lambda: 3,
                         owner="the lab", description="spikes", terms={"times": Terms()})]
    """
    plugins = [lab.file(source)]
    with pytest.raises(PluginError, match=r"contract lab\.spikes@1\.0\.0: its schema is a int"):
        alfcheck.check(clean_release, jobs=2, plugins=plugins)
    with pytest.raises(UsageError, match=r"contract lab\.spikes@1\.0\.0: its schema is a int.*says the same"):
        alfcheck.check(clean_release, dask=two.address, plugins=plugins)


@pytest.mark.usefixtures("each_alone")
def test_a_scheduler_that_ends_ends_the_run(tree: Path, lab: Lab, tmp_path: Path) -> None:
    act(tree, "waits", *range(6))
    with cluster(tmp_path / "cluster", 1) as own, ThreadPoolExecutor() as threads:
        plugins = [lab.file(PLUGIN)]
        done = threads.submit(alfcheck.check, tree, dask=own.address, plugins=plugins, names_only=True)
        wait_until(lambda: list(lab.folder.glob("at-*")) or done.done(), "a worker is at work")
        own.scheduler.kill()
        with pytest.raises(Interrupted, match="the scheduler is gone"):
            done.result()
        (lab.folder / "go").touch()


def test_ctrl_c_ends_the_run_and_leaves_the_cluster(tree: Path, lab: Lab, two: Cluster) -> None:
    act(tree, "waits", *range(6))
    plugin = lab.file(PLUGIN)
    command = [*COMMAND, "check", "--names-only", str(tree), "--dask", two.address, "-p", plugin]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        wait_until(lambda: list(lab.folder.glob("at-*")) or process.poll() is not None, "a worker is at work")
        begun = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=30)
    finally:
        process.kill()
    assert (process.returncode, "stopped" in said) == (3, True), said
    assert time.monotonic() - begun < 15
    wait_until(lambda: not any(map(is_running, two.processes())), "the workers left what they were at")
    (lab.folder / "go").touch()
    assert alfcheck.check(tree, dask=two.address, plugins=[plugin], names_only=True).exit_code() == 0
