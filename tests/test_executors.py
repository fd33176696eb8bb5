"""Where the map runs changes nothing; workers may die, be stopped, or be left alone."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from cached_runs import own_cache
from hypothesis import given
from hypothesis import strategies as st
from lab_plugins import Lab

import alfcheck
from alfcheck.contracts import plan
from alfcheck.errors import PluginError, UsageError
from alfcheck.executors import batches, memory, process
from alfcheck.executors.crew import Crew
from alfcheck.executors.pool import run_pool
from alfcheck.executors.serial import run_serial
from alfcheck.executors.worker import Told
from alfcheck.model import Entry, SessionFiles, SessionResult, Severity
from alfcheck.pipeline import asking, state
from alfcheck.pipeline.run import check_batch
from alfcheck.pipeline.state import Options, Required
from alfcheck.pipeline.weights import Weights
from alfcheck.plugins import Request, Ruleset, load_ruleset
from alfcheck.scan import scan_tree

Make = Callable[..., Path]
SOON = 5.0
"""Seconds that may pass on a busy machine where an idle one needs less than one."""


# --- batches -------------------------------------------------------------------------------------------

SIZES = st.lists(st.lists(st.integers(0, 2**25), min_size=1, max_size=5), max_size=20)


@given(SIZES, st.integers(1, 12))
def test_batches_are_the_sessions_in_order_and_bounded(sizes: list[list[int]], most: int) -> None:
    sessions = [
        SessionFiles(f"s/{n}", tuple(Entry(f"s/{n}/{m}", size, 0, 0, 0, 0) for m, size in enumerate(files)))
        for n, files in enumerate(sizes)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "MAX_FILES", most)
        cut = list(batches.batches(sessions))
    assert [session for batch in cut for session in batch] == sessions
    for batch in cut:
        entries = [entry for session in batch for entry in session.entries]
        assert len(batch) == 1 or (
            len(entries) <= most and sum(entry.size for entry in entries) <= batches.MAX_BYTES
        )


@given(SIZES, st.integers(1, 12), st.integers(2, 5))
def test_batches_for_several_workers_become_smaller(sizes: list[list[int]], most: int, workers: int) -> None:
    """No session is left out or given twice, the largest come first, and the last are small."""
    sessions = [
        SessionFiles(f"s/{n}", tuple(Entry(f"s/{n}/{m}", size, 0, 0, 0, 0) for m, size in enumerate(files)))
        for n, files in enumerate(sizes)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "MAX_FILES", most)
        patch.setattr(batches, "MIN_FILES", 1)
        patch.setattr(batches, "MAX_BYTES", 2**25)
        cut = list(batches.batches(sessions, workers))
    assert sorted(session.path for batch in cut for session in batch) == sorted(
        each.path for each in sessions
    )
    large = [session.size for session in sessions if session.size > 2**25]
    assert [batch[0].size for batch in cut[: len(large)]] == sorted(large, reverse=True)
    rest = cut[len(large) :]
    assert [s for batch in rest for s in batch] == [each for each in sessions if each.size <= 2**25]
    left = [sum(map(work_of, chain.from_iterable(rest[start:]))) for start in range(len(rest))]
    for batch, work in zip(rest, left, strict=True):
        assert len(batch) == 1 or (
            sum(session.count for session in batch) <= most
            and sum(session.size for session in batch) <= 2**25
            and sum(map(work_of, batch)) <= max(1, work // workers)
        )


def work_of(session: SessionFiles) -> int:
    return session.count + session.size // batches.BYTES_AS_FILE


# --- parallel equals serial ----------------------------------------------------------------------------


def test_parallel_equals_serial_on_a_faulty_release(
    faulty_release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Findings, ledger and index are the same, whatever the number of processes and the size of batches."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    serial = alfcheck.release(faulty_release, out=tmp_path / "serial")
    monkeypatch.setattr(batches, "MAX_FILES", 40)
    parallel = alfcheck.release(faulty_release, out=tmp_path / "parallel", jobs=2)
    assert serial.findings
    assert parallel.findings == serial.findings
    assert parallel.ledger == serial.ledger
    assert parallel.release_id == serial.release_id
    for name in ("sessions.pqt", "datasets.pqt"):
        assert (tmp_path / "parallel" / name).read_bytes() == (tmp_path / "serial" / name).read_bytes()


# --- workers that die ----------------------------------------------------------------------------------

KILLER = """
import ctypes, os, signal, sys, time
from multiprocessing import parent_process
from pathlib import Path
HERE = Path(__file__).parent

