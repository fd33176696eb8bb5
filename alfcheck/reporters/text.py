"""The report for a scientist at a terminal: waivers, findings by rule, and how it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from alfcheck.reporters.base import Style
from alfcheck.reporters.groups import (
    Kind,
    RuleGroup,
    common,
    files_of,
    group,
    headline,
    rest_of,
    split,
)
from alfcheck.reporters.paint import BAD, BOLD, DIM, SEVERITY, paint
from alfcheck.reporters.safe import LEAST_ROOM, cells, crop, is_caret, prose, safe
from alfcheck.reporters.summary import number, origin_text, outcome, summary_lines

if TYPE_CHECKING:
    from alfcheck.model import Finding
    from alfcheck.report import Report

__all__ = ["render_text"]

DRAWN = 2
"""Examples of a kind whose further lines (a name and the caret below it) are shown."""

MAX_LINES = 12
"""Further lines of one message that are shown."""

_PLACED = re.compile(r"\b(?:row|line)s?\b")


def render_text(report: Report, style: Style) -> Iterator[str]:
    """Write a report for people, line by line; it ends with one line that says how it stands.

    What the findings say of many files is shown for a few, and the others are counted. Paths are never
    cut, so that they can be copied.
    """
    for line in _lines(report, style):
        yield f"{line}\n"


def _lines(report: Report, style: Style) -> Iterator[str]:
    yield from _waivers(report, style)
    if report.partial:
        yield from prose("Only some rules ran, so that no dataset is said to pass.", 0, style.width)
        yield ""
    for each in group(report.findings):
        yield from _rule(each, report, style)
        yield ""
    yield from summary_lines(report, style)
    yield outcome(report, style)


def _waivers(report: Report, style: Style) -> Iterator[str]:
    if not report.waived:
        return
    yield paint(
        "Rules switched off or lowered; datasets that this excuses do not count as passed:", BOLD, style
    )
    for waiver in report.waived:
        rule = report.rules.get(waiver.code)
        name = f" {rule.name}" if rule is not None else ""
        yield safe(f"  {waiver.code}{name}: {waiver.action}, {number(waiver.count, 'finding')}")
    yield ""


def _rule(each: RuleGroup, report: Report, style: Style) -> Iterator[str]:
    rule = report.rules.get(each.code)
    name = safe(rule.name if rule is not None else each.findings[0].rule)
    head = paint(str(each.severity), SEVERITY[each.severity], style)
    head += " " + paint(f"{safe(each.code)} {name}", BOLD, style) + f": {_count(each.findings)}"
    origin = common(map(origin_text, each.findings))
    head += f" {origin}" if origin else ""
    yield head + _waived(each.findings)
    if rule is not None:
        yield from prose(rule.summary, 2, style.width)
    fix = common(finding.fix for finding in each.findings)
    for kind in each.kinds:
        yield from _kind(kind, each, style, origin is None, fix is None)
    yield from _further_kinds(each.rest)
    if fix:
        yield from prose(f"fix: {fix}", 2, style.width)
    yield paint(f"  see alfcheck explain {safe(each.code)}", DIM, style)


def _waived(findings: Sequence[Finding]) -> str:
    count = sum(1 for each in findings if each.waived)
    return "" if not count else ", waived" if count == len(findings) else f", {count} waived"


def _further_kinds(rest: Sequence[Kind]) -> Iterator[str]:
    if rest:
        findings = [finding for kind in rest for finding in kind.findings]
        yield f"  … and {number(len(rest), 'more kind')} of this fault: {_count(findings)}"


def _kind(kind: Kind, of: RuleGroup, style: Style, with_origin: bool, with_fix: bool) -> Iterator[str]:
    findings = kind.findings
    label = _label(findings, with_origin)
    if len(of.kinds) > 1 and len(findings) > 1:
        label = f"{label}: {_count(findings)}" if label else _count(findings)
    if label:
        yield from (paint(line, DIM, style) for line in prose(label, 2, style.width))
    shared = common(_said(finding) for finding in findings) if len(findings) > 1 else None
    if shared is not None:
        yield from prose(shared, 4, style.width)
    fix = common(finding.fix for finding in findings)
    shown, left = split(findings)
    yield from _places(shown, style, shared is None, with_fix and fix is None)
    if left:
        yield f"    {_more(left, shown)}"
    if with_fix and fix:
        yield from prose(f"fix: {fix}", 4, style.width)


def _label(findings: Sequence[Finding], with_origin: bool) -> str:
    first = findings[0]
    parts = [
        f"contract {first.contract}" if first.contract else "",
        f"column {first.column}" if first.column else "",
        f"check {first.check}" if first.check else "",
    ]
    told = ", ".join(part for part in parts if part)
    origin = origin_text(first) if with_origin else ""
    return f"{told} {origin}".strip()


def _places(shown: Sequence[Finding], style: Style, with_message: bool, with_fix: bool) -> Iterator[str]:
    drawn = 0
    for path, of_path in groupby(shown, key=lambda finding: finding.path):
        for first, finding in enumerate(of_path):
            place = "" if first else paint(safe(path), BOLD, style)
            others = _others(finding)
            if place or others:
                yield f"    {place}{others}"
            if with_message:
                yield from prose(_said(finding), 6, style.width)
            if drawn < DRAWN:
                yield from _drawing(finding, style)
            drawn += 1
            if with_fix and finding.fix:
                yield from prose(f"fix: {finding.fix}", 6, style.width)


def _said(finding: Finding) -> str:
    """Give the first line of the message, with the rows if it names none."""
    said = headline(finding)
    if finding.rows and not _PLACED.search(said):
        rows = ", ".join(map(str, finding.rows))
        more = f" of {finding.count} in all" if finding.count > len(finding.rows) else ""
        said += f" ({'rows' if len(finding.rows) > 1 else 'row'} {rows}{more})"
    return said


def _others(finding: Finding) -> str:
    """Say how many datasets a finding is about, if it is not just the one at its path."""
    others = len(set(finding.datasets) - {finding.path})
    if not others:
        return ""
    if finding.path in finding.datasets:
        return f" and {number(others, 'more dataset')}"
    return f" ({number(others, 'file')})"


def _drawing(finding: Finding, style: Style) -> Iterator[str]:
    """Show the further lines of a message; a line and the carets below it are cut together."""
    lines = [safe(line) for line in finding.message.split("\n")[1 : 1 + MAX_LINES]]
    room = max(style.width - 8, LEAST_ROOM)
    place = 0
    while place < len(lines):
        line = lines[place]
        if place + 1 < len(lines) and is_caret(lines[place + 1]):
            text, carets = crop(line, lines[place + 1], room)
            yield f"        {text}"
            yield "        " + paint(carets, BAD, style)
            place += 1
        elif cells(line) <= room:
            yield f"        {line}".rstrip()
        else:
            yield from prose(line, 8, style.width)
        place += 1


def _more(left: Sequence[Finding], shown: Sequence[Finding]) -> str:
    rest = rest_of(left, shown)
    if rest.findings == rest.files and not rest.overlaps:
        return f"… and {number(rest.files, 'more file')}"
    where = ["these files"] if rest.overlaps else []
    if rest.files:
        where.append(number(rest.files, "more file" if rest.overlaps else "file"))
    return f"… and {number(rest.findings, 'more finding')} in {' and '.join(where)}"


def _count(findings: Sequence[Finding]) -> str:
    files = {path for finding in findings for path in files_of(finding)}
    return f"{number(len(findings), 'finding')} in {number(len(files), 'file')}"
