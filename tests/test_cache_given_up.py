"""A rule that is given up leaves unverified what it passed in a run before, cached or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from cached_runs import cached, own_cache, same
from lab_plugins import Lab

import alfcheck
from alfcheck.examples import encoded

SLOW = '''
import time

@alfcheck.object_rule("LAB401", "slow", object="licks", columns=["times"])
def slow(licks):
    """Slow where there are many licks."""
    while len(licks["times"]) > 3:
        time.sleep(0.01)
    return []

@alfcheck.hookimpl
def alfcheck_rules():
    return [slow]
'''


def lay(root: Path, number: int, licks: int) -> None:
    target = root / f"mouse/2020-01-01/{number:03}/alf/licks.times.npy"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(encoded(target.name, np.arange(licks, dtype=float)))


def test_what_was_passed_before_is_unverified_too(lab: Lab, tmp_path: Path) -> None:
    root, rules = tmp_path / "release", lab.file(SLOW)
    config = tmp_path / "quick.toml"
    config.write_text("deadline = 0.3\n")
    options: dict[str, Any] = {"plugins": (rules,), "config": config}
    with own_cache(tmp_path / "cache"):
        for number in (1, 2):
            lay(root, number, 2)
        cached(root, **options)
        assert cached(root, **options).checked == ()
        for number in (3, 4, 5):
            lay(root, number, 5)
        warm = cached(root, **options)
    assert same(warm.report, alfcheck.check(root, **options))
    assert set(warm.report.verdicts.values()) == {"unverified"}
