"""The cache: nothing has changed, or one session has."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

from claims import Outcome, at_most
from programs import Program, prepared, release, take_turns
from timing import scratch

from cases.given import Given

__all__ = ["measure_cache"]

SETTLED = 2.5
"""Seconds after which a change is older than the grain of the file system's clock (docs/cache.md: two)."""

CLAIMS = (
    at_most("nothing changed / no cache", "nothing changed", "no cache", 0.15),
    at_most("one session changed / no cache", "one session changed", "no cache", 0.2),
    at_most("filling the cache / no cache", "cache empty", "no cache", 1.25),
)

ABOUT = (
    'files. "Nothing changed" and "one session changed" are released into the folder that has the release '
    "already: where nothing changed, the index is found to stand there to the byte, and is left; the file "
    "that changes has another size each time, so that index and report are written anew. In the end what "
    "stands there is what a run without a cache publishes. The others write to an empty folder."
)


def measure_cache(given: Given) -> Outcome:
    """Release the same tree again and again."""
    root, tree = given.tree()
    some = min(given.session().rglob("*.json"))
    content = some.read_bytes()
    with scratch("cache") as full, scratch("cache") as empty, scratch("standing") as standing:
        filled = {"ALFCHECK_CACHE": full}
        prepared(again(root, standing), filled)
        try:
            measured = take_turns(_programs(root, tree.datasets, some, filled, empty, standing), given.rounds)
            _require_same(root, standing)
        finally:
            some.write_bytes(content)
        Path(empty).mkdir(exist_ok=True)
    return Outcome(
        "cache",
        "The cache",
        f"{tree.datasets} {ABOUT}",
        measured,
        CLAIMS,
    )


def _programs(
    root: Path, datasets: int, some: Path, filled: dict[str, str], empty: str, standing: str
) -> tuple[Program, ...]:
    return (
        Program(name="no cache", command=release(root), indexes=datasets),
        Program(name="nothing changed", command=lambda _: again(root, standing), env=filled),
        Program(
            name="one session changed",
            command=lambda _: again(root, standing),
            before=lambda: change(some),
            env=filled,
        ),
        Program(
            name="nothing changed, written anew",
            command=release(root, cache=True),
            env=filled,
            indexes=datasets,
        ),
        Program(
            name="cache empty",
            command=release(root, cache=True),
            before=lambda: shutil.rmtree(empty),
            env={"ALFCHECK_CACHE": empty},
        ),
    )


def again(root: Path, standing: str) -> list[str]:
    """Give the command that releases a tree into a folder that is kept."""
    return release(root, cache=True)(Path(standing))


def change(path: Path) -> None:
    """Make a document larger without another word in it, and wait until that is no news."""
    path.write_bytes(path.read_bytes() + b"\n")
    time.sleep(SETTLED)


def _require_same(root: Path, standing: str) -> None:
    """Raise `SystemExit` unless what stands is what a run without a cache publishes."""
    with scratch("out") as out:
        prepared(release(root)(Path(out)))
        found, wanted = (
            json.loads(Path(folder, "alfcheck-report", "report.json").read_text())["release_id"]
            for folder in (standing, out)
        )
    if found != wanted:
        raise SystemExit(f"with the cache {found} was published, and without it {wanted}")
