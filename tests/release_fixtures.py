"""What the tests of whole runs share: small trees, plugins of a few lines, and ways to read a report."""

from __future__ import annotations

import io
import os
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from alfcheck.model import Finding
from alfcheck.report import Report

SESSION = "mouse/2020-01-01/001"
SHARED = Path(__file__).parents[2] / "shared"
INDEXED = ("pass", "warn", "unchecked")

Content = bytes | str | list[Any] | np.ndarray | pd.DataFrame


def npy(values: Any) -> bytes:
    """Encode values as ``np.save`` does, and never as a pickle."""
    stream = io.BytesIO()
    np.save(stream, np.asarray(values), allow_pickle=False)
    return stream.getvalue()


def encoded(content: Content, path: str) -> bytes:
    """Encode what a test gives by the extension of the file: arrays, tables and text."""
    if isinstance(content, bytes):
        return content
    if isinstance(content, str):
        return content.encode()
    if isinstance(content, pd.DataFrame):
        stream = io.BytesIO()
        content.to_parquet(stream, index=False)
        return stream.getvalue() if path.endswith(".pqt") else content.to_csv(index=False).encode()
    return npy(content)


def write(root: Path, files: Mapping[str, Content], session: str = SESSION) -> Path:
    """Write files of a session, by session-relative path; give the root."""
    for path, content in files.items():
        target = root / session / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(encoded(content, path))
    return root


def files_of(root: Path) -> Iterator[str]:
    """Give every path below a root that is no folder, links not followed."""
    for top, folders, names in os.walk(root):
        links = [name for name in folders if os.path.islink(os.path.join(top, name))]
        for name in (*names, *links):
            yield os.path.relpath(os.path.join(top, name), root)


def codes(report: Report) -> set[str]:
    """Give the codes of all findings."""
    return {finding.code for finding in report.findings}


def found(report: Report, code: str) -> list[Finding]:
    """Give the findings of one code."""
    return [finding for finding in report.findings if finding.code == code]


def named(findings: list[Finding]) -> set[str]:
    """Give the session-relative paths that findings name."""
    return {path.removeprefix(f"{SESSION}/") for finding in findings for path in finding.datasets}


def verdicts(report: Report) -> dict[str, str]:
    """Give verdicts by session-relative path."""
    return {path.removeprefix(f"{SESSION}/"): str(verdict) for path, verdict in report.verdicts.items()}


def indexed(folder: Path) -> set[str]:
    """Give the root-relative paths that the index in a folder lists."""
    sessions = pd.read_parquet(folder / "sessions.pqt")
    datasets = pd.read_parquet(folder / "datasets.pqt").reset_index()
    rows = datasets.merge(sessions.reset_index(), left_on="eid", right_on="id")
    return {
        f"{f'{row.lab}/Subjects/' if row.lab else ''}{row.subject}/{row.date}/{row.number:03d}/{row.rel_path}"
        for row in rows.itertuples()
    }


def plugin(folder: Path, source: str, name: str = "rules") -> str:
    """Write a plugin of a few lines; give its path as an option wants it."""
    path = folder / f"{name}.py"
    path.write_text("from __future__ import annotations\nimport alfcheck\n" + textwrap.dedent(source))
    return str(path)
