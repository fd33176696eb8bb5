"""Every rule is explained, and its examples are true of the whole program."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import alfcheck
from alfcheck.api import Prepared, RunOptions, prepare, run_check
from alfcheck.model import Example, Rule, Target
from alfcheck.plugins import load_ruleset
from alfcheck.scan.text import os_path
from alfcheck.targets import locate

RULES = {code: owned.rule for code, owned in load_ruleset().rules.items()}

# What cannot be written down as the bytes of a file, and the test that produces it through the whole program.
NOT_BYTES = {
    "ALF117": "test_hostile.test_what_is_no_file_is_never_opened",
    "ALF118": "test_hostile.test_paths_beyond_what_the_system_can_name",
    "ALF119": "test_hostile.test_paths_beyond_what_the_system_can_name",
    "ALF310": "test_pipeline.test_a_check_of_ones_own",
    "ALF311": "test_pipeline.test_a_strict_contract",
    "ALF504": "test_session_infos.test_different_answers_are_told_with_who_said_what",
    "ALF901": "test_pipeline.test_a_rule_that_fails_is_a_finding",
    "ALF902": "test_pipeline.test_a_file_that_cannot_be_read",
    "ALF903": "test_pipeline.test_a_file_that_changes_before_it_is_read",
    "ALF904": "test_relations.test_a_target_that_failed_leaves_a_claim_unverified",
    "ALF905": "test_pipeline.test_a_check_that_wants_too_much",
    "ALF906": "a killed worker, which the tests of the executors produce",
    "ALF907": "test_deadlines.test_what_comes_to_no_end_is_told_of_and_leaves_what_it_judged_unverified",
    "ALF908": "test_deadlines_here, where a rule comes to no end three times",
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepare(RunOptions(), tmp_path_factory.mktemp("run"))


def lay(root: Path, example: Example) -> None:
    """Write an example, and what is beside it, into a release."""
    target = Path(f"{root}/{os_path(example.path)}")
    target.parent.mkdir(parents=True, exist_ok=True)
    if example.link_to is not None:
        target.symlink_to(example.link_to)
    else:
        target.write_bytes(example.content())
    for other in example.beside:
        lay(root, other)


def codes_of(example: Example, folder: Path, run: Prepared) -> set[str]:
    root = folder / "release"
    lay(root, example)
    # Beside the release lies a file, for links that lead there.
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "spikes.times.npy").write_bytes(b"outside")
    if (root / "alfcheck.toml").exists():  # what sessions should have is only asked where one says so
        run = prepare(RunOptions(), root)
    return {finding.code for finding in run_check(run, locate([root])).findings}


def examples(kind: str) -> list[object]:
    return [
        pytest.param(code, example, id=f"{code}-{number}")
        for code, rule in RULES.items()
        for number, example in enumerate(getattr(rule, kind))
    ]


@pytest.mark.parametrize(("code", "example"), examples("bad"))
def test_a_bad_example_is_found(code: str, example: Example, tmp_path: Path, run: Prepared) -> None:
    assert code in codes_of(example, tmp_path, run)


@pytest.mark.parametrize(("code", "example"), examples("good"))
def test_a_good_example_is_not(code: str, example: Example, tmp_path: Path, run: Prepared) -> None:
    assert code not in codes_of(example, tmp_path, run)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_is_explained(rule: Rule) -> None:
    for text in (rule.name, rule.summary, rule.why, rule.fix):
        assert text.strip()
    assert rule.name == rule.name.lower()
    assert " " not in rule.name
    assert rule.summary.endswith(".")


def test_only_what_no_bytes_can_show_has_no_bad_example() -> None:
    assert {code for code, rule in RULES.items() if not rule.bad} == set(NOT_BYTES)


def test_the_first_digit_is_the_target() -> None:
    digits = {
        Target.NAME: "1",
        Target.LAYOUT: "1",
        Target.CONTENT: "2",
        Target.CONTRACT: "3",
        Target.OBJECT: "4",
        Target.SESSION: "5",
        Target.RELEASE: "6",
        Target.ENGINE: "9",
    }
    assert {code: rule.code[3] for code, rule in RULES.items()} == {
        code: digits[rule.target] for code, rule in RULES.items()
    }


def test_names_are_told_apart() -> None:
    names = [rule.name for rule in RULES.values()]
    assert len(set(names)) == len(names)


def test_the_tests_named_above_exist() -> None:
    here = Path(__file__).parent
    for told in NOT_BYTES.values():
        module, _, test = told.partition(".")
        if test:
            assert f"def {test}(" in (here / f"{module}.py").read_text(encoding="utf-8"), told


def test_an_example_whose_name_is_not_utf8_is_written_as_its_bytes() -> None:
    assert os.fsencode(os_path("alf/dur\\xe9e.times.npy")) == b"alf/dur\xe9e.times.npy"
    assert alfcheck.Example("a", b"x").content() == b"x"
