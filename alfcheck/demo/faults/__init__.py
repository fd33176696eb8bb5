"""Every kind of fault that alfcheck must find, and how to plant it in a clean session."""

from __future__ import annotations

from alfcheck.demo.faults.content import CONTENT_FAULTS
from alfcheck.demo.faults.layout import LAYOUT_FAULTS
from alfcheck.demo.faults.links import LINK_FAULTS
from alfcheck.demo.faults.names import NAME_FAULTS
from alfcheck.demo.faults.site import Fault, Planted, plant_fault
from alfcheck.demo.faults.values import VALUE_FAULTS

__all__ = ["FAULTS", "Fault", "Planted", "fault_named", "plant_fault"]

FAULTS: tuple[Fault, ...] = (*VALUE_FAULTS, *CONTENT_FAULTS, *LINK_FAULTS, *NAME_FAULTS, *LAYOUT_FAULTS)


def fault_named(kind: str) -> Fault:
    """Give the fault of that kind; `KeyError` if there is none."""
    return {fault.kind: fault for fault in FAULTS}[kind]
