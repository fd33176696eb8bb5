"""``alfcheck plugins new``: what it writes installs, passes its own tests, and finds what it should."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from fresh_environment import Environment
from lab_plugins import Lab

from alfcheck._version import __version__
from alfcheck.cli import run
from alfcheck.errors import ExitCode, UsageError
from alfcheck.scaffold import Names, asked_version, files_of, named, write_plugin

NAMES = {
    "mylab": None,
    "my-lab": None,
    "my_lab_2": "LAB",
    "x": "XX",
    "a23456789-b23456789-c234567890": "QUITE",
}
"""Names of plugins, and prefixes where none can be made of the name or another is wished."""


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return Environment(tmp_path_factory.mktemp("fresh") / "venv")


def licks(root: Path, *times: float) -> Path:
    folder = root / "mouse/2020-01-01/001/alf"
    folder.mkdir(parents=True)
    np.save(folder / "_mylab_licks.times.npy", np.array(times))
    return root


@pytest.mark.slow
def test_from_an_empty_folder_to_a_finding(fresh: Environment, tmp_path: Path) -> None:
    before = fresh.files()
    told = fresh.run("alfcheck", "plugins", "new", "mylab", cwd=tmp_path)
    assert told.startswith("Wrote alfcheck-mylab.")
    fresh.run("pip", "install", "--quiet", "./alfcheck-mylab", cwd=tmp_path)

    summary = fresh.run("pytest", "-q", "-p", "no:cacheprovider", cwd=tmp_path / "alfcheck-mylab")
    assert " passed" in summary
    assert "skipped" not in summary

    data = licks(tmp_path / "data", 0.5, 0.501, 0.9)
    out = fresh.run("alfcheck", "check", str(data), "--format", "json", cwd=tmp_path, code=1)
    (finding,) = json.loads(out)["findings"]
    assert (finding["code"], finding["rule"]) == ("MYLAB401", "licks-too-close")
    assert finding["origin"] == {"name": "alfcheck-mylab", "version": "0.1.0"}
    assert "alfcheck-mylab 0.1.0" in fresh.run("alfcheck", "check", str(data), cwd=tmp_path, code=1)
    listed = fresh.run("alfcheck", "plugins", "list", cwd=tmp_path)
    assert "2 rules, 1 contract, reader of .mylablog, 1 setting" in listed

    fresh.run("pip", "uninstall", "--yes", "alfcheck-mylab", cwd=tmp_path)
    assert fresh.files() == before
    assert "mylab" not in fresh.run("alfcheck", "plugins", "list", cwd=tmp_path)
    fresh.run("alfcheck", "check", str(data), cwd=tmp_path)


@pytest.mark.slow
def test_what_is_written_keeps_strict_types(fresh: Environment, tmp_path: Path) -> None:
    folder = write_plugin(named("mylab", None), tmp_path)
    assert tomllib.loads((folder / "pyproject.toml").read_text())["tool"]["mypy"]["strict"] is True
    told = fresh.run("mypy", "--cache-dir", str(tmp_path / "cache"), cwd=folder)
    assert told.startswith("Success: no issues found")


@pytest.fixture(params=NAMES)
def written(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The folder of a plugin that was written, for each of the names."""
    return write_plugin(named(request.param, NAMES[request.param]), tmp_path)


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=["check", "format"])
def test_what_is_written_is_neat(command: list[str], written: Path) -> None:
    ruff = [sys.executable, "-m", "ruff", *command, "--no-cache", "."]
    done = subprocess.run(ruff, cwd=written, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_its_contracts_have_no_mistakes(written: Path) -> None:
    (folder,) = written.glob("alfcheck_*/contracts")
    assert run(["contracts", "lint", str(folder)]) == ExitCode.CLEAN


def test_its_files_can_be_read_by_those_that_they_are_for(written: Path) -> None:
    project = tomllib.loads((written / "pyproject.toml").read_text())
    ((name, module),) = project["project"]["entry-points"]["alfcheck"].items()
    assert name in NAMES
    assert (written / module / "__init__.py").is_file()
    assert (written / module / "py.typed").is_file()
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == [module]
    workflow = yaml.safe_load((written / ".github/workflows/tests.yml").read_text())
    steps = [step["run"] for step in workflow["jobs"]["tests"]["steps"] if "run" in step]
    assert {"pytest", "mypy", "ruff check .", f"alfcheck contracts lint {module}/contracts"} <= set(steps)


def test_it_asks_for_versions_that_do_not_break_it(written: Path) -> None:
    project = tomllib.loads((written / "pyproject.toml").read_text())["project"]
    (asked,) = (each for each in project["dependencies"] if each.startswith("alfcheck"))
    assert asked == f"alfcheck{asked_version(__version__)}"


@pytest.mark.parametrize(
    ("version", "asked"),
    [("0.1.0", ">=0.1,<0.2"), ("0.9.3.dev1", ">=0.9,<0.10"), ("1.4.2", ">=1.4,<2"), ("12.0.0", ">=12.0,<13")],
)
def test_the_next_version_that_may_break_it_is_left_out(version: str, asked: str) -> None:
    assert asked_version(version) == asked


def test_its_rules_tell_the_way_out(written: Path) -> None:
    (rules,) = written.glob("alfcheck_*/rules.py")
    assert "lower shortest_interval if such licks are real" in rules.read_text()


def test_nothing_of_the_templates_is_left(written: Path) -> None:
    for path in (each for each in written.rglob("*") if each.is_file()):
        text = path.read_text(encoding="utf-8")
        left = text.replace("${{ matrix.python }}", "")
        assert "$" not in left, path
        assert "NAME" not in path.relative_to(written).as_posix()
        assert not text or text.endswith("\n")
        assert "https://" not in text


def test_its_plugin_offers_what_the_readme_says(
    written: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(written)
    (module,) = (path.parent.name for path in written.glob("*/__init__.py"))
    assert run(["plugins", "show", module, "-p", module, "--format", "json"]) == ExitCode.CLEAN
    document = json.loads(capsys.readouterr().out)
    readme = (written / "README.md").read_text()
    offered = [
        *(each["code"] for each in document["rules"]),
        *(each["id"] for each in document["contracts"]),
        *(each["extensions"][0] for each in document["readers"]),
        *(each["name"] for each in document["settings"]),
    ]
    assert len(offered) == 5
    assert [each for each in offered if each not in readme] == []


# --- names ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "prefix", "expected"),
    [
        ("mylab", None, Names("mylab", "alfcheck-mylab", "alfcheck_mylab", "mylab", "MYLAB")),
        ("my-lab", None, Names("my-lab", "alfcheck-my-lab", "alfcheck_my_lab", "mylab", "ML")),
        ("my_lab_2", "LAB", Names("my_lab_2", "alfcheck-my-lab-2", "alfcheck_my_lab_2", "mylab2", "LAB")),
        ("ephyslab", None, Names("ephyslab", "alfcheck-ephyslab", "alfcheck_ephyslab", "ephyslab", "EPHYS")),
    ],
)  # fmt: skip
def test_everything_is_named_after_the_plugin(name: str, prefix: str | None, expected: Names) -> None:
    assert named(name, prefix) == expected


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("MyLab", "write it like mylab"),
        ("my lab", "write it like my-lab"),
        ("../mylab", "write it like mylab"),
        ("mylab/", "write it like mylab"),
        ("2photon", "write it like photon"),
        ("-lab", "write it like lab"),
        ("lab--two", "write it like lab-two"),
        ("é", "small letters and digits"),
        ("", "small letters and digits"),
        ("a" * 31, "30 characters at most"),
        ("mylab\n", "write it like mylab"),
        ("alfcheck", "means something else"),
        ("schemas", "means something else"),
        ("load", "means something else"),
        ("alfcheck-mylab", "plugins new mylab writes alfcheck-mylab"),
        ("alfcheck_mylab", "plugins new mylab writes alfcheck-mylab"),
        ("Lab", "write it like lab"),
        ("taken", "there is a plugin 'taken' already"),
        ("other-lab", "there is a plugin 'other-lab' already"),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_the_way_out(name: str, told: str) -> None:
    with pytest.raises(UsageError) as raised:
        named(name, None, plugins=("taken", "other_lab"))
    assert told in str(raised.value)


@pytest.mark.parametrize(
    ("name", "prefix", "told"),
    [
        ("mylab", "lab", "cannot begin with 'lab'"),
        ("mylab", "L", "cannot begin with 'L'"),
        ("mylab", "TOOLONG", "cannot begin with 'TOOLONG'"),
        ("mylab", "LAB1", "cannot begin with 'LAB1'"),
        ("mylab", "", "cannot begin with ''"),
        ("x", None, "cannot begin with 'X'"),
        ("mylab", "ALF", "belong to alfcheck"),
        ("mylab", "ALFX", "belong to alfcheck"),
        ("alf", None, "belong to alfcheck"),
        ("mylab", "TAKEN", "belong to the plugin 'other'"),
        ("taken", None, "belong to the plugin 'other'"),
    ],
)
def test_codes_that_cannot_be_are_refused_with_the_way_out(name: str, prefix: str | None, told: str) -> None:
    with pytest.raises(UsageError) as raised:
        named(name, prefix, prefixes={"TAKEN": "other"})
    assert told in str(raised.value)
    assert "--prefix" in str(raised.value)


# --- the command ---------------------------------------------------------------------------------------


def new(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = run(["plugins", "new", *arguments])
    return code, *capsys.readouterr()


def test_it_is_written_where_one_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = new("mylab", "--dir", str(tmp_path / "a" / "b"), "--prefix", "LAB", capsys=capsys)
    target = tmp_path / "a" / "b" / "alfcheck-mylab"
    assert code == ExitCode.CLEAN
    assert str(target) in out
    expected = files_of(named("mylab", "LAB"))
    found = {path.relative_to(target).as_posix(): path for path in target.rglob("*") if path.is_file()}
    assert {place: path.read_text(encoding="utf-8") for place, path in found.items()} == expected
    assert "LAB101" in expected["alfcheck_mylab/rules.py"]


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_what_exists_is_left_alone(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "alfcheck-mylab"
    if kind == "folder":
        target.mkdir()
    elif kind == "file":
        target.touch()
    else:
        target.symlink_to("nowhere")
    code, _, err = new("mylab", "--dir", str(tmp_path), capsys=capsys)
    assert code == ExitCode.USAGE
    assert "exists already; nothing was written" in err
    assert list(tmp_path.rglob("*")) == [target]


def test_a_place_that_cannot_be_written_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    code, _, err = new("mylab", "--dir", str(tmp_path / "file" / "below"), capsys=capsys)
    assert code == ExitCode.USAGE
    assert "alfcheck-mylab: cannot be written" in err


RULE = """
@alfcheck.hookimpl
def alfcheck_rules():
    return [rule("MYLAB101", lambda dataset, path: ())]
"""


def test_names_and_codes_of_installed_plugins_are_taken(
    lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lab.install(RULE, name="other")
    lab.install("1 / 0", name="broken")
    told: dict[str, Any] = {}
    for name in ("mylab", "other", "broken"):
        code, _, told[name] = new(name, "--dir", str(tmp_path / "out"), capsys=capsys)
        assert code == ExitCode.USAGE
    assert "codes that begin with MYLAB belong to the plugin 'other'" in told["mylab"]
    assert "there is a plugin 'other' already" in told["other"]
    assert "there is a plugin 'broken' already" in told["broken"]
    assert not (tmp_path / "out").exists()
