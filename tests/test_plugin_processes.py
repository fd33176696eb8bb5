"""What plugins do to the processes that they run in: none ends a run as if nothing had been found."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lab_plugins import HEAD

SESSIONS = [f"mouse/2020-01-0{day}/001" for day in (1, 2)]

PLUGIN = """
import atexit, os, signal, stat, subprocess, sys, threading, time
from multiprocessing import parent_process
from pathlib import Path

HERE = Path(__file__).parent
HOW = os.environ.get("LAB_HOW", "")
IN_WORKER = parent_process() is not None

def stays():
    threading.Thread(target=time.sleep, args=(10**6,)).start()

def closes():
    sys.stdout.close()

def forgets():
    sys.stdout = None

def left():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(10**6)"])
    (HERE / f"left-{child.pid}").touch()
    child.wait()

def busy():
    (HERE / f"busy-{os.getpid()}").touch()
    sum(iter(int, 1))

class Endless:
    def __init__(self):
        self.itself = self

    def __del__(self):
        sum(iter(int, 1)) if HOW.endswith("C") else [None for _ in iter(int, 1)]

def holds():
    for number in range(3, 300):
        try:
            held = stat.S_ISSOCK(os.fstat(number).st_mode) and os.get_inheritable(number)
        except OSError:
            continue
        assert not held

def forks():
    os.fork()

def forks_and_leaves():
    if os.fork() == 0:
        sys.exit(0)

def forks_and_speaks():
    if os.fork() == 0:
        raise ValueError("a copy")

WAYS = {
    "import: exit": lambda: os._exit(0),
    "import: crash": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "import: atexit": lambda: atexit.register(os._exit, 0),
    "import: thread": stays,
    "import: folder": lambda: os.chdir("/"),
    "import: close": closes,
    "import: no stdout": forgets,
    "import: print": lambda: print("hello"),
    "import: fork": forks,
    "import: exit in a worker": lambda: IN_WORKER and os._exit(0),
    "import: hang in a worker": lambda: IN_WORKER and time.sleep(10**6),
    "finished: exit": lambda: os._exit(0),
    "finished: atexit": lambda: atexit.register(os._exit, 0),
    "finished: interrupt": lambda: signal.raise_signal(signal.SIGINT),
    "finished: raise": lambda: 1 / 0,
    "finished: print": lambda: print("hello"),
    "finished: change": lambda report: object.__setattr__(report, "findings", ()),
    "rule: print": lambda: (print("hello", flush=True), os.write(1, b"hello")),
    "rule: fork": forks,
    "rule: fork and leave": forks_and_leaves,
    "rule: fork and speak": forks_and_speaks,
    "rule: close all": lambda: os.closerange(3, 300),
    "rule: raise": lambda: 1 / 0,
    "rule: left": left,
    "rule: busy": busy,
    "rule: holds": holds,
    "rule: endless": Endless,
    "rule: endless in C": Endless,
}

def trip(where, *given):
    if HOW.startswith(where):
        WAYS[HOW](*given)

@alfcheck.session_rule("LAB501", "sessions", columns=["cats.times"])
def sessions(session):
    "A session."
    if "01-01" in session.path:
        trip("rule")
    return ()

@alfcheck.hookimpl
def alfcheck_rules():
    return [sessions]

@alfcheck.hookimpl
def alfcheck_run_finished(report):
    trip("finished", *([report] if HOW.endswith("change") else []))

