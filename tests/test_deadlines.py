"""Code of plugins that never ends, or ends its process: told of by its name, and never read as a pass.

Every run is the real command, in a process of its own. One plugin has a rule of each target, a check of a
contract, a reader and a session info; the environment says which of them go wrong, and how.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from lab_plugins import Lab

PLUGIN = """
from alfcheck import Content, Kind
import ctypes, itertools, os, signal, sys, time
from alfcheck import Contract, Match, Terms
from alfcheck.offers import SessionInfo

HOW, WHERE = os.environ.get("LAB_HOW", ""), os.environ.get("LAB_WHERE", "").split()

def loop():
    while True:
        pass

def stubborn():
    while True:
        try:
            loop()
        except BaseException:
            pass

def endless():
    while True:
        yield Problem(message="and another")

def stop_here():
    raise KeyboardInterrupt

WAYS = {
    "loop": loop,
    "stubborn": stubborn,
    "endless": lambda: list(zip(endless(), range(10**6))),
    "C loop": lambda: sum(itertools.repeat(0)),
    "sleep": lambda: time.sleep(10**6),
    "exit 0": lambda: os._exit(0),
    "exit 1": lambda: os._exit(1),
    "sys.exit": lambda: sys.exit(0),
    "interrupt": stop_here,
    "crash": lambda: ctypes.string_at(0),
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
}

def trip(where):
    if where in WHERE:
        WAYS[HOW]()

@alfcheck.name_rule("LAB101", "names")
def names(dataset, path):
    "A name."
    if dataset.object == "names":
        trip("name")
    return ()

@alfcheck.content_rule("LAB201", "contents", datasets=["wheel.position.npy"])
def contents(data):
    "A file."
    if data["position"].max() > 50:
        trip("content")
    return ()

@alfcheck.object_rule("LAB401", "objects", object="trials", columns=["intervals_*"])
def objects(table):
    "An object."
    if table["intervals_0"].max() > 50:
        trip("object")
    return ()

@alfcheck.object_batch_rule("LAB402", "batches", object="licks", columns=["times"])
def batches(tables):
    "Objects."
    for table in tables.tables:
        if table["times"].max() > 50:
            trip("batch")
    return ()

@alfcheck.session_rule("LAB501", "sessions", columns=["pupil.times"])
def sessions(session):
    "A session."
    if "03" in session.path:
        trip("session")
    return ()

@alfcheck.release_rule("LAB601", "releases")
def releases(results):
    "A release."
    trip("release")
    return ()

def schema():
    import pandera.pandas as pa

    check = pa.Check(positive, name="positive")
    return pa.DataFrameSchema({"times": pa.Column(float, check, required=False)})

def positive(values):
    if values.max() > 50:
        trip("check")
    return values >= 0

def read(source):
    if source.data[:3] == b"bad":
        trip("reader")
    return Content(kind=Kind.ARRAY, columns=(), rows=None)

def give(session):
    if "04" in session.path:
        trip("info")
    return {}

@alfcheck.hookimpl
def alfcheck_rules():
    rules = [names, contents, objects, batches, sessions]
    return [*rules, releases] if "release" in WHERE else rules

@alfcheck.hookimpl
def alfcheck_contracts():
    return [Contract(id="lab.licks", version="1.0.0", match=Match(object="spikes"), owner="the lab",
                     schema=schema, description="spikes", terms={"times": Terms(), "amps": Terms()})]

@alfcheck.hookimpl
def alfcheck_readers():
    return [Reader(name="lab", extensions=("lab",), read=read)]

@alfcheck.hookimpl
def alfcheck_session_infos():
    return [SessionInfo(name="lab", give=give, description="none", columns=("pupil.times",))]
"""

DAYS = [f"mouse/2020-01-0{day}/001" for day in range(1, 5)]
NAMES = [f"{DAYS[0]}/alf/names.times.npy"]
CHECKS = [f"{DAYS[1]}/alf/spikes.times.npy"]
READ = [f"{DAYS[2]}/alf/sound.raw.lab"]
CONTENTS = [f"{DAYS[1]}/alf/wheel.position.npy"]
OBJECTS = [f"{DAYS[0]}/alf/trials.intervals.npy"]
BATCHES = [f"{DAYS[3]}/alf/licks.times.npy"]
SESSIONS = [f"{DAYS[2]}/alf/pupil.times.npy"]
ODD = {*NAMES, *CHECKS, *CONTENTS, *OBJECTS, *BATCHES}
DEADLINE = 1.0


class Place(NamedTuple):
    """Where the plugin goes wrong: how that is told, and what must be unverified (``None``: all)."""

    told: str
    paths: list[str] | None


PLACES = {
    "name": Place("the rule LAB101 names", NAMES),
    "content": Place("the rule LAB201 contents", CONTENTS),
    "object": Place("the rule LAB401 objects", OBJECTS),
    "batch": Place("the rule LAB402 batches", BATCHES),
    "session": Place("the rule LAB501 sessions", SESSIONS),
    "release": Place("the rule LAB601 releases", None),
    "check": Place("the check 'positive' of the contract lab.licks@1.0.0", CHECKS),
    "reader": Place("the reader 'lab'", READ),
    "info": Place("the session info 'lab'", []),
}
LATE = ("ALF907", "did not end within 1 s")


def died(how: str) -> tuple[str, str]:
    return "ALF906", f"ended its process ({how})"


def failed(how: str) -> tuple[str, str]:
    return "ALF901", f"failed to run: {how}"


FATES = {
    "loop": LATE,
    "stubborn": LATE,
    "C loop": LATE,
    "sleep": LATE,
    "exit 0": died("exit code 0"),
    "exit 1": died("exit code 1"),
    "crash": died("signal SIGSEGV"),
    "kill": died("signal SIGKILL"),
    "sys.exit": failed("SystemExit: 0"),
    "interrupt": failed("KeyboardInterrupt"),
}
BAD = [
    ("loop", "name session release"),
    ("stubborn", "content"),
    ("C loop", "check"),
    ("sleep", "reader object"),
    ("exit 0", "check release"),
    ("exit 1", "session info"),
    ("crash", "name reader"),
    ("kill", "batch"),
    ("sys.exit", " ".join(PLACES)),
    ("interrupt", " ".join(PLACES)),
]


class Run(NamedTuple):
    """What came of one run of the command."""

    code: int
    findings: list[dict[str, Any]]
    verdicts: Mapping[str, str]
    indexed: set[str]
    errors: str


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four sessions with six files each, and some in which the plugin finds what it stumbles over."""
    root = tmp_path_factory.mktemp("deadlines") / "tree"
    for day in DAYS:
        folder = root / day / "alf"
        folder.mkdir(parents=True)
        for name in ("spikes.times", "spikes.amps", "wheel.position", "licks.times", "pupil.times"):
            save(folder / f"{name}.npy", np.arange(5.0))
        save(folder / "trials.intervals.npy", np.arange(10.0).reshape(5, 2))
        (folder / "sound.raw.lab").write_bytes(b"good")
    for path in ODD:
        values = np.load(root / path) if (root / path).exists() else np.arange(5.0)
        save(root / path, values + 100)
    (root / READ[0]).write_bytes(b"bad")
    return root


