"""Clusters and workers that will not do: told of before anything runs, with the way out."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cached_runs import same
from dask_clusters import cluster, distribution, machine, run, wait_until

import alfcheck
from alfcheck.errors import UsageError

pytestmark = pytest.mark.slow
Make = Callable[..., Path]


@pytest.fixture
def tree(make: Make) -> Path:
    """Two sessions of one file."""
    return make(*(f"mouse/2020-01-0{day}/001/alf/cats.times.mp4" for day in (1, 2)))


# --- workers that will not do ------------------------------------------------------------------------------


def test_a_worker_with_other_versions_stops_the_run_before_it_begins(tree: Path, tmp_path: Path) -> None:
    for name, said in (
        ("numpy", r"the Dask worker \S+ \(.+\) is not like this machine: numpy 0.1 there, "),
        ("alfcheck", "has alfcheck 0.1, and here is "),
    ):
        with cluster(tmp_path / name, 0) as own:
            own.add(PYTHONPATH=distribution(tmp_path / f"other-{name}", name, "0.1"))
            own.wait_for(1)
            with pytest.raises(UsageError, match=f"{said}.*; install the same there"):
                alfcheck.check(tree, dask=own.address, names_only=True)


def test_a_scheduler_with_another_distributed_is_refused(tree: Path, tmp_path: Path) -> None:
    other = distribution(tmp_path / "other", "distributed", "0.1")
    with (
        cluster(tmp_path / "cluster", 0, PYTHONPATH=other) as own,
        pytest.raises(UsageError, match=r"the Dask scheduler runs distributed 0\.1, and here is "),
    ):
        alfcheck.check(tree, dask=own.address, names_only=True)


def test_a_worker_that_sees_no_root_or_comes_late_is_found_out(
    tree: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """While there is no worker the run waits for one; who comes compares itself."""
    with cluster(tmp_path / "cluster", 0) as own, ThreadPoolExecutor() as threads:
        done = threads.submit(alfcheck.check, tree, dask=own.address, names_only=True)
        wait_until(lambda: "has no worker: waiting for one" in caplog.text or done.done(), "it waits")
        own.add(PYTHONPATH=machine(tmp_path / "machine"), TEST_HIDDEN=str(tree))
        with pytest.raises(UsageError, match=f"does not see the same release: there is no folder {tree}"):
            done.result()
        with pytest.raises(UsageError, match="mount the shared file system there"):
            alfcheck.check(tree, dask=own.address, names_only=True)


def test_devices_may_have_other_numbers_there(tmp_path: Path, clean_release: Path) -> None:
    with cluster(tmp_path / "cluster", 0) as own:
        own.add(PYTHONPATH=machine(tmp_path / "machine"), TEST_DEVICE="7")
        own.wait_for(1)
        there = alfcheck.check(clean_release, dask=own.address)
    assert there.exit_code() == 0
    assert same(there, alfcheck.check(clean_release))


# --- clusters that are not there ---------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense://x", "", "127.0.0.1:door"])
def test_an_address_that_does_not_answer_is_told_of(
    address: str, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alfcheck.executors.dask import connecting

    monkeypatch.setattr(connecting, "PATIENCE", 1)
    with pytest.raises(UsageError, match=r"no Dask scheduler answers there .*; see that one runs"):
        alfcheck.check(tree, dask=address)


def test_a_program_that_runs_a_loop_may_use_a_cluster(tree: Path, tmp_path: Path) -> None:
    """As a notebook does."""

    async def cell() -> alfcheck.Report:
        return alfcheck.check(tree, dask=own.address, names_only=True)

    with cluster(tmp_path / "cluster", 1) as own:
        assert same(asyncio.run(cell()), alfcheck.check(tree, names_only=True))


def test_something_else_that_answers_is_told_of(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from http.server import BaseHTTPRequestHandler, HTTPServer

    from alfcheck.executors.dask import connecting

    monkeypatch.setattr(connecting, "PATIENCE", 2)
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server, ThreadPoolExecutor() as threads:
        serving = threads.submit(server.serve_forever)
        try:
            with pytest.raises(UsageError, match="no Dask scheduler answers there"):
                alfcheck.check(tree, dask=f"tcp://127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()
            serving.result()


def test_a_file_that_is_no_scheduler_file_is_told_of(tree: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the scheduler file cannot be read: No such file"):
        alfcheck.check(tree, dask=str(tmp_path / "none.json"))
    (tmp_path / "other.json").write_text("[1]")
    with pytest.raises(UsageError, match="this is no scheduler file; make one with: dask scheduler"):
        alfcheck.check(tree, dask=str(tmp_path / "other.json"))


def test_without_distributed_the_extra_is_named(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "distributed.py").write_text("raise ModuleNotFoundError(name='distributed')")
    done = run("check", tree, "--dask", "tcp://127.0.0.1:1", PYTHONPATH=str(tmp_path))
    assert done.returncode == 2
    assert "pip install 'alfcheck[dask]'" in done.stderr


def test_jobs_and_a_cluster_are_refused_together(tree: Path) -> None:
    done = run("check", tree, "--dask", "tcp://127.0.0.1:1", "-j", 1)
    assert (done.returncode, "give -j or --dask" in done.stderr) == (2, True)
    with pytest.raises(UsageError, match="give jobs or dask"):
        alfcheck.check(tree, dask="tcp://127.0.0.1:1", jobs=2)


def test_without_the_option_dask_is_not_imported(clean_release: Path) -> None:
    code = (
        "import sys\nfrom alfcheck.cli import run\n"
        f"run(['check', {str(clean_release)!r}, '-j', '1', '--output', {os.devnull!r}])\n"
        "assert not {'dask', 'distributed'} & {name.partition('.')[0] for name in sys.modules}"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
