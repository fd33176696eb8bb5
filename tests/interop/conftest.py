"""Programs that are not ours, in an environment of their own (`make interop`)."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

FOLDER = os.environ.get("ALFCHECK_INTEROP")


@pytest.fixture
def program() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a program of that environment by its name."""
    if FOLDER is None:
        pytest.skip("ALFCHECK_INTEROP names no folder of programs; run make interop")

    def call(name: str, *arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        assert FOLDER is not None
        command = [str(Path(FOLDER).absolute() / name), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=300)

    return call
