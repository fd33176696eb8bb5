"""Runs of alfcheck that the tests share; nothing but this plugin and what is built in takes part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import alfcheck
import pytest
from alfcheck import Report
from alone import OTHERS
from steinmetz import Files, session_files, write_session

Check = Callable[..., Report]


@pytest.fixture(scope="session")
def sound() -> Files:
    """The values of a whole sound session by path; not to be changed in place."""
    return session_files()


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Write files of one session, check them, and give the report."""

    def run(files: Mapping[str, Any], **options: Any) -> Report:
        return alfcheck.check(write_session(tmp_path / "release", files), disabled=OTHERS, **options)

    return run


def told(report: Report, codes: str = "") -> set[tuple[str, str]]:
    """Give code and file name of each finding whose code begins with `codes`."""
    return {
        (found.code, Path(path).name)
        for found in report.findings
        if found.code.startswith(codes)
        for path in _paths(found.datasets, found.path)
    }


def _paths(datasets: Iterable[str], path: str) -> Iterable[str]:
    return tuple(datasets) or (path,)
