"""README.md: its configurations load and do what it says, and its tables name what there is."""

from __future__ import annotations

import re
from pathlib import Path

import alfcheck
from alfcheck.plugins import Request, load_ruleset
from alone import OTHERS
from steinmetz import Files, write_session
from test_session import EXPLAINED

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
SETTINGS, EXCUSES, FROM_1 = BLOCKS


def check(root: Path, text: str) -> alfcheck.Report:
    config = root.with_suffix(".toml")
    config.write_text(text, encoding="utf-8")
    return alfcheck.check(root, config=config, disabled=OTHERS)


def test_the_settings_shown_are_the_defaults(tmp_path: Path, sound: Files) -> None:
    root = write_session(tmp_path / "release", sound)
    assert check(root, SETTINGS).findings == alfcheck.check(root, disabled=OTHERS).findings
    declared = load_ruleset(Request(disabled=OTHERS)).declared["cortexlab"]
    assert all(f"{each.name} = {each.default}" in SETTINGS for each in declared)


def test_what_is_excused_is_told_and_no_warning(tmp_path: Path, sound: Files) -> None:
    report = check(write_session(tmp_path / "release", sound), EXCUSES)
    assert {found.code for found in report.findings} == {code for code, _ in EXPLAINED}
    assert {str(found.severity) for found in report.findings} == {"info"}
    assert len(report.waived) == 2


def test_every_code_and_contract_is_named() -> None:
    ruleset = load_ruleset(Request(disabled=OTHERS, settings=(("cortexlab", (("first_cluster", 1),)),)))
    codes = {code for code in ruleset.rules if code.startswith("CTX")}
    assert codes == set(re.findall(r"^\| `(CTX\d+)`", README, re.MULTILINE))
    ids = {contract.id for contract in ruleset.contracts if contract.id.startswith("cortexlab.")}
    named = {f"`{name}`" in README or f"`{name[:13]}*`" in README for name in ids}
    assert named == {True}


def test_a_missing_time_where_nothing_was_played_is_accepted(tmp_path: Path) -> None:
    import numpy as np

    files = {f"alf/passive{name}.times.npy": np.array([[np.nan]]) for name in ("ValveClick", "WhiteNoise")}
    report = alfcheck.check(write_session(tmp_path / "release", files), disabled=OTHERS)
    assert [found for found in report.findings if str(found.severity) == "error"] == []
