"""Where the time goes: processor time of each stage of a release in one process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from claims import Outcome
from programs import Program, take_turns, worker

from cases.given import Given

__all__ = ["measure_stages"]


def measure_stages(given: Given) -> Outcome:
    """Release a tree with a clock around every stage."""
    root, tree = given.tree()
    name = "release -j 1, timed inside"
    measured = take_turns((Program(name=name, command=profile(root)),), given.rounds)
    runs = [run.printed.get("stages", {}) for run in measured[name].runs]
    best = min(runs, key=lambda each: float(each.get("all", 0)))
    rows = [("stage", "processor time (s)", "share")]
    rows += [
        (str(stage), f"{seconds:.2f}", f"{100 * seconds / best['all']:.0f} %")
        for stage, seconds in best.items()
    ]
    return Outcome(
        "stages",
        "Where the time goes",
        f"{tree.datasets} files, one process; of several runs the one that took the least.",
        measured,
        tables={"stages": rows},
    )


def profile(root: Path) -> Callable[[Path], list[str]]:
    """Give the command that times the stages."""
    return worker("stages", str(root), out=True)
