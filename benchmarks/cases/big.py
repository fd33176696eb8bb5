"""A very large recording: three files of a hundred million rows, and what they refer to."""

from __future__ import annotations

from pathlib import Path

from claims import Outcome, at_most, peak
from programs import Program, check, prepared, take_turns, worker
from timing import scratch

from cases.given import Given

__all__ = ["measure_big"]

ROWS = 100_000_000
WHOLE = "pandera on whole arrays"


def measure_big(given: Given) -> Outcome:
    """Check a session with a large recording; the peer gives the whole arrays to pandera."""
    rows = 200_000 if given.short else ROWS
    with scratch("big") as place:
        written = prepared(worker("write_big", place, str(rows))(given.trees))
        folder = f"{place}/mouse/2024-05-06/001/alf/probe00"
        prepared(worker("bare_read", place)(given.trees))
        programs = (
            Program(name="alfcheck check", command=check(Path(place))),
            Program(name=WHOLE, command=worker("whole_arrays", folder)),
        )
        return Outcome(
            "big",
            "A very large recording",
            f"{rows} spikes: times, clusters and amplitudes ({written['bytes'] / 1e9:.1f} GB), all contracts "
            "and references.",
            take_turns(programs, given.rounds),
            (
                at_most("check / pandera on the whole arrays", "alfcheck check", WHOLE, 0.35, 0.15),
                peak("memory of all processes together", "alfcheck check", 400),
            ),
        )
