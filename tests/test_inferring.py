"""Drafts of contracts say what a tree holds, and nothing that it does not keep."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from contract_samples import npy, pqt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

import alfcheck
from alfcheck.contracts.language import lint_files, read_spec
from alfcheck.errors import NothingToCheck, UsageError
from alfcheck.inferring import infer
from alfcheck.plugins import load_ruleset

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
SESSION = "lab/Subjects/mouse/2024-05-01/001/alf"
RULESET = load_ruleset()


def _tree(root: Path, **files: bytes) -> Path:
    folder = root / SESSION
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return root


def _from_contracts(root: Path, contracts: Path) -> list[str]:
    found = alfcheck.check(root, contracts=contracts).findings
    return [
        f"{each.code} {each.path} {each.message}" for each in found if each.contract or each.code[3] in "34"
    ]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the project")
@pytest.mark.parametrize("name", ["behaviour_ibllib", "ephys_phylib", "ephys_spikeinterface", "photometry"])
def test_real_data_keep_what_is_inferred_from_them(name: str, tmp_path: Path) -> None:
    written = infer(CORPUS / name, tmp_path / "drafts", ruleset=RULESET)
    assert written
    assert not lint_files(written, ())
    assert _from_contracts(CORPUS / name, tmp_path / "drafts") == []


def test_a_draft_says_what_was_seen(tmp_path: Path) -> None:
    files = {
        "_lab_licks.times.npy": npy([0.5, 1.5, 2.5]),
        "_lab_licks.kind.npy": npy([1, 2, 1]),
        "_lab_licks.position.npy": npy([[0.0, 1.0], [np.nan, 1.0], [0.0, 1.0]]),
    }
    root = _tree(tmp_path / "data", **files)
    (path,) = infer(root, tmp_path / "drafts", ruleset=RULESET, prefix="mylab")
    spec = read_spec(path)
    assert (spec.id, spec.status, spec.rows.agree) == ("mylab.lab.licks", "draft", True)
    columns = {column.name: column for column in spec.columns}
    assert columns["times"].dtypes == ("floating",)
    assert columns["kind"].dtypes == ("integer",)
    assert columns["position"].shapes == (("rows", 2),)
    assert columns["position"].nullable
    assert not columns["times"].nullable
    assert not any(column.checks for column in spec.columns), "limits are for people to promise"
    text = path.read_text()
    assert "# from 0.5 to 2.5; in order in every file" in text
    assert "# only 1, 2" in text


def test_other_data_break_the_draft(tmp_path: Path) -> None:
    root = _tree(tmp_path / "data", **{"licks.times.npy": npy([0.5, 1.5])})
    infer(root, tmp_path / "drafts", ruleset=RULESET)
    _tree(tmp_path / "data", **{"licks.times.npy": npy([[0.5, 1.5]])})
    (found,) = alfcheck.check(root, contracts=tmp_path / "drafts").findings
    assert found.code == "ALF302"


def test_references_are_claimed_where_they_hold(tmp_path: Path) -> None:
    files = {
        "spikes.clusters.npy": npy(np.array([0, 2, 1])),
        "spikes.templates.npy": npy(np.array([0, 2, 5])),
        "clusters.depths.npy": npy([1.0, 2.0, 3.0]),
        "templates.amps.npy": npy([1.0, 2.0]),
    }
    root = _tree(tmp_path / "data", **files)
    written = infer(root, tmp_path / "drafts", ruleset=RULESET)
    (spikes,) = (read_spec(path) for path in written if path.name == "inferred.spikes.yaml")
    assert {column.name: column.references for column in spikes.columns} == {
        "clusters": "clusters",
        "templates": None,
    }


def test_files_are_not_written_over(tmp_path: Path) -> None:
    root = _tree(tmp_path / "data", **{"licks.times.npy": npy([0.5])})
    infer(root, tmp_path / "drafts", ruleset=RULESET)
    with pytest.raises(UsageError, match="exists already"):
        infer(root, tmp_path / "drafts", ruleset=RULESET)
    infer(root, tmp_path / "drafts", ruleset=RULESET, force=True)


def test_a_tree_without_data_is_refused(tmp_path: Path) -> None:
    root = _tree(tmp_path / "data", **{"licks.times.npy": b"no array"})
    with pytest.raises(NothingToCheck):
        infer(root, tmp_path / "drafts", ruleset=RULESET)
    assert not (tmp_path / "drafts").exists()


@pytest.mark.parametrize("prefix", ["../x", "/x", "My Lab", "", "x.", "1x", "x" * 60])
def test_a_prefix_that_begins_no_id_is_refused(prefix: str, tmp_path: Path) -> None:
    root = _tree(tmp_path / "data", **{"licks.times.npy": npy([0.5])})
    with pytest.raises(UsageError, match="lower-case words with dots"):
        infer(root, tmp_path / "drafts", ruleset=RULESET, prefix=prefix)
    assert [each.name for each in tmp_path.iterdir()] == ["data"]


def _drafted(tmp_path: Path, **files: bytes) -> list[Path]:
    """Draft the contracts of some files, which keep them."""
    root = _tree(tmp_path / "data", **files)
    written = infer(root, tmp_path / "drafts", ruleset=RULESET)
    assert not lint_files(written, ())
    assert _from_contracts(root, tmp_path / "drafts") == []
    return written


@pytest.mark.parametrize(
    "name", ["_3ibl_trials.x.npy", "3trials.x.npy", "a" * 120 + ".x.npy", "trials.2p.npy"]
)
def test_names_that_are_no_ids(name: str, tmp_path: Path) -> None:
    (path,) = _drafted(tmp_path, **{name: npy(np.zeros((5, 7)))})
    assert len(path.stem) <= 100


def test_long_names_that_begin_alike_are_two_contracts(tmp_path: Path) -> None:
    names = ["a" * 120 + ".x.npy", "a" * 121 + ".x.npy", "A" * 120 + ".x.npy"]
    assert len(_drafted(tmp_path, **{name: npy([1.0]) for name in names})) == 3


def test_dimensions_of_two_attributes_have_two_names(tmp_path: Path) -> None:
    files = {"trials.x_y.npy": npy(np.zeros((5, 10))), "trials.xy.npy": npy(np.zeros((5, 20)))}
    (path,) = _drafted(tmp_path, **files)
    assert len({column.shapes for column in read_spec(path).columns}) == 2


def test_columns_that_look_like_components_are_comments(tmp_path: Path) -> None:
    frame = pd.DataFrame({"PC_1": [[1], [2]], "PC_2": [None, [1]], "kind": [1, 2]})
    (path,) = _drafted(tmp_path, **{"trials.table.pqt": pqt(frame)})
    assert [column.name for column in read_spec(path).columns] == ["kind"]
    assert "# PC_1 is left out: 'PC_1' is a component of 'PC'" in path.read_text()


def test_an_attribute_that_is_a_document_in_one_place_and_an_array_in_another(tmp_path: Path) -> None:
    other = tmp_path / "data" / SESSION.replace("001", "002")
    other.mkdir(parents=True)
    (other / "trials.x.npy").write_bytes(npy([1.0]))
    (path,) = _drafted(tmp_path, **{"trials.x.json": b"[1]"})
    (column,) = read_spec(path).columns
    assert (column.document, column.dtypes, column.nullable) == (None, (), True)


def test_values_that_are_not_whole_refer_to_nothing(tmp_path: Path) -> None:
    files = {"spikes.clusters.npy": npy([0, 1.5]), "clusters.depths.npy": npy([1.0, 2.0, 3.0])}
    (path,) = (each for each in _drafted(tmp_path, **files) if "spikes" in each.name)
    assert [column.references for column in read_spec(path).columns] == [None]


_ARRAYS = nps.arrays(
    dtype=st.sampled_from(
        [np.float64, np.float32, np.int32, np.uint16, np.bool_, np.complex128, np.dtype("U4")]
    ),
    shape=st.one_of(
        st.tuples(st.integers(0, 5), st.just(0)),
        st.integers(8, 10).map(lambda dimensions: (2,) * dimensions),
        st.tuples(st.integers(0, 5)),
        st.tuples(st.integers(0, 5), st.integers(1, 4)),
        st.tuples(st.integers(0, 5), st.integers(1, 3), st.integers(1, 9)),
    ),
)
_FRAMES = st.fixed_dictionaries(
    {
        "choice": st.lists(st.sampled_from([1.0, -1.0, float("nan")]), min_size=3, max_size=3),
        "intervals_0": st.lists(st.floats(0, 9), min_size=3, max_size=3),
        "PC_1": st.lists(st.none() | st.lists(st.integers(0, 9)), min_size=3, max_size=3),
        "name": st.lists(st.sampled_from(["a", "b", None]), min_size=3, max_size=3),
    }
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    arrays=st.dictionaries(
        st.sampled_from(["times", "intervals", "kind", "choice", "2p", "x_y", "xy", "amp_0", "others"]),
        _ARRAYS,
        min_size=1,
    ),
    stem=st.sampled_from(["things", "_3lab_things", "3things"]),
    table=st.none() | _FRAMES,
)
def test_a_tree_keeps_its_own_drafts(
    arrays: dict[str, np.ndarray],
    stem: str,
    table: dict[str, object] | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("law")
    files = {f"{stem}.{name}.npy": npy(values) for name, values in arrays.items()}
    files["others.x.npy"] = npy([1.0, 2.0])
    if table is not None:
        files[f"{stem}.table.pqt"] = pqt(pd.DataFrame(table))
    root = _tree(folder / "data", **files)
    assert not lint_files(infer(root, folder / "drafts", ruleset=RULESET), ())
    found = alfcheck.check(root, contracts=folder / "drafts").findings
    # What the files of an object say against each other is found with or without a contract.
    assert [each for each in found if each.contract and each.code not in ("ALF401", "ALF405")] == []
