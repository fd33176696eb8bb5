"""References of plugins: judged as those of contracts, in the plugin's name, and nothing else by them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from lab_plugins import Lab

import alfcheck
from alfcheck.cli import run
from alfcheck.contracts.language import read_spec
from alfcheck.errors import PluginError
from alfcheck.model import Finding, Origin, Severity, Verdict
from alfcheck.plugins import load_ruleset
from alfcheck.plugins.values import Offered

SESSION = "mouse/2020-01-01/001"
Release = Callable[[Mapping[str, Any]], Path]

LICKS = {
    "id": "lab.licks_spout",
    "object": "licks",
    "attribute": "spout",
    "target": "spouts",
    "description": "which spout was licked",
}
SPOUTS = {"alf/spouts.sides.npy": np.arange(2), "alf/licks.spout.npy": np.array([0, 1, 1])}


def reference(**changes: object) -> str:
    """Write a plugin with one reference, and some of its parts changed."""
    return f"""
@alfcheck.hookimpl
def alfcheck_relations():
    return [alfcheck.Reference(**{ {**LICKS, **changes}!r})]
"""


@pytest.fixture
def release(tmp_path: Path) -> Release:
    def write(files: Mapping[str, Any]) -> Path:
        root = tmp_path / "release"
        for rel, value in files.items():
            path = root / SESSION / rel
            path.parent.mkdir(parents=True, exist_ok=True)
            value.to_parquet(path) if isinstance(value, pd.DataFrame) else np.save(path, value)
        return root

    return write


def wrong(report: alfcheck.Report) -> list[Finding]:
    return [each for each in report.findings if each.code in ("ALF402", "ALF904")]


def fault(report: alfcheck.Report) -> Finding:
    (found,) = wrong(report)
    return found


def test_what_points_past_its_target_is_an_error_of_the_plugins(lab: Lab, release: Release) -> None:
    lab.install(reference())
    root = release({**SPOUTS, "alf/licks.spout.npy": np.array([0, 2, -1])})
    found = fault(alfcheck.check(root))
    assert (found.code, found.severity, found.count) == ("ALF402", Severity.ERROR, 2)
    assert (found.origin, found.contract) == (Origin("alfcheck-lab", "1.2"), "lab.licks_spout@1.0.0")
    assert found.path == f"{SESSION}/alf/licks.spout.npy"
    assert "'spouts'" in found.message
    assert wrong(alfcheck.check(root, disabled=("lab",))) == []


def test_what_points_to_its_target_passes(lab: Lab, release: Release) -> None:
    lab.install(reference())
    report = alfcheck.check(release(SPOUTS))
    assert report.findings == ()
    assert set(report.verdicts.values()) == {Verdict.PASS}
    assert "lab.licks_spout@1.0.0" in report.contracts


@pytest.mark.parametrize("value", [-1, 99])
def test_a_missing_value_points_nowhere(value: int, lab: Lab, release: Release) -> None:
    lab.install(reference(missing=value))
    assert wrong(alfcheck.check(release({**SPOUTS, "alf/licks.spout.npy": np.array([0, value])}))) == []
    assert fault(alfcheck.check(release({**SPOUTS, "alf/licks.spout.npy": np.array([0, 7])}))).count == 1


def test_gaps_point_nowhere(lab: Lab, release: Release) -> None:
    lab.install(reference())
    assert wrong(alfcheck.check(release({**SPOUTS, "alf/licks.spout.npy": np.array([0, np.nan, 1.0])}))) == []


def test_a_column_of_the_objects_table_refers(lab: Lab, release: Release) -> None:
    lab.install(reference())
    table = pd.DataFrame({"times": [0.1, 0.2], "spout": [0, 5]})
    found = fault(
        alfcheck.check(release({"alf/licks.table.pqt": table, "alf/spouts.sides.npy": np.arange(2)}))
    )
    assert (found.path.rpartition("/")[2], found.rows) == ("licks.table.pqt", (1,))


def test_a_column_of_an_attribute_that_is_a_table_refers(lab: Lab, release: Release) -> None:
    lab.install(reference(attribute="metrics.spout"))
    table = pd.DataFrame({"spout": [0, 5], "other": [9, 9]})
    files = {"alf/licks.metrics.pqt": table, "alf/spouts.sides.npy": np.arange(2)}
    found = fault(alfcheck.check(release(files)))
    assert (found.path.rpartition("/")[2], found.count) == ("licks.metrics.pqt", 1)
    assert found.contract == "lab.licks_spout@1.0.0"


def test_the_target_is_looked_for_around(lab: Lab, release: Release) -> None:
    lab.install(reference())
    files = {"alf/spouts.sides.npy": np.arange(2), "alf/left/deep/licks.spout.npy": np.array([0, 5])}
    assert fault(alfcheck.check(release(files))).path.endswith("alf/left/deep/licks.spout.npy")
    near = {"alf/left/spouts.sides.npy": np.arange(6)}
    assert wrong(alfcheck.check(release(near))) == []


def test_without_a_target_nothing_is_judged(lab: Lab, release: Release) -> None:
    lab.install(reference())
    assert alfcheck.check(release({"alf/licks.spout.npy": np.array([0, 5])})).findings == ()


def test_a_target_that_failed_leaves_it_unverified(lab: Lab, release: Release) -> None:
    lab.install(reference())
    root = release(SPOUTS)
    (root / SESSION / "alf" / "spouts.sides.npy").write_bytes(b"no array")
    report = alfcheck.check(root)
    found = fault(report)
    assert (found.code, found.origin.name) == ("ALF904", "alfcheck-lab")
    assert report.verdicts[f"{SESSION}/alf/licks.spout.npy"] is Verdict.UNVERIFIED


@pytest.mark.parametrize(
    ("namespace", "judged"),
    [
        ("*", {"licks.spout.npy", "_lab_licks.spout.npy"}),
        ("", {"licks.spout.npy"}),
        ("lab", {"_lab_licks.spout.npy"}),
    ],
)
def test_a_namespace_may_be_meant(namespace: str, judged: set[str], lab: Lab, release: Release) -> None:
    lab.install(reference(namespace=namespace))
    values = np.array([0, 5])
    files = {"alf/licks.spout.npy": values, "alf/_lab_licks.spout.npy": values}
    report = alfcheck.check(release({**files, "alf/spouts.sides.npy": np.arange(2)}))
    assert {each.path.rpartition("/")[2] for each in wrong(report)} == judged


def test_a_collection_may_be_meant(lab: Lab, release: Release) -> None:
    lab.install(reference(collection="alf/*"))
    values = np.array([0, 5])
    files = {"alf/licks.spout.npy": values, "alf/left/licks.spout.npy": values}
    report = alfcheck.check(release({**files, "alf/spouts.sides.npy": np.arange(2)}))
    assert fault(report).path.endswith("alf/left/licks.spout.npy")


CONTRACT = """
import pandera.pandas as pa
from alfcheck.contracts.model import Contract, Match, Terms

