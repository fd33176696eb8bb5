"""Release a tree in this process with a clock around every stage, and print their processor time."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

SPENT: Counter[str] = Counter()


def clocked(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Put a clock around a function."""

    def call(*args: Any, **kwargs: Any) -> Any:
        begun = time.process_time()
        try:
            return function(*args, **kwargs)
        finally:
            SPENT[name] += time.process_time() - begun

    return call


def main(root: str, out: str) -> None:
    """Import, wrap, release, print."""
    begun = time.process_time()
    import pandas  # noqa: F401 - for the time that it takes
    import pyarrow.parquet  # noqa: F401 - for the time that it takes

    SPENT["import pandas, pyarrow"] = time.process_time() - begun
    import alfcheck
    import alfcheck.api as api
    import alfcheck.pipeline.stages as stages
    from alfcheck.releasing import Output

    stages.STAGES = tuple(clocked(each.__name__, each) for each in stages.STAGES)
    for place, name in ((api, "scan_tree"), (api, "fold"), (Output, "publish"), (api, "load_ruleset")):
        setattr(place, name, clocked(name, getattr(place, name)))
    start = time.perf_counter()
    alfcheck.release(root, out=out)
    every = time.process_time()
    SPENT["rest"] = every - sum(SPENT.values())
    sums = dict(sorted(SPENT.items(), key=lambda each: -each[1]))
    kept = {name: round(spent, 3) for name, spent in sums.items() if spent >= 0.005}
    print(json.dumps({"seconds": time.perf_counter() - start, "stages": {"all": round(every, 3), **kept}}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
