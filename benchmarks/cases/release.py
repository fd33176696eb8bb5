"""A whole release: against ONE's builder, the obvious loop, a bare read, and itself."""

from __future__ import annotations

from claims import Outcome, at_least, at_most
from programs import Program, release, take_turns, worker

from cases.given import Given

__all__ = ["measure_release"]

CLAIMS = (
    at_most("release / ONE's make_parquet_db", "release", "ONE", 0.35, 0.2),
    at_most("release / the plain loop", "release", "plain loop", 0.1),
    at_most("release / a bare read of the same bytes", "release", "bare read", 4),
    at_most("release --hash / release", "release --hash", "release", 1.3),
    at_least("release -j 1 / release -j 2", "release -j 1", "release -j 2", 1.5),
    at_most("1 % of the sessions faulty / none", "release, 1 % faulty", "release", 1.5),
)


def measure_release(given: Given) -> Outcome:
    """Release a tree in every way, and let the others do what comes nearest."""
    root, tree = given.tree()
    faulty, spoilt = given.tree(faulty=True)
    programs = (
        Program(name="release", command=release(root), indexes=tree.datasets),
        Program(name="ONE", command=worker("one_builder", str(root), out=True)),
        Program(name="bare read", command=worker("bare_read", str(root))),
        Program(name="release -j 1", command=release(root, "-j", "1"), indexes=tree.datasets),
        Program(name="release -j 2", command=release(root, "-j", "2"), indexes=tree.datasets),
        Program(name="release --hash", command=release(root, "--hash"), indexes=tree.datasets),
        Program(name="release, 1 % faulty", command=release(faulty), indexes=spoilt.datasets),
        Program(name="plain loop", command=worker("plain_loop", str(root)), slow=True),
    )
    return Outcome(
        "release",
        "A release",
        f"{tree.datasets} files in {tree.sessions} sessions, no cache, all rules and the whole catalogue, "
        "index and report written.",
        take_turns(programs, given.rounds),
        CLAIMS,
    )
