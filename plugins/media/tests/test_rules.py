"""Every rule is explained, and its examples are true of the whole program."""

from __future__ import annotations

from pathlib import Path

import alfcheck
import pytest
from alfcheck import Example, Rule

from alfcheck_media import alfcheck_contracts, alfcheck_rules

RULES = tuple(alfcheck_rules())


def _examples(kind: str) -> list[object]:
    return [
        pytest.param(rule.code, example, id=f"{rule.code}-{number}")
        for rule in RULES
        for number, example in enumerate(getattr(rule, kind))
    ]


def _found(example: Example, root: Path) -> set[str]:
    for each in (example, *example.beside):
        path = root / each.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(each.content())
    return {finding.code for finding in alfcheck.check(root).findings}


@pytest.mark.parametrize(("code", "example"), _examples("bad"))
def test_a_bad_example_is_found(code: str, example: Example, tmp_path: Path) -> None:
    assert code in _found(example, tmp_path)


@pytest.mark.parametrize(("code", "example"), _examples("good"))
def test_a_good_example_is_not(code: str, example: Example, tmp_path: Path) -> None:
    assert code not in _found(example, tmp_path)


@pytest.mark.parametrize("rule", RULES, ids=[rule.code for rule in RULES])
def test_a_rule_is_explained(rule: Rule) -> None:
    assert all(text.strip() for text in (rule.name, rule.summary, rule.why, rule.fix))
    assert rule.good
    assert rule.bad


def test_every_code_is_in_the_readme() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    assert [rule.code for rule in RULES if f"`{rule.code}`" not in readme] == []


def test_the_contracts_are_read() -> None:
    assert [each.load().id for each in alfcheck_contracts()] == [
        "media.ephys_raw",
        "media.microphone",
        "media.mtscomp_header",
        "media.spikeglx_meta",
        "media.video",
    ]


def test_importing_the_plugin_loads_no_library() -> None:
    import subprocess
    import sys

    code = "import sys, alfcheck_media; print({'av', 'soundfile', 'tifffile', 'numpy'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
