"""Write a release of many sessions, some of them faulty, and say what of it must be indexed."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np

from alfcheck.demo import SIGNATURES, fault_named, plan, plant, write_planned
from alfcheck.demo.faults.content import CONTENT_FAULTS
from alfcheck.demo.faults.values import VALUE_FAULTS

FILES_A_SESSION = 15
FAULTY_SHARE = 0.01
DEBRIS = ("half-written", "revision-not-last", "space", "appledouble", "checkpoint")
# Faults that leave a tree on which ONE's own builder and a plain loop can still be run.
FAULTS = (*VALUE_FAULTS, *CONTENT_FAULTS, *(fault_named(kind) for kind in DEBRIS))


def write(root: Path, sessions: int, faulty: bool, seed: int) -> dict[str, float]:
    """Write the tree; give seconds, sessions, how many of them are faulty, and datasets to index."""
    start = time.perf_counter()
    planned = plan([SIGNATURES[index % len(SIGNATURES)] for index in range(sessions)])
    write_planned(root, planned, seed)
    rng = np.random.default_rng(seed)
    shuffled = [planned[index] for index in rng.permutation(sessions)]
    count = max(1, round(sessions * FAULTY_SHARE)) if faulty else 0
    planted = plant(root, shuffled, [FAULTS[index % len(FAULTS)] for index in range(count)], rng)
    return {
        "seconds": time.perf_counter() - start,
        "sessions": sessions,
        "faulty_sessions": len(planted),
        "datasets": sessions * FILES_A_SESSION - sum(fault.damage.datasets for fault in planted),
    }


if __name__ == "__main__":
    print(json.dumps(write(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "faulty", int(sys.argv[4]))))