trip("import")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plugin, a release of two sessions with one fault, and a configuration with a short deadline."""
    import numpy as np

    folder = tmp_path_factory.mktemp("processes")
    (folder / "lab.py").write_text(HEAD + PLUGIN)
    (folder / "alfcheck.toml").write_text("deadline = 1\n")
    for session in SESSIONS:
        alf = folder / "tree" / session / "alf"
        alf.mkdir(parents=True)
        for name in ("times", "tails", "tales"):
            np.save(alf / f"cats.{name}.npy", np.arange(5.0))
    np.save(folder / "tree" / SESSIONS[0] / "alf" / "cats.names.npy", np.arange(4.0))
    return folder


def command(*given: str) -> list[str]:
    paths = (
        "check",
        "tree",
        "--config",
        "alfcheck.toml",
        "--no-cache",
        "-p",
        "lab.py",
        "--fail-on",
        "warning",
    )
    return [sys.executable, "-m", "alfcheck", *paths, "--format", "json", *given]


def settings(how: str) -> dict[str, str]:
    path = os.pathsep.join(filter(None, sys.path))
    return {**os.environ, "LAB_HOW": how, "PYTHONPATH": path}


def run(folder: Path, how: str, *given: str) -> tuple[int, list[str], str]:
    """Run the command; give its exit code, the codes that it found, and what it said."""
    done = subprocess.run(
        command(*given), cwd=folder, env=settings(how), capture_output=True, text=True, timeout=120
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)["findings"] if done.stdout else []
    said = done.stderr + "".join(each["message"] for each in found)
    return done.returncode, [each["code"] for each in found], said


NAMED = "'lab' (lab local, lab.py)"
FAULT = ["ALF401"]


@pytest.mark.parametrize(
    ("how", "code", "found", "told"),
    [
        ("import: exit", 2, [], f"(exit code 0) while loading plugin {NAMED}; mend it"),
        ("import: crash", 2, [], f"(signal SIGSEGV) while loading plugin {NAMED}; mend it"),
        ("import: atexit", 1, FAULT, ""),
        ("import: thread", 1, FAULT, ""),
        ("import: folder", 1, FAULT, ""),
        ("import: close", 1, FAULT, ""),
        ("import: no stdout", 1, FAULT, ""),
        ("import: print", 1, FAULT, "hello"),
        ("import: fork", 1, FAULT, ""),
        ("finished: exit", 3, FAULT, "(exit code 0) while alfcheck_run_finished of lab local ran"),
        ("finished: atexit", 1, FAULT, ""),
        ("finished: interrupt", 3, FAULT, "stopped while alfcheck_run_finished of lab local ran"),
        ("finished: raise", 3, FAULT, "lab local: alfcheck_run_finished failed: ZeroDivisionError"),
        ("finished: print", 1, FAULT, "hello"),
        ("finished: change", 1, FAULT, ""),
    ],
)
def test_the_command_says_what_it_found_whatever_is_done_to_its_process(
    how: str, code: int, found: list[str], told: str, folder: Path
) -> None:
    done = run(folder, how, "-j", "1")
    assert done[:2] == (code, found), done[2]
    assert told in done[2]


@pytest.mark.parametrize(
    ("how", "code", "found", "told"),
    [
        ("import: exit in a worker", 2, [], f"loading plugin {NAMED}: a worker process ended before it was"),
        ("rule: print", 1, FAULT, "hello"),
        ("rule: fork", 1, FAULT, ""),
        ("rule: holds", 1, FAULT, ""),
        ("rule: fork and leave", 1, FAULT, ""),
        ("rule: fork and speak", 1, FAULT, ""),
        ("rule: raise", 3, [*FAULT, "ALF901"], "the rule LAB501 sessions of lab local failed to run"),
        (
            "rule: close all",
            3,
            [*FAULT, "ALF906"],
            "the rule LAB501 sessions of lab local was the last to run",
        ),
    ],
)
def test_what_is_done_to_a_worker_is_told_of_or_has_no_effect(
    how: str, code: int, found: list[str], told: str, folder: Path
) -> None:
    done = run(folder, how, "-j", "2")
    assert done[:2] == (code, found), done[2]
    assert told in done[2]


@pytest.mark.parametrize("how", ["rule: endless", "rule: endless in C"])
def test_what_objects_do_when_they_are_freed_holds_up_nothing(
    how: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first session was judged by then; the one worker, or another in its place, judges the second."""
    import alfcheck
    from alfcheck.executors import batches, process

    monkeypatch.setattr(batches, "MAX_FILES", 1)
    monkeypatch.setattr(process, "GRACE", 0.5)
    monkeypatch.setenv("LAB_HOW", how)
    report = alfcheck.check(
        folder / "tree", plugins=str(folder / "lab.py"), config=folder / "alfcheck.toml", guarded=True
    )
    assert [finding.code for finding in report.findings] == FAULT


def test_a_plugin_that_hangs_while_a_worker_loads_it_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import alfcheck
    from alfcheck.errors import PluginError
    from alfcheck.executors import process

    monkeypatch.setattr(process, "LOADING", 1.0)
    monkeypatch.setattr(process, "GRACE", 1.0)
    monkeypatch.setenv("LAB_HOW", "import: hang in a worker")
    with pytest.raises(PluginError, match=r"loading plugin 'lab' .* did not end within 1 s"):
        alfcheck.check(
            folder / "tree", plugins=str(folder / "lab.py"), config=folder / "alfcheck.toml", jobs=2
        )


def test_what_a_rule_started_ends_with_its_worker(folder: Path) -> None:
    code, found, _ = run(folder, "rule: left", "-j", "1")
    assert (code, found) == (3, [*FAULT, "ALF907"])
    assert marked(folder, "left")
    wait_for(lambda: not any(map(lives, marked(folder, "left"))))


@pytest.mark.skipif(sys.platform != "linux", reason="the system tells a process of its parent's end")
def test_a_worker_that_lets_no_thread_run_ends_with_a_command_that_is_killed(folder: Path) -> None:
    (folder / "long.toml").write_text("deadline = 60\n")
    started = subprocess.Popen(
        [*command("-j", "1"), "--config", "long.toml"],
        cwd=folder,
        env=settings("rule: busy"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(lambda: marked(folder, "busy"))
    started.kill()
    started.wait()
    wait_for(lambda: not any(map(lives, marked(folder, "busy"))))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_the_command_alone_ends_all_of_it(number: signal.Signals, folder: Path) -> None:
    for path in folder.glob("busy-*"):
        path.unlink()
    (folder / "long.toml").write_text("deadline = 60\n")
    started = subprocess.Popen(
        [*command("-j", "1"), "--config", "long.toml"],
        cwd=folder,
        env=settings("rule: busy"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(lambda: marked(folder, "busy"))
    started.send_signal(number)
    out, err = started.communicate(timeout=60)
    assert (out, "Traceback" in err) == ("", False)
    assert started.returncode == (3 if number == signal.SIGINT else -number)
    wait_for(lambda: not any(map(lives, marked(folder, "busy"))))


def marked(folder: Path, kind: str) -> list[int]:
    return [int(path.name.partition("-")[2]) for path in folder.glob(f"{kind}-*")]


def lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{process}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds, "waited in vain"
        time.sleep(0.05)
