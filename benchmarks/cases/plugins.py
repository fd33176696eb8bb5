"""What a lab's rules cost: 200 naming rules and 50 about objects, against the run without them."""

from __future__ import annotations

from pathlib import Path

from claims import Outcome, at_most
from lab_rules import write_rules
from programs import Program, check, take_turns
from timing import scratch

from cases.given import Given

__all__ = ["measure_plugins"]


def measure_plugins(given: Given) -> Outcome:
    """Check with a book of rules, and without."""
    root, tree = given.tree()
    with scratch("rules") as own:
        rules = Path(own) / "book_of_rules.py"
        write_rules(rules, names=200, objects=50)
        programs = (
            Program(name="without rules", command=check(root, "-j", "1")),
            Program(name="with rules", command=check(root, "-j", "1", "-p", str(rules))),
        )
        return Outcome(
            "plugins",
            "Rules of plugins",
            f"{tree.datasets} files, one process: 200 naming rules and 50 about objects.",
            take_turns(programs, given.rounds),
            (at_most("with the rules / without", "with rules", "without rules", 2),),
        )
