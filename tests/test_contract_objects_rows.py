"""What contracts say of rows and columns: how many rows there are, which columns a table must have."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest
from object_fixtures import checked, cut_into_pieces, zeros
from release_fixtures import Content, codes, found, plugin, write

import alfcheck


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


INTERVALS = """
    REQUIRED = alfcheck.Contract(
        id="lab.turns", version="1.0.0", match=alfcheck.Match(object="turns"),
        terms={name: alfcheck.Terms(shapes=shapes) for name, shapes in SHAPES.items()},
        schema=lambda: pa.DataFrameSchema(
            {name: pa.Column(required=False) for name in SHAPES}, strict=True
        ),
        required=tuple(SHAPES),
    )

    @alfcheck.hookimpl
    def alfcheck_contracts():
        return [REQUIRED]
"""


class TestRequiredColumns:
    """A required attribute may stand in a table as it is, or by all of its components."""

    def told(self, folder: Path, shapes: Mapping[str, object], *columns: str) -> list[tuple[str, str]]:
        rules = plugin(folder, f"\n    import pandera.pandas as pa\n    SHAPES = {shapes!r}\n" + INTERVALS)
        frame = pd.DataFrame({name: [0.5, 1.5] for name in columns})
        root = write(folder / "release", {"alf/turns.table.pqt": frame})
        report = alfcheck.check(root, plugins=(rules,))
        return [(finding.code, finding.message) for finding in report.findings]

    @pytest.mark.parametrize(
        ("shapes", "columns"),
        [
            ((("rows", 2),), ("span_0", "span_1")),
            ((("rows", 3), ("rows", 2)), ("span_0", "span_1")),
            ((("rows",), ("rows", 2)), ("span",)),
            ((("rows", "sites"),), ("span_0", "span_1", "span_2")),
            ((("rows", 1),), ("span_0",)),
            ((), ("span",)),
        ],
    )
    def test_all_components_will_do(self, tmp_path: Path, shapes: object, columns: tuple[str, ...]) -> None:
        assert self.told(tmp_path, {"span": shapes}, *columns) == []

    @pytest.mark.parametrize(
        ("shapes", "columns", "message"),
        [
            (
                (("rows", 2),),
                ("a", "span_1"),
                "not all columns of 'span': it lacks 'span_0'; it has 'a', 'span_1'",
            ),
            ((("rows", 2),), ("a",), "no column 'span', nor its parts 'span_0', 'span_1'; it has 'a'"),
            ((("rows", 4), ("rows", 2)), ("a", "span_0"), "it lacks 'span_1'; it has"),
            (
                (("rows", 2**30),),
                ("a", "span_0"),
                "it lacks 'span_1', 'span_2', 'span_3', 'span_4', 'span_5', …; it has",
            ),
            ((("rows", "sites"),), ("a",), "the table has no column 'span'; it has 'a'"),
            ((("rows",),), ("a", "b"), "the table has no column 'span'; it has 'a', 'b'"),
            ((), ("a",), "the table has no column 'span'; it has 'a'"),
        ],
    )
    def test_the_message_names_what_lacks(
        self, tmp_path: Path, shapes: object, columns: tuple[str, ...], message: str
    ) -> None:
        others: dict[str, object] = {name: () for name in columns if "span" not in name}
        ((code, told),) = self.told(tmp_path, {"span": shapes, **others}, *columns)
        assert code == "ALF308"
        assert message in told

    def test_components_beyond_the_shape_are_not_allowed(self, tmp_path: Path) -> None:
        columns = ("span_0", "span_1", "span_2")
        assert [code for code, _ in self.told(tmp_path, {"span": (("rows", 2),)}, *columns)] == ["ALF311"]
