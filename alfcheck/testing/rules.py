"""Put one rule to the test: its good and bad examples, through the whole program."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any

from alfcheck.errors import AlfcheckError
from alfcheck.model import Finding, Rule
from alfcheck.testing.examples import Shown, errors_of_others, numbered, show, what_it_asks
from alfcheck.testing.findings import told
from alfcheck.testing.trial import Trial, trial_of

__all__ = ["ExampleWarning", "assert_examples", "check_rule", "faults_of_examples"]


class ExampleWarning(UserWarning):
    """An example of a rule breaks other rules too, and so shows more than it should."""


def check_rule(
    rule: Rule,
    *,
    settings: Mapping[str, Any] | None = None,
    plugin: str | ModuleType | None = None,
    alone: bool = False,
) -> None:
    """Assert that the bad examples of a rule are found and its good ones are not.

    The rule need not be installed: it joins those of the built-in and installed plugins, and of `plugin` (a
    name, module or file). `settings` are what its function gets. An example that also breaks a rule with
    another prefix is warned of (`ExampleWarning`), and with `alone` refused. Raises `AssertionError`, which
    says for each example what was found in its place.
    """
    if not isinstance(rule, Rule):
        raise TypeError(f"check_rule takes a Rule, as the decorators give it, not a {type(rule).__name__}")
    name = getattr(plugin, "__file__", None) if isinstance(plugin, ModuleType) else plugin
    try:
        trial = trial_of(name or "", settings if plugin else None)
    except AlfcheckError as error:
        raise AssertionError(str(error)) from error
    assert_examples(trial.with_rule(rule, settings), rule, alone=alone)


def assert_examples(trial: Trial, rule: Rule, *, alone: bool) -> None:
    """Assert that a rule of a trial tells its examples apart."""
    faults, besides = faults_of_examples(trial, rule)
    if faults or (alone and besides):
        told_all = "\n".join([*faults, *(besides if alone else ())])
        raise AssertionError(f"rule {rule.code} {rule.name}: its examples are not true\n{told_all}")
    if besides:
        told_all = "\n".join(besides)
        warnings.warn(f"rule {rule.code} {rule.name}:\n{told_all}", ExampleWarning, stacklevel=3)


def faults_of_examples(trial: Trial, rule: Rule) -> tuple[list[str], list[str]]:
    """Give what is untrue of the examples, and what they show besides; lines for people."""
    if not rule.bad:
        return [_without("bad", "a fault that it finds")], []
    faults: list[str] = []
    besides: list[str] = []
    asked = {"good": 0, "bad": 0}
    for kind, name, example in numbered(rule):
        shown = show(trial, rule, name, example)
        asked[kind] += shown.asked
        faults += _faults(kind, shown, rule)
        besides += _besides(shown, rule)
    if not rule.good:
        faults.append(_without("good", "what it accepts"))
    elif rule.check is not None and not asked["good"] and not faults:
        faults.append(
            "  no good example was ever shown to the rule, so that they prove nothing: it looks at "
            f"{what_it_asks(rule)}"
        )
    return faults, besides


def _without(kind: str, what: str) -> str:
    return (
        f"  it has no {kind} example: give the decorator {kind}=[alfcheck.example({{path: value}}, note)], "
        f"that shows {what}"
    )


def _faults(kind: str, shown: Shown, rule: Rule) -> Iterator[str]:
    if shown.failed:
        yield f"  {shown.name}: could not be checked: {shown.failed}"
        return
    broken = shown.failures(rule)
    if broken:
        yield f"  {shown.name}: the rule itself failed:"
        yield from _lines(broken)
    own = shown.own(rule)
    if kind == "good" and own:
        yield f"  {shown.name}: {rule.code} was found where nothing is wrong:"
        yield from _lines(own)
    if kind == "bad" and not own and not broken:
        yield f"  {shown.name}: {rule.code} was not found"
        if rule.check is not None and not shown.asked:
            yield (
                f"    the rule was not asked: it looks at {what_it_asks(rule)}, as far as no other finding "
                "took the files away"
            )
        yield "    found instead:" if shown.findings else "    nothing else was found either"
        yield from _lines(shown.findings)


def _besides(shown: Shown, rule: Rule) -> Iterator[str]:
    others = errors_of_others(shown.findings, rule)
    if others:
        yield f"  {shown.name}: it breaks other rules too; mend it, so that it shows this one alone:"
        yield from _lines(others)


def _lines(findings: Sequence[Finding]) -> Iterator[str]:
    yield from (f"      {told(each)}" for each in findings)
