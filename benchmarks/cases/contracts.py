"""What the catalogue costs: all of it, against the eight contracts that alfcheck began with."""

from __future__ import annotations

import subprocess
from pathlib import Path

from claims import Outcome, at_most
from programs import ALFCHECK, Program, check, take_turns
from timing import scratch

from cases.given import Given

__all__ = ["measure_contracts"]

FIRST = (
    "alf.events",
    "alf.spikes",
    "alf.clusters",
    "alf.templates",
    "alf.channels",
    "ibl.trials",
    "ibl.wheel",
    "phy.spikes_subset",
)


def write_first(folder: Path) -> None:
    """Write the first contracts, as they are in the catalogue now, to a folder of their own."""
    for name in FIRST:
        command = [*ALFCHECK, "contracts", "show", name, "--format", "yaml"]
        done = subprocess.run(command, capture_output=True, check=True)
        (folder / f"{name}.yaml").write_bytes(done.stdout)


def measure_contracts(given: Given) -> Outcome:
    """Check with all contracts, and with a few."""
    root, tree = given.tree()
    session = given.session()
    with scratch("first") as few:
        write_first(Path(few))
        first = ("--contracts", few)
        programs = (
            Program(name="whole catalogue", command=check(root, "-j", "1")),
            Program(name="eight contracts", command=check(root, "-j", "1", *first)),
            Program(name="one session, whole catalogue", command=check(session), short=True),
            Program(name="one session, eight contracts", command=check(session, *first), short=True),
        )
        return Outcome(
            "contracts",
            "What the catalogue costs",
            f"{tree.datasets} files in one process, and one session of fifteen.",
            take_turns(programs, given.rounds),
            (at_most("whole catalogue / eight contracts", "whole catalogue", "eight contracts", 1.3),),
        )
