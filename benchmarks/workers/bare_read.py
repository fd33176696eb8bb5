"""Read every file of a tree and do nothing with it: the floor under any checker."""

from __future__ import annotations

import json
import os
import sys
import time


def read_all(root: str) -> dict[str, float]:
    """Walk the tree, open and read each regular file; give seconds, files and bytes."""
    files = size = 0
    start = time.perf_counter()
    for top, _, names in os.walk(root):
        for name in names:
            path = os.path.join(top, name)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    size += len(file.read())
                files += 1
    return {"seconds": time.perf_counter() - start, "files": files, "bytes": size}


if __name__ == "__main__":
    print(json.dumps(read_all(sys.argv[1])))
