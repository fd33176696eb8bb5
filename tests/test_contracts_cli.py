"""``alfcheck contracts``: what each command says, and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from contract_files import LICKS, PYTHON, SESSIONS, Go, go, write

from alfcheck.cli.contracts.pages import INDEX, pages, write_pages
from alfcheck.contracts.language import read_spec
from alfcheck.plugins import load_ruleset

__all__ = ["go"]

SHARED = Path(__file__).parents[2] / "shared"
SCHEMAS = Path(__file__).parents[1] / "schemas" / "alfcheck_schemas"
CONTRACTS = load_ruleset().contracts


@pytest.fixture
def licks(tmp_path: Path) -> Path:
    return write(tmp_path / "licks.yaml", LICKS)


# --- list ----------------------------------------------------------------------------------------------


def test_list_names_every_contract(go: Go) -> None:
    code, out, err = go("contracts", "list")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()[1:]] == sorted(each.id for each in CONTRACTS)


def test_list_for_programs(go: Go) -> None:
    code, out, _ = go("contracts", "list", "--format", "json")
    found = json.loads(out)["contracts"]
    assert (code, len(found)) == (0, len(CONTRACTS))
    assert {"id", "version", "status", "judges", "columns", "checks", "origin"} <= found[0].keys()


def test_a_contract_in_python_is_listed_and_shown_as_far_as_it_can_be(go: Go, tmp_path: Path) -> None:
    plugin = write(tmp_path / "rules.py", PYTHON)
    listed = json.loads(go("contracts", "list", "-p", plugin, "--format", "json")[1])["contracts"]
    assert next(each for each in listed if each["id"] == "lab.python")["checks"] is None
    code, out, _ = go("contracts", "show", "lab.python", "-p", plugin)
    assert code == 0
    assert "times [s] floating" in out
    assert "written in Python" in out
    for command in (["show", "lab.python"], ["export", "lab.python"]):
        form = "yaml" if command[0] == "show" else "odcs"
        code, out, err = go("contracts", *command, "--format", form, "-p", plugin)
        assert (code, out) == (2, "")
        assert "early" in err


# --- show ----------------------------------------------------------------------------------------------


def test_show_tells_a_contract_in_words(go: Go, licks: Path) -> None:
    code, out, err = go("contracts", "show", licks)
    assert (code, err) == (0, "")
    for words in (
        "lab.licks 1.0.0 (active, by a lab)",
        "Judges: object licks, without a namespace, collection alf*, as .npy, .pqt",
        "Rows: the object's datasets have equally many rows, but for bouts",
        "  times [s] floating (rows)",
        "Start of each lick.",
        "at least 0; in non-decreasing order; never missing",
        "Source: the manual",
        "one of 0, 1; -1 stands for missing",
        "later: times > 0, when side == 1 (else a warning)",
    ):
        assert words in out


def test_show_tells_what_sessions_should_have(go: Go, tmp_path: Path) -> None:
    _, out, _ = go("contracts", "show", write(tmp_path / "sessions.yaml", SESSIONS))
    assert "Sessions where the task protocol is *licks*" in out
    assert "required: alf/licks.times.npy" in out


def test_show_in_the_forms_of_files(go: Go, licks: Path, tmp_path: Path) -> None:
    written = go("contracts", "show", licks, "--format", "yaml")[1]
    assert read_spec(write(tmp_path / "again.yaml", written)) == read_spec(licks)
    said = json.loads(go("contracts", "show", licks, "--format", "json")[1])
    assert (said["id"], said["columns"]["side"]["isin"]) == ("lab.licks", [0, 1])
    page = go("contracts", "show", licks, "--format", "markdown")[1]
    assert page.startswith("# lab.licks 1.0.0\n")
    assert "| `times` | s | floating | (rows) |" in page


@pytest.mark.parametrize("name", [CONTRACTS[0].id, CONTRACTS[0].label])
def test_show_takes_an_id_with_or_without_a_version(go: Go, name: str) -> None:
    code, out, _ = go("contracts", "show", name)
    assert (code, out.split()[0]) == (0, CONTRACTS[0].id)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (CONTRACTS[0].id[:-1], f"is {CONTRACTS[0].id!r} meant?"),
        (f"{CONTRACTS[0].id}@99.0.0", f"there is {CONTRACTS[0].version}"),
        ("nothing.at_all_like_it", "see alfcheck contracts list"),
        ("none/there.yaml", "is no file"),
    ],
)
def test_show_names_the_nearest_contract(go: Go, name: str, said: str) -> None:
    code, out, err = go("contracts", "show", name)
    assert (code, out) == (2, "")
    assert said in err


def test_pages_of_a_catalogue(go: Go, tmp_path: Path) -> None:
    old = write(tmp_path / "pages" / "lab.gone.md", "# lab.gone 1.0.0\n")
    other = write(tmp_path / "pages" / "notes.md", "# Of ours\n")
    code, out, _ = go("contracts", "show", "--all", "--format", "markdown", "--out", tmp_path / "pages")
    assert (code, out.split()[1]) == (0, str(len(CONTRACTS) + 1))
    index = (tmp_path / "pages" / INDEX).read_text(encoding="utf-8")
    for contract in CONTRACTS:
        assert f"[{contract.id}]({contract.id}.md)" in index
        assert (tmp_path / "pages" / f"{contract.id}.md").is_file()
    assert (old.exists(), other.exists()) == (False, True)


def test_pages_show_hostile_words_as_they_are(tmp_path: Path) -> None:
    hostile = 'description: "<script>alert(1)</script> | `x` [a](b)"'
    spec = read_spec(write(tmp_path / "a.yaml", LICKS.replace("description: Start of each lick.", hostile)))
    page = pages([spec])["lab.licks.md"]
    assert "<script>" not in page
    assert "\\<script\\>alert(1)\\</script\\> \\| \\`x\\` \\[a\\](b)" in page


# --- lint ----------------------------------------------------------------------------------------------


def test_lint_of_a_file_without_mistakes(go: Go, licks: Path) -> None:
    assert go("contracts", "lint", licks) == (0, "no mistakes in 1 file\n", "")


def test_lint_names_place_and_way_out(go: Go, licks: Path) -> None:
    write(licks, LICKS.replace("    unit: s", "    unti: s"))
    code, out, err = go("contracts", "lint", licks)
    assert (code, err) == (1, "")
    assert out.startswith(f"{licks}:17:5: ")
    assert "unti" in out
    assert "unit" in out


def test_lint_for_programs(go: Go, licks: Path) -> None:
    write(licks, LICKS.replace("    unit: s", "    unti: s"))
    code, out, _ = go("contracts", "lint", licks.parent, "--format", "json")
    (mistake,) = json.loads(out)["mistakes"]
    assert (code, mistake["file"], mistake["line"], mistake["column"]) == (1, str(licks), 17, 5)
    code, out, _ = go("contracts", "lint", licks, "--format", "github")
    assert (code, out.count("\n")) == (1, 1)
    assert out.startswith(f"::error file={licks},line=17,col=5::")


def test_lint_names_what_it_leaves_out_of_a_folder(go: Go, licks: Path) -> None:
    (licks.parent / "old.YAML").write_text("x")
    (licks.parent / "gone.yaml").symlink_to("nowhere")
    code, out, err = go("contracts", "lint", licks.parent)
    assert (code, out) == (0, "no mistakes in 1 file\n")
    assert "old.YAML: was not read: contract files end in .yaml or .yml" in err
    assert "gone.yaml: was not read: it is a link to nothing" in err


def test_an_example_of_too_many_rows(go: Go, licks: Path, tmp_path: Path) -> None:
    code, _, err = go("contracts", "example", licks, "--out", tmp_path / "out", "--rows", "1000000000000")
    assert code == 2
    assert "1000000" in err
    assert not (tmp_path / "out").exists()


def test_lint_of_nothing(go: Go, tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        code, out, err = go("contracts", "lint", path)
        assert (code, out) == (2, "")
        assert str(path) in err


# --- diff ----------------------------------------------------------------------------------------------


def test_diff_of_files(go: Go, licks: Path, tmp_path: Path) -> None:
    assert go("contracts", "diff", licks, licks) == (0, "nothing changed\n", "")
    tighter = LICKS.replace("ge: 0", "ge: 1").replace("version: 1.0.0", "version: 1.1.0")
    new = write(tmp_path / "new.yaml", tighter)
    code, out, err = go("contracts", "diff", licks, new)
    assert (code, err) == (1, "")
    assert "columns.times.checks: at least 0 -> at least 1\n      breaks writers\n" in out
    assert "it needs 2.0.0" in out
    write(new, tighter.replace("1.1.0", "2.0.0"))
    assert go("contracts", "diff", licks, new)[0] == 0


def test_diff_of_folders_and_releases(go: Go, tmp_path: Path) -> None:
    write(tmp_path / "old" / "licks.yaml", LICKS)
    write(tmp_path / "old" / "sessions.yaml", SESSIONS)
    promised = tmp_path / "release" / "alfcheck-report" / "contracts"
    write(promised / "lab.licks@1.0.0.yaml", LICKS.replace("unit: s", "unit: ms"))
    write(promised / "lab.new@1.0.0.yaml", LICKS.replace("lab.licks", "lab.new"))
    code, out, _ = go("contracts", "diff", tmp_path / "old", tmp_path / "release", "--format", "json")
    found = {each["id"]: each for each in json.loads(out)["contracts"]}
    assert code == 1
    assert found["lab.licks"]["changes"] == [
        {
            "place": "columns.times.unit",
            "old": "s",
            "new": "ms",
            "breaks": {"writers": True, "readers": True},
        }
    ]
    assert "still 1.0.0; give it 2.0.0" in found["lab.licks"]["faults"][0]
    assert (found["lab.sessions"]["new"], len(found["lab.sessions"]["faults"])) == (None, 1)
    assert (found["lab.new"]["old"], found["lab.new"]["faults"]) == (None, [])


def test_diff_of_a_file_with_a_folder_and_with_an_id(go: Go, licks: Path, tmp_path: Path) -> None:
    write(tmp_path / "set" / "licks.yaml", LICKS)
    write(tmp_path / "set" / "sessions.yaml", SESSIONS)
    assert go("contracts", "diff", licks, tmp_path / "set")[:2] == (0, "nothing changed\n")
    assert go("contracts", "diff", tmp_path / "set", licks)[:2] == (0, "nothing changed\n")
    name = CONTRACTS[0].id
    assert go("contracts", "diff", name, name)[:2] == (0, "nothing changed\n")


def test_diff_of_a_file_with_mistakes(go: Go, licks: Path, tmp_path: Path) -> None:
    bad = write(tmp_path / "bad.yaml", LICKS.replace("unit: s", "unti: s"))
    code, out, err = go("contracts", "diff", licks, bad)
    assert (code, out) == (2, "")
    assert "unti" in err


# --- example, infer ------------------------------------------------------------------------------------


def test_example_writes_data_that_keep_the_contract(go: Go, licks: Path, tmp_path: Path) -> None:
    code, out, _ = go("contracts", "example", licks, "--out", tmp_path / "release", "--rows", "4")
    assert code == 0
    assert all(Path(line).is_file() for line in out.splitlines())
    assert any("licks.times" in line for line in out.splitlines())


def test_infer_drafts_contracts_without_mistakes(go: Go, clean_release: Path, tmp_path: Path) -> None:
    code, out, _ = go("contracts", "infer", clean_release, "--out", tmp_path / "drafts")
    assert code == 0
    assert all(Path(line).is_file() for line in out.splitlines())
    assert go("contracts", "lint", tmp_path / "drafts")[0] == 0


# --- what holds for all --------------------------------------------------------------------------------

HEAVY = """
import sys
from alfcheck.cli import run
run(sys.argv[1:])
heavy = [name for name in ("pandas", "pandera", "pyarrow") if name in sys.modules]
print("heavy:", *heavy, file=sys.stderr)
"""


@pytest.mark.parametrize("command", ["list", "show", "lint", "which", "diff"])
def test_no_command_about_files_loads_what_is_heavy(command: str, licks: Path) -> None:
    arguments = {"list": [], "which": ["alf/_ibl_trials.choice.npy"], "diff": [str(licks), str(licks)]}
    given = arguments.get(command, [str(licks)])
    done = subprocess.run(
        [sys.executable, "-c", HEAVY, "contracts", command, *given], capture_output=True, text=True
    )
    assert done.stderr == "heavy:\n"


@pytest.mark.parametrize("arguments", [["contracts"], ["contracts", "shwo"], ["contracts", "show"]])
def test_wrong_use(go: Go, arguments: list[str]) -> None:
    assert go(*arguments)[0] == 2


def test_the_pages_of_the_catalogue_are_those_that_are_made_from_it(tmp_path: Path) -> None:
    """Make them anew: alfcheck contracts show --all --format markdown --out docs/catalogue."""
    folder = SCHEMAS.parents[1] / "docs" / "catalogue"
    specs = [read_spec(path) for path in sorted(SCHEMAS.rglob("*.yaml"))]
    made = {path.name: path.read_text(encoding="utf-8") for path in write_pages(specs, tmp_path)}
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")} == made
