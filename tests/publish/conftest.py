"""Files to publish, and processes that start in a moment."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import pytest
from publish_child import (
    write_files,
)


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Processes that start in a moment: the modules are loaded once, and no thread runs at the fork."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pandas", "publish_child", "pytest"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        first = context.Process(target=os.getpid)
        first.start()
        first.join()
    return context


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_files(tmp_path_factory.mktemp("root"))


@pytest.fixture
def run(processes: ForkServerContext) -> Iterator[Callable[..., ForkServerProcess]]:
    started = []

    def start(target: Callable[..., None], *arguments: object) -> ForkServerProcess:
        process = processes.Process(target=target, args=arguments)
        process.start()
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.join()
