"""What the figures depend on: processor, system and versions."""

from __future__ import annotations

import importlib.metadata
import os

import pyperf

__all__ = ["machine"]

PACKAGES = ("alfcheck", "ONE-api", "numpy", "pandas", "pandera", "pyarrow")


def machine() -> dict[str, str]:
    """Give the facts; nothing that names this machine or a path on it."""
    known = pyperf.Run([1.0]).get_metadata()
    facts = {
        "processor": str(known.get("cpu_model_name", "unknown")),
        "cores": str(known.get("cpu_count", os.cpu_count())),
        "system": str(known.get("platform", "unknown")),
        "python": str(known.get("python_version", "unknown")),
    }
    return facts | {package: _version(package) for package in PACKAGES}


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
