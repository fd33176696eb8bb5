"""Small things that several tests share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import alfcheck
import pytest

SESSION = "lab/Subjects/mouse/2024-05-27/001"
Check = Callable[[Mapping[str, bytes]], alfcheck.Report]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Write the files of a session, and check them."""

    def run(files: Mapping[str, bytes]) -> alfcheck.Report:
        for name, data in files.items():
            path = tmp_path / "release" / SESSION / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return alfcheck.check(tmp_path / "release")

    return run
