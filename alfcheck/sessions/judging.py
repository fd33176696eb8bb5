"""Judge a session by a contract about sessions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from alfcheck.model import Problem, Severity
from alfcheck.sessions.conditions import Doubt, holds
from alfcheck.sessions.lines import Asked, asked_of
from alfcheck.sessions.near import Others
from alfcheck.sessions.patterns import is_literal

if TYPE_CHECKING:
    from alfcheck.contracts.model import SessionTerms
    from alfcheck.sessions.seen import Seen

__all__ = ["judge_session"]

MISSING, WRONG_COUNT, NOT_JUDGED = "ALF501", "ALF502", "ALF503"
SHOWN = 3
TOLD = 20
"""Collections of one line that are told of one by one."""


def judge_session(terms: SessionTerms, seen: Seen, contract: str) -> Iterator[Problem]:
    """Give what a session lacks or has too much of; `contract` is the label of who asks.

    What cannot be judged, since the documents that conditions ask for tell nothing, is one problem for the
    whole contract. The problems name no dataset: no dataset fails for want of another.
    """
    answer = holds(terms.when, seen)
    if isinstance(answer, Doubt):
        yield from _not_judged([answer], contract, "it was not applied")
    if answer is not True:
        return
    lines, doubts = asked_of(terms, seen)
    wrong = [faulty for line in lines if (faulty := [each for each in line if each.wrong])]
    if wrong:
        others = Others(seen, {path for line in lines for each in line for path in each.found})
        for line in wrong:
            yield from _told(line, others, contract)
    yield from _not_judged(doubts, contract, "what it asks for then was not looked for")


def _told(line: Sequence[Asked], others: Others, contract: str) -> Iterator[Problem]:
    shown = line if len(line) <= TOLD else line[: TOLD - 1]
    yield from (_problem(each, others, contract) for each in shown)
    if len(shown) < len(line):
        last = _problem(line[-1], others, contract)
        yield replace(last, message=f"{last.message}; and so in {len(line) - TOLD} other collections")


def _problem(line: Asked, others: Others, contract: str) -> Problem:
    return _missing(line, others, contract) if line.missing else _wrong_count(line, contract)


def _missing(line: Asked, others: Others, contract: str) -> Problem:
    near = others.near(line.patterns)
    told = " or ".join(line.told)
    meaning = f" ({line.description.rstrip('.')})" if line.description else ""
    there = f"found {', '.join(near)}" if near else "nothing like it is there"
    lead = "no" if all(map(is_literal, line.patterns)) else "no dataset matches"
    return Problem(
        code=MISSING,
        contract=contract,
        check=line.kind,
        expected=told,
        message=f"{lead} {told}{meaning}; {there}",
    )


def _wrong_count(line: Asked, contract: str) -> Problem:
    number = len(line.found)
    listed = ", ".join(line.found[:SHOWN]) + (", …" if number > SHOWN else "")
    files = "1 file matches" if number == 1 else f"{number} files match"
    told = " or ".join(line.told)
    expected = _spelt(line.least, line.most)
    return Problem(
        code=WRONG_COUNT,
        contract=contract,
        check="count",
        expected=f"{expected} of {told}",
        message=f"{files} {told}, where the contract asks for {expected}: {listed}",
    )


def _spelt(least: int, most: int | None) -> str:
    if most is None:
        return f"{least} or more"
    if least == most:
        return f"exactly {least}" if most else "none"
    return f"{least} to {most}" if least else f"at most {most}"


def _not_judged(doubts: Sequence[Doubt], contract: str, then: str) -> Iterator[Problem]:
    """Tell of everything that is in doubt at once; of documents that nobody wanted read, nothing."""
    told = [each for each in dict.fromkeys(doubts) if each.severity is not None]
    if not told:
        return
    unverified = any(each.severity is Severity.UNVERIFIED for each in told)
    what = " and ".join(dict.fromkeys(each.what for each in told))
    why = "; ".join(dict.fromkeys(each.why for each in told))
    yield Problem(
        code=NOT_JUDGED,
        contract=contract,
        severity=Severity.UNVERIFIED if unverified else Severity.WARNING,
        check="when",
        expected=f"a document that tells {what}",
        message=f"{contract} depends on {what}, which is not known: {why}; {then}",
    )
