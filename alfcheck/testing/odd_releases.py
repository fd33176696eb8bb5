"""One release of many sessions: the examples of a rule, and what becomes of them with odd data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path

from alfcheck.model import Example, Finding, Rule
from alfcheck.testing.examples import befell, numbered
from alfcheck.testing.findings import told
from alfcheck.testing.odd_data import one_session, variations
from alfcheck.testing.trial import Trial

__all__ = ["OddRelease", "odd_release"]

MOST = 999
"""Sessions of one subject and day."""


@dataclass(frozen=True, slots=True)
class OddRelease:
    """A release, and what each of its sessions is, by their paths."""

    root: Path
    sessions: Mapping[str, str]

    def failures(self, trial: Trial, rule: Rule) -> list[str]:
        """Say in which sessions the rule itself failed, and how."""
        findings = list(trial.check(self.root).findings if self.sessions else ())
        # What a batch rule stumbles over may be hidden by the tables beside it.
        for session in self.sessions if rule.batch else ():
            findings += trial.check(self.root, session).findings
        found = (f"  {self.named(each)}: {told(each)}" for each in befell(findings, rule))
        return list(dict.fromkeys(found))

    def named(self, finding: Finding) -> str:
        """Say what the session of a finding is."""
        return next(
            (name for session, name in self.sessions.items() if f"{finding.path}/".startswith(f"{session}/")),
            "all sessions together",
        )


def odd_release(root: Path, rule: Rule, only: Container[str] | None = None) -> OddRelease:
    """Write the examples of a rule, each several times: as it is, and with other values in its files.

    With `only`, the variations of these names. Examples of links, and of several sessions, are left out.
    """
    counts: Counter[str] = Counter()
    sessions = {}
    for _, name, example in numbered(rule):
        files = _files(example)
        found = one_session(files) if files else None
        for what, varied in variations(found[1], only) if found else ():
            assert found is not None
            if counts[found[0]] < MOST:
                counts[found[0]] += 1
                session = f"{found[0]}/{counts[found[0]]:03d}"
                sessions[session] = f"{name}, {what}"
                for path, data in varied.items():
                    target = root / session / path
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(data)
    return OddRelease(root, sessions)


def _files(example: Example) -> dict[str, bytes]:
    """Give the files of an example by path; none if it has links, or names that are no text."""
    found: dict[str, bytes] = {}
    for each in (example, *example.beside):
        if each.link_to is not None or (each.beside and each is not example) or "\\" in each.path:
            return {}
        found[each.path] = each.content()
    return found
