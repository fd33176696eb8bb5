"""The contracts: without mistakes, in no contradiction to alfcheck's own, each with a source."""

from __future__ import annotations

from pathlib import Path

import alfcheck
import pytest
from alfcheck.contracts.language import read_spec
from alfcheck.plugins import Request, load_ruleset
from alone import OTHERS
from click.testing import CliRunner
from conftest import Check
from steinmetz import Files, session_files_2017

import alfcheck_cortexlab

FOLDER = Path(alfcheck_cortexlab.__file__).parent / "contracts"
FILES = sorted(FOLDER.glob("*.yaml"))


def test_there_is_no_mistake_in_them() -> None:
    from alfcheck.cli.main import cli

    done = CliRunner().invoke(cli, ["contracts", "lint", str(FOLDER)])
    assert (done.exit_code, done.output) == (0, f"no mistakes in {len(FILES)} files\n")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_is_named_after_its_file_and_has_a_source(file: Path) -> None:
    spec = read_spec(file)
    assert spec.id == f"cortexlab.{file.stem}"
    assert spec.source


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_is_for_files_without_a_namespace(file: Path) -> None:
    match = read_spec(file).match
    assert match is not None
    assert match.namespace == ""


def test_each_judges_a_file_of_a_session(check: Check, sound: Files) -> None:
    judged = {label.partition("@")[0] for label in check({**sound, **session_files_2017()}).contracts}
    assert {f"cortexlab.{file.stem}" for file in FILES} <= judged


def test_none_contradicts_alfchecks_own() -> None:
    """Contradictions stop a run; here all contracts that match a file of the lab are built together."""
    from alfcheck.contracts.plan import Planner
    from alfcheck.grammar.strict import read_dataset
    from steinmetz import session_files

    planner = Planner(load_ruleset(Request(disabled=OTHERS)).contracts)
    for path in {**session_files(), **session_files_2017()}:
        dataset = read_dataset(path)
        assert dataset is not None
        assert planner.covering(dataset) or dataset.attribute in ("trace",)


def test_the_plugin_names_itself_in_a_finding(check: Check) -> None:
    report = check({"alf/cwResponse.choice.npy": [1, 2, 7]})
    (found,) = [each for each in report.findings if each.contract]
    assert found.contract == "cortexlab.cw_response@1.0.0"
    assert found.origin == alfcheck.Origin("alfcheck-cortexlab", "0.1.0")
