"""The habits of Cortexlab's data, of which those of Steinmetz et al. 2019 are known best, for alfcheck.

alfcheck's own contracts take float64 in column vectors, pairs of timestamps and the names of these data for
what they are. This plugin adds what is known of them beyond that: the lab's codes, the order of events in a
trial, ticks of the wheel, where numbers count from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import alfcheck

if TYPE_CHECKING:
    from alfcheck import ContractFile, Reference, Rule, Setting

__all__: list[str] = []


@alfcheck.hookimpl
def alfcheck_settings() -> Iterable[Setting]:
    """Offer what differs between rigs and tools."""
    ticks = "ticks of the wheel's encoder in one turn (1440: 360 pulses, each counted four times)"
    return [
        alfcheck.Setting("ticks_per_revolution", int, 1440, ticks, minimum=1),
        alfcheck.Setting("first_cluster", int, 0, "number of the first row of clusters", choices=(0, 1)),
        alfcheck.Setting("first_channel", int, 1, "number of the first row of channels", choices=(0, 1)),
    ]


@alfcheck.hookimpl
def alfcheck_rules(settings: Mapping[str, Any]) -> Iterable[Rule]:
    """Offer the rules; `CTX502` only where clusters are not counted from 0."""
    from alfcheck_cortexlab.rules import rules

    return rules(settings)


@alfcheck.hookimpl
def alfcheck_contracts() -> Iterable[ContractFile]:
    """Offer what the lab's codes and units are, object by object."""
    return alfcheck.contracts_in(Path(__file__).parent / "contracts", tested=True)


@alfcheck.hookimpl
def alfcheck_relations() -> Iterable[Reference]:
    """Offer that `channels.probe` counts probes: in the singular it is no reference by ALF's own rule."""
    return [
        alfcheck.Reference(
            id="cortexlab.channels_probe",
            object="channels",
            attribute="probe",
            target="probes",
            namespace="",
            description="Probe of each channel: a row of probes, from 0.",
        )
    ]
