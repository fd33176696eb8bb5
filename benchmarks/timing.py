"""Run programs and say how long they took and how much memory they held.

This process imports little: on Linux a child's peak memory begins with that of the process that it was forked
from, so whatever is large runs in a worker.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyperf
from memory import Watcher

__all__ = ["Measured", "Run", "require", "run", "scratch"]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a program.

    ``seconds`` is the whole process, its start and its imports included; ``inner`` is the work alone,
    where the program says so. ``peak_mib`` is the most that the process and its children held together,
    ``largest_mib`` the most that one of them held.
    """

    seconds: float
    inner: float
    peak_mib: float
    largest_mib: float
    exit_code: int
    printed: dict[str, Any]
    error: str


@dataclass(slots=True)
class Measured:
    """All runs of one program."""

    name: str
    runs: list[Run] = field(default_factory=list)

    @property
    def failed(self) -> str:
        """Give why a run failed, or nothing."""
        return next(
            (run.error or f"exit {run.exit_code}" for run in self.runs if run.exit_code not in (0, 1)), ""
        )

    @property
    def seconds(self) -> float:
        """Give the median time of the whole process."""
        return float(self.benchmark().median())

    @property
    def peak_mib(self) -> float:
        """Give the most that any run held, all its processes together."""
        return max(run.peak_mib for run in self.runs)

    def benchmark(self) -> pyperf.Benchmark:
        """Give the runs as pyperf keeps and compares them."""
        return pyperf.Benchmark(
            [
                pyperf.Run([run.seconds], metadata=self._facts(run), collect_metadata=False)
                for run in self.runs
            ]
        )

    def _facts(self, run: Run) -> dict[str, Any]:
        return {
            "name": self.name,
            "inner_seconds": run.inner,
            "peak_mib": run.peak_mib,
            "largest_mib": run.largest_mib,
        }


def run(command: list[str], env: Mapping[str, str] | None = None, *, memory: bool = True) -> Run:
    """Run a command to its end; without `memory` nothing looks at it meanwhile."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=out, stderr=err, stdin=subprocess.DEVNULL, env=_environment(env)
        )
        watcher = Watcher(process.pid) if memory else None
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        seen = watcher.stop() if watcher is not None else 0.0
        out.seek(0)
        err.seek(0)
        printed, error = out.read().decode(errors="replace"), err.read().decode(errors="replace").strip()
    said = _last_json(printed)
    largest = usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return Run(
        seconds=seconds,
        inner=float(said.get("seconds", seconds)),
        peak_mib=max(seen, largest),
        largest_mib=largest,
        exit_code=process.returncode if said or process.returncode != 1 else _findings_or_crash(error),
        printed=said,
        error=error.splitlines()[-1] if error else "",
    )


def _environment(more: Mapping[str, str] | None) -> dict[str, str]:
    """Give the environment of a program; one in which no module is kept compiled would slow every start."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | dict(more or {})


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


def require(done: Run, command: list[str]) -> Run:
    """Give back a run that ended with 0 or 1; anything else ends the benchmark."""
    if done.exit_code not in (0, 1):
        raise SystemExit(f"{' '.join(command[:6])} ...: exit {done.exit_code}: {done.error}")
    return done


def scratch(prefix: str) -> tempfile.TemporaryDirectory[str]:
    """Give a folder that is gone afterwards."""
    return tempfile.TemporaryDirectory(prefix=f"alfcheck-{prefix}-")
