"""Problems on their way to be findings: noted with a code, then stamped with rule, place and origin."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from alfcheck.model import Finding, Origin, Problem

if TYPE_CHECKING:
    from alfcheck.plugins import Ruleset

__all__ = ["Note", "finding"]


class Note(NamedTuple):
    """A problem on its way to be a finding, with its code; the problem's severity is settled."""

    code: str
    problem: Problem
    origin: Origin | None = None


def finding(note: Note, *, path: str, datasets: tuple[str, ...], ruleset: Ruleset) -> Finding:
    """Stamp a note with its rule, its place and its origin."""
    problem = note.problem
    rule, origin = ruleset.rules[note.code]
    if note.origin is not None:
        origin = note.origin
    elif problem.contract is not None and rule.check is None:
        origin = ruleset.contract_origins.get(problem.contract, origin)
    return Finding(
        code=note.code,
        rule=rule.name,
        severity=problem.severity or rule.severity,
        path=path,
        message=problem.message,
        origin=origin,
        datasets=datasets,
        contract=problem.contract,
        column=problem.column,
        check=problem.check,
        expected=problem.expected,
        rows=problem.rows,
        count=problem.count,
        fix=problem.fix or rule.fix,
    )
