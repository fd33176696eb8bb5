"""The fold: from the results of all sessions to verdicts, ledger and findings of the release."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from alfcheck.model import (
    Entry,
    FileResult,
    Finding,
    Ignored,
    Problem,
    Scan,
    SessionResult,
    Severity,
    Status,
    Target,
    Verdict,
)
from alfcheck.pipeline.run import finding
from alfcheck.pipeline.running import run_rule
from alfcheck.pipeline.state import Note
from alfcheck.pipeline.weights import Place, Weights
from alfcheck.plugins import Ruleset
from alfcheck.report import Ledger, LedgerRow, Waiver
from alfcheck.rules.release import check_folder_case
from alfcheck.verdict import verdict_of

__all__ = ["Folded", "Policy", "fold"]


@dataclass(frozen=True, slots=True)
class Policy:
    """What the user decides about weights: what is looked for, severities changed, what is indexed.

    ``unread`` says that files were not opened or not every rule ran, so that nothing passes.
    """

    select: tuple[str, ...] = ()
    weights: Weights = field(default_factory=Weights)
    strict: bool = False
    partial: bool = False

    def wants(self, code: str) -> bool:
        """Tell whether findings of `code` were asked for."""
        return not self.select or code.startswith((*self.select, "ALF9"))


@dataclass(frozen=True, slots=True)
class Folded:
    """The release as a whole."""

    findings: tuple[Finding, ...]
    ledger: Ledger
    waived: tuple[Waiver, ...]


def fold(
    scan: Scan,
    results: Sequence[SessionResult],
    ruleset: Ruleset,
    policy: Policy,
    asked: Callable[[str], bool] = lambda _: True,
) -> Folded:
    """Bring the results of the sessions together, and judge the release as a whole.

    Of what was read only to judge its neighbours nothing is told: `asked` says which paths were meant.
    """
    raw = [
        *_misplaced_root(scan, results, ruleset),
        *_scanned(scan, ruleset),
        *(each for result in results for each in result.findings),
        *_release(results, ruleset),
    ]
    kept = (
        each for each in raw if policy.wants(each.code) and any(map(asked, each.datasets or (each.path,)))
    )
    findings, waived = _weigh(kept, ruleset, policy, {result.path for result in results})
    findings.sort(key=lambda each: each.sort_key)
    rows = _rows(scan, results, findings, policy)
    return Folded(tuple(findings), Ledger(tuple(sorted(row for row in rows if asked(row.path)))), waived)


def _misplaced_root(scan: Scan, results: Sequence[SessionResult], ruleset: Ruleset) -> Iterator[Finding]:
    """A root inside a lab, subject or session: ONE would look for every file somewhere else."""
    if scan.root_to_use is None:
        return
    problem = Problem(
        message="the root lies inside a lab, subject or session folder: from here ONE builds paths that do "
        f"not exist; the root to use is {scan.root_to_use}",
        severity=Severity.ERROR,
        fix=f"run alfcheck on {scan.root_to_use}",
    )
    paths = tuple(file.path for result in results for file in result.files)
    yield finding(Note("ALF108", problem), path=".", datasets=paths, ruleset=ruleset)


def _scanned(scan: Scan, ruleset: Ruleset) -> Iterator[Finding]:
    for code, path, problem in scan.findings:
        severity = problem.severity or ruleset.rules[code].rule.severity
        note = Note(code, replace(problem, severity=severity))
        yield finding(note, path=path, datasets=problem.datasets or (path,), ruleset=ruleset)


def _release(results: Sequence[SessionResult], ruleset: Ruleset) -> Iterator[Finding]:
    yield from _duplicates(results, ruleset)
    yield from _case_collisions(results, ruleset)
    known = {file.path for result in results for file in result.files}
    for rule, origin in ruleset.rules.values():
        if rule.target is not Target.RELEASE or rule.check is None:
            continue
        seen = tuple(each._replace(info=dict(each.info)) for each in results)
        for problem in run_rule(rule, ruleset.rules, seen, within=known):
            note = Note(problem.code or rule.code, problem, origin)
            paths = problem.datasets or _all_datasets(results)
            yield finding(note, path=paths[0] if paths else ".", datasets=paths, ruleset=ruleset)


def _all_datasets(results: Sequence[SessionResult]) -> tuple[str, ...]:
    return tuple(file.path for result in results for file in result.files if file.dataset_type)


_TRIPLE = re.compile(r"([^/]+)/(\d{4}-\d{2}-\d{2})/(\d{3})$")


def _duplicates(results: Sequence[SessionResult], ruleset: Ruleset) -> Iterator[Finding]:
    """Find sessions that ONE cannot tell apart: it looks them up by subject, date and number alone."""
    same: dict[tuple[str, ...], list[SessionResult]] = defaultdict(list)
    for result in results:
        found = _TRIPLE.search(result.path)
        # A session whose path was refused is no session to ONE's index, and stands in nobody's way.
        if found and any(file.dataset_type for file in result.files):
            same[found.groups()].append(result)
    for twins in same.values():
        for result in twins if len(twins) > 1 else ():
            others = ", ".join(other.path for other in twins if other is not result)
            problem = Problem(
                message=f"has the same subject, date and number as {others}: ONE cannot tell them apart",
                severity=Severity.ERROR,
                fix="give one of the sessions another number or subject name",
            )
            paths = tuple(file.path for file in result.files)
            yield finding(Note("ALF601", problem), path=result.path, datasets=paths, ruleset=ruleset)


def _case_collisions(results: Sequence[SessionResult], ruleset: Ruleset) -> Iterator[Finding]:
    sessions = {
        result.path: datasets
        for result in results
        if (datasets := [file.path for file in result.files if file.dataset_type])
    }
    for problem in check_folder_case(sessions):
        note = Note("ALF131", problem)
        yield finding(note, path=problem.datasets[0], datasets=problem.datasets, ruleset=ruleset)


def _weigh(
    findings: Iterable[Finding], ruleset: Ruleset, policy: Policy, sessions: Collection[str]
) -> tuple[list[Finding], tuple[Waiver, ...]]:
    """Apply what the user lowered or switched off; what may not be lowered stays as it is."""
    kept: list[Finding] = []
    waived: Counter[tuple[str, str]] = Counter()
    for each in findings:
        safety = ruleset.rules[each.code].rule.safety
        places = _places(each, sessions) if policy.weights.globs else ()
        severity, action = policy.weights.weigh(each.code, each.severity, places, safety=safety)
        if action:
            waived[each.code, action] += 1
        # Most findings are as they were: to copy them all takes its time.
        is_same = severity is each.severity and not action
        kept.append(each if is_same else replace(each, severity=severity, waived=action or None))
    return kept, tuple(Waiver(code, action, count) for (code, action), count in sorted(waived.items()))


def _places(found: Finding, sessions: Collection[str]) -> list[Place]:
    return [Place(path, _session(path, sessions)) for path in found.datasets or (found.path,)]


def _session(path: str, sessions: Collection[str]) -> str:
    """Give the session that a path is in, or is."""
    ends = (*(place for place, char in enumerate(path) if char == "/"), len(path))
    return next((path[:end] for end in ends if path[:end] in sessions), "")


def _rows(
    scan: Scan, results: Sequence[SessionResult], findings: Sequence[Finding], policy: Policy
) -> list[LedgerRow]:
    about: dict[str, list[Finding]] = defaultdict(list)
    for each in findings:
        for path in each.datasets or (each.path,):
            about[path].append(each)
    return [
        *(_row(file, result.path, about, policy) for result in results for file in result.files),
        *(_refused(entry, about) for entry in scan.refused),
        *(_ignored(each) for each in scan.ignored),
    ]


def _codes(findings: Sequence[Finding]) -> tuple[str, ...]:
    return tuple(sorted({each.code for each in findings}))


def _row(file: FileResult, session: str, about: Mapping[str, Sequence[Finding]], policy: Policy) -> LedgerRow:
    own = about.get(file.path, ())
    codes = _codes(own) if own else ()
    if not file.dataset_type:
        return LedgerRow(file.path, session, "", "", Status.REJECTED, "", codes, file.size, file.md5)
    verdict = verdict_of(own, readable=file.readable, partial=policy.partial)
    indexed = verdict in (Verdict.PASS, Verdict.WARN) or (verdict is Verdict.UNCHECKED and not policy.strict)
    status = Status.INDEXED if indexed else Status.REJECTED
    reason = "unchecked, and --strict indexes only what was checked" if not indexed and not codes else ""
    return LedgerRow(
        file.path, session, file.dataset_type, verdict, status, reason, codes, file.size, file.md5
    )


def _refused(entry: Entry, about: Mapping[str, Sequence[Finding]]) -> LedgerRow:
    codes = _codes(about.get(entry.path, ()))
    return LedgerRow(entry.path, "", "", "", Status.REJECTED, "", codes, entry.size, None)


def _ignored(each: Ignored) -> LedgerRow:
    return LedgerRow(each.path, "", "", "", Status.IGNORED, each.reason, (), each.size, None)
