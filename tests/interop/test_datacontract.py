"""What is exported as ODCS, read by datacontract-cli."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from export_contracts import STAGES, catalogue

from alfcheck.contracts.export import export

Program = Callable[..., subprocess.CompletedProcess[str]]

# The command line once for each contract would take minutes: this is what it calls. That the schema of the
# standard is itself a schema is seen once, and not again for each contract.
LINT_ALL = """
import sys, pathlib, jsonschema
from datacontract.data_contract import DataContract
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.yaml")):
    run = DataContract(data_contract_file=str(path)).lint()
    print(path.name, run.result.value, *(check.reason for check in run.checks if check.reason), sep="\\t")
    jsonschema.Draft201909Validator.check_schema = lambda *schema, **options: None
"""


def write_catalogue(folder: Path) -> list[str]:
    specs = catalogue()
    for spec in specs:
        (folder / f"{spec.id}.yaml").write_text(export(spec, "odcs"), encoding="utf-8")
    return sorted(f"{spec.id}.yaml" for spec in specs)


def test_every_contract_of_the_catalogue_is_valid(tmp_path: Path, program: Program) -> None:
    written = write_catalogue(tmp_path)
    done = program("python", "-c", LINT_ALL, tmp_path)
    assert done.returncode == 0, done.stderr
    assert [line.split("\t")[:2] for line in done.stdout.splitlines()] == [
        [name, "passed"] for name in written
    ]


def test_the_command_line_accepts_an_export(tmp_path: Path, program: Program) -> None:
    file = tmp_path / "stages.odcs.yaml"
    file.write_text(export(STAGES, "odcs"), encoding="utf-8")
    done = program("datacontract", "lint", file)
    assert (done.returncode, "Data contract is valid" in done.stdout) == (0, True), done.stdout


def test_the_command_line_refuses_what_is_none(tmp_path: Path, program: Program) -> None:
    """So that the test above means something."""
    file = tmp_path / "stages.odcs.yaml"
    file.write_text(export(STAGES, "odcs").replace("logicalType: number", "logicalType: numbers"), "utf-8")
    assert program("datacontract", "lint", file).returncode == 1


@pytest.mark.parametrize("format_", ["jsonschema", "html"])
def test_the_command_line_makes_other_forms_of_an_export(
    tmp_path: Path, program: Program, format_: str
) -> None:
    file = tmp_path / "stages.odcs.yaml"
    file.write_text(export(STAGES, "odcs"), encoding="utf-8")
    done = program("datacontract", "export", format_, file)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "intervals_0" in done.stdout
