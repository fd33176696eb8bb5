"""Run one rule on one thing, and let nothing that it does end the run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from zlib import crc32

from alfcheck.model import Origin, Problem, Rule, Severity
from alfcheck.pipeline.given import codes_of_rule, problems_of, sound
from alfcheck.plugins import Owned
from alfcheck.subjects import ObjectBatch
from alfcheck.traces import told_error
from alfcheck.watch import OWN, TOGETHER, Unfinished, ends_run, guarded

__all__ = ["MOST", "AskElsewhere", "ask_elsewhere", "run_rule", "run_rules", "who_of"]

MOST = 100_000
"""Problems that a rule may find with one thing: one that gives them without end would fill the memory."""

KEPT = 100
"""Problems that are told of such a rule."""

Within = Collection[str] | None
AskElsewhere = Callable[[Rule, tuple[object, ...], Within], list[Problem]]
"""Asks a rule in another process, about a subject; the last are the paths that its problems may name."""

_PLAIN = (tuple, list)

_ELSEWHERE: ContextVar[AskElsewhere | None] = ContextVar("alfcheck_elsewhere", default=None)


@contextmanager
def ask_elsewhere(ask: AskElsewhere) -> Iterator[None]:
    """Let the rules of plugins that are asked in here run in another process."""
    _ELSEWHERE.set(ask)
    try:
        yield
    finally:
        _ELSEWHERE.set(None)


def run_rule(
    rule: Rule,
    rules: Mapping[str, Owned],
    *subject: object,
    about: str = "",
    within: Within = None,
) -> list[Problem]:
    """Run a rule; one that fails is a finding of its own, and what it judged is unverified.

    `about` names what it looks at, by its path in the release; `within` are the paths that its problems may
    name as datasets. Of a rule that came to no end nothing is told but that.
    """
    origin = rules[rule.code].origin
    if origin.name == OWN:
        return _answers(rule, rules, subject, within)
    ask = _ELSEWHERE.get()
    if ask is not None:
        return ask(rule, subject, within)
    key = _key(about, subject, within)
    try:
        return guarded(who_of(rule), origin, key, _answers, rule, rules, subject, within)
    except Unfinished as error:
        return [_unfinished(rule, error)]


def run_rules(
    asked: Iterable[Rule], rules: Mapping[str, Owned], *subject: object
) -> list[tuple[Rule, Problem]]:
    """Run rules on one thing as `run_rule` does; give the problems, each with the rule that found it."""
    found: list[tuple[Rule, Problem]] = []
    for rule in asked:
        is_own = rules[rule.code].origin.name == OWN
        problems = _answers(rule, rules, subject, None) if is_own else run_rule(rule, rules, *subject)
        if problems:
            found += [(rule, problem) for problem in problems]
    return found


def who_of(rule: Rule) -> str:
    """Name a rule as messages do."""
    return f"rule {rule.code} {rule.name}"


def _key(about: str, subject: tuple[object, ...], within: Within) -> str:
    """Name what a rule is asked about, the same in every process."""
    if subject and isinstance(subject[0], ObjectBatch) and len(subject[0].tables) > 1:
        return TOGETHER
    about = about or next((each for each in subject if isinstance(each, str)), "the release")
    if within is None:
        return about
    # A file may be looked at together with some others, and again with some more.
    paths = sorted(within) if isinstance(within, (set, frozenset)) else within
    return f"{about}\t{crc32('/'.join(paths).encode('utf-8', 'surrogateescape')):08x}"


def _answers(
    rule: Rule, rules: Mapping[str, Owned], subject: tuple[object, ...], within: Within
) -> list[Problem]:
    assert rule.check is not None
    found: list[Problem] = []
    try:
        answer = rule.check(*subject)
        # A dozen rules are asked about each of a hundred thousand names, and hardly any finds a fault.
        if not answer and type(answer) in _PLAIN:
            return []
        codes = codes_of_rule(rule, rules)
        for problem in problems_of(answer):
            found.append(sound(problem, codes, within))
            if len(found) > MOST:
                del found[KEPT:]
                raise OverflowError(f"it gave more than {MOST} problems with one thing")
    # A rule that leaves the program is no end of the run, least of all a good one.
    except BaseException as error:
        if ends_run(error):
            raise
        found.append(_failed(rule, rules[rule.code].origin, error))
    return found


def _failed(rule: Rule, origin: Origin, error: BaseException) -> Problem:
    who = who_of(rule) if origin.name == OWN else f"{who_of(rule)} of {origin.name} {origin.version}"
    return Problem(
        code="ALF901",
        severity=Severity.UNVERIFIED,
        check=rule.name,
        message=f"the {who} failed to run: {told_error(error, rule.check)}",
        fix="tell whoever wrote the rule; --no-plugin leaves their plugin out",
    )


def _unfinished(rule: Rule, error: Unfinished) -> Problem:
    return Problem(code=error.fate.code, severity=Severity.UNVERIFIED, check=rule.name, message=str(error))
