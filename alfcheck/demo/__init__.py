"""Made-up releases that look real: for ``alfcheck demo``, for tests and for benchmarks.

`write_release` writes a clean one, `write_demo` a small one with planted faults, `write_faulty_release`
one with every fault that is known. The same seed gives the same bytes and dates.
"""

from __future__ import annotations

from alfcheck.demo.faults import FAULTS, Fault, Planted, fault_named, plant_fault
from alfcheck.demo.planted import Demo, plant, write_demo, write_expectations, write_faulty_release
from alfcheck.demo.sessions import PlannedSession, plan, write_planned, write_release, write_session
from alfcheck.demo.signatures import SIGNATURES, Signature, signature_named

__all__ = [
    "FAULTS",
    "SIGNATURES",
    "Demo",
    "Fault",
    "PlannedSession",
    "Planted",
    "Signature",
    "fault_named",
    "plan",
    "plant",
    "plant_fault",
    "signature_named",
    "write_demo",
    "write_expectations",
    "write_faulty_release",
    "write_planned",
    "write_release",
    "write_session",
]
