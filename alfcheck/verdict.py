"""From the findings about a dataset to its verdict."""

from __future__ import annotations

from collections.abc import Sequence

from alfcheck.model import Finding, Severity, Verdict

__all__ = ["verdict_of"]


def verdict_of(findings: Sequence[Finding], *, readable: bool, partial: bool = False) -> Verdict:
    """Give the verdict of a dataset from all findings that name it.

    What the user switched off or lowered (``waived``) leaves its datasets `warn` at best.
    ``readable`` says that a reader knows this kind of file; ``partial`` that not every rule has run, so
    that nothing can pass.
    """
    severities = {each.severity for each in findings}
    if Severity.ERROR in severities:
        return Verdict.FAIL
    if Severity.UNVERIFIED in severities:
        return Verdict.UNVERIFIED
    if not readable or partial:
        return Verdict.UNCHECKED
    if Severity.WARNING in severities or any(each.waived for each in findings):
        return Verdict.WARN
    return Verdict.PASS
