"""Findings grouped by rule, and repeats of one fault over many files collapsed with exact counts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from alfcheck.model import Finding, Severity

__all__ = ["Kind", "Rest", "RuleGroup", "common", "files_of", "group", "headline", "rest_of", "split"]

MAX_KINDS = 10
MAX_EXAMPLES = 5

_ORDER = (Severity.ERROR, Severity.UNVERIFIED, Severity.WARNING, Severity.INFO)
_NUMBER = re.compile(r"[-+]?\d[\d.,e+-]*")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")


class Kind(NamedTuple):
    """Findings that say the same of different places, in order."""

    findings: tuple[Finding, ...]


class RuleGroup(NamedTuple):
    """All findings of one code and severity; `rest` are those of kinds beyond the first few."""

    severity: Severity
    code: str
    findings: tuple[Finding, ...]
    kinds: tuple[Kind, ...]
    rest: tuple[Kind, ...]


class Rest(NamedTuple):
    """What is not shown: findings, the files that they concern and that were not shown, and whether
    some of them concern files that were."""

    findings: int
    files: int
    overlaps: bool


def group(findings: Iterable[Finding]) -> tuple[RuleGroup, ...]:
    """Group findings by rule, errors first. The order that they come in makes no difference."""
    by_rule: dict[tuple[int, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        by_rule[_ORDER.index(finding.severity), finding.code].append(finding)
    return tuple(_group(_ORDER[order], code, by_rule[order, code]) for order, code in sorted(by_rule))


def _group(severity: Severity, code: str, findings: list[Finding]) -> RuleGroup:
    findings.sort(key=_total_order)
    for abstract in _ABSTRACTIONS:
        kinds = _kinds(findings, abstract)
        if len(kinds) <= MAX_KINDS:
            break
    return RuleGroup(severity, code, tuple(findings), kinds[:MAX_KINDS], kinds[MAX_KINDS:])


def _kinds(findings: Sequence[Finding], abstract: Callable[[str], str]) -> tuple[Kind, ...]:
    by_kind: dict[tuple[object, ...], list[Finding]] = defaultdict(list)
    for each in findings:
        key = (each.origin, each.contract, each.column, each.check, abstract(headline(each)))
        by_kind[key].append(each)
    # The sort is stable, and the findings are in order: most frequent first, then by the first place.
    return tuple(Kind(tuple(kind)) for kind in sorted(by_kind.values(), key=len, reverse=True))


def _without_numbers(line: str) -> str:
    return _NUMBER.sub("#", line[:400].partition(" (")[0])


def _without_names(line: str) -> str:
    words = _QUOTED.sub("#", _without_numbers(line)).split()
    return " ".join("#" if "/" in word else word for word in words)


# Where numbers alone leave too many kinds, names are left out too, and then the words.
_ABSTRACTIONS: tuple[Callable[[str], str], ...] = (_without_numbers, _without_names, lambda line: "")


def _total_order(each: Finding) -> tuple[object, ...]:
    rest = (each.expected or "", each.rows, each.count, each.datasets, each.fix or "", each.origin, each.rule)
    return (*each.sort_key, *rest)


def headline(finding: Finding) -> str:
    """Give the first line of a message; further lines point into a name."""
    return finding.message.partition("\n")[0]


def files_of(finding: Finding) -> tuple[str, ...]:
    """Give the files that a finding is about, as the ledger counts them."""
    return finding.datasets or (finding.path,)


def common(values: Iterable[str | None]) -> str | None:
    """Give the value that all share, if it is one."""
    found = set(values)
    return found.pop() if len(found) == 1 else None


def split(findings: Sequence[Finding]) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Choose a few findings to show, of different places first; the others come second."""
    by_path: dict[str, int] = {}
    for number, each in enumerate(findings):
        by_path.setdefault(each.path, number)
        if len(by_path) == MAX_EXAMPLES:
            break
    chosen = set(by_path.values())
    for number in range(min(MAX_EXAMPLES, len(findings))):
        if len(chosen) < MAX_EXAMPLES:
            chosen.add(number)
    shown = tuple(findings[number] for number in sorted(chosen))
    return shown, tuple(each for number, each in enumerate(findings) if number not in chosen)


def rest_of(left: Sequence[Finding], shown: Sequence[Finding]) -> Rest:
    """Count what is not shown."""
    seen = {path for each in shown for path in files_of(each)}
    files = {path for each in left for path in files_of(each)}
    return Rest(len(left), len(files - seen), not files.isdisjoint(seen))
