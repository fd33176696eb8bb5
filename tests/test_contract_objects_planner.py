"""Which of several contracts judge a dataset, and which of them comes first."""

from __future__ import annotations

from pathlib import Path

import pytest
from release_fixtures import plugin, write

import alfcheck
from alfcheck.contracts.model import Contract, Match, Terms
from alfcheck.contracts.plan import Planner
from alfcheck.contracts.spec import ColumnSpec, ContractSpec
from alfcheck.errors import PluginError
from alfcheck.grammar import parse_dataset
from alfcheck.model import Dataset


def written(label: str, **columns: object) -> Contract:
    spec = ContractSpec(
        id=label,
        version="1.0.0",
        match=Match(object="x"),
        columns=(ColumnSpec(name="y", **columns), ColumnSpec(name="z")),  # type: ignore[arg-type]
    )
    return Contract(
        id=label,
        version="1.0.0",
        match=Match(object="x"),
        terms={"y": Terms(), "z": Terms()},
        schema=lambda: None,
        spec=spec,
        file=f"{label}.yaml",
    )


def dataset_of(path: str) -> Dataset:
    parsed = parse_dataset(path)
    assert isinstance(parsed, Dataset)
    return parsed


class TestContradictions:
    """Two contracts in files that no data could keep both."""

    def test_they_stop_the_run(self) -> None:
        planner = Planner([written("lab.a", dtypes=("string",)), written("lab.b", dtypes=("floating",))])
        for _ in range(2):
            with pytest.raises(PluginError, match=r"lab\.a@1\.0\.0 and lab\.b@1\.0\.0 contradict") as caught:
                planner.covering(dataset_of("x.y.npy"))
        told = str(caught.value)
        assert "y: " in told
        assert "lab.a.yaml and lab.b.yaml" in told
        assert "--no-plugin" in told

    @pytest.mark.parametrize("path", ["x.z.npy", "w.y.npy"])
    def test_what_they_do_not_both_speak_of_is_judged(self, path: str) -> None:
        planner = Planner([written("lab.a", dtypes=("string",)), written("lab.b", dtypes=("floating",))])
        assert len(planner.covering(dataset_of(path))) == (2 if path.startswith("x") else 0)

    def test_a_table_has_all_columns(self) -> None:
        planner = Planner([written("lab.a", dtypes=("string",)), written("lab.b", dtypes=("floating",))])
        with pytest.raises(PluginError):
            planner.covering(dataset_of("x.table.pqt"))

    def test_contracts_that_agree(self) -> None:
        planner = Planner([written("lab.a", dtypes=("number",)), written("lab.b", dtypes=("floating",))])
        assert len(planner.covering(dataset_of("x.y.npy"))) == 2


SAME = """
    import pandera.pandas as pa

    def contract(id, **match):
        return alfcheck.Contract(
            id=id, version="1.0.0", match=alfcheck.Match(**match), terms={"size": alfcheck.Terms()},
            schema=lambda: pa.DataFrameSchema({"size": pa.Column(checks=pa.Check.ge(0), required=False)}),
        )

    @alfcheck.hookimpl
    def alfcheck_contracts():
        return [contract(name, **match) for name, match in CONTRACTS.items()]
"""


class TestTheMoreParticular:
    """Of two findings that say the same, that of the contract that knows more is told."""

    @pytest.mark.parametrize(
        ("general", "particular"),
        [
            ({"object": "box*"}, {"object": "boxes"}),
            ({"object": "boxe[rs]"}, {"object": "boxes"}),
            ({"object": "boxes"}, {"object": "boxes", "namespace": "lab"}),
            ({"object": "boxes", "namespace": "*"}, {"object": "boxes", "namespace": "l*"}),
            ({"object": "*", "namespace": "lab"}, {"object": "boxes"}),
        ],
    )
    @pytest.mark.parametrize("names", [("a.one", "b.two"), ("b.one", "a.two"), ("lab.x", "alf.x")])
    def test_it_is_told(
        self, tmp_path: Path, general: dict[str, str], particular: dict[str, str], names: tuple[str, str]
    ) -> None:
        contracts = dict(zip(names, (general, particular), strict=True))
        rules = plugin(tmp_path, f"\n    CONTRACTS = {contracts!r}\n" + SAME)
        root = write(tmp_path / "release", {"alf/_lab_boxes.size.npy": [-1.0, 1.0]})
        (finding,) = alfcheck.check(root, plugins=(rules,)).findings
        assert finding.contract == f"{names[1]}@1.0.0"
