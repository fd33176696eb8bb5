"""Ask rules that look at names about odd ones."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from alfcheck.grammar import parse_dataset
from alfcheck.model import Dataset, Problem, Rule, Target

__all__ = ["ask_about_odd_names"]

EXAMPLES = 150


class _Session(NamedTuple):
    """The path of a session, and its datasets by path."""

    path: str
    datasets: Mapping[str, Dataset]


def ask_about_odd_names(rule: Rule) -> None:
    """Ask a rule about many legal names; raises `AssertionError` for one that it fails with.

    The names are the same in every run, and the shortest come first.
    """
    for session in _sessions():
        if rule.target is Target.LAYOUT:
            _ask(rule, f"the names {list(session.datasets)}", dict(session.datasets))
            continue
        for path, dataset in session.datasets.items():
            whole = f"{session.path}/{path}" if rule.whole_path else path
            _ask(rule, f"the name {whole!r}", dataset, whole)


def _ask(rule: Rule, about: str, *subject: object) -> None:
    assert rule.check is not None
    try:
        wrong = [each for each in rule.check(*subject) if not isinstance(each, Problem)]
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
        raise AssertionError(f"rule {rule.code} {rule.name} fails with {about}: {told}") from error
    if wrong:
        raise AssertionError(f"rule {rule.code} gives {wrong[0]!r} with {about}, where a Problem is due")


@cache
def _sessions() -> tuple[_Session, ...]:
    """Draw them once: that takes longer than to ask a rule."""
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as st

    from alfcheck.testing.strategies import dataset_paths, session_paths

    drawn: set[tuple[str, tuple[str, ...]]] = set()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
    )
    @given(session_paths(), st.lists(dataset_paths(), min_size=1, max_size=6, unique=True))
    def take(session: str, paths: list[str]) -> None:
        drawn.add((session, tuple(paths)))

    take()
    return tuple(
        _Session(
            session, {path: parsed for path in paths if isinstance(parsed := parse_dataset(path), Dataset)}
        )
        for session, paths in sorted(drawn, key=lambda each: (len("".join(each[1])), each))
    )
