"""What is exported as a Frictionless Data Package, used by frictionless on CSV files."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from export_contracts import STAGES, catalogue
from export_tables import table_of

from alfcheck.contracts.export import export
from alfcheck.contracts.export.frictionless import resource_name
from alfcheck.contracts.spec import ContractSpec

Program = Callable[..., subprocess.CompletedProcess[str]]

# Starting the program once for each table would take minutes: this is what it calls.
VALIDATE_ALL = """
import json, pathlib, sys
from frictionless import FrictionlessException, Package
for path in sorted(pathlib.Path(sys.argv[1]).glob("*/datapackage.json")):
    try:
        package = Package.from_descriptor(str(path))
        tables = package.validate().tasks if sys.argv[2] == "tables" else []
        found = [(error.type, getattr(error, "field_name", "")) for task in tables for error in task.errors]
    except FrictionlessException as error:
        found = [(error.error.message, each.message) for each in error.reasons]
    print(json.dumps([path.parent.name, found]))
"""
HEAD = "intervals_0,intervals_1,choice,share,stage,site,passed,number,level,trace,goCue_times,another"
SOUND = """\
0.0,1.5,-1,0.5,dark,3,True,1,4.5,[0.5],3.0,x
1.5,2.5,0,,light,-1,False,2,4.5,[0.5],,x
2.5,3.5,1,1.000001,dark,0,True,3,1000,,3.0,x
"""


def changed(old: str, new: str) -> str:
    assert old in SOUND
    return f"{HEAD}\n{SOUND.replace(old, new, 1)}"


TABLES: dict[str, tuple[str, list[list[str]]]] = {
    "sound": (f"{HEAD}\n{SOUND}", []),
    "few columns": ("intervals_0,number\n0,1\n", []),
    "a required column absent": ("intervals_0\n0\n", [["missing-label", "number"]]),
    "below a limit": (changed("0.0,1.5", "-1.0,1.5"), [["constraint-error", "intervals_0"]]),
    "missing": (changed("0.0,1.5", "0.0,"), [["type-error", "intervals_1"]]),
    "NaN": (changed("0.0,1.5", "0.0,NaN"), [["constraint-error", "intervals_1"]]),
    "missing in a set": (changed(",-1,0.5", ",,0.5"), [["type-error", "choice"]]),
    "not in a set": (changed(",-1,0.5", ",2,0.5"), [["constraint-error", "choice"]]),
    "above a limit": (changed(",0.5,dark", ",1.1,dark"), [["constraint-error", "share"]]),
    "of no pattern": (changed("light", "Light"), [["constraint-error", "stage"]]),
    "too long": (changed("light", "overlylong"), [["constraint-error", "stage"]]),
    "not whole": (changed("dark,3", "dark,3.5"), [["type-error", "site"]]),
    "not logical": (changed("True,1", "maybe,1"), [["type-error", "passed"]]),
    "twice": (changed("False,2", "False,1"), [["unique-error", "number"]]),
    "missing where required": (changed("True,1", "True,"), [["constraint-error", "number"]]),
}


def test_tables_that_keep_the_contract_and_such_that_do_not(tmp_path: Path, program: Program) -> None:
    for name, (table, _) in TABLES.items():
        write(tmp_path / name, STAGES, table)
    assert judged(program, tmp_path, "tables") == {name: errors for name, (_, errors) in TABLES.items()}


def test_every_contract_of_the_catalogue_is_a_valid_package(tmp_path: Path, program: Program) -> None:
    for spec in catalogue():
        write(tmp_path / spec.id, spec, "")
    assert {name for name, errors in judged(program, tmp_path, "packages").items() if errors} == set()


def test_an_example_of_every_contract_is_a_valid_table(tmp_path: Path, program: Program) -> None:
    for spec in catalogue():
        table = table_of(spec, tmp_path / "examples" / spec.id).dropna(how="all")  # no CSV has such rows
        if len(table.columns):
            write(tmp_path / spec.id, spec, table.to_csv(index=False))
    found = judged(program, tmp_path, "tables")
    assert len(found) > 1
    assert {name: errors for name, errors in found.items() if errors} == {}


@pytest.mark.parametrize(("name", "code"), [("sound", 0), ("below a limit", 1)])
def test_the_command_line_says_the_same(tmp_path: Path, program: Program, name: str, code: int) -> None:
    write(tmp_path / "package", STAGES, TABLES[name][0])
    done = program("frictionless", "validate", "datapackage.json", "--json", cwd=tmp_path / "package")
    assert (done.returncode, json.loads(done.stdout)["valid"]) == (code, code == 0)


def write(folder: Path, spec: ContractSpec, table: str) -> None:
    folder.mkdir()
    (folder / "datapackage.json").write_text(export(spec, "frictionless"), encoding="utf-8")
    (folder / f"{resource_name(spec)}.csv").write_text(table, encoding="utf-8")


def judged(program: Program, folder: Path, what: str) -> dict[str, list[list[str]]]:
    done = program("python", "-c", VALIDATE_ALL, folder, what)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(line) for line in done.stdout.splitlines())
