"""Check a release in a process of its own, and say by how much its memory grew: run as a program."""

from __future__ import annotations

import json
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import numpy as np

import alfcheck


def peak() -> int:
    """Give the largest resident memory that this process has had, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux, where a process begins with the ru_maxrss of the one that started it
        return int(status.read_text(encoding="ascii").partition("VmHWM:")[2].split()[0]) // 2**10
    import resource

    scale = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // scale


def warm_up() -> None:
    """Let all be imported that a check needs."""
    for name in ("pandera.pandas", "pyarrow.compute", "pyarrow.parquet"):
        import_module(name)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "mouse/2020-01-01/001/alf/spikes.times.npy")
        path.parent.mkdir(parents=True)
        np.save(path, np.zeros(3))
        alfcheck.check(folder)


if __name__ == "__main__":
    warm_up()
    before = peak()
    report = alfcheck.check(sys.argv[1], plugins=tuple(sys.argv[2:]))
    told = [(each.code, each.path.rpartition("/")[2], each.count, each.rows) for each in report.findings]
    print(json.dumps({"grown": peak() - before, "found": told}))
