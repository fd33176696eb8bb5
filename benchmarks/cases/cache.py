"""The cache: nothing has changed, or one session has."""

from __future__ import annotations

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


def measure_cache(given: Given) -> Outcome:
    """Release the same tree again and again."""
    root, tree = given.tree()
    some = next(path for path in sorted(given.session().rglob("*")) if path.is_file())
    with scratch("cache") as full, scratch("cache") as empty:
        filled = {"ALFCHECK_CACHE": full}
        with scratch("out") as out:
            prepared(release(root, cache=True)(Path(out)), filled)
        programs = (
            Program(name="no cache", command=release(root), indexes=tree.datasets),
            Program(
                name="nothing changed", command=release(root, cache=True), env=filled, indexes=tree.datasets
            ),
            Program(
                name="one session changed",
                command=release(root, cache=True),
                before=lambda: change(some),
                env=filled,
                indexes=tree.datasets,
            ),
            Program(
                name="cache empty",
                command=release(root, cache=True),
                before=lambda: shutil.rmtree(empty),
                env={"ALFCHECK_CACHE": empty},
            ),
        )
        measured = take_turns(programs, given.rounds)
        Path(empty).mkdir(exist_ok=True)
    return Outcome(
        "cache",
        "The cache",
        f"{tree.datasets} files; the index and the report are written each time.",
        measured,
        CLAIMS,
    )


def change(path: Path) -> None:
    """Write a file anew, and wait until that is no news."""
    path.write_bytes(path.read_bytes())
    time.sleep(SETTLED)
