"""What a command loads before it does something: as little as it needs. Benchmarks measure the time."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from importlib.machinery import PathFinder
from pathlib import Path
from types import SimpleNamespace

import click
import pytest

from alfcheck.cache import FOLDER, LIMIT
from alfcheck.cli.contracts import contracts_command
from alfcheck.cli.later import Later, LaterGroup
from alfcheck.cli.main import cli
from alfcheck.cli.plugins import plugins_command
from alfcheck.plugins.others import may_be_others

Make = Callable[..., Path]

TICK = 2.1
LIBRARIES = ("jsonschema", "numpy", "pandas", "pandera", "pint", "pyarrow", "rich")
PARTS = ("alfcheck.api", "alfcheck.contracts", "alfcheck.pipeline")
SLOW = ("multiprocessing", "subprocess")
"""Parts of Python that take long to load, and that a command has no need of."""


def loaded(*arguments: str, looked_for: tuple[str, ...], **environment: str) -> list[str]:
    """Run a command to its end; give which of some modules are loaded then."""
    code = (
        "import sys\n"
        "from alfcheck.__main__ import command\n"
        "code = command()\n"
        f"found = [name for name in {looked_for!r} if name in sys.modules]\n"
        "print('LOADED', code, *found, file=sys.stderr)\n"
    )
    # As if from an empty place: what the tests were run with (coverage, plugins) loads modules of its own.
    known = {key: value for key, value in os.environ.items() if not key.startswith(("COV_", "PYTEST"))}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        env={**known, **environment},
        check=False,
    )
    last = done.stderr.splitlines()[-1].split()
    assert last[:2] == ["LOADED", "0"], done.stderr
    return last[2:]


def test_the_version_is_told_before_anything_is_loaded() -> None:
    code = (
        "import sys\nbefore = set(sys.modules)\nfrom alfcheck.__main__ import main\nmain()\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--version"], capture_output=True, text=True, check=True
    )
    version, after = done.stdout.splitlines()
    assert version.startswith("alfcheck ")
    assert set(after.split()) <= {"__future__", "alfcheck", "alfcheck.__main__", "alfcheck._version"}


@pytest.mark.parametrize("arguments", [("--help",), ("check", "--help"), ("contracts", "--help")])
def test_help_loads_no_part_that_checks(arguments: tuple[str, ...]) -> None:
    heavy = (*LIBRARIES, *PARTS, *SLOW, "yaml", "sqlite3", "tomllib")
    assert loaded(*arguments, looked_for=heavy) == []


def test_help_looks_for_commands_of_plugins_only_where_there_may_be_some() -> None:
    assert loaded("--help", looked_for=("importlib.metadata", "pluggy")) == []
    assert loaded("--no-plugin", "x", "--help", looked_for=("importlib.metadata",)) == []
    assert loaded("-p", "json", "--help", looked_for=("importlib.metadata",)) == ["importlib.metadata"]


@pytest.mark.parametrize(
    ("name", "text", "may_be"),
    [
        ("lab_rules-1.0.dist-info", "[console_scripts]\na = b\n[alfcheck]\nlab = lab_rules\n", True),
        ("alfcheck_lab-1.0.dist-info", "[ alfcheck ]\nlab=lab_rules", True),
        ("Lab.EGG-INFO", "[alfcheck]\nlab = lab_rules\n", True),
        ("lab-1.0.dist-info", "[pytest11]\nalfcheck = lab\n", False),
        ("lab-1.0.dist-info", None, False),
        ("alfcheck-7.0.dist-info", "[alfcheck]\nschemas = alfcheck_schemas\n", False),
        ("lab-1.0-py3.11.egg", None, True),
    ],
)
def test_others_are_known_by_their_entry_points(
    name: str, text: str | None, may_be: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).mkdir()
    if text is not None:
        (tmp_path / name / "entry_points.txt").write_text(text, encoding="utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(tmp_path / "not there")])
    monkeypatch.setattr(sys, "meta_path", [PathFinder])
    assert may_be_others() == may_be


def test_others_may_be_where_nobody_can_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "lab.zip"
    archive.write_bytes(b"")
    monkeypatch.setattr(sys, "meta_path", [PathFinder])
    monkeypatch.setattr(sys, "path", [str(archive)])
    assert may_be_others()
    monkeypatch.setattr(sys, "path", [])
    assert not may_be_others()
    finds = SimpleNamespace(find_distributions=lambda *_: (), find_spec=lambda *_: None)
    monkeypatch.setattr(sys, "meta_path", [PathFinder, finds])
    assert may_be_others()


def test_explaining_a_rule_loads_no_part_that_checks() -> None:
    heavy = (*LIBRARIES, *SLOW, "alfcheck.api", "alfcheck.pipeline", "yaml", "sqlite3")
    assert loaded("explain", "ALF303", looked_for=heavy) == []


def test_names_are_checked_without_what_reads_files(make: Make) -> None:
    root = make("mouse_001/2024-05-27/001/alf/spikes.times.npy")
    heavy = (*LIBRARIES, *SLOW, "yaml", "alfcheck.pipeline.stages")
    assert loaded("check", "--names-only", str(root), looked_for=heavy) == []


def test_what_the_cache_knows_is_not_read_again(make: Make, tmp_path: Path) -> None:
    root = make("mouse_001/2024-05-27/001/alf/notes.text.txt")
    kept = {FOLDER: str(tmp_path / "cache"), LIMIT: "64"}
    time.sleep(TICK)  # what has just changed is not kept
    loaded("check", str(root), looked_for=(), **kept)
    heavy = (*LIBRARIES, *SLOW, "alfcheck.pipeline.run")
    assert loaded("check", str(root), looked_for=heavy, **kept) == []


def test_sound_arrays_and_tables_are_checked_without_pandas(clean_release: Path) -> None:
    sessions = [path for path in clean_release.glob("*/Subjects/*/*/*") if not [*path.rglob("*.?sv")]]
    assert {path.suffix for each in sessions for path in each.rglob("*.*")} >= {".npy", ".pqt", ".json"}
    for session in sessions:
        assert loaded("check", str(session), looked_for=("jsonschema", "pandas", "pandera")) == []


def test_a_session_that_changed_is_released_anew_without_pandas(own_release: Path, tmp_path: Path) -> None:
    command = ("release", str(own_release), "--out", str(tmp_path / "out"))
    kept = {FOLDER: str(tmp_path / "cache"), LIMIT: "64"}
    time.sleep(TICK)
    loaded(*command, looked_for=(), **kept)
    changed = min(own_release.rglob("*taskSettings.raw.json"))
    changed.write_bytes(changed.read_bytes() + b"\n")
    assert loaded(*command, looked_for=("jsonschema", "pandas", "pandera"), **kept) == []


GROUPS = {"alfcheck": cli, "contracts": contracts_command, "plugins": plugins_command}


@pytest.mark.parametrize("name", GROUPS)
def test_groups_list_what_can_be_run(name: str) -> None:
    group = GROUPS[name]
    assert isinstance(group, LaterGroup)
    context = click.Context(group, info_name=name)
    assert group.list_commands(context) == sorted(group.later)
    for command, found in group.later.items():
        run = group.get_command(context, command)
        assert run is not None
        assert run.name == command
        assert run.get_short_help_str() == found.short_help
        assert run is getattr(import_module(found.module), f"{command}_command")


def test_a_group_loads_only_the_command_that_is_asked_for() -> None:
    group = LaterGroup("all", later={"gone": Later("no.such.module", "Do nothing."), "info": INFO})
    context = click.Context(group, info_name="all")
    assert group.list_commands(context) == ["gone", "info"]
    assert "Do nothing." in group.get_help(context)
    assert group.get_command(context, "other") is None
    assert group.get_command(context, "info") is not None
    with pytest.raises(ModuleNotFoundError, match="no"):
        group.get_command(context, "gone")


INFO = Later("alfcheck.cli.cache", "Say where the cache is.")
