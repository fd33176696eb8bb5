"""Hashes: against ONE's builder with ``hash_files``."""

from __future__ import annotations

from claims import Outcome, at_least
from programs import Program, release, take_turns, worker

from cases.given import Given

__all__ = ["measure_hashes"]

FILES = 1500


def measure_hashes(given: Given) -> Outcome:
    """Release a small tree with hashes, as ONE can and as alfcheck does."""
    root, tree = given.tree(30 if given.short else FILES)
    one = "ONE, hash_files"
    programs = (
        Program(name="release --hash", command=release(root, "--hash"), indexes=tree.datasets),
        Program(name=one, command=worker("one_builder", str(root), "--hash", out=True), slow=True),
    )
    return Outcome(
        "hashes",
        "Hashes",
        f"{tree.datasets} files; the md5 of each goes into the index.",
        take_turns(programs, given.rounds),
        (at_least("ONE with hash_files / release --hash", one, "release --hash", 100),),
    )
