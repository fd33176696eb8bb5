"""The guide for labs does what it says: each of its files is written, each of its commands run, in order."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fresh_environment import Environment
from guide_steps import Step, answers, apply, commands, steps

GUIDE = Path(__file__).parents[1] / "docs" / "your-labs-rules.md"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("git") is None, reason="git is not here"),
]


class Reader:
    """Somebody who reads the page and does what it says, in one shell and one folder."""

    def __init__(self, environment: Environment, folder: Path) -> None:
        self.environment = environment
        self.top = self.folder = folder
        self.code = 0

    def do(self, step: Step) -> Iterator[str]:
        """Take a step; give a line for each command that does not answer as the page says."""
        if step.language != "console":
            apply(step, self.top)
            return
        for command, expected in commands(step):
            given = self.type(command)
            if not answers(expected, given):
                yield f"{GUIDE.name}, line {step.line}: $ {command}\n{given}"

    def type(self, command: str) -> str:
        """Type a command; the shell keeps its folder and the last exit code."""
        state = self.top.parent / "state"
        text = f"(exit {self.code}); {command}\ncode=$?; pwd > '{state}'; exit $code"
        done = self.environment.call(["sh", "-c", text], self.folder)
        self.code, self.folder = done.returncode, Path(state.read_text().strip())
        return done.stdout


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    base = tmp_path_factory.mktemp("guide")
    (base / "lab").mkdir()
    return Reader(Environment(base / "venv"), base / "lab")


@pytest.fixture(scope="module")
def faults(reader: Reader) -> list[str]:
    """What went otherwise than the page says, from its beginning to its end."""
    return [fault for step in steps(GUIDE.read_text("utf-8")) for fault in reader.do(step)]


def test_every_command_answers_as_the_page_says(faults: list[str]) -> None:
    assert faults == [], "\n".join(faults)


@pytest.mark.usefixtures("faults")
def test_the_plugin_of_the_page_has_strict_types(reader: Reader) -> None:
    cache = ["--cache-dir", "alfcheck-mylab/.mypy_cache"]  # as the page left it
    command = ["mypy", "--strict", *cache, "rules.py", "test_rules.py"]
    checked = reader.environment.call(command, reader.top)
    assert checked.stdout == "Success: no issues found in 2 source files\n"


@pytest.mark.usefixtures("faults")
@pytest.mark.parametrize("command", [["check", "--select", "E,F,W,I,UP,B,C4,SIM,PT"], ["format", "--check"]])
def test_the_plugin_of_the_page_is_neat(command: list[str], reader: Reader) -> None:
    ruff = [
        "ruff",
        *command,
        "--no-cache",
        "--line-length",
        "110",
        "rules.py",
        "test_rules.py",
        "make_data.py",
    ]
    done = reader.environment.call(ruff, reader.top)
    assert done.returncode == 0, done.stdout


def test_every_block_of_the_page_is_run() -> None:
    found = list(steps(GUIDE.read_text("utf-8")))
    assert len(found) == GUIDE.read_text("utf-8").count("\n```") // 2
    assert all(step.title or step.language == "console" for step in found)
    assert {"bash", "sh", "shell"}.isdisjoint(step.language for step in found)


@pytest.mark.parametrize(
    ("expected", "given", "same"),
    [
        ("one\ntwo\n", "one\ntwo\n", True),
        ("one\n", "one\ntwo\n", False),
        ("one\n...\n", "one\ntwo\nthree\n", True),
        ("one\n...\nthree\n", "one\nthree\n", True),
        ("took ... s\n", "took 0.1 s\n", True),
        ("took ... s\n", "took 0.1 s longer\n", False),
        ("name ...     where\n", "name 0.1.0   where\n", True),
        ("", "", True),
        ("", "something\n", False),
        ("1 of 2 (row 1)\n", "1 of 2 (row 1)\n", True),
    ],
)
def test_what_counts_as_the_same_answer(expected: str, given: str, same: bool) -> None:
    assert answers(expected, given) is same
