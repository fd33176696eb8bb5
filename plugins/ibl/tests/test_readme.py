"""The README names every rule and setting."""

from __future__ import annotations

from pathlib import Path

import pytest
from alfcheck import Rule

from alfcheck_ibl import alfcheck_rules
from alfcheck_ibl.settings import SETTINGS

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
RULES = list(alfcheck_rules({each.name: each.default for each in SETTINGS}))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_has_its_line(rule: Rule) -> None:
    (line,) = (line for line in README.splitlines() if line.startswith(f"| {rule.code} |"))
    weight = line.split("|")[4].strip()
    assert (
        weight
        in {"error": {"error", "by share"}, "warning": {"warning"}, "info": {"information"}}[rule.severity]
    )


def test_codes_are_given_once_and_in_no_other_line() -> None:
    lines = [line.split("|")[1].strip() for line in README.splitlines() if line.startswith("| IBL")]
    assert sorted(lines) == sorted(rule.code for rule in RULES)


@pytest.mark.parametrize("name", [each.name for each in SETTINGS])
def test_every_setting_is_named(name: str) -> None:
    assert f"`{name}`" in README or f"\n    {name} = " in README
