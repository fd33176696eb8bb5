"""Write one session with a very large recording: spike times, their clusters and amplitudes."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
from numpy.lib.format import write_array_header_1_0

CLUSTERS = 600
PIECE = 1 << 20
COLLECTION = "mouse/2024-05-06/001/alf/probe00"


def write(root: Path, rows: int) -> dict[str, float]:
    """Write the session, never more than a piece of it in memory; give seconds and bytes."""
    start = time.perf_counter()
    folder = root / COLLECTION
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    files = {name: (folder / f"spikes.{name}.npy").open("wb") for name in ("times", "clusters", "amps")}
    for name, dtype in (("times", "<f8"), ("clusters", "<i4"), ("amps", "<f8")):
        write_array_header_1_0(files[name], {"descr": dtype, "fortran_order": False, "shape": (rows,)})
    last = 0.0
    for first in range(0, rows, PIECE):
        size = min(PIECE, rows - first)
        times = last + np.cumsum(rng.exponential(1e-4, size))
        last = float(times[-1])
        times.tofile(files["times"])
        rng.integers(0, CLUSTERS, size, np.int32).tofile(files["clusters"])
        (1e-4 * rng.random(size)).tofile(files["amps"])
    for file in files.values():
        file.close()
    np.save(folder / "clusters.channels.npy", rng.integers(0, 384, CLUSTERS, np.int32))
    np.save(folder / "clusters.depths.npy", rng.random(CLUSTERS) * 3840)
    np.save(folder / "clusters.amps.npy", rng.random(CLUSTERS) * 1e-4)
    size = sum(path.stat().st_size for path in folder.iterdir())
    return {"seconds": time.perf_counter() - start, "bytes": size}


if __name__ == "__main__":
    print(json.dumps(write(Path(sys.argv[1]), int(sys.argv[2]))))
