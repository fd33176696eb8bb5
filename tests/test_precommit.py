"""The hooks of `.pre-commit-hooks.yaml`, run by pre-commit itself in a git repository that is a release.

pre-commit would install alfcheck into an environment of its own, which needs a network and a minute; here
the same hooks are local ones that run this alfcheck.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
HOOKS = ROOT / ".pre-commit-hooks.yaml"
COMMAND = [sys.executable, "-m", "pre_commit"]

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not here")


def hooks() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(HOOKS.read_text("utf-8"))
    return found


def test_the_hooks_look_at_the_whole_tree() -> None:
    assert [hook["id"] for hook in hooks()] == ["alfcheck", "alfcheck-names"]
    for hook in hooks():
        assert set(hook) == {
            "id",
            "name",
            "description",
            "entry",
            "args",
            "language",
            "pass_filenames",
            "require_serial",
        }
        assert (hook["language"], hook["pass_filenames"], hook["require_serial"]) == ("python", False, True)
        assert hook["args"] == ["."]
    assert [hook["entry"] for hook in hooks()] == ["alfcheck check", "alfcheck check --names-only"]


def test_pre_commit_finds_the_hooks_valid() -> None:
    done = subprocess.run([*COMMAND, "validate-manifest", str(HOOKS)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


class Repository:
    """A git repository whose root is a release, with the hooks configured."""

    def __init__(self, root: Path, home: Path) -> None:
        self.root = root
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("GIT_")},
            "HOME": str(home),
            "PRE_COMMIT_HOME": str(home / "pre-commit"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
        }
        local = [
            {**hook, "language": "system", "entry": f"{shlex.quote(sys.executable)} -m {hook['entry']}"}
            for hook in hooks()
        ]
        config = {"repos": [{"repo": "local", "hooks": local}]}
        (root / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
        self.git("init", "--quiet")
        self.git("config", "user.name", "A Mouse")
        self.git("config", "user.email", "mouse@lab.example")
        self.git("add", "--all")

    def call(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=self.root, env=self.environment, capture_output=True, text=True)

    def git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.call("git", *arguments)

    def hook(self, name: str) -> tuple[int, str]:
        done = self.call(*COMMAND, "run", "--all-files", name)
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def repository(own_release: Path, tmp_path: Path) -> Repository:
    (tmp_path / "home").mkdir()
    return Repository(own_release, tmp_path / "home")


@pytest.mark.parametrize("name", ["alfcheck", "alfcheck-names"])
def test_a_clean_release_passes(name: str, repository: Repository) -> None:
    code, out = repository.hook(name)
    assert code == 0, out
    assert "Passed" in out
    assert repository.git("status", "--short").stdout.count("A ") == 47  # nothing else came into being


def test_a_fault_inside_a_file_fails_the_hook_that_reads(repository: Repository) -> None:
    path = next(repository.root.rglob("spikes.times.npy"))
    path.write_bytes(path.read_bytes()[:-3])
    repository.git("add", "--all")
    code, out = repository.hook("alfcheck")
    assert code == 1
    assert "exit code: 1" in out
    assert path.relative_to(repository.root).as_posix() in out
    code, out = repository.hook("alfcheck-names")
    assert code == 0, out


def test_a_commit_of_a_wrong_name_is_stopped(repository: Repository) -> None:
    repository.call(*COMMAND, "install")
    assert repository.git("commit", "--quiet", "-m", "clean").returncode == 0
    session = next(path for path in repository.root.rglob("001") if path.is_dir())
    repository.git("mv", str(session), str(session.with_name("1")))
    done = repository.git("commit", "--quiet", "-m", "unpadded")
    assert done.returncode == 1
    assert "- hook id: alfcheck-names\n- exit code: 1" in done.stdout + done.stderr
    assert repository.git("log", "--oneline").stdout.count("\n") == 1
