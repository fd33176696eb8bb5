"""Lay the examples of rules out as releases, and run the whole program on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from alfcheck.model import Asks, Example, Finding, Rule, Severity, Target
from alfcheck.scan.text import os_path
from alfcheck.testing.trial import Trial

__all__ = ["Shown", "befell", "errors_of_others", "lay", "numbered", "show", "what_it_asks"]

ENGINE = "ALF9"


@dataclass(frozen=True, slots=True)
class Shown:
    """What came of an example: ``asked`` tells how often the rule was asked about it.

    ``failed`` says why the program could not be run on it at all.
    """

    name: str
    findings: tuple[Finding, ...] = ()
    asked: int = 0
    failed: str = ""

    def own(self, rule: Rule) -> list[Finding]:
        """Give what the rule itself found."""
        return [each for each in self.findings if each.code == rule.code]

    def failures(self, rule: Rule) -> list[Finding]:
        """Give what tells that the rule itself failed."""
        return befell(self.findings, rule)


def numbered(rule: Rule) -> Iterator[tuple[str, str, Example]]:
    """Give the kind of each example (``good``, ``bad``), what to call it, and the example."""
    for kind, given in (("good", rule.good), ("bad", rule.bad)):
        for number, each in enumerate(given, 1):
            note = f" ({each.note})" if each.note else ""
            yield kind, f"{kind} example {number}, {each.path}{note}", each


def show(trial: Trial, rule: Rule, name: str, example: Example) -> Shown:
    """Run the whole program on an example; the rule is in the trial's ruleset."""
    rule = trial.ruleset.rules[rule.code].rule
    count = 0

    def counting(*subject: object) -> Iterable[Any]:
        nonlocal count
        count += 1
        assert rule.check is not None
        return rule.check(*subject)

    counted = trial.with_check(rule, counting) if rule.check is not None else trial
    with TemporaryDirectory() as folder:
        root = Path(folder) / "release"
        try:
            lay(root, example)
            report = counted.check(root)
        except Exception as error:  # an example may be made by any function
            return Shown(name, failed=f"{type(error).__name__}: {error}".replace(folder, ""))
    return Shown(name, report.findings, count)


def lay(root: Path, example: Example) -> None:
    """Write an example and what is beside it; next to the release lies a file, for links that lead out."""
    for each in (example, *_beside(example)):
        target = Path(f"{root}/{os_path(each.path)}")
        target.parent.mkdir(parents=True, exist_ok=True)
        if each.link_to is not None:
            target.symlink_to(each.link_to)
        else:
            target.write_bytes(each.content())
    outside = root.parent / "elsewhere" / "spikes.times.npy"
    outside.parent.mkdir(exist_ok=True)
    outside.write_bytes(b"outside")


def _beside(example: Example) -> Iterator[Example]:
    for each in example.beside:
        yield each
        yield from _beside(each)


def befell(findings: Iterable[Finding], rule: Rule) -> list[Finding]:
    """Give the findings that tell that the rule itself failed, or did not come to an end."""
    return [each for each in findings if each.code.startswith(ENGINE) and each.check == rule.name]


def errors_of_others(findings: Iterable[Finding], rule: Rule) -> list[Finding]:
    """Give the errors that are no business of the rule, nor of those that share the prefix of its code."""
    prefix = rule.code.rstrip("0123456789")
    return [
        each
        for each in findings
        if each.severity is Severity.ERROR
        and (each.code != rule.code if prefix == "ALF" else not each.code.startswith(prefix))
    ]


def what_it_asks(rule: Rule) -> str:
    """Say what of a release a rule is shown."""
    asks: Asks = rule.asks
    parts: Sequence[tuple[str, Sequence[str]]] = (
        ("columns", asks.columns),
        ("datasets", asks.datasets),
    )
    said = [f"{what} {', '.join(patterns)}" for what, patterns in parts if patterns]
    if asks.object:
        said.append(f"of the object {asks.object}")
    if asks.collection != "*":
        said.append(f"in {asks.collection}")
    if rule.target is Target.OBJECT and asks.aligned:
        said.append("with equal numbers of rows")
    return " ".join(said) or "legal names"
