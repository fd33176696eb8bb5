"""Valid objects for any contract, and for each of its checks one that breaks it."""

from __future__ import annotations

from alfcheck.contracts.sampling.encode import encode
from alfcheck.contracts.sampling.judges import Others
from alfcheck.contracts.sampling.objects import sample
from alfcheck.contracts.sampling.sessions import session_checks, session_parts, spoil_session
from alfcheck.contracts.sampling.spoiling import checks_of, spoil
from alfcheck.contracts.sampling.values import Made, Part, Sample, Spoilt
from alfcheck.contracts.sampling.writing import write_example, write_parts

__all__ = [
    "Made",
    "Others",
    "Part",
    "Sample",
    "Spoilt",
    "checks_of",
    "encode",
    "sample",
    "session_checks",
    "session_parts",
    "spoil",
    "spoil_session",
    "write_example",
    "write_parts",
]
