"""Time what the catalogue costs: all of it, against the eight contracts that alfcheck began with.

python benchmarks/contracts.py                     74,010 files, and one session of 15
python benchmarks/contracts.py --root DIR          the same, in a tree that is kept in DIR
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import run, worker_command
from release import place_for_trees
from report import machine
from trees import prepare

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
ALFCHECK = [sys.executable, "-m", "alfcheck"]


def write_first(folder: Path) -> None:
    """Write the first contracts, as they are in the catalogue now, to a folder of their own."""
    for name in FIRST:
        command = [*ALFCHECK, "contracts", "show", name, "--format", "yaml"]
        done = subprocess.run(command, capture_output=True, check=True)
        (folder / f"{name}.yaml").write_bytes(done.stdout)


def seconds_of(command: list[str]) -> float:
    """Run a command that must end with 0 or 1, and give its wall time."""
    done = run(command)
    if done.exit_code not in (0, 1):
        raise SystemExit(f"{' '.join(command)}: {done.error}")
    return done.seconds


def compare(command: list[str], first: Path, repeats: int) -> tuple[float, float]:
    """Give the median seconds of a command with the whole catalogue, and with the first contracts alone."""
    every: list[float] = []
    few: list[float] = []
    for _ in range(repeats):
        every.append(seconds_of(command))
        few.append(seconds_of([*command, "--contracts", str(first)]))
    return statistics.median(every), statistics.median(few)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=74_010, help="files of the tree, fifteen a session")
    parser.add_argument("--root", type=Path, help="where trees are kept and found again")
    parser.add_argument("--repeats", type=int, default=3, help="runs with each set of contracts")
    given = parser.parse_args()
    print("\n".join(f"{name}: {value}" for name, value in machine().items()), flush=True)
    with place_for_trees(given.root) as parent, tempfile.TemporaryDirectory(prefix="alfcheck-first-") as few:
        write_first(Path(few))
        root, tree = prepare(parent, files=given.files, faulty=False, seed=0)
        run(worker_command("bare_read", str(root)))
        every, first = compare(
            [*ALFCHECK, "check", "--no-cache", str(root), "-j", "1"], Path(few), given.repeats
        )
        print(f"{tree.sessions} sessions: all {every:.2f} s, first {first:.2f} s, ratio {every / first:.3f}")
        session = min(path.parent for path in root.rglob("alf") if path.is_dir())
        every, first = compare([*ALFCHECK, "check", "--no-cache", str(session)], Path(few), 5 * given.repeats)
        print(f"one session: all {every:.3f} s, first {first:.3f} s, difference {every - first:+.3f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
