"""Dask clusters for tests: a scheduler and workers, as processes of this machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

PATIENCE = 60.0
"""Seconds in which anything must have happened, on a machine that has much else to do."""

COMMAND = (sys.executable, "-P", "-m", "alfcheck")


def wait_until(happened: Callable[[], object], what: str) -> None:
    """Wait until something has happened."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, f"in {PATIENCE:g} s not so: {what}"
        time.sleep(0.05)


def with_path(environment: dict[str, str]) -> dict[str, str]:
    """Keep what is on the path of the tests behind what an environment puts there."""
    paths = (environment.get("PYTHONPATH", ""), os.environ.get("PYTHONPATH", ""))
    return {**environment, "PYTHONPATH": os.pathsep.join(dict.fromkeys(filter(None, paths)))}


class Cluster:
    """A scheduler, and workers that come and go; what they print is in files of ``folder``."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.file = folder / "scheduler.json"
        self.workers: list[subprocess.Popen[bytes]] = []
        self._environment = {**os.environ, "DASK_CONFIG": str(folder), **environment}
        self.scheduler = self._start(
            "distributed.cli.dask_scheduler",
            *("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(self.file)),
        )
        wait_until(self._is_written, "the scheduler wrote its file")
        self.address: str = json.loads(self.file.read_text())["address"]

    def _is_written(self) -> bool:
        with suppress(OSError, ValueError):
            return bool(json.loads(self.file.read_text())["address"])
        return False

    def add(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start a worker of one thread and no nanny, or as the arguments say; do not wait for it."""
        more = arguments or ("--no-nanny", "--nthreads", "1")
        common = ("--no-dashboard", "--local-directory", str(self.folder / "scratch"))
        worker = self._start("distributed.cli.dask_worker", self.address, *common, *more, **environment)
        self.workers.append(worker)
        return worker

    def wait_for(self, count: int) -> None:
        """Wait until so many workers are known to the scheduler."""
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            wait_until(lambda: len(client.nthreads()) >= count, f"{count} workers came")

    def _start(self, module: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        number = len(self.workers)
        with open(self.folder / f"{module.rpartition('_')[2]}-{number}.log", "wb") as log:
            return subprocess.Popen(
                [sys.executable, "-P", "-m", module, *arguments],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=with_path({**self._environment, **environment}),
            )

    def log(self) -> str:
        """Give what all workers printed."""
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))

    def processes(self) -> list[psutil.Process]:
        """Give the processes that the workers started, and those that these did."""
        found = []
        for worker in self.workers:
            with suppress(psutil.NoSuchProcess):
                found += psutil.Process(worker.pid).children(recursive=True)
        return found

    def stop(self) -> None:
        for process in (*self.workers, self.scheduler):
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        for process in (*self.workers, self.scheduler):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def cluster(folder: Path, workers: int = 2, **environment: str) -> Iterator[Cluster]:
    """Run a cluster in here; the environment is that of the scheduler and of all workers."""
    folder.mkdir(parents=True, exist_ok=True)
    running = Cluster(folder, environment)
    try:
        for _ in range(workers):
            running.add()
        if workers:
            running.wait_for(workers)
        yield running
    finally:
        running.stop()


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command, and give what it said."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        env=with_path({**os.environ, "SOURCE_DATE_EPOCH": "1700000000", **environment}),
    )


def distribution(folder: Path, name: str, version: str) -> str:
    """Write what says that another version is installed; give the folder for ``PYTHONPATH``."""
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    return str(folder)


ELSEWHERE = """
import os

HIDDEN, SHIFT = os.environ.get("TEST_HIDDEN", ""), int(os.environ.get("TEST_DEVICE", "0"))
stat, fstat = os.stat, os.fstat

def moved(found):
    kind, (numbers, more) = found.__reduce__()
    return kind((*numbers[:2], numbers[2] + SHIFT, *numbers[3:]), more)

def stat_elsewhere(path, *given, **more):
    if HIDDEN and isinstance(path, str) and path.startswith(HIDDEN):
        raise FileNotFoundError(2, "No such file or directory", path)
    return moved(stat(path, *given, **more))

os.stat, os.fstat = stat_elsewhere, lambda descriptor: moved(fstat(descriptor))
"""


def machine(folder: Path) -> str:
    """Write what makes a process see files as another machine would; give the folder for ``PYTHONPATH``.

    ``TEST_HIDDEN`` is a folder that is not mounted there, ``TEST_DEVICE`` is how far the numbers of its
    devices are from ours.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sitecustomize.py").write_text(ELSEWHERE)
    return str(folder)