def check(dataset, path):
    if dataset.object == "killer":
        {body}
    return ()

@alfcheck.hookimpl
def alfcheck_rules():
    return [rule("LAB101", check)]
"""
SESSIONS = [f"mouse/2020-01-0{day}/001" for day in range(1, 7)]


@pytest.fixture
def tree(make: Make) -> Path:
    """Six sessions of two files; a file of the third has a name that a rule will trip over."""
    return make(
        *(f"{session}/alf/{name}.times.mp4" for session in SESSIONS for name in ("cats", "dogs")),
        f"{SESSIONS[2]}/alf/killer.times.mp4",
    )


def pooled(tree: Path, plugin: str, size: int = 3, jobs: int = 2) -> dict[str, SessionResult]:
    sessions = scan_tree(tree).sessions
    work = [sessions[start : start + size] for start in range(0, len(sessions), size)]
    request = Request((plugin,))
    options = Options(str(tree), names_only=True)
    done = dict(run_pool(work, load_ruleset(request), request, options, jobs))
    assert [len(done[number]) for number in range(len(work))] == [len(batch) for batch in work]
    return {result.path: result for number in range(len(work)) for result in done[number]}


DEATHS = {
    "leaves": "os._exit(0)",
    "is killed": "os.kill(os.getpid(), signal.SIGKILL)",
    "crashes": "ctypes.string_at(0)",
}


@pytest.mark.parametrize(("how", "size"), [("leaves", 1), ("is killed", 1), ("crashes", 1), ("leaves", 6)])
def test_a_rule_that_kills_its_process_is_told_of_and_the_rest_completes(
    how: str, size: int, lab: Lab, tree: Path
) -> None:
    results = pooled(tree, lab.file(KILLER.format(body=DEATHS[how])), size)
    assert list(results) == SESSIONS
    (told,) = results[SESSIONS[2]].findings
    place = f"{SESSIONS[2]}/alf/killer.times.mp4"
    assert (told.code, told.severity, told.path) == ("ALF906", Severity.UNVERIFIED, place)
    assert told.datasets == (place,)
    assert told.message.startswith("the rule LAB101 lab101 of rules local ended its process (")
    assert all(not result.findings for path, result in results.items() if path != SESSIONS[2])


UNSEEN = """
import os
from multiprocessing import parent_process
import alfcheck.pipeline.naming as naming

parse = naming.parse_dataset
def parse_or_die(rel):
    if "killer" in rel:
        os._exit(1)
    return parse(rel)

if parent_process():
    naming.parse_dataset = parse_or_die
