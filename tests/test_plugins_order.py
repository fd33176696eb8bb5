"""In whatever order plugins were installed, asked for or hashed: the report and the index are the same."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from lab_plugins import Lab
from release_fixtures import SESSION, write

FILES: dict[str, Any] = {
    "alf/licks.times.npy": [0.5, 0.25, 2.5],
    "alf/licks.side.npy": [-1.0, 3.0, -1.0],
    "alf/dogs.times.npy": [1.0, -2.0],
    "alf/cats.times.npy": b"this is no array",
    "alf/rigs.info.json": '{"rig": 3}',
    "alf/cry.sound.wav": b"RIFF",
}
OTHER = "mouse/2020-01-02/001"

PLUGIN = """
import pandera.pandas as pa
from alfcheck import Contract, Match, SessionInfo, Setting, Terms

@alfcheck.name_rule("{code}101", "{name}-dogs", severity="{severity}")
def no_dogs(dataset, path):
    if dataset.object == "dogs":
        yield Problem(message="dogs, says {name}")

@alfcheck.content_rule("{code}201", "same-name", datasets=["dogs.times*"], severity="warning")
def before_zero(file, settings):
    yield from file.where(file["times"] < settings["least"], "too early, says {name}")

@alfcheck.object_rule(
    "{code}401", "{name}-licks", object="licks", columns=["times", "side"], severity="{severity}"
)
def sides(licks):
    yield from licks.where(licks["side"] > 1, "no such side, says {name}", column="side")

@alfcheck.session_rule("{code}501", "{name}-sessions", columns=["licks.times"], severity="{severity}")
def sessions(session):
    yield Problem(message=f"{{session.number}}, says {name}", datasets=session.object("licks").paths)

@alfcheck.release_rule("{code}601", "{name}-release", severity="info")
def whole(results):
    yield Problem(message=f"{{len(results)}} sessions, says {name}")

@alfcheck.hookimpl
def alfcheck_rules():
    return [{rules}]

@alfcheck.hookimpl
def alfcheck_settings():
    return {{Setting("least", float, 0.0, "s"), Setting("other", str, "{name}", "a text")}}

@alfcheck.hookimpl
def alfcheck_session_infos():
    return [SessionInfo(name="{name}", give=lambda s: {{"task_protocol": "{protocol}"}}, description="d")]

def schema():
    return pa.DataFrameSchema({{"times": pa.Column(checks=[pa.Check.ge({least}), pa.Check.lt(2)])}})

@alfcheck.hookimpl
def alfcheck_contracts():
    return [Contract(id="{name}.dogs", version="1.0.0", match=Match(object="dogs"), schema=schema,
                     owner="{name}", description="dogs", terms={{"times": Terms()}})]

def read(source):
    raise alfcheck.BadContent(Problem(message="no sound, says {name}", code="ALF201"))

@alfcheck.hookimpl
def alfcheck_readers():
    return [Reader(name="{name}", extensions=("{extension}",), read=read)]
"""


def source(name: str, code: str, *, turned: bool = False, **values: object) -> str:
    """A plugin that says something of everything, and contradicts the others."""
    rules = ["no_dogs", "before_zero", "sides", "sessions", "whole"]
    given = ", ".join(reversed(rules) if turned else rules)
    return PLUGIN.format(name=name, code=code, rules=given, **values)


SOURCES = {
    "one": source("one", "ONE", severity="error", protocol="a", least=0.3, extension="wav"),
    "two": source("two", "TWO", severity="warning", protocol="b", least=0.3, extension="one", turned=True),
    "six": source("six", "SIX", severity="error", protocol="a", least=0.4, extension="two"),
}
ORDERS = list(itertools.permutations(SOURCES))


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("release")
    write(root, FILES, OTHER)
    return write(root, FILES)


def run(release: Path, out: Path, folders: Sequence[Path], seed: int, *options: str) -> Iterator[bytes]:
    """Release in a process of its own; give the bytes of all that is written but for the times of the run."""
    environment = {
        **os.environ,
        "PYTHONHASHSEED": str(seed),
        "PYTHONPATH": ":".join(map(str, folders)),
        "SOURCE_DATE_EPOCH": "1600000000",
    }
    arguments = ["release", str(release), "--out", str(out), "--partial", *options]
    done = subprocess.run(
        [sys.executable, "-m", "alfcheck", *arguments],
        capture_output=True,
        text=True,
        env=environment,
    )
    assert "published" in done.stderr, done.stderr
    for path in sorted(path for path in out.rglob("*") if path.is_file()):
        yield path.relative_to(out).as_posix().encode()
        yield _timeless(path)


def _timeless(path: Path) -> bytes:
    if path.name not in ("report.json", "findings.jsonl"):
        return path.read_bytes()
    lines = path.read_text().splitlines() if path.suffix == ".jsonl" else [path.read_text()]
    told = [json.loads(line) for line in lines]
    told[0] = {key: value for key, value in told[0].items() if key not in ("started", "seconds")}
    return json.dumps(told).encode()


def test_the_order_of_installation_and_of_hashes_changes_nothing(release: Path, tmp_path: Path) -> None:
    """Each plugin lies in a folder of its own: their order on the path is that in which they are found."""
    outputs = set()
    for seed, order in enumerate(ORDERS):
        folders = []
        for name in order:
            folder = tmp_path / f"{seed}-{name}"
            folder.mkdir()
            Lab(folder).install(SOURCES[name], name=name)
            folders.append(folder)
        outputs.add(tuple(run(release, tmp_path / f"out{seed}", folders, seed)))
    (written,) = outputs
    told = b"".join(written).decode("utf-8", "replace")
    assert all(f"{code}{target}01" in told for code in ("ONE", "TWO", "SIX") for target in (1, 2, 4, 5, 6))
    assert "ALF504" in told


def test_the_order_in_which_files_are_asked_for_changes_nothing(release: Path, tmp_path: Path) -> None:
    lab = Lab(tmp_path / "files")
    files = {name: lab.file(text, f"{name}.py") for name, text in SOURCES.items()}
    outputs = set()
    for seed, order in enumerate((ORDERS[0], ORDERS[3], ORDERS[5])):
        options = [word for name in order for word in ("-p", files[name])]
        outputs.add(tuple(run(release, tmp_path / f"out{seed}", [], seed, *options)))
    assert len(outputs) == 1


def test_the_order_of_jobs_changes_nothing(release: Path, tmp_path: Path) -> None:
    Lab(tmp_path).install(SOURCES["one"], name="one")
    one, two = (
        tuple(run(release, tmp_path / f"out{jobs}", [tmp_path], jobs, "-j", str(jobs))) for jobs in (1, 2)
    )
    assert one == two
    assert SESSION.encode() in b"".join(one)
