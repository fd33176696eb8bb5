"""Which contracts judge a file, and why; and the words in which checks are told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from contract_files import LICKS, Go, go, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alfcheck.cli.contracts.reasons import answer
from alfcheck.contracts.checks import sorted_rows, unique_rows, whole_numbers
from alfcheck.contracts.entries import describe
from alfcheck.contracts.plan import Planner
from alfcheck.contracts.spec import CheckSpec
from alfcheck.contracts.words import check_words
from alfcheck.grammar import parse_dataset
from alfcheck.model import Dataset
from alfcheck.plugins import load_ruleset

__all__ = ["go"]

SHARED = Path(__file__).parents[2] / "shared"
CONTRACTS = load_ruleset().contracts


@pytest.fixture
def licks(tmp_path: Path) -> Path:
    return write(tmp_path / "licks.yaml", LICKS)


def which(go: Go, path: str) -> dict[str, Any]:
    code, out, _ = go("contracts", "which", path, "--format", "json")
    found: dict[str, Any] = json.loads(out)
    assert code == ("code" in found)
    return found


@pytest.mark.parametrize(
    "path",
    [
        "alf/_ibl_trials.choice.npy",
        "lab/Subjects/mouse/2020-01-01/001/alf/_ibl_trials.choice.npy",
        "/data/mouse/2020-01-01/001/alf/_ibl_trials.choice.npy",
        "./mouse/2020-01-01/001/alf/../alf/_ibl_trials.choice.npy",
    ],
)
def test_which_finds_the_session_in_a_path(go: Go, path: str) -> None:
    found = which(go, path)
    assert found["path"] == "alf/_ibl_trials.choice.npy"
    first = found["judging"][0]
    assert (first["label"].partition("@")[0], first["entry"]) == ("ibl.trials", "choice")


@pytest.mark.parametrize(
    ("session", "code"),
    [
        ("lab/Subjects/mouse/2020-13-01/001", "ALF107"),
        ("mouse/2020-13-01/001", "ALF107"),
        ("lab/Subjects/mouse/2020-01-01/1", "ALF106"),
        ("lab/Subjects/mouse/2020_01_01/001", "ALF107"),
    ],
)
def test_which_says_of_an_impossible_session_what_is_wrong(go: Go, session: str, code: str) -> None:
    path = f"{session}/alf/_ibl_trials.choice.npy"
    status, out, _ = go("contracts", "which", path)
    assert (status, out.index(code) < out.index("Judged by")) == (1, True)
    status, out, _ = go("contracts", "which", path, "--format", "json")
    found = json.loads(out)
    assert (status, found["session"]["code"], found["path"]) == (1, code, "alf/_ibl_trials.choice.npy")


def test_which_in_a_session_folder(go: Go, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "mouse" / "2020-01-01" / "001" / "alf"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    assert which(go, "_ibl_trials.choice.npy")["path"] == "alf/_ibl_trials.choice.npy"


def test_which_says_why_a_near_contract_does_not_judge(go: Go, licks: Path, tmp_path: Path) -> None:
    plugin = write(
        tmp_path / "rules.py",
        "import alfcheck\nfrom alfcheck.contracts.build import contract_file\n"
        f"@alfcheck.hookimpl\ndef alfcheck_contracts():\n    return [contract_file({str(licks)!r})]\n",
    )

    def near(path: str) -> str:
        out = go("contracts", "which", path, "-p", plugin, "--format", "json")[1]
        return "".join(each["why"] for each in json.loads(out)["near"] if each["label"] == "lab.licks@1.0.0")

    assert near("alf/licks.times.npy") == ""
    assert near("alf/_ibl_licks.times.npy") == "it asks for no namespace, the file has 'ibl'"
    assert near("raw/licks.times.npy") == "it asks for the collection 'alf*', the file is in 'raw'"
    assert near("licks.times.npy").endswith("the file is in the session's folder itself")
    assert near("alf/licks.times.csv") == "it asks for .npy, .pqt, the file is .csv"
    assert near("alf/licks.strength.npy") == "it has no entry for strength"


def test_which_names_the_object_that_may_be_meant(go: Go) -> None:
    found = which(go, "alf/_ibl_trails.choice.npy")
    assert (found["judging"], found["nearest_object"]) == ([], "trials")


def test_which_refuses_a_name_as_check_does(go: Go, own_release: Path) -> None:
    session = next(own_release.rglob("alf")).parent
    bad = session / "alf" / "spikes.times."
    bad.write_bytes(b"")
    code, out, _ = go("contracts", "which", bad)
    assert code == 1
    finding = next(
        each
        for each in json.loads(go("check", own_release, "--names-only", "--format", "json")[1])["findings"]
        if each["path"].endswith("spikes.times.")
    )
    assert finding["code"] in out
    for line in finding["message"].splitlines():
        assert line in out


def test_which_of_a_session(go: Go) -> None:
    code, _, err = go("contracts", "which", "mouse/2020-01-01/001")
    assert (code, "is a session; name a file of it" in err) == (2, True)


def real_names() -> list[str]:
    path = SHARED / "facts" / "real_names.txt"
    if not path.is_file():
        return ["alf/spikes.times.npy", "alf/_ibl_trials.table.pqt", "alf/_ibl_wheel.position.npy"]
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


DATASETS = st.sampled_from(
    [each for name in real_names() if isinstance(each := parse_dataset(name), Dataset)]
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DATASETS, st.data())
def test_which_agrees_with_what_a_run_does(dataset: Dataset, data: st.DataObject) -> None:
    """For real names, and for such with a part exchanged."""
    part = data.draw(st.sampled_from(["namespace", "object", "attribute", "extension", "collection"]))
    value = getattr(data.draw(DATASETS), part)
    asked = dataset._replace(**{part: value}) if data.draw(st.booleans()) else dataset
    planner = Planner(CONTRACTS)
    found = answer(asked, CONTRACTS)
    covering = planner.covering(asked)
    assert [each.label for each in found.judging] == [each.label for each in covering]
    for contract, reason in zip(covering, found.judging, strict=True):
        term = contract.term(asked)
        assert (reason.entry == "") == (term is None)
        assert term is None or contract.terms[reason.entry] == term[1]
    assert {each.label for each in found.near}.isdisjoint(each.label for each in found.judging)
    for reason in found.near:
        assert reason.why


# --- words ---------------------------------------------------------------------------------------------

SAID: tuple[tuple[Callable[[], Any], CheckSpec], ...] = (
    (sorted_rows, CheckSpec(name="sorted")),
    (lambda: sorted_rows(strict=True), CheckSpec(name="strictly_increasing")),
    (unique_rows, CheckSpec(name="unique")),
    (whole_numbers, CheckSpec(name="whole_number")),
)
PANDERA: tuple[tuple[str, dict[str, Any]], ...] = (
    ("equal_to", {"value": 1}),
    ("not_equal_to", {"value": 1}),
    ("greater_than", {"min_value": 1}),
    ("greater_than_or_equal_to", {"min_value": 1}),
    ("less_than", {"max_value": 1}),
    ("less_than_or_equal_to", {"max_value": 1}),
    ("in_range", {"min_value": 0, "max_value": 1}),
    ("isin", {"allowed_values": (1, 2)}),
    ("notin", {"forbidden_values": (1, 2)}),
    ("str_matches", {"pattern": "a"}),
    ("str_contains", {"pattern": "a"}),
    ("str_startswith", {"string": "a"}),
    ("str_endswith", {"string": "a"}),
    ("str_length", {"min_value": 1, "max_value": 2}),
)


def test_a_check_is_told_as_findings_tell_it() -> None:
    import pandera.pandas as pa

    for make, spec in SAID:
        assert check_words(spec) == describe(make())
    for name, arguments in PANDERA:
        listed = {key: list(value) if isinstance(value, tuple) else value for key, value in arguments.items()}
        spec = CheckSpec(name=name, arguments=tuple(arguments.items()))
        assert check_words(spec) == describe(getattr(pa.Check, name)(**listed))
