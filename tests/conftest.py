"""Small things that several tests share."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lab_plugins import Lab

from alfcheck.cache import LIMIT
from alfcheck.demo import write_demo, write_release

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # What a shell starts in the background ignores it, and hands that on; tests of Ctrl-C send it.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def no_cache() -> None:
    """Keep the user's cache out of the tests; those that are about one have their own."""
    os.environ[LIMIT] = "0"


@pytest.fixture(scope="session")
def clean_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound release of three sessions with fifteen datasets each; not to be written into."""
    root = tmp_path_factory.mktemp("clean") / "release"
    write_release(root, sessions=3)
    return root


@pytest.fixture
def own_release(clean_release: Path, tmp_path: Path) -> Path:
    """A copy of the sound release, to do with as one likes."""
    return Path(shutil.copytree(clean_release, tmp_path / "release"))


@pytest.fixture(scope="session")
def faulty_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of ``alfcheck demo``, with its planted faults; not to be written into."""
    root = tmp_path_factory.mktemp("faulty") / "release"
    write_demo(root)
    return root


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """Plugins of a lab: files, modules and installed distributions that are gone after the test."""
    folder = tmp_path / "plugins"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    before = set(sys.modules)
    yield Lab(folder)
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(folder)):
            del sys.modules[name]


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Path]:
    """Write a tree of empty or given files; the answer is its root."""

    def write(*paths: str, root: str = "tree", data: bytes = b"x", **named: bytes) -> Path:
        folder = tmp_path / root
        folder.mkdir(exist_ok=True)
        for path in paths:
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        return folder

    return write


@pytest.fixture
def environment() -> dict[str, str]:
    """The environment for a command, without what a user may have set."""
    own = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "ALFCHECK"))}
    return {**own, LIMIT: os.environ.get(LIMIT, "0")}
