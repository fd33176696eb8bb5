"""Time what a lab's rules cost: 200 naming rules and 50 about objects, against the run without them.

python benchmarks/plugins.py                     74,010 files
python benchmarks/plugins.py --root DIR          the same, in a tree that is kept in DIR
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from contracts import ALFCHECK, seconds_of
from lab_rules import write_rules
from measure import run, worker_command
from release import place_for_trees
from report import machine
from trees import prepare


def main() -> int:
    """Measure and print; the programs take turns."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=74_010, help="files of the tree, fifteen a session")
    parser.add_argument("--root", type=Path, help="where trees are kept and found again")
    parser.add_argument("--repeats", type=int, default=3, help="runs with and without the rules")
    parser.add_argument("--names", type=int, default=200, help="naming rules")
    parser.add_argument("--objects", type=int, default=50, help="rules about objects")
    parser.add_argument("--jobs", type=int, default=1, help="worker processes")
    given = parser.parse_args()
    print("\n".join(f"{name}: {value}" for name, value in machine().items()), flush=True)
    with place_for_trees(given.root) as parent, tempfile.TemporaryDirectory(prefix="alfcheck-rules-") as own:
        rules = Path(own) / "book_of_rules.py"
        write_rules(rules, names=given.names, objects=given.objects)
        root, tree = prepare(parent, files=given.files, faulty=False, seed=0)
        run(worker_command("bare_read", str(root)))
        command = [*ALFCHECK, "check", "--no-cache", str(root), "-j", str(given.jobs)]
        without, with_rules = [], []
        for _ in range(given.repeats):
            without.append(seconds_of(command))
            with_rules.append(seconds_of([*command, "-p", str(rules)]))
        bare, ruled = statistics.median(without), statistics.median(with_rules)
        print(
            f"{tree.sessions} sessions, {given.names} naming and {given.objects} object rules: with "
            f"{ruled:.2f} s, without {bare:.2f} s, ratio {ruled / bare:.3f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
