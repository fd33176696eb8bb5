"""The end of a report: what was looked at, and how it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from alfcheck.model import Severity, Status, Verdict
from alfcheck.reporters.base import Style
from alfcheck.reporters.groups import files_of
from alfcheck.reporters.paint import BOLD, GOOD, SEVERITY, paint
from alfcheck.reporters.safe import LEAST_ROOM, safe, wrap

if TYPE_CHECKING:
    from alfcheck.model import Finding
    from alfcheck.report import Report

__all__ = ["number", "origin_text", "outcome", "summary_lines"]

OWN = "alfcheck"
MAX_REASONS = 8

_VERDICTS = (Verdict.PASS, Verdict.WARN, Verdict.UNCHECKED, Verdict.UNVERIFIED, Verdict.FAIL)
_NOUNS = {
    Severity.ERROR: ("error", "errors"),
    Severity.UNVERIFIED: ("unverified", "unverified"),
    Severity.WARNING: ("warning", "warnings"),
    Severity.INFO: ("info", "info"),
}
_LABEL = 11


def number(count: int, noun: str) -> str:
    """Write a count with its noun."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def origin_text(finding: Finding) -> str:
    """Name the plugin that a finding comes from, if it is not alfcheck itself."""
    origin = finding.origin
    return "" if origin.name == OWN else f"({safe(origin.name)} {safe(origin.version)})"


def summary_lines(report: Report, style: Style) -> Iterator[str]:
    """Count sessions, files, datasets by verdict, and what is ignored, with the reasons.

    At the end stand the notices, which are about no file of the release.
    """
    verdicts = _verdicts(report)
    not_alf = 0
    reasons: Counter[str] = Counter()
    for (verdict, status, reason), count in report.ledger.count().items():
        not_alf += count * (not verdict and status == Status.REJECTED)
        reasons[reason or "no reason given"] += count * (status == Status.IGNORED)
    reasons = +reasons
    yield paint(f"{safe(report.root)}, in {report.seconds:.1f} s, by {_plugins(report)}", BOLD, style)
    yield from _line("sessions", str(report.session_count), style)
    yield from _line("files", str(len(report.ledger)), style)
    yield from _line("datasets", _parts(verdicts, report.partial), style)
    if not_alf:
        yield from _line("not ALF", f"{not_alf}: files that are no datasets", style)
    if reasons:
        yield from _line("ignored", _reasons(reasons), style)
    if report.release_id is not None:
        yield from _line("release", report.release_id, style)
    for notice in report.notices:
        yield from _line("note", notice, style)


def outcome(report: Report, style: Style) -> str:
    """Say in one line how it stands."""
    parts, worst = [], None
    for severity, nouns in _NOUNS.items():
        found = [finding for finding in report.findings if finding.severity is severity]
        if found:
            worst = worst or severity
            files = {path for finding in found for path in files_of(finding)}
            parts.append(f"{len(found)} {nouns[len(found) != 1]} in {number(len(files), 'file')}")
    verdicts = _verdicts(report)
    stands = f"{verdicts[Verdict.PASS]} of {number(verdicts.total(), 'dataset')} pass"
    if report.partial:
        stands = "only some rules ran"
    colour = SEVERITY[worst] if worst is not None else GOOD
    return paint(f"{', '.join(parts) or 'no findings'}; {stands}", colour, style)


def _verdicts(report: Report) -> Counter[str]:
    verdicts: Counter[str] = Counter()
    for (verdict, *_), count in report.ledger.count().items():
        verdicts[verdict] += count * bool(verdict)
    return +verdicts


def _plugins(report: Report) -> str:
    others = sorted(each for each in report.plugins if each.name != OWN)
    own = (OWN, report.alfcheck_version)
    return ", ".join(f"{safe(name)} {safe(version)}" for name, version in (own, *others))


def _parts(verdicts: Counter[str], partial: bool) -> str:
    shown = _VERDICTS[1:] if partial else _VERDICTS
    parts = ", ".join(f"{verdicts[each]} {each}" for each in shown if verdicts[each])
    return f"{verdicts.total()}: {parts}" if parts else str(verdicts.total())


def _reasons(reasons: Counter[str]) -> str:
    ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    parts = [f"{count} {reason}" for reason, count in ordered[:MAX_REASONS]]
    others = sum(count for _, count in ordered[MAX_REASONS:])
    if others:
        parts.append(f"{others} for {number(len(ordered) - MAX_REASONS, 'other reason')}")
    return f"{reasons.total()}: {', '.join(parts)}"


def _line(label: str, text: str, style: Style) -> Iterator[str]:
    lines = wrap(safe(text), max(style.width - _LABEL, LEAST_ROOM))
    for place, line in enumerate(lines):
        yield f"{'' if place else label:{_LABEL}}{line}"
