"""The fold: from the results of all sessions to verdicts, ledger and findings of the release."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from alfcheck.entering import ledger_of
from alfcheck.model import (
    Finding,
    Problem,
    Scan,
    SessionResult,
    Severity,
    Target,
)
from alfcheck.pipeline.noting import Note, finding
from alfcheck.pipeline.running import run_rule
from alfcheck.pipeline.weights import Place, Weights
from alfcheck.plugins import Ruleset
from alfcheck.report import Ledger, Waiver
from alfcheck.rules.release import check_folder_case

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
    asked: Callable[[str], bool] | None = None,
) -> Folded:
    """Bring the results of the sessions together, and judge the release as a whole.

    Of what was read only to judge its neighbours nothing is told: `asked` says which paths were meant, if not
    all.
    """
    raw = [
        *_misplaced_root(scan, results, ruleset),
        *_scanned(scan, ruleset),
        *(each for result in results for each in result.findings),
        *_release(results, ruleset),
    ]
    wanted = (each for each in raw if policy.wants(each.code))
    kept = (each for each in wanted if asked is None or any(map(asked, each.datasets or (each.path,))))
    findings, waived = _weigh(kept, ruleset, policy, {result.path for result in results})
    findings.sort(key=lambda each: each.sort_key)
    ledger = ledger_of(scan, results, findings, strict=policy.strict, partial=policy.partial)
    if asked is not None:
        ledger = Ledger(row for row in ledger if asked(row.path))
    return Folded(tuple(findings), ledger, waived)


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
    paths = tuple(path for result in results for path in result.paths)
    yield finding(Note("ALF108", problem), path=".", datasets=paths, ruleset=ruleset)


def _scanned(scan: Scan, ruleset: Ruleset) -> Iterator[Finding]:
    for code, path, problem in scan.findings:
        severity = problem.severity or ruleset.rules[code].rule.severity
        note = Note(code, replace(problem, severity=severity))
        yield finding(note, path=path, datasets=problem.datasets or (path,), ruleset=ruleset)


def _release(results: Sequence[SessionResult], ruleset: Ruleset) -> Iterator[Finding]:
    yield from _duplicates(results, ruleset)
    yield from _case_collisions(results, ruleset)
    rules = [
        each for each in ruleset.rules.values() if each.rule.target is Target.RELEASE and each.rule.check
    ]
    known = {path for result in results for path in result.paths} if rules else set()
    for rule, origin in rules:
        seen = tuple(each._replace(info=dict(each.info)) for each in results)
        for problem in run_rule(rule, ruleset.rules, seen, within=known):
            note = Note(problem.code or rule.code, problem, origin)
            paths = problem.datasets or _all_datasets(results)
            yield finding(note, path=paths[0] if paths else ".", datasets=paths, ruleset=ruleset)


def _all_datasets(results: Sequence[SessionResult]) -> tuple[str, ...]:
    return tuple(path for result in results for path in _datasets(result))


def _datasets(result: SessionResult) -> list[str]:
    return [path for path, type_ in zip(result.paths, result.types, strict=True) if type_]


_TRIPLE = re.compile(r"([^/]+)/(\d{4}-\d{2}-\d{2})/(\d{3})$")


def _duplicates(results: Sequence[SessionResult], ruleset: Ruleset) -> Iterator[Finding]:
    """Find sessions that ONE cannot tell apart: it looks them up by subject, date and number alone."""
    same: dict[tuple[str, ...], list[SessionResult]] = defaultdict(list)
    for result in results:
        found = _TRIPLE.search(result.path)
        # A session whose path was refused is no session to ONE's index, and stands in nobody's way.
        if found and result.has_datasets:
            same[found.groups()].append(result)
    for twins in same.values():
        for result in twins if len(twins) > 1 else ():
            others = ", ".join(other.path for other in twins if other is not result)
            problem = Problem(
                message=f"has the same subject, date and number as {others}: ONE cannot tell them apart",
                severity=Severity.ERROR,
                fix="give one of the sessions another number or subject name",
            )
            note = Note("ALF601", problem)
            yield finding(note, path=result.path, datasets=result.paths, ruleset=ruleset)


def _case_collisions(results: Sequence[SessionResult], ruleset: Ruleset) -> Iterator[Finding]:
    for problem in check_folder_case(_Datasets({each.path: each for each in results if each.has_datasets})):
        note = Note("ALF131", problem)
        yield finding(note, path=problem.datasets[0], datasets=problem.datasets, ruleset=ruleset)


class _Datasets(Mapping[str, Sequence[str]]):
    """The datasets of sessions, by the sessions' paths; made for the few of which something is told."""

    def __init__(self, results: Mapping[str, SessionResult]) -> None:
        self._results = results

    def __getitem__(self, path: str) -> Sequence[str]:
        return _datasets(self._results[path])

    def __iter__(self) -> Iterator[str]:
        return iter(self._results)

    def __len__(self) -> int:
        return len(self._results)


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
