"""The books of a run in several processes: each session ends once, and only who is to blame is given up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alfcheck.executors.books import Books, Task
from alfcheck.model import Entry, SessionFiles, SessionResult
from alfcheck.plugins import Request, load_ruleset
from alfcheck.watch import ENDED, Bars, Fate, Key

RULESET = load_ruleset(Request())
POISON = Fate(ENDED, "ended its process (exit code 1)")
WHO = "rule LAB101 lab101"


def sessions_of(count: int) -> list[SessionFiles]:
    return [SessionFiles(f"s/{n}", (Entry(f"s/{n}/a.b.npy", 1, 0, 0, 0, 0),)) for n in range(count)]


def cut(sessions: Sequence[SessionFiles], sizes: Sequence[int]) -> list[tuple[SessionFiles, ...]]:
    work, start = [], 0
    for size in sizes:
        work.append(tuple(sessions[start : start + size]))
        start += size
    return work


def result(session: SessionFiles) -> SessionResult:
    return SessionResult(session.path, (), (), {})


def unverified(results: Sequence[SessionResult]) -> set[str]:
    return {each.path for each in results if each.findings}


# Wherever a machine has much else to do.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
SIZES = st.lists(st.integers(1, 5), min_size=1, max_size=6)


@patient
@given(SIZES, st.data())
def test_each_session_ends_once_and_only_the_poisoned_are_given_up(
    sizes: list[int], data: st.DataObject
) -> None:
    """Some end the process that judges them, some whoever started it; tasks end in any order."""
    sessions = sessions_of(sum(sizes))
    paths = st.sampled_from([each.path for each in sessions])
    fatal, lost = data.draw(st.sets(paths)), data.draw(st.sets(paths))
    work = cut(sessions, sizes)
    books, running, found = Books(work, RULESET), [], {}
    while books.is_open:
        while len(running) < 4 and (task := books.take(len(running))):
            running.append(task)
        task = running.pop(data.draw(st.integers(0, len(running) - 1)))
        end(books, task, fatal - lost, lost)
        for number, results in books.give():
            assert number not in found
            found[number] = results
    assert not running
    assert [each.path for number in sorted(found) for each in found[number]] == [s.path for s in sessions]
    assert unverified([each for results in found.values() for each in results]) == fatal | lost


def end(books: Books, task: Task, fatal: set[str], lost: set[str]) -> None:
    has = {session.path for session in task.sessions}
    if has & lost:
        books.lose(task, "it ended whoever did it")
    elif has & fatal:
        books.bury(task, POISON, None, None)
    else:
        books.finish(task, [result(session) for session in task.sessions])


@patient
@given(SIZES, st.data())
def test_a_session_beside_the_poisoned_one_is_not_blamed(sizes: list[int], data: st.DataObject) -> None:
    """What is lost is lost with all that ran beside it: who is innocent is run alone, and passes."""
    sessions = sessions_of(sum(sizes))
    poisoned = data.draw(st.sampled_from(sessions)).path
    books, running, told = Books(cut(sessions, sizes), RULESET), [], []
    while books.is_open:
        while len(running) < 3 and (task := books.take(len(running))):
            running.append(task)
        deadly = any(session.path == poisoned for task in running for session in task.sessions)
        for task in running:
            end(books, task, set(), {session.path for session in task.sessions} if deadly else set())
        running.clear()
        told += [each for _, results in books.give() for each in results]
    assert unverified(told) == {poisoned}
    assert {each.path for each in told} == {each.path for each in sessions}


class Death(NamedTuple):
    """What ends the process that judges a session, in a call or after the last: ``""`` is no caller."""

    guilty: str
    last: str
    is_seen: bool = False


CALLERS = ("rule LAB101 lab101", "rule LAB102 lab102")
DEATHS = st.builds(Death, st.sampled_from(("", *CALLERS)), st.sampled_from(CALLERS), st.booleans())


@patient
@given(SIZES, st.data())
def test_who_is_blamed_does_not_depend_on_how_many_judge(sizes: list[int], data: st.DataObject) -> None:
    """Three who were the last to run are accused at once; who is innocent is never taken for guilty."""
    sessions = sessions_of(sum(sizes))
    paths = st.sampled_from([each.path for each in sessions])
    deaths = data.draw(st.dictionaries(paths, DEATHS))
    many = st.integers(0, 3)
    one = found_by(1, cut(sessions, sizes), deaths, lambda: 0)
    assert found_by(4, cut(sessions, sizes), deaths, lambda: data.draw(many)) == one


def found_by(
    workers: int, work: list[tuple[SessionFiles, ...]], deaths: Mapping[str, Death], pick: Callable[[], int]
) -> tuple[dict[int, list[tuple[str, bool]]], frozenset[str]]:
    """Judge in so many processes; `pick` says which ends next. Give what was found, and who was dropped."""
    books, found = Books(work, RULESET), {}
    running: list[tuple[Task, Bars]] = []
    while books.is_open:
        while len(running) < workers and (task := books.take(len(running))):
            running.append((task, books.bars_of(task)))
        task, bars = running.pop(pick() % len(running))
        fatal = [each for each in task.sessions if is_fatal(each, deaths, bars)]
        if not fatal:
            books.finish(task, [result_of(each, bars) for each in task.sessions])
        else:
            key = (deaths[fatal[0].path].guilty, fatal[0].path)
            is_seen = deaths[fatal[0].path].is_seen and key[0]
            books.bury(task, POISON, key if is_seen else None, last_of(task.sessions[-1], deaths, bars))
        for number, results in books.give():
            found[number] = [(each.path, bool(each.findings)) for each in results]
    return found, books.bars.given_up


def result_of(session: SessionFiles, bars: Bars) -> SessionResult:
    return SessionResult(f"{session.path} by {asked(session, bars)}", (), (), {})


def asked(session: SessionFiles, bars: Bars) -> list[str]:
    left = [who for who in CALLERS if who not in bars.given_up]
    return [who for who in left if (who, session.path) not in bars.calls]


def last_of(session: SessionFiles, deaths: Mapping[str, Death], bars: Bars) -> Key | None:
    left = sorted(
        asked(session, bars), key=lambda who: session.path in deaths and who == deaths[session.path].last
    )
    return (left[-1], session.path) if left else None


def is_fatal(session: SessionFiles, deaths: Mapping[str, Death], bars: Bars) -> bool:
    death = deaths.get(session.path)
    return death is not None and death.guilty in ("", *asked(session, bars))


def test_a_call_that_ended_its_process_is_not_made_again() -> None:
    sessions = sessions_of(2)
    books = Books([tuple(sessions)], RULESET)
    task = books.take(0)
    assert task is not None
    books.bury(task, POISON, (WHO, "s/1/a.b.npy"), None)
    assert books.take(0) == task
    assert books.bars == Bars({(WHO, "s/1/a.b.npy"): POISON})


def test_all_begins_again_without_who_did_not_end_three_times() -> None:
    sessions = sessions_of(4)
    books = Books(cut(sessions, [1, 1, 1, 1]), RULESET)
    first = [books.take(0) for _ in sessions]
    for task, session in zip(first, sessions, strict=True):
        assert task is not None
        books.bar({(WHO, session.entries[0].path): POISON})
        books.finish(task, [result(session)])
    assert books.bars.given_up == {WHO}
    # Only the fourth was looked at when it was known; what came before counts no more.
    again = [books.take(0) for _ in sessions]
    assert [task.sessions for task in again if task] == [(session,) for session in sessions]
    assert {task.round for task in again if task} == {2}
