"""Small things: how long they take beside Python's and pandera's own start."""

from __future__ import annotations

import sys
from pathlib import Path

from claims import Outcome, at_most, difference
from programs import ALFCHECK, Program, check, take_turns

from cases.given import Given

__all__ = ["measure_start"]

NAMES = 100_005
SCRIPT = str(Path(sys.executable).with_name("alfcheck"))
CLAIMS = (
    at_most("alfcheck --version / python -c pass", "alfcheck --version", "python -c pass", 3),
    at_most("alfcheck --help / python -c pass", "alfcheck --help", "python -c pass", 10),
    at_most("one session of 15 files / import pandera.pandas", "check SESSION", "import pandera.pandas", 1.6),
    difference("names of 100,005 files − python -c pass", "check --names-only", "python -c pass", 2),
)


def measure_start(given: Given) -> Outcome:
    """Start the command for next to nothing."""
    session, (many, _) = given.session(), given.tree(1500 if given.short else NAMES)
    names = [*ALFCHECK, "check", str(many), "--names-only"]
    programs = (
        Program(name="python -c pass", command=lambda _: [sys.executable, "-c", "pass"], short=True),
        Program(name="alfcheck --version", command=lambda _: [SCRIPT, "--version"], short=True),
        Program(name="alfcheck --help", command=lambda _: [SCRIPT, "--help"], short=True),
        Program(
            name="import pandera.pandas",
            command=lambda _: [sys.executable, "-c", "import pandera.pandas"],
            short=True,
        ),
        Program(name="check SESSION", command=check(session), short=True),
        Program(name="check --names-only", command=lambda _: names),
    )
    return Outcome(
        "start",
        "Starting up",
        "The command beside what it must import.",
        take_turns(programs, given.rounds),
        CLAIMS,
    )
