"""The rules of Cortexlab's data, by what they look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from alfcheck import Rule

from alfcheck_cortexlab.rules import clusters, naming, series, trials, wheel

__all__ = ["rules"]


def rules(settings: Mapping[str, Any]) -> Iterator[Rule]:
    """Give the rules; where clusters count from 0, alfcheck itself compares them with their rows."""
    for module in (naming, wheel, series, clusters, trials):
        yield from module.RULES
    if settings["first_cluster"] != 0:
        yield clusters.foreign_cluster
