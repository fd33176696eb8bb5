"""Values that count the rows of another object, by a contract or by ALF itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from object_fixtures import RULES, checked, cut_into_pieces, table, units, zeros
from release_fixtures import Content, codes, found, named, plugin

import alfcheck


@pytest.fixture(params=["whole", "in pieces"])
def sizes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "in pieces":
        cut_into_pieces(monkeypatch)


class TestReferencesToOthers:
    """What a contract claims is looked for around the collection as well."""

    @pytest.mark.parametrize("sites", ["alf/probe00", "alf", ""])
    def test_the_nearest_collection_around(self, tmp_path: Path, sites: str) -> None:
        files: dict[str, Content] = {
            "alf/probe00/units.site.npy": [0, 4, 5],
            f"{sites}/sites.x.npy".lstrip("/"): zeros(5),
        }
        (finding,) = found(checked(tmp_path, files), "ALF402")
        assert (named([finding]), finding.rows) == ({"alf/probe00/units.site.npy"}, (2,))

    def test_the_nearest_counts(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {
            "alf/probe00/units.site.npy": [0, 4],
            "alf/probe00/sites.x.npy": zeros(5),
            "alf/sites.x.npy": zeros(2),
        }
        assert not codes(checked(tmp_path, files))

    def test_what_lies_beside_or_below_is_another(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {
            "alf/probe00/units.site.npy": [0, 4],
            "alf/probe01/sites.x.npy": zeros(2),
            "alf/probe00/a/sites.x.npy": zeros(2),
        }
        assert not codes(checked(tmp_path, files))

    def test_a_name_alone_looks_no_further(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {"alf/probe00/things.sites.npy": [0, 4], "alf/sites.x.npy": zeros(2)}
        assert not codes(checked(tmp_path, files))

    def test_the_value_for_missing_points_nowhere(self, tmp_path: Path) -> None:
        files = units(site=np.array([0, 255, 4], np.uint8)) | {"alf/sites.x.npy": zeros(5)}
        assert not codes(checked(tmp_path, files))
        files |= units(site=np.array([0, 255, 254], np.uint8))
        (finding,) = found(checked(tmp_path, files), "ALF402")
        assert finding.rows == (2,)

    @pytest.mark.usefixtures("sizes")
    @pytest.mark.parametrize(
        ("name", "text"),
        [("json", "[1, 2]"), ("yaml", "- 1\n- 2\n"), ("jsonable", '{"a": 1}\n{"a": 2}\n')],
    )
    def test_the_entries_of_a_list_are_rows(self, tmp_path: Path, name: str, text: str) -> None:
        files = units(site=[0, 1]) | {f"alf/sites.description.{name}": text}
        assert not codes(checked(tmp_path, files))
        (finding,) = found(checked(tmp_path, files | units(site=[0, 2])), "ALF402")
        assert "which has 2 rows" in finding.message

    def test_rows_of_arrays_come_before_entries_of_lists(self, tmp_path: Path) -> None:
        files = units(site=[0, 4]) | {"alf/sites.description.json": "[1, 2]", "alf/sites.x.npy": zeros(5)}
        assert not codes(checked(tmp_path, files))

    def test_lists_that_disagree_verify_nothing(self, tmp_path: Path) -> None:
        files = units(site=[0, 1]) | {"alf/sites.a.json": "[1, 2]", "alf/sites.b.json": "[1]"}
        assert codes(checked(tmp_path, files)) == {"ALF904"}

    def test_a_document_that_is_no_list_has_no_rows(self, tmp_path: Path) -> None:
        assert not codes(checked(tmp_path, units(site=[0, 9]) | {"alf/sites.a.json": '{"a": 1}'}))

    def test_a_name_alone_does_not_mean_the_entries_of_a_list(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {"alf/things.sites.npy": [0, 9], "alf/sites.a.json": "[1, 2]"}
        assert not codes(checked(tmp_path, files))

    def test_a_count_that_only_a_failed_dataset_had_verifies_nothing(self, tmp_path: Path) -> None:
        """Without it, the rows would be others."""
        frame = pd.DataFrame({"score": [1.0] * 5, "size": [1.0] * 5})
        files: dict[str, Content] = {
            "alf/units.site.npy": [0, 4],
            "alf/sites.table.pqt": frame,
            "alf/sites.unitsOf.npy": zeros(3),
        }
        assert codes(checked(tmp_path, files)) == {"ALF401"}
        source = RULES.replace("return [UNITS, MOVES]", "return [UNITS, MOVES, SITES]").replace(
            "    @alfcheck",
            """
    SITES = alfcheck.Contract(
        id="lab.sites", version="1.0.0", match=alfcheck.Match(object="sites"),
        terms={"score": T(dtypes=("string",))}, schema=columns("score"),
    )

    @alfcheck""",
        )
        rules = plugin(tmp_path, source, "more")
        report = alfcheck.check(tmp_path / "release", plugins=(rules,))
        assert codes(report) == {"ALF301", "ALF401", "ALF904"}


class TestNoReferences:
    """What bears the name of an object, and counts the rows of none."""

    THINGS: Mapping[str, Content] = {"alf/things.x.npy": zeros(2), "alf/codes.x.npy": zeros(2)}

    def test_a_name_alone_is_taken_for_a_reference(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {"alf/others.things.npy": [0, 9], **self.THINGS}
        assert codes(checked(tmp_path, files)) == {"ALF402"}

    @pytest.mark.usefixtures("sizes")
    @pytest.mark.parametrize("name", ["things", "codes", "things_bpod"])
    def test_a_contract_may_say_that_it_is_none(self, tmp_path: Path, name: str) -> None:
        assert not codes(checked(tmp_path, {**units(**{name: [0, 9]}), **self.THINGS}))

    @pytest.mark.usefixtures("sizes")
    def test_a_column_of_a_table(self, tmp_path: Path) -> None:
        files = table(things=[0, 9], codes=[0, 9], moves=[0, 9]) | {"alf/moves.times.npy": zeros(2)}
        (finding,) = found(checked(tmp_path, {**files, **self.THINGS}), "ALF402")
        assert finding.column == "moves"

    def test_codes_of_the_catalogue(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {
            "alf/FOV_00/mpci.mpciFrameQC.npy": [0, 3],
            "alf/FOV_00/mpciFrameQC.names.tsv": "qc_values\tqc_labels\n0\tgood\n3\tPMT off\n",
            "alf/FOV_00/mpciROIs.mpciROITypes.npy": [0, 1],
            "alf/FOV_00/mpciROITypes.names.tsv": "roi_values\troi_labels\n1\tcell\n",
        }
        assert not codes(checked(tmp_path, files))
