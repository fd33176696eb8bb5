"""``alfcheck demo``: a small release with faults, checked and published before one's eyes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alfcheck.cli.terminal import say, say_error, terminal_style
from alfcheck.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from alfcheck.demo import Demo

__all__ = ["demo_command"]


@click.command("demo")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default="alfcheck-demo")
@click.option("--hash", "hashes", is_flag=True, help="Put the md5 of every file into the index.")
def demo_command(folder: Path, hashes: bool) -> int:
    """Write a small realistic release with planted faults to FOLDER, release it, and show the outcome.

    FOLDER/release is the release, FOLDER/planted.txt the paths that may not be indexed, and
    FOLDER/expected.json how many datasets and sessions must be.
    """
    from alfcheck import api
    from alfcheck.demo import write_demo, write_expectations

    if folder.exists() and (not folder.is_dir() or any(os.scandir(folder))):
        raise UsageError(f"{folder}: exists and is not empty; name another folder, or remove it")
    root = folder / "release"
    demo = write_demo(root)
    write_expectations(demo, folder)
    say([f"Wrote a release with {len(demo.planted)} planted faults to {root}.\n\n"])
    run = api.prepare(api.RunOptions(hashes=hashes), root, releases=True)
    report = api.run_release(run, root, out=None, partial=False, ids_from=None)
    say(run.ruleset.reporters["text"].render(report, terminal_style()))
    return _show_index(root, demo)


def _show_index(root: Path, demo: Demo) -> int:
    import pyarrow.parquet as pq

    sessions = pq.read_table(root / "sessions.pqt", columns=["lab", "subject", "date", "number"]).to_pylist()
    datasets = pq.read_table(root / "datasets.pqt", columns=["rel_path"]).num_rows
    say(_listed(root, sessions, datasets))
    if (len(sessions), datasets) == (demo.sessions, demo.datasets):
        say([f"\nAll {len(demo.planted)} planted faults were found, and nothing else was kept out.\n"])
        return ExitCode.CLEAN
    say_error(
        f"expected {demo.sessions} sessions and {demo.datasets} datasets: this is a fault of alfcheck, "
        "please report it"
    )
    return ExitCode.UNVERIFIED


def _listed(root: Path, sessions: list[dict[str, Any]], datasets: int) -> Iterator[str]:
    yield f"\nThe index that ONE opens ({root}): {len(sessions)} sessions, {datasets} datasets, such as\n"
    for row in sorted(sessions, key=lambda each: tuple(map(str, each.values())))[:5]:
        lab = f"{row['lab']}/Subjects/" if row["lab"] else ""
        yield f"  {lab}{row['subject']}/{row['date']}/{row['number']:03d}\n"
    yield (
        f'\nOpen it with ONE-api:\n  from one.api import One\n  one = One(cache_dir="{root}", mode="local")\n'
        '  one.load_object(one.search()[0], "trials")\n'
    )