"""


@pytest.mark.parametrize("size", [1, 6])
def test_a_session_that_kills_its_process_is_given_up_and_the_rest_completes(
    size: int, lab: Lab, tree: Path
) -> None:
    """Nobody knows what it was, outside any call of a plugin: the session is found by halving."""
    results = pooled(tree, lab.file(UNSEEN), size)
    assert list(results) == SESSIONS
    (told,) = results[SESSIONS[2]].findings
    assert (told.code, told.severity, told.path) == ("ALF906", Severity.UNVERIFIED, SESSIONS[2])
    assert set(told.datasets) == {file.path for file in results[SESSIONS[2]].files}
    assert [file.dataset_type for file in results[SESSIONS[2]].files] == [
        "cats.times",
        "dogs.times",
        "killer.times",
    ]
    assert all(not result.findings for path, result in results.items() if path != SESSIONS[2])


def test_all_of_a_batch_may_kill(lab: Lab, make: Make) -> None:
    tree = make(*(f"{session}/alf/killer.times.mp4" for session in SESSIONS[:3]))
    results = pooled(tree, lab.file(KILLER.format(body="os._exit(1)")))
    assert [[each.code for each in result.findings] for result in results.values()] == [["ALF906"]] * 3


def test_a_worker_that_is_killed_once_is_forgiven(lab: Lab, tree: Path) -> None:
    """The system may have done it, for want of memory."""
    body = f"(HERE / 'died').exists() or ((HERE / 'died').touch(), {DEATHS['is killed']})"
    results = pooled(tree, lab.file(KILLER.format(body=body)), size=1)
    assert (lab.folder / "died").exists()
    assert not any(result.findings for result in results.values())


def test_the_exit_code_of_a_run_with_a_death_is_3(lab: Lab, tree: Path, run_small: RunSmall) -> None:
    plugin = lab.file(KILLER.format(body="os._exit(0)"))
    done = run_small("check", str(tree), "-p", plugin, "-j", "2", "--names-only")
    assert done.returncode == 3
    assert "ALF906" in done.stdout
    assert SESSIONS[2] in done.stdout


# --- workers that are started before there is anything to do ----------------------------------------------


@pytest.fixture
def names() -> tuple[Ruleset, Request]:
    request = Request()
    return load_ruleset(request), request


@contextmanager
def crew_of(names: tuple[Ruleset, Request], tree: Path, **more: Any) -> Iterator[Crew]:
    ruleset, request = names
    told = Told(request, Options(str(tree), names_only=True), ruleset.fingerprint)
    with Crew(told, **{"least": 2, "most": 2, **more}) as crew:
        yield crew
    wait_for(lambda: not multiprocessing.active_children())


def spread(crew: Crew, names: tuple[Ruleset, Request], tree: Path, **more: Any) -> list[SessionResult]:
    sessions = scan_tree(tree).sessions
    options = Options(str(tree), names_only=True)._replace(**more)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "MAX_FILES", 2)
        work, done = crew.spread(sessions, *names, options)
        found = dict(done)
    results = {result.path: result for number in range(len(work)) for result in found[number]}
    return [results[session.path] for session in sessions]


def test_so_many_workers_are_started_as_files_are_worth(names: tuple[Ruleset, Request], tree: Path) -> None:
    """One is where it was asked for; others come with more files; without being asked for, only for many."""
    with crew_of(names, tree, least=3, most=3) as crew:
        for files, count in ((0, 0), (1, 1), (5_999, 1), (6_000, 2), (10**6, 3)):
            crew.expect(files)
            assert len(multiprocessing.active_children()) == count
    with crew_of(names, tree, least=0) as crew:
        crew.expect(batches.WORTH)
        assert not multiprocessing.active_children()
        crew.expect(batches.WORTH + 1)
        assert len(multiprocessing.active_children()) == 2
        assert len(spread(crew, names, tree)) == len(SESSIONS)
    with crew_of(names, tree, early=False) as crew:
        crew.expect(10**6)
        assert not multiprocessing.active_children()


def test_a_worker_goes_by_the_options_that_came_later(names: tuple[Ruleset, Request], tree: Path) -> None:
    """What is required of sessions, and what could not be listed, is known when all is."""
    ruleset, _ = names
    weights = Weights(severity=(("ALF1", Severity.INFO),))
    required = Required(paths=frozenset(SESSIONS), unseen=frozenset({SESSIONS[0]}))
    (tree / SESSIONS[0] / "alf" / "dogs.times.times.npy").touch()
    for more in ({"select": ("ALF9",)}, {"required": required}, {"weights": weights}):
        options = Options(str(tree), names_only=True)._replace(**more)
        ((_, alone),) = run_serial([scan_tree(tree).sessions], ruleset, options)
        with crew_of(names, tree) as crew:
            crew.expect(10**6)
            assert spread(crew, names, tree, **more) == list(alone)


def test_a_worker_that_dies_while_the_tree_is_listed_is_replaced(
    names: tuple[Ruleset, Request], tree: Path
) -> None:
    with crew_of(names, tree) as crew:
        crew.expect(10**6)
        for child in multiprocessing.active_children():
            child.kill()
            child.join()
        assert [result.path for result in spread(crew, names, tree)] == SESSIONS


def test_no_worker_is_started_where_all_is_known(
    clean_release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with own_cache(tmp_path / "cache"):
        first = alfcheck.check(clean_release, cache=True, jobs=2)
        monkeypatch.setattr(process, "Worker", lambda *_: pytest.fail("a worker was started"))
        assert alfcheck.check(clean_release, cache=True, jobs=2).ledger == first.ledger


# --- workers that are not like their parent -------------------------------------------------------------


def test_a_worker_with_other_rules_stops_the_run(lab: Lab, tree: Path) -> None:
    source = (
        KILLER.format(body="pass") + "    + ([] if parent_process() is None else [rule('LAB102', check)])\n"
    )
    with pytest.raises(PluginError, match="a worker process loaded other rules than its parent"):
        pooled(tree, lab.file(source.replace("check)]\n    +", "check)] +")))


def test_a_plugin_that_a_worker_cannot_load_stops_the_run(lab: Lab, tree: Path) -> None:
    source = KILLER.format(body="pass").replace(
        "def check", "if parent_process(): import no_such_module\ndef check"
    )
    with pytest.raises(PluginError, match="No module named 'no_such_module'"):
        pooled(tree, lab.file(source))


def test_workers_that_die_before_they_are_ready_stop_the_run(lab: Lab, tree: Path) -> None:
    source = KILLER.format(body="pass").replace("def check", "if parent_process(): os._exit(1)\ndef check")
    told = r"loading plugin 'rules' .*: a worker process ended before it was ready \(exit code 1\); mend it"
    with pytest.raises(PluginError, match=told):
        pooled(tree, lab.file(source))


def test_a_contract_that_cannot_be_built_stops_either_run(lab: Lab, clean_release: Path) -> None:
    source = """
    from alfcheck import Contract, Match, Terms

    @alfcheck.hookimpl
    def alfcheck_contracts():
        return [Contract(id="lab.spikes", version="1.0.0", match=Match(object="spikes"), schema=lambda: 3,
                         owner="the lab", description="spikes", terms={"times": Terms()})]
    """
    request = Request((lab.file(source),))
    ruleset = load_ruleset(request)
    work = [scan_tree(clean_release).sessions]
    options = Options(str(clean_release))
    with pytest.raises(PluginError, match=r"contract lab\.spikes@1\.0\.0: its schema is a int") as serial:
        list(run_serial(work, ruleset, options))
    with pytest.raises(PluginError) as parallel:
        list(run_pool(work, ruleset, request, options, 2))
    assert str(parallel.value) == str(serial.value)


# --- what is remembered --------------------------------------------------------------------------------


def test_what_is_remembered_of_names_has_an_end(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a release where all names differ, a process forgets them from batch to batch, and judges alike."""
    tree = make(*(f"{session}/alf/x{day}y.times.mp4" for day, session in enumerate(SESSIONS)))
    ruleset = load_ruleset(Request())
    options = Options(str(tree))
    work = [(session,) for session in scan_tree(tree).sessions]
    usual = list(run_serial(work, ruleset, options))
    kept: list[int] = []
    with monkeypatch.context() as patch:
        patch.setattr(state, "KEPT_NAMES", 2)
        context = state.Context(ruleset, options)
        for batch in work:
            check_batch(batch, memory.bounded(context))
            kept.append(len(context.names))
        assert list(run_serial(work, ruleset, options)) == usual
    assert (max(kept), kept[-1]) == (3, 3)
    patches = (("KEPT_TOGETHER", state), ("KEPT", plan), ("KEPT", asking))
    for name, module in patches:
        with monkeypatch.context() as patch:
            patch.setattr(module, name, -1)
            assert context.keep_small()
            assert not context.names
    assert not context.keep_small()