def save(path: Path, values: Any) -> None:
    np.save(path, values)


@pytest.fixture(scope="module")
def lab_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab")
    Lab(folder).install(PLUGIN)
    (folder / "alfcheck.toml").write_text(f"deadline = {DEADLINE}\n")
    return folder


def run(tree: Path, lab: Path, out: Path, how: str, where: str, jobs: int) -> Run:
    """Release `tree` to `out` with the command."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "ALFCHECK"))}
    path = os.pathsep.join((str(lab), *filter(None, sys.path)))
    # The cache does not know of variables that a rule looks at.
    own = {"PYTHONPATH": path, "LAB_HOW": how, "LAB_WHERE": where, "ALFCHECK_CACHE_LIMIT": "0"}
    environment = {**kept, **own}
    given = ("--out", str(out), "--config", str(lab / "alfcheck.toml"), "-j", str(jobs))
    done = subprocess.run(
        [sys.executable, "-m", "alfcheck", "release", str(tree), "--partial", *given],
        capture_output=True,
        text=True,
        env=environment,
        timeout=600,
    )
    return Run(done.returncode, *_read(out), done.stderr)


def _read(out: Path) -> tuple[list[dict[str, Any]], dict[str, str], set[str]]:
    report = out / "alfcheck-report"
    if not report.exists():
        return [], {}, set()
    findings = json.loads((report / "report.json").read_text())["findings"]
    ledger = pd.read_parquet(report / "ledger.parquet")
    return findings, dict(zip(ledger["path"], ledger["verdict"], strict=True)), indexed(out)


def indexed(out: Path) -> set[str]:
    """Give the paths that the index has."""
    sessions = {
        row.Index: f"{row.subject}/{row.date}/{row.number:03}"
        for row in pd.read_parquet(out / "sessions.pqt").itertuples()
    }
    datasets = pd.read_parquet(out / "datasets.pqt")["rel_path"]
    return {f"{sessions[eid]}/{path}" for (eid, _), path in datasets.items()}


@pytest.fixture(scope="module")
def sound(tree: Path, lab_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """What comes of it when nothing goes wrong."""
    found = run(tree, lab_folder, tmp_path_factory.mktemp("sound"), "", "", 1)
    assert found.code == 0, found.errors
    return found


@pytest.mark.parametrize(("how", "where"), BAD)
def test_what_comes_to_no_end_is_told_of_and_leaves_what_it_judged_unverified(
    how: str, where: str, sound: Run, tree: Path, lab_folder: Path, tmp_path: Path
) -> None:
    """With one job and with two, and the report is the same."""
    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(
            lambda jobs: run(tree, lab_folder, tmp_path / str(jobs), how, where, jobs), (1, 2)
        )
    assert one.code == two.code == 3, (one.errors, two.errors)
    assert one[:-1] == two[:-1]
    fresh = [each for each in one.findings if each not in sound.findings]
    assert [each for each in sound.findings if each not in one.findings] == []
    assert len(fresh) == len(where.split())
    unverified: set[str] = set()
    for place in map(PLACES.__getitem__, where.split()):
        (told,) = (each for each in fresh if each["message"].startswith(place.told))
        require_attributed(told, *FATES[how])
        paths = sorted(sound.verdicts) if place.paths is None else place.paths
        assert sorted(told["datasets"]) == paths
        unverified.update(paths)
    assert one.verdicts == {
        path: "unverified" if path in unverified else verdict for path, verdict in sound.verdicts.items()
    }
    assert one.indexed == sound.indexed - unverified


def require_attributed(told: dict[str, Any], code: str, fate: str) -> None:
    assert (told["code"], told["severity"]) == (code, "unverified")
    assert fate in told["message"]
    assert told["origin"] == {"name": "alfcheck-lab", "version": "1.2"}
    assert "--no-plugin" in told["fix"]


def test_sound_plugins_are_told_nothing_of(sound: Run, tree: Path, lab_folder: Path, tmp_path: Path) -> None:
    assert run(tree, lab_folder, tmp_path, "", "", 2)[:-1] == sound[:-1]
    assert not any(each["code"].startswith("ALF9") for each in sound.findings)
