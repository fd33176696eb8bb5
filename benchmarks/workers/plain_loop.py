"""Check a tree in the obvious way: for each file, is the name valid, does it load, does pandera accept it."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from one.alf import spec
from pandera.errors import SchemaErrors

INCREASING = pa.Check(lambda values: values.is_monotonic_increasing, error="not sorted")
SHARE = pa.Check.in_range(0, 1)
ANSWER = pa.Check.isin([-1, 0, 1])
FROM_ZERO = pa.Check.ge(0)

# The checks of one attribute, and whether values may be missing.
ATTRIBUTES: dict[str, tuple[list[pa.Check], bool]] = {
    "trials.choice": ([ANSWER], False),
    "trials.response_choice": ([ANSWER], False),
    "trials.feedbackType": ([ANSWER], False),
    "trials.contrastLeft": ([SHARE], True),
    "trials.contrastRight": ([SHARE], True),
    "trials.visualStim_contrastLeft": ([SHARE], False),
    "trials.visualStim_contrastRight": ([SHARE], False),
    "trials.probabilityLeft": ([SHARE], False),
    "trials.rewardVolume": ([FROM_ZERO], False),
    "trials.quiescencePeriod": ([FROM_ZERO], False),
    "trials.repNum": ([FROM_ZERO], False),
    "trials.response_times": ([INCREASING], False),
    "trials.feedback_times": ([INCREASING], False),
    "trials.goCue_times": ([INCREASING], True),
    "wheel.position": ([], False),
    "wheel.timestamps": ([INCREASING], False),
    "licks.times": ([INCREASING], False),
    "spikes.times": ([INCREASING, FROM_ZERO], False),
    "spikes.samples": ([INCREASING, FROM_ZERO], False),
    "spikes.clusters": ([FROM_ZERO], False),
    "spikes.templates": ([FROM_ZERO], False),
    "spikes.amps": ([], False),
    "spikes.depths": ([], True),
    "clusters.channels": ([FROM_ZERO], False),
    "clusters.waveformsChannels": ([FROM_ZERO], False),
    "templates.waveformsChannels": ([FROM_ZERO], False),
    "channels.rawInd": ([FROM_ZERO], False),
    "channels.localCoordinates": ([], False),
}
TABLE = pa.DataFrameSchema(
    {
        name.partition(".")[2]: pa.Column(checks=checks, nullable=nullable, required=False)
        for name, (checks, nullable) in ATTRIBUTES.items()
        if name.startswith("trials.")
    }
)


def schema_of(dataset_type: str, width: int) -> pa.DataFrameSchema:
    """Make the schema of one attribute with so many columns a row."""
    checks, nullable = ATTRIBUTES.get(dataset_type, ([], True))
    return pa.DataFrameSchema(
        {f"{column}": pa.Column(checks=checks, nullable=nullable) for column in range(width)}
    )


def frame_of(values: Any) -> pd.DataFrame:
    """Lay an array out as columns; one with more than four values a row as a single column."""
    wide = values.ndim > 2 or (values.ndim == 2 and values.shape[1] > 4)
    flat = values.reshape(-1, 1) if wide else values.reshape(len(values), -1)
    return pd.DataFrame({str(column): flat[:, column] for column in range(flat.shape[1])})


def check(path: str, name: str, schemas: dict[tuple[str, int], pa.DataFrameSchema]) -> bool:
    """Say whether one file is sound, as far as this goes."""
    if not spec.is_valid(name):
        return False
    try:
        if name.endswith(".npy"):
            frame = frame_of(np.load(path, allow_pickle=False))
            key = (".".join(name.removeprefix("_ibl_").split(".")[:2]), frame.shape[1])
            schema = schemas.get(key) or schemas.setdefault(key, schema_of(*key))
            schema.validate(frame, lazy=True)
        elif name.endswith(".pqt"):
            TABLE.validate(pd.read_parquet(path), lazy=True)
    except (SchemaErrors, ValueError, OSError, EOFError):
        return False
    return True


def check_all(root: str) -> dict[str, float]:
    """Check each regular file of a tree; give seconds, files and how many were refused."""
    schemas: dict[tuple[str, int], pa.DataFrameSchema] = {}
    files = refused = 0
    start = time.perf_counter()
    for top, _, names in os.walk(root):
        for name in names:
            path = os.path.join(top, name)
            if os.path.isfile(path):
                files += 1
                refused += not check(path, name, schemas)
    return {"seconds": time.perf_counter() - start, "files": files, "refused": refused}


if __name__ == "__main__":
    print(json.dumps(check_all(sys.argv[1])))
