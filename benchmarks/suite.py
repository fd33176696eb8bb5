"""The benchmark: each program against its peers, in turns, and what is claimed of them.

python benchmarks/suite.py                            every case; writes docs/performance.md
python benchmarks/suite.py --only release cache       some of them; the others' last figures stay in the table
python benchmarks/suite.py --short                    tiny data, one round: shows that everything runs
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyperf
from cases import CASES, Given
from claims import Outcome
from machine import machine
from page import case_as_text, write_page
from programs import Rounds

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "performance.md"
RESULTS = HERE.parent / "build" / "benchmarks"


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=sorted(CASES), help="measure these cases alone")
    parser.add_argument("--root", type=Path, help="where trees are kept and found again")
    parser.add_argument(
        "--rounds", type=int, default=5, help="runs of each program, of which the median counts"
    )
    parser.add_argument("--slow-rounds", type=int, help="runs of peers that take minutes [as many]")
    parser.add_argument("--files", type=int, default=74_010, help="files of the release, fifteen a session")
    parser.add_argument(
        "--short", action="store_true", help="tiny data, one round, no table, and no claim counts"
    )
    parser.add_argument("--results", type=Path, default=RESULTS, help="where figures are kept between runs")
    return parser.parse_args()


@contextmanager
def place_for_trees(root: Path | None) -> Iterator[Path]:
    """Give the folder that was asked for, or one that is gone afterwards."""
    if root is None:
        with tempfile.TemporaryDirectory(prefix="alfcheck-benchmark-") as folder:
            yield Path(folder)
    else:
        root.mkdir(parents=True, exist_ok=True)
        yield root.resolve()


def measure(name: str, given: Given) -> Outcome:
    """Measure one case, and print it."""
    print(f"{name}:", file=sys.stderr, flush=True)
    outcome = CASES[name](given)
    print(case_as_text(outcome.as_json(), judged=not given.short), flush=True)
    return outcome


def keep(outcome: Outcome, facts: dict[str, str], folder: Path) -> None:
    """Keep the figures for the table, and the runs as pyperf's own tools read them."""
    folder.mkdir(parents=True, exist_ok=True)
    said = outcome.as_json() | {"machine": facts, "date": time.strftime("%Y-%m-%d")}
    (folder / f"{outcome.name}.json").write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    kept = [each.benchmark() for each in outcome.measured.values() if each.runs and not each.failed]
    if kept:
        pyperf.BenchmarkSuite(kept).dump(str(folder / f"{outcome.name}.pyperf.json"), replace=True)


def main() -> int:
    """Measure; exit 1 where a program failed or, in a full run, a claim does not hold."""
    given = arguments()
    short = given.short
    rounds = Rounds(1, 1, 1) if short else Rounds(given.rounds, given.slow_rounds or given.rounds, 15)
    files = min(given.files, 1500) if short else given.files
    facts = machine()
    sound = True
    with place_for_trees(given.root) as trees:
        for name in given.only or CASES:
            outcome = measure(name, Given(trees, files, rounds, short))
            sound &= not outcome.failed
            if not short:
                keep(outcome, facts, given.results)
                sound &= all(claim.holds(value) for claim, value in outcome.judged())
    if not short:
        write_page(PAGE, given.results, list(CASES))
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