@alfcheck.hookimpl
def alfcheck_contracts():
    return [Contract(id="lab.licks", version="2.0.0", match=Match("licks"), {more}
                     terms={{"spout": Terms(dtypes=("integer",), references={target!r}, missing=-1)}},
                     schema=lambda: pa.DataFrameSchema({{"spout": pa.Column(int, pa.Check.lt(100))}}))]
"""


def test_a_contract_may_say_the_same_attribute(lab: Lab, release: Release) -> None:
    """Each is judged by what it says itself, missing values too; what both find is told once."""
    lab.install(reference(missing=-1) + CONTRACT.format(target="spouts", more=""))
    root = release({**SPOUTS, "alf/licks.spout.npy": np.array([0, -1, 5])})
    assert fault(alfcheck.check(root)).count == 1


def test_a_contract_may_mean_another_object(lab: Lab, release: Release) -> None:
    lab.install(reference(missing=-1) + CONTRACT.format(target="tubes", more=""))
    files = {**SPOUTS, "alf/tubes.sides.npy": np.arange(9), "alf/licks.spout.npy": np.array([0, 5, 20])}
    found = wrong(alfcheck.check(release(files)))
    assert {(each.contract, each.count) for each in found} == {
        ("lab.licks_spout@1.0.0", 2),
        ("lab.licks@2.0.0", 1),
    }


def test_it_changes_nothing_else(lab: Lab, release: Release) -> None:
    """Values, shapes, documents, tables and rows are judged as without it."""
    table = pd.DataFrame({"spout": ["a", "b"], "odd": [None, {"a": 1}]})
    files = {
        "alf/licks.table.pqt": table,
        "alf/spouts.sides.npy": np.arange(2),
        "alf/a/licks.spout.npy": np.zeros((3, 2, 2)),
        "alf/a/licks.times.npy": np.zeros(4),
        "alf/b/licks.spout.npy": np.array(["x", "y"]),
        "alf/c/licks.spout.npy": np.float64(0.0),
        "alf/d/licks.spout_bpod.npy": np.array([True, False]),
        "alf/e/licks.spout.npy": np.zeros(0),
    }
    root = release(files)
    (root / SESSION / "alf" / "f").mkdir()
    (root / SESSION / "alf" / "f" / "licks.spout.json").write_text('{"a": [1, 2]}')
    before = alfcheck.check(root)
    lab.install(reference())
    after = alfcheck.check(root)
    assert after.findings == before.findings
    assert after.ledger == before.ledger


def test_a_table_and_a_file_agree_as_without_it(lab: Lab, release: Release) -> None:
    """A difference is a warning, unless a contract has something to say of the column."""
    table = pd.DataFrame({"spout": [0, 1]})
    files = {"alf/licks.table.pqt": table, "alf/licks.spout.npy": np.array([0, 0])}
    root = release(files)
    before = alfcheck.check(root)
    assert [(each.code, each.severity) for each in before.findings] == [("ALF405", Severity.WARNING)]
    lab.install(reference())
    assert alfcheck.check(root).findings == before.findings
    alfcheck.check(root, disabled=("lab",))
    lab.install(CONTRACT.format(target="spouts", more=""), name="other")
    (found,) = (each for each in alfcheck.check(root).findings if each.code == "ALF405")
    assert (found.severity, found.contract) == (Severity.ERROR, "lab.licks@2.0.0")


# --- beyond a run --------------------------------------------------------------------------------------


def test_it_is_offered_as_a_relation_and_not_as_a_contract(lab: Lab) -> None:
    lab.install(reference())
    own = [each for each in load_ruleset().offered if each.plugin == "lab"]
    assert own == [Offered("lab", "alfcheck_relations", ("lab.licks_spout",))]


def test_a_release_writes_it_down_and_can_be_judged_by_it(lab: Lab, release: Release, tmp_path: Path) -> None:
    lab.install(reference(missing=-1, namespace="lab", collection="alf*", version="1.2.0"))
    root = release({"alf/_lab_licks.spout.npy": np.array([0, -1]), "alf/spouts.sides.npy": np.arange(2)})
    report = alfcheck.release(root)
    assert "lab.licks_spout@1.2.0" in report.contracts
    spec = read_spec(root / "alfcheck-report" / "contracts" / "lab.licks_spout@1.2.0.yaml")
    assert (spec.id, spec.version) == ("lab.licks_spout", "1.2.0")
    assert spec.match is not None
    assert (spec.match.object, spec.match.namespace, spec.match.collection) == ("licks", "lab", "alf*")
    (column,) = spec.columns
    assert (column.name, column.references, column.missing) == ("spout", "spouts", -1)
    np.save(root / SESSION / "alf" / "_lab_licks.spout.npy", np.array([0, 7]))
    for options in ({"disabled": ("lab",)}, {}):
        found = fault(alfcheck.check(root, contracts=root, **options))
        assert (found.contract, found.origin.name) == (
            "lab.licks_spout@1.2.0",
            "contracts in contracts",
        )


def test_a_table_of_an_attribute_can_be_judged_by_what_was_written(lab: Lab, release: Release) -> None:
    lab.install(reference(attribute="metrics.spout"))
    files = {"alf/licks.metrics.pqt": pd.DataFrame({"spout": [0, 1]}), "alf/spouts.sides.npy": np.arange(2)}
    root = release(files)
    alfcheck.release(root)
    pd.DataFrame({"spout": [0, 5]}).to_parquet(root / SESSION / "alf" / "licks.metrics.pqt")
    assert fault(alfcheck.check(root, contracts=root, disabled=("lab",))).count == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["list"],
        ["show", "lab.licks_spout"],
        ["which", "alf/licks.spout.npy"],
        ["which", "alf/licks.table.pqt"],
        ["export", "lab.licks_spout", "--format", "jsonschema"],
        ["diff", "lab.licks_spout", "lab.licks_spout"],
    ],
)
def test_the_commands_about_contracts_know_it(
    arguments: list[str], lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    lab.install(reference())
    assert run(["contracts", *arguments]) == 0
    out = capsys.readouterr().out
    assert "lab.licks_spout" in out or arguments[0] == "diff"


# --- what a plugin may not offer -----------------------------------------------------------------------

WRONG = [
    ('id="licks"', "'licks' is no id of a reference: write it like lab.licks_spout"),
    ('id="Lab.Licks"', "is no id of a reference"),
    ("id=3", "the reference 3 must have a text for id, but has 3"),
    ('target=""', "the reference lab.x has an empty target"),
    ('target="spout*"', "its target 'spout*' is a pattern; name one object"),
    ('target="a.b"', "its target 'a.b' holds a dot"),
    ("target=None", "must have a text for target, but has None"),
    ('attribute=""', "the reference lab.x has an empty attribute"),
    ('description=" "', "the reference lab.x has an empty description"),
    ('object="_lab_licks"', "its object '_lab_licks' begins with '_'"),
    ('object=""', "its object '' is empty"),
    ("collection=None", "must have a text for collection"),
    ('namespace="_lab_"', "its namespace '_lab_' holds '_'"),
    ('version="1"', "has the version '1': write it like 1.0.0"),
    ('missing="x"', "missing is 'x'; give the number that stands for no row"),
    ("missing=True", "missing is True"),
    ('missing=float("nan")', "missing is nan; give the number that stands for no row (NaN always does)"),
]


@pytest.mark.parametrize(("change", "expected"), WRONG)
def test_a_reference_that_cannot_be_stops_the_run(change: str, expected: str, lab: Lab) -> None:
    lab.install(f"""
    @alfcheck.hookimpl
    def alfcheck_relations():
        given = dict(id="lab.x", object="licks", attribute="spout", target="spouts", description="d")
        given.update({change})
        return [alfcheck.Reference(**given)]
    """)
    with pytest.raises(PluginError) as raised:
        load_ruleset()
    assert expected in str(raised.value)
    assert "alfcheck-lab 1.2" in str(raised.value)
    assert "--no-plugin lab" in str(raised.value)


def test_an_id_belongs_to_one(lab: Lab) -> None:
    lab.install(reference(), name="one")
    lab.install(reference(), name="two")
    with pytest.raises(PluginError, match=r"reference lab\.licks_spout comes from both"):
        load_ruleset()


def test_a_reference_and_a_contract_are_not_called_the_same(lab: Lab) -> None:
    lab.install(reference(id="lab.licks") + CONTRACT.format(target="spouts", more=""))
    with pytest.raises(PluginError, match=r"contract lab\.licks comes twice from plugin 'lab'"):
        load_ruleset()
