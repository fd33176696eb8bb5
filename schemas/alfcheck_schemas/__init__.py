"""The first contracts: ALF's own, those of spike sorting, and the IBL's trials and wheel.

They are a plugin like any other. Importing this package costs nothing: a contract's schema is built, and
pandera imported, when a first file matches it. What `alf.events` says holds for every object and is not
said again by the others.
"""

from __future__ import annotations

from collections.abc import Iterable

from alfcheck.contracts.model import Contract
from alfcheck.hookspecs import hookimpl
from alfcheck_schemas.alf import channels, clusters, events, spikes, templates
from alfcheck_schemas.ibl import trials, wheel
from alfcheck_schemas.phy import spikes_subset

__all__ = ["CATALOGUE", "alfcheck_contracts"]

CATALOGUE: tuple[Contract, ...] = (
    events.CONTRACT,
    spikes.CONTRACT,
    clusters.CONTRACT,
    templates.CONTRACT,
    channels.CONTRACT,
    trials.CONTRACT,
    wheel.CONTRACT,
    spikes_subset.CONTRACT,
)


@hookimpl
def alfcheck_contracts() -> Iterable[Contract]:
    """Offer the catalogue."""
    return CATALOGUE
