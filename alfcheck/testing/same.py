"""Compare what a rule says in two runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from alfcheck.model import Finding, Rule
from alfcheck.report import Report
from alfcheck.testing.examples import befell

__all__ = ["differences"]

Said = tuple[str, str, str, str, str, int, tuple[int, ...], tuple[str, ...]]


def differences(
    rule: Rule, one: Report, other: Report, named: Callable[[Finding], str], *, within: str = ""
) -> list[str]:
    """Say what a rule found in one run and not in the other; `within` is the session that is looked at."""
    first, second = (_said(rule, report, within) for report in (one, other))
    lines = []
    for found, missed, where in ((first, second, "the first time"), (second, first, "the second time")):
        for key, finding in found.items():
            if key not in missed:
                when = ("alone" if where == "the first time" else "among others") if within else where
                lines.append(f"  {named(finding)}: only {when}: {finding.message}")
    return lines


def _said(rule: Rule, report: Report, within: str) -> dict[tuple[Said, int], Finding]:
    found: dict[tuple[Said, int], Finding] = {}
    counts: Counter[Said] = Counter()
    for each in report.findings:
        if within and not f"{each.path}/".startswith(f"{within}/"):
            continue
        if each.code == rule.code or each in befell([each], rule):
            key = (
                each.code,
                each.path,
                each.message,
                each.severity.value,
                each.column or "",
                each.count,
                each.rows,
                each.datasets,
            )
            counts[key] += 1
            found[key, counts[key]] = each
    return found
