"""What contracts say of rows and columns: how many rows there are, which columns a table must have."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from object_fixtures import checked, cut_into_pieces, zeros
from release_fixtures import Content, codes, found


@pytest.fixture(params=["whole", "in pieces"])
def sizes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "in pieces":
        cut_into_pieces(monkeypatch)


class TestRowsAtLeast:
    """The fewest rows that each dataset of a contract has."""

    @pytest.mark.usefixtures("sizes")
    @pytest.mark.parametrize(("rows", "fails"), [(0, True), (1, True), (2, False)])
    def test_an_array(self, tmp_path: Path, rows: int, fails: bool) -> None:
        report = checked(tmp_path, {"alf/moves.times.npy": zeros(rows)})
        assert codes(report) == ({"ALF313"} if fails else set())
        for finding in report.findings:
            assert (
                finding.message == f"times has {rows} row{'' if rows == 1 else 's'}; expected at least 2 rows"
            )
            assert (finding.contract, finding.column) == ("lab.moves@1.0.0", "times")

    @pytest.mark.usefixtures("sizes")
    def test_a_text_table_whose_rows_are_known_at_its_end(self, tmp_path: Path) -> None:
        assert codes(checked(tmp_path, {"alf/moves.times.csv": "times\n0.5\n"})) == {"ALF313"}

    def test_a_table(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {"alf/moves.table.pqt": pd.DataFrame({"times": [1.0], "b": [1.0]})}
        assert codes(checked(tmp_path, files)) == {"ALF313"}

    def test_what_is_exempt(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {
            "alf/moves.sync.npy": zeros(1),
            "alf/moves.other.npy": zeros(1),
            "alf/moves.timestamps.npy": zeros(1, 2),
        }
        assert not found(checked(tmp_path, files), "ALF313")
