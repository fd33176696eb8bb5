"""Run programs and say how long they took and how much memory they held.

This process imports the standard library alone: on Linux a child's peak memory begins with that of the
process that it was forked from, so whatever is large runs in a worker.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

WORKERS = Path(__file__).parent / "workers"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a program.

    ``seconds`` is the whole process, its start and its imports included; ``inner`` is the work alone,
    where the program says so. ``peak_mib`` is the largest resident set of the process or of any of its
    children (not their sum).
    """

    seconds: float
    inner: float
    peak_mib: float
    exit_code: int
    printed: dict[str, Any]
    error: str


@dataclass(slots=True)
class Measured:
    """All runs of one program."""

    name: str
    runs: list[Run] = field(default_factory=list)
    indexed: int | None = None

    @property
    def failed(self) -> str:
        """Give why a run failed, or nothing."""
        return next(
            (run.error or f"exit {run.exit_code}" for run in self.runs if run.exit_code not in (0, 1)), ""
        )

    def median(self, what: str = "seconds") -> float:
        """Give the median of ``seconds``, ``inner`` or ``peak_mib``."""
        return statistics.median(float(getattr(run, what)) for run in self.runs)

    def least(self, what: str = "seconds") -> float:
        """Give the least of ``seconds`` or ``inner``."""
        return min(float(getattr(run, what)) for run in self.runs)

    def as_json(self) -> dict[str, Any]:
        """Give everything that was measured as plain values."""
        return {
            "median_seconds": self.median(),
            "min_seconds": self.least(),
            "median_inner_seconds": self.median("inner"),
            "peak_mib": max(run.peak_mib for run in self.runs),
            "seconds": [run.seconds for run in self.runs],
            "inner_seconds": [run.inner for run in self.runs],
            "indexed": self.indexed,
            "failed": self.failed,
        }


def run(command: list[str]) -> Run:
    """Run a command to its end."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, stdin=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        printed, error = out.read().decode(errors="replace"), err.read().decode(errors="replace").strip()
    said = _last_json(printed)
    scale = 2**20 if sys.platform == "darwin" else 2**10
    return Run(
        seconds=seconds,
        inner=float(said.get("seconds", seconds)),
        peak_mib=usage.ru_maxrss / scale,
        exit_code=process.returncode if said or process.returncode != 1 else _findings_or_crash(error),
        printed=said,
        error=error.splitlines()[-1] if error else "",
    )


def _last_json(printed: str) -> dict[str, Any]:
    """Give the object that a worker printed last; nothing where it printed none."""
    try:
        said = json.loads(printed.strip().splitlines()[-1])
    except (IndexError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _findings_or_crash(error: str) -> int:
    """Tell 'there are findings' (1) from Python's own 1 for an exception."""
    return -1 if "Traceback" in error or "No module named" in error else 1


def release_command(root: Path, out: Path, jobs: int | None) -> list[str]:
    """Give the command that releases a tree, without a cache where there is one."""
    command = [sys.executable, "-m", "alfcheck", "release", str(root), "--out", str(out)]
    if jobs is not None:
        command += ["-j", str(jobs)]
    return command + (["--no-cache"] if _offers_no_cache() else [])


def _offers_no_cache() -> bool:
    asked = subprocess.run(
        [sys.executable, "-m", "alfcheck", "release", "--help"], capture_output=True, text=True, check=False
    )
    return "--no-cache" in asked.stdout


def worker_command(name: str, *arguments: str) -> list[str]:
    """Give the command that runs one of the workers."""
    return [sys.executable, str(WORKERS / f"{name}.py"), *arguments]


def rows_of(table: Path) -> int | None:
    """Count the rows of a parquet file, if there is one."""
    return int(run(worker_command("count_rows", str(table))).printed["rows"]) if table.is_file() else None
