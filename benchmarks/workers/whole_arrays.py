"""Check a large recording in the obvious way: load each whole array, and let pandera validate it.

The checks are those that the catalogue has for these columns: times are in order and not missing, clusters
are rows of the clusters, amplitudes may be missing. That clusters are whole numbers is said by their dtype,
which is the cheapest way.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa

INCREASING = pa.Check(lambda values: values.is_monotonic_increasing, error="not sorted")


def schemas(clusters: int) -> dict[str, pa.DataFrameSchema]:
    """Give the schema of each file, by its attribute."""
    columns = {
        "times": pa.Column("float64", [INCREASING]),
        "clusters": pa.Column("int32", [pa.Check.ge(0), pa.Check.lt(clusters)]),
        "amps": pa.Column("float64", nullable=True),
    }
    return {name: pa.DataFrameSchema({name: column}) for name, column in columns.items()}


def check(folder: Path) -> dict[str, float]:
    """Validate the arrays, which are all in memory; give the seconds that it took, reading included."""
    start = time.perf_counter()
    clusters = len(np.load(folder / "clusters.channels.npy"))
    wanted = schemas(clusters)
    arrays = {name: np.load(folder / f"spikes.{name}.npy", allow_pickle=False) for name in wanted}
    loaded = time.perf_counter()
    for name, schema in wanted.items():
        schema.validate(pd.DataFrame({name: arrays[name]}, copy=False), lazy=True)
    end = time.perf_counter()
    return {"seconds": end - start, "validate_seconds": end - loaded}


if __name__ == "__main__":
    print(json.dumps(check(Path(sys.argv[1]))))
