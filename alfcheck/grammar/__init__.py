"""ALF's grammar of paths and names: read them strictly, write them back, and explain what is refused.

Whatever is read here, ONE reads to the same parts, in the whole and in its calls; `docs/names.md` says where
this grammar is stricter, and why. Reading takes linear time, and what costs more (where is the fault, what is
the nearest valid name) is done only for a path that is refused.
"""

from __future__ import annotations

from alfcheck.grammar.datasets import dataset_fault
from alfcheck.grammar.explain import explain_refusal, refusal_problem
from alfcheck.grammar.nearest import nearest_dataset, nearest_session
from alfcheck.grammar.sessions import session_fault
from alfcheck.grammar.strict import read_dataset, read_session, render, render_session
from alfcheck.grammar.text import Fault
from alfcheck.model import Dataset, Refusal, SessionPath

__all__ = [
    "explain_refusal",
    "parse_dataset",
    "parse_session",
    "refusal_problem",
    "render",
    "render_session",
]


def parse_dataset(path: str) -> Dataset | Refusal:
    """Parse a POSIX path relative to a session: ``(COLLECTION/)(#REVISION#/)NAME``.

    ``path`` is text as the scan writes it: each backslash doubled, each undecodable byte ``\\xNN``.
    """
    dataset = read_dataset(path)
    if dataset is not None:
        return dataset
    return _refusal(path, dataset_fault(path), nearest_dataset(path))


def parse_session(path: str) -> SessionPath | Refusal:
    """Parse a POSIX path relative to the root: ``(LAB/Subjects/)SUBJECT/YYYY-MM-DD/NNN``."""
    session = read_session(path)
    if session is not None:
        return session
    return _refusal(path, session_fault(path), nearest_session(path))


def _refusal(path: str, fault: Fault, nearest: str | None) -> Refusal:
    end = min(fault.end, len(path))
    return Refusal(fault.code, path, fault.part, fault.start, end, fault.expected, nearest)