# --- a run in processes of its own ----------------------------------------------------------------------

RunSmall = Callable[..., "subprocess.CompletedProcess[str]"]
SMALL = """
import sys
from alfcheck.executors import batches
from alfcheck.cli import run

batches.MAX_FILES = 1
if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """The command, with batches so small that a small tree keeps several workers busy."""
    path = tmp_path / "scripts" / "small.py"
    path.parent.mkdir()
    path.write_text(SMALL)
    return path


@pytest.fixture
def run_small(script: Path) -> RunSmall:
    def go(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(script), *arguments], capture_output=True, text=True, cwd=cwd, timeout=60
        )

    return go


SLOW = """
import os, time
from pathlib import Path
HERE = Path(__file__).parent
(HERE / f"loaded-{os.getpid()}").touch()

def check(dataset, path):
    (HERE / f"busy-{os.getpid()}").touch()
    time.sleep(60)
    return ()

@alfcheck.hookimpl
def alfcheck_rules():
    return [rule("LAB101", check)]
"""


@contextmanager
def started(script: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run the command in a session of processes of its own; none may be left when the test is over."""
    process = subprocess.Popen(
        [sys.executable, str(script), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
        wait_for(lambda: not any(of_session(process.pid)))
    finally:
        for each in of_session(process.pid):
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        process.communicate()


def of_session(leader: int) -> Iterator[int]:
    """Give the processes of a session: workers lead groups of their own in it."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,stat="], capture_output=True, text=True, check=True)
    for number, stat in map(str.split, listed.stdout.splitlines()):
        with suppress(ProcessLookupError):
            if os.getsid(int(number)) == leader and not stat.startswith("Z"):
                yield int(number)


def wait_for(condition: Callable[[], object], seconds: float = 30) -> None:
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds, "waited in vain"
        time.sleep(0.02)


def count(folder: Path, kind: str) -> int:
    return len(list(folder.glob(f"{kind}-*")))


def files_of(tree: Path) -> list[Path]:
    return sorted(tree.rglob("*"))


@pytest.mark.parametrize(("command", "jobs"), [("check", 1), ("release", 1), ("release", 2)])
def test_ctrl_c_ends_at_once_and_leaves_nothing(
    command: str, jobs: int, lab: Lab, tree: Path, script: Path
) -> None:
    before = files_of(tree)
    with started(script, command, str(tree), "-p", lab.file(SLOW), "-j", str(jobs)) as process:
        wait_for(lambda: count(lab.folder, "busy") >= jobs)
        begun = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=SOON)
        assert time.monotonic() - begun < SOON
        assert (out, process.returncode) == ("", 3)
        assert err.strip().startswith("alfcheck: stopped")
        assert err.strip().count("\n") == 0
    assert files_of(tree) == before


@pytest.mark.parametrize("delay", [0.0, 0.3])
def test_ctrl_c_while_workers_start(delay: float, lab: Lab, tree: Path, script: Path) -> None:
    with started(script, "check", str(tree), "-p", lab.file(SLOW), "-j", "2", "--names-only") as process:
        wait_for(lambda: count(lab.folder, "loaded"))
        time.sleep(delay)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=SOON)
        assert process.returncode == 3
        assert "Traceback" not in err


def test_workers_do_not_outlive_a_parent_that_is_killed(lab: Lab, tree: Path, script: Path) -> None:
    with started(script, "check", str(tree), "-p", lab.file(SLOW), "-j", "2", "--names-only") as process:
        wait_for(lambda: count(lab.folder, "busy") == 2)
        process.kill()
        process.communicate(timeout=SOON)
        wait_for(lambda: not any(of_session(process.pid)), SOON)


LISTS = """
import sys, time
from pathlib import Path
from alfcheck import api
from alfcheck.cli import run

def lists_for_long(root, *, told, **_):
    told(10**6)
    (Path(sys.argv[-1]) / "busy-lists").touch()
    while True:
        time.sleep(0.05)  # a signal just before a long sleep would be heard after it

if __name__ == "__main__":
    api.scan_tree = lists_for_long
    sys.exit(run(sys.argv[1:-1]))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_a_run_that_ends_while_the_tree_is_listed(
    number: signal.Signals, tree: Path, tmp_path: Path
) -> None:
    script = tmp_path / "lists.py"
    script.write_text(LISTS)
    with started(script, "release", str(tree), "-j", "3", "--no-cache", str(tmp_path)) as process:
        wait_for(lambda: count(tmp_path, "busy"))
        os.kill(process.pid, number)
        _, err = process.communicate(timeout=SOON)
        assert process.returncode in (3, -number)
        assert "Traceback" not in err


@pytest.mark.parametrize("command", ["check", "release"])
def test_no_worker_outlives_a_run_without_anything_to_check(
    command: str, make: Make, script: Path, tmp_path: Path
) -> None:
    tree = make("README.txt", "LICENSE")
    with started(script, command, str(tree), "-j", "2") as process:
        _, err = process.communicate(timeout=60)
        assert (process.returncode, err.strip().count("\n")) == (2, 0)
        assert "2 files, but no session" in err
    (tree / ".alfcheckignore").write_bytes(b"\xff\xfe")
    with started(script, command, str(tree), "-j", "2") as process:
        assert process.wait(60) == 2


def test_without_room_for_a_worker_the_run_says_so(
    lab: Lab, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_left(_: object) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(process, "Marker", none_left)
    with pytest.raises(UsageError, match="a worker process cannot be started: Too many open files"):
        pooled(tree, lab.file(KILLER.format(body="pass")))


UNGUARDED = """
import sys
import alfcheck
from alfcheck.executors import batches

batches.MAX_FILES = 1
print(alfcheck.check(sys.argv[1], jobs=2, names_only=True).summary["sessions"])
"""


def test_a_script_without_a_guard_is_told_to_have_one(tree: Path, tmp_path: Path) -> None:
    script = tmp_path / "unguarded.py"
    script.write_text(UNGUARDED)
    with started(script, str(tree)) as process:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 1
        assert out == ""
        assert err.strip().endswith(
            'of your own calls alfcheck with several jobs, guard it by: if __name__ == "__main__":'
        )


def test_a_script_with_a_guard_runs(tree: Path, tmp_path: Path) -> None:
    script = tmp_path / "guarded.py"
    script.write_text(UNGUARDED.replace("print(", 'if __name__ == "__main__":\n    print('))
    with started(script, str(tree)) as process:
        out, err = process.communicate(timeout=60)
        assert (out, err, process.returncode) == ("6\n", "", 0)


def test_workers_run_nothing_of_the_working_folder(tree: Path, run_small: RunSmall) -> None:
    """A release may hold a file called as a module that Python loads on its way."""
    for name in (
        "multiprocessing",
        "runpy",
        "signal",
        "struct",
        "threading",
        "typing",
        "pandas",
        "yaml",
        "json",
    ):
        (tree / f"{name}.py").write_text("import os; os.mkdir('ran')\n")
    done = run_small("check", ".", "-j", "2", "--names-only", cwd=tree)
    assert done.returncode == 0, done.stderr
    assert not (tree / "ran").exists()
