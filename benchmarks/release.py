"""Time alfcheck's release of a large tree against ONE's builder, a plain loop and a bare read.

python benchmarks/release.py                       74,010 files in a temporary folder
python benchmarks/release.py --root DIR            the same, kept in DIR for the next time
python benchmarks/release.py --clean-and-faulty    and a tree of which 1 % of the sessions are faulty
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from measure import Measured, release_command, rows_of, run, worker_command
from report import faulty_over_clean, machine, tree_as_json, tree_as_text
from trees import prepare

Command = Callable[[Path, Path], list[str]]
COMMANDS: dict[str, Command] = {
    "release -j 1": lambda root, out: release_command(root, out, 1),
    "release": lambda root, out: release_command(root, out, None),
    "ONE": lambda root, out: worker_command("one_builder", str(root), str(out)),
    "plain": lambda root, out: worker_command("plain_loop", str(root)),
    "read": lambda root, out: worker_command("bare_read", str(root)),
}


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=74_010, help="files of the tree, fifteen a session")
    parser.add_argument("--root", type=Path, help="where trees are kept and found again")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each program")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="write everything that was measured here")
    parser.add_argument("--only", nargs="+", choices=sorted(COMMANDS), help="measure these alone")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--faulty", action="store_true", help="plant faults in 1 %% of the sessions")
    which.add_argument("--clean-and-faulty", action="store_true", help="both trees, and their ratio")
    return parser.parse_args()


@contextlib.contextmanager
def place_for_trees(root: Path | None) -> Iterator[Path]:
    """Give the folder that was asked for, or one that is gone afterwards."""
    if root is None:
        with tempfile.TemporaryDirectory(prefix="alfcheck-benchmark-") as folder:
            yield Path(folder)
    else:
        root.mkdir(parents=True, exist_ok=True)
        yield root


def measure_tree(root: Path, names: list[str], repeats: int) -> tuple[int, dict[str, Measured]]:
    """Run each program in turn, ``repeats`` times over, once the files are in the page cache."""
    size = int(run(worker_command("bare_read", str(root))).printed["bytes"])
    measured = {name: Measured(name) for name in names}
    for _ in range(repeats):
        for name in [name for name in names if not measured[name].failed]:
            with tempfile.TemporaryDirectory(prefix="alfcheck-index-") as out:
                measured[name].runs.append(run(COMMANDS[name](root, Path(out))))
                measured[name].indexed = rows_of(Path(out) / "datasets.pqt")
            print(f"  {name}: {measured[name].runs[-1].seconds:.2f} s", file=sys.stderr)
    return size, measured


def main() -> int:
    """Measure, print, and say by the exit status whether every program ran and indexed what it should."""
    given = arguments()
    names = given.only or list(COMMANDS)
    facts = machine()
    results: dict[str, Any] = {"machine": facts, "repeats": given.repeats, "trees": {}}
    kept: dict[bool, dict[str, Measured]] = {}
    sound = True
    print("\n".join(f"{name}: {value}" for name, value in facts.items()), flush=True)
    with place_for_trees(given.root) as parent:
        for faulty in [False, True] if given.clean_and_faulty else [given.faulty]:
            root, tree = prepare(parent, files=given.files, faulty=faulty, seed=given.seed)
            size, kept[faulty] = measure_tree(root, names, given.repeats)
            results["trees"][tree.name] = tree_as_json(tree, size, kept[faulty])
            print("\n" + tree_as_text(tree, size, kept[faulty]), flush=True)
            releases = [each for name, each in kept[faulty].items() if name.startswith("release")]
            sound &= all(not each.failed and each.indexed == tree.datasets for each in releases)
    if given.clean_and_faulty:
        results["faulty_over_clean"] = faulty_over_clean(kept[False], kept[True])
        for name, ratio in results["faulty_over_clean"].items():
            print(f"{name}: faulty / clean {ratio:.3f}")
    if given.json:
        given.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
