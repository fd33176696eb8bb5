"""A release carries the contracts that judged it, and can be judged by them again."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from lab_plugins import Lab

import alfcheck
from alfcheck.contracts.language import read_spec
from alfcheck.errors import AlfcheckError, ContractError, UsageError

LICKS = """\
alfcheck: 1
id: lab.licks
version: {version}
match: {{object: licks}}
columns:
  times: {{dtype: number, ge: {low}}}
"""

PYTHON = """
    from alfcheck import Contract, Match, Terms

    def licks():
        import pandera.pandas as pa
        return pa.DataFrameSchema({"times": pa.Column(None, pa.Check(lambda column: column.min() > -9))})

    @alfcheck.hookimpl
    def alfcheck_contracts():
        return [Contract(id="lab.own", version="2.0.0", match=Match(object="licks"),
                         terms={"times": Terms(dtypes=("number",))}, schema=licks)]
"""

SESSION = "lab/Subjects/mouse/2024-05-01/001/alf"


def _npy(*values: float) -> bytes:
    from contract_samples import npy

    return npy(list(values))


@pytest.fixture
def licks(tmp_path: Path) -> Path:
    root = tmp_path / "licks"
    (root / SESSION).mkdir(parents=True)
    (root / SESSION / "licks.times.npy").write_bytes(_npy(0.5, 1.5))
    return root


def _folder(tmp_path: Path, *, version: str = "1.0.0", low: float = 0, name: str = "contracts") -> Path:
    folder = tmp_path / name
    folder.mkdir()
    (folder / "licks.yaml").write_text(LICKS.format(version=version, low=low))
    return folder


def _metadata(root: Path, table: str) -> dict[str, str]:
    found = json.loads(pq.read_schema(root / f"{table}.pqt").metadata[b"alfcheck"])["contracts"]
    assert isinstance(found, dict)
    return found


def test_a_release_holds_what_judged_it(own_release: Path) -> None:
    report = alfcheck.release(own_release)
    folder = own_release / "alfcheck-report" / "contracts"
    written = {path.name.removesuffix(".yaml") for path in folder.iterdir()}
    assert written == set(report.contracts)
    assert {label.partition("@")[0] for label in written} >= {"alf.events", "alf.spikes", "ibl.trials"}
    assert not {label for label in written if label.startswith("phy.")}, "it judged nothing"
    for path in folder.iterdir():
        spec = read_spec(path)
        assert f"{spec.label}.yaml" == path.name
    shown = json.loads((own_release / "alfcheck-report" / "report.json").read_text())
    assert shown["contracts"] == sorted(written)
    for table in ("sessions", "datasets"):
        assert set(_metadata(own_release, table)) == written


def test_what_was_written_judges_as_before(own_release: Path) -> None:
    first = alfcheck.release(own_release)
    again = alfcheck.check(own_release, contracts=own_release)
    assert again.contracts == first.contracts
    assert [each.message for each in again.findings] == [each.message for each in first.findings]
    before = {path.name: path.read_bytes() for path in (own_release / "alfcheck-report/contracts").iterdir()}
    alfcheck.release(own_release, contracts=own_release)
    after = {path.name: path.read_bytes() for path in (own_release / "alfcheck-report/contracts").iterdir()}
    assert after == before


def test_given_contracts_stand_in_the_place_of_all_others(licks: Path, tmp_path: Path) -> None:
    strict = alfcheck.check(licks, contracts=_folder(tmp_path, low=1))
    (found,) = strict.findings
    assert (found.code, found.contract, found.column) == ("ALF303", "lab.licks@1.0.0", "times")
    assert found.origin.name == "contracts in contracts"
    assert strict.contracts == ("lab.licks@1.0.0",)


def test_workers_judge_by_them_too(licks: Path, tmp_path: Path) -> None:
    folder = _folder(tmp_path, low=1)
    alone = alfcheck.check(licks, contracts=folder)
    assert alfcheck.check(licks, contracts=folder, jobs=2).findings == alone.findings


def test_the_index_is_written_anew_when_the_promise_changed(licks: Path, tmp_path: Path) -> None:
    alfcheck.release(licks, contracts=_folder(tmp_path))
    first = _metadata(licks, "datasets")
    alfcheck.release(licks, contracts=_folder(tmp_path, low=-1, name="later"))
    second = _metadata(licks, "datasets")
    assert list(first) == list(second) == ["lab.licks@1.0.0"]
    assert first != second


def test_an_index_with_the_same_promise_stays(licks: Path, tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    alfcheck.release(licks, contracts=folder)
    before = (licks / "datasets.pqt").stat()
    alfcheck.release(licks, contracts=folder)
    assert (licks / "datasets.pqt").stat().st_mtime_ns == before.st_mtime_ns


def test_a_contract_in_python_is_named_and_not_run(licks: Path, lab: Lab) -> None:
    plugin = lab.file(PYTHON)
    report = alfcheck.release(licks, plugins=plugin)
    assert "lab.own@2.0.0" in report.contracts
    named = licks / "alfcheck-report" / "contracts" / "lab.own@2.0.0.python.json"
    said = json.loads(named.read_text())
    assert said["id"] == "lab.own"
    assert any("times" in line for line in said["only_in_python"])
    with pytest.raises(AlfcheckError, match=r"lab\.own@2\.0\.0 is written in Python"):
        alfcheck.check(licks, contracts=licks)
    again = alfcheck.check(licks, contracts=licks, plugins=plugin)
    assert again.contracts == report.contracts


def test_mistakes_in_given_contracts_stop_the_run(licks: Path, tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    (folder / "licks.yaml").write_text(LICKS.format(version="1.0.0", low=0).replace("ge:", "gee:"))
    with pytest.raises(ContractError, match=r"licks\.yaml:6:\d+: .*'gee'"):
        alfcheck.check(licks, contracts=folder)


def test_a_folder_without_contracts_is_refused(licks: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no contract files"):
        alfcheck.check(licks, contracts=tmp_path / "nowhere")


def test_plugins_offer_files_and_their_mistakes_name_the_plugin(licks: Path, lab: Lab) -> None:
    source = """
        from pathlib import Path

        @alfcheck.hookimpl
        def alfcheck_contracts():
            return alfcheck.contracts_in(Path(__file__).parent / "contracts")
    """
    plugin = lab.file(source)
    folder = _folder(Path(plugin).parent, low=1)
    (found,) = alfcheck.check(licks, plugins=plugin).findings
    assert (found.code, found.contract) == ("ALF303", "lab.licks@1.0.0")
    (folder / "licks.yaml").write_text(LICKS.format(version="one", low=1))
    with pytest.raises(ContractError, match=r"plugin 'rules'.*licks\.yaml:3"):
        alfcheck.check(licks, plugins=plugin)


def test_a_contract_id_belongs_to_one_file(licks: Path, lab: Lab) -> None:
    plugin = lab.file(
        """
        from pathlib import Path

        @alfcheck.hookimpl
        def alfcheck_contracts():
            return alfcheck.contracts_in(Path(__file__).parent / "contracts")
        """
    )
    folder = _folder(Path(plugin).parent)
    (folder / "more.yaml").write_text(LICKS.format(version="2.0.0", low=0))
    with pytest.raises(AlfcheckError, match=r"contract lab\.licks"):
        alfcheck.check(licks, plugins=plugin)
