"""Say what was measured, as text and as JSON."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from measure import Measured
    from trees import Tree

PACKAGES = ("alfcheck", "ONE-api", "numpy", "pandas", "pandera", "pyarrow")
RELEASES = ("release -j 1", "release")
BASELINES = ("ONE", "plain", "read")


def machine() -> dict[str, str]:
    """Give what the numbers depend on: processor, cores, system and versions."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        models = [
            line for line in info.read_text(encoding="utf-8").splitlines() if line.startswith("model name")
        ]
        cpu = models[0].partition(":")[2].strip() if models else cpu
    facts = {
        "cpu": cpu,
        "cores": str(os.cpu_count()),
        "system": platform.platform(),
        "python": platform.python_version(),
    }
    return facts | {package: _version(package) for package in PACKAGES}


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def ratios(measured: Mapping[str, Measured]) -> dict[str, dict[str, float]]:
    """Divide each release by each baseline: whole processes, and the baseline's work alone.

    The second is the stricter: it counts alfcheck's start and imports and not the other's.
    """
    found: dict[str, dict[str, float]] = {}
    for ours in RELEASES:
        for theirs in BASELINES:
            first, second = measured.get(ours), measured.get(theirs)
            if first and second and not first.failed and not second.failed:
                found[f"{ours} / {theirs}"] = {
                    "whole": first.median() / second.median(),
                    "against_work_alone": first.median() / second.median("inner"),
                }
    return found


def tree_as_text(tree: Tree, size: int, measured: Mapping[str, Measured]) -> str:
    """Give the table of one tree and its ratios."""
    lines = [
        f"{tree.name}: {tree.sessions} sessions ({tree.faulty_sessions} faulty), {size / 1e6:.0f} MB,"
        f" {tree.datasets} datasets to index",
        f"  {'':14} {'median s':>9} {'min s':>9} {'work only':>10} {'peak MiB':>9}",
    ]
    for name, each in measured.items():
        if each.failed:
            lines.append(f"  {name:14} failed: {each.failed}")
            continue
        peak = max(run.peak_mib for run in each.runs)
        note = "" if each.indexed in (None, tree.datasets) or name == "ONE" else f"  indexed {each.indexed}!"
        times = f"{each.median():9.2f} {each.least():9.2f} {each.median('inner'):10.2f}"
        lines.append(f"  {name:14} {times} {peak:9.0f}{note}")
    for name, ratio in ratios(measured).items():
        whole, strict = ratio["whole"], ratio["against_work_alone"]
        lines.append(f"  {name:22} {whole:7.3f}   ({strict:.3f} against its work alone)")
    return "\n".join(lines)


def faulty_over_clean(clean: Mapping[str, Measured], faulty: Mapping[str, Measured]) -> dict[str, float]:
    """Divide the releases of the faulty tree by those of the clean one."""
    return {
        name: faulty[name].median() / clean[name].median()
        for name in RELEASES
        if name in clean and name in faulty and not clean[name].failed and not faulty[name].failed
    }


def tree_as_json(tree: Tree, size: int, measured: Mapping[str, Measured]) -> dict[str, Any]:
    """Give the same as plain values."""
    return {
        "sessions": tree.sessions,
        "faulty_sessions": tree.faulty_sessions,
        "datasets": tree.datasets,
        "bytes": size,
        "measured": {name: each.as_json() for name, each in measured.items()},
        "ratios": ratios(measured),
    }
