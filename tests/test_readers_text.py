"""Delimited text: .csv, .tsv, .htsv, .ssv."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from content_bytes import codes, columns, message, read

from alfcheck.readers.base import Column
from alfcheck.readers.plain_text import read_plain


def given(name: str, data: bytes, large: bool = False) -> dict[str, list[object]]:
    return {column: values.tolist() for column, values in columns(read(name, data, large=large)).items()}


@pytest.mark.parametrize(
    ("extension", "delimiter"), [("csv", ","), ("tsv", "\t"), ("htsv", "\t"), ("ssv", " ")]
)
def test_the_extension_tells_the_delimiter(extension: str, delimiter: str) -> None:
    data = delimiter.join("ab") + "\n" + delimiter.join("1x") + "\n"
    assert given(f"x.y.{extension}", data.encode()) == {"a": [1], "b": ["x"]}


@pytest.mark.parametrize("gap", ["", "NA"])
@pytest.mark.parametrize("large", [False, True])
def test_beside_huge_numbers_a_gap_is_missing(gap: str, large: bool) -> None:
    """As text pandas would leave it, were it not for the rest of the file."""
    cells = ["1", "18446744073709551615", "-5", gap, "7"]
    text = "a,b\n" + "".join(f"{cell},{number}\n" for number, cell in enumerate(cells))
    (values, _) = columns(read("x.table.csv", text.encode(), large=large), 8).values()
    assert [place for place, value in enumerate(values) if pd.isna(value)] == [3]


def test_types_are_those_of_pandas() -> None:
    content = read(
        "x.y.csv", b"i,f,b,s,u,gap,logical,none\n1,0.5,True,x,18446744073709551615,1,True,\n2,1,False,,1,,,\n"
    )
    assert {column.name: column.dtype for column in content.columns} == {
        "i": "int64", "f": "float64", "b": "bool", "s": "str", "u": "uint64", "gap": "float64",
        "logical": "boolean", "none": "float64",
    }  # fmt: skip
    assert content.whole is not None
    assert content.whole["s"].tolist() == ["x", None]
    assert content.whole["logical"].tolist() == [True, None]


def test_types_are_decided_over_the_whole_file() -> None:
    lines = [b"a,b,c,d"] + [b"1,1,True,1"] * 400_000 + [b"x,0.5,,-1"]
    data = b"\n".join(lines)
    for large in (False, True):
        content = read("x.y.csv", data, large=large)
        assert content.whole is None
        assert content.rows == 400_001
        assert content.columns == (
            Column("a", "str"), Column("b", "float64"), Column("c", "boolean"), Column("d", "int64"),
        )  # fmt: skip
        assert content.pieces is not None
        first = next(content.pieces(1 << 16))
        assert (first["a"][0], first["c"][0]) == ("1", True)
        assert [str(first[name].dtype) for name in "bd"] == ["float64", "int64"]
        assert sum(len(piece["a"]) for piece in content.pieces(1 << 22)) == 400_001


def test_one_column_keeps_its_name() -> None:
    assert given("x.y.csv", b"label\n1\n2\n") == {"label": [1, 2]}


def test_line_ends_within_quotes_belong_to_the_field() -> None:
    data = b'a,b\n1,"x\ny"\n2,"p""q, r"\n'
    for large in (False, True):
        assert given("x.y.csv", data, large=large) == {"a": [1, 2], "b": ["x\ny", 'p"q, r']}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end: str) -> None:
    assert given("x.y.csv", f"a,b{end}1,2{end}{end}3,4{end}".encode()) == {"a": [1, 3], "b": [2, 4]}


def test_a_blank_after_a_carriage_return_ends() -> None:
    """Which pandas 2 turns into rows without end, if it is handed the carriage return."""
    assert given("x.y.csv", b"a,b\r1,2\r ,3\r") == {"a": ["1", " "], "b": [2, 3]}


def test_a_byte_order_mark_is_skipped() -> None:
    for large in (False, True):
        assert given("x.y.csv", b"\xef\xbb\xbfa\n1\n", large=large) == {"a": [1]}


def test_a_header_alone_has_no_rows() -> None:
    for large in (False, True):
        content = read("x.y.csv", b"a,b\n", large=large)
        assert content.rows == 0
        assert [column.name for column in content.columns] == ["a", "b"]
        assert content.problems == ()
        assert content.whole is not None
        assert len(content.whole["a"]) == 0


BAD = [
    ("ALF201", b"\n \n"),
    ("ALF201", b'a,b\n1,"x\n'),
    ("ALF201", b'"a,b\n1,x\n'),
    ("ALF202", b""),
    ("ALF207", b"a\nM\xfcller\n"),
    ("ALF207", "a,b\n1,2\n".encode("utf-16")),
    ("ALF207", "a,b\n1,2\n".encode("utf-16-le")),
    ("ALF208", b"a,b\n1,2\n3\n"),
    ("ALF208", b"a,b\n1,2,3\n"),
    ("ALF208", b"a,b\n1,2\n3,4,5\n"),
    ("ALF208", b"a,b\n1,2,\n"),
    ("ALF208", b"a,b\r\r,2\r"),
    ("ALF209", b"a,a\n1,2\n"),
    ("ALF210", b",a\n0,1\n"),
    ("ALF215", b"0.5,2\n1.5,3\n"),
    ("ALF215", b"5\n6\n7\n"),
    ("ALF215", b"Event,3963,x\nEvent,3964,y\n"),
    ("ALF215", b"1.5,1.5\n1.5,2\n"),
    ("ALF217", b"a\n" + b"x" * (9 << 20)),
    ("ALF217", b"a\n" + b'"x\n",' * (1 << 21)),
    ("ALF217", b"," * 20_000 + b"\n"),
]


@pytest.mark.parametrize(("code", "data"), BAD, ids=[f"{code}-{data[:12]!r}" for code, data in BAD])
@pytest.mark.parametrize("large", [False, True])
def test_bad_tables(code: str, data: bytes, large: bool) -> None:
    assert codes("x.y.csv", data, large=large) == [code]


@pytest.mark.parametrize(
    "data", [b"0,1,2\n0.5,0.5,0.5\n", b"nan,x\n1,2\n", b"a,1\nx,y\n", b"a,b\n1,\n,\n", b"2019,a\n"]
)
def test_sound_headers(data: bytes) -> None:
    assert codes("x.y.csv", data) == []


def test_two_spaces_make_a_column() -> None:
    assert codes("x.y.ssv", b"a b\n1  2\n") == ["ALF208"]
    assert codes("x.y.ssv", b"a  b\n1 x 2\n") == ["ALF210"]


def test_duplicated_names_are_those_of_pandas() -> None:
    assert list(given("x.y.csv", b"a,a,,\n1,2,3,4\n")) == ["a", "a.1", "Unnamed: 2", "Unnamed: 3"]


def test_messages_name_lines() -> None:
    assert "(lines 3, 5)" in message("x.y.csv", b"a,b\n1,2\n3\n4,5\n6\n")
    assert "line 3 has 3 fields, the header 2" in message("x.y.csv", b"a,b\n1,2\n3,4,5\n")
    assert "line 3" in message("x.y.csv", b"a\n1\nM\xfcller\n")


def test_short_rows_are_missing_values() -> None:
    content = read("x.y.csv", b"a,b\n1,2\n3\n")
    assert content.whole is not None
    assert np.isnan(content.whole["b"][1])
    assert (content.problems[0].rows, content.problems[0].count) == ((1,), 1)


def test_a_row_that_lacks_only_the_spare_delimiter_has_lost_nothing() -> None:
    assert codes("x.y.ssv", b"a b \n1 2 \n3 4\n") == ["ALF210"]
    assert "ALF208" in codes("x.y.ssv", b"a b \n1 2 \n3\n")
    assert "ALF208" in codes("x.y.ssv", b"a b \n1 2 5\n3 4\n")


def test_missing_values_are_those_of_pandas() -> None:
    """The short way has a list of its own, and pandas' may grow."""
    from pandas._libs.parsers import STR_NA_VALUES

    from alfcheck.readers.plain_text import MISSING

    assert set(STR_NA_VALUES) == MISSING


@pytest.mark.parametrize(
    ("cells", "dtype", "values"),
    [
        (["1", "-2", "007"], "int64", [1, -2, 7]),
        (["1.", ".5", "-0"], "float64", [1.0, 0.5, -0.0]),
        (["1e-3", "2.5E+2", "+1"], "float64", [0.001, 250.0, 1.0]),
        (["True", "False", "True"], "bool", [True, False, True]),
        (["True", "NA", "False"], "boolean", [True, None, False]),
        (["left", "nan", "1"], "str", ["left", None, "1"]),
        (["12:30", "é", ""], "str", ["12:30", "é", None]),
    ],
)
def test_columns_read_the_short_way(cells: list[str], dtype: str, values: list[object]) -> None:
    data = ("x,y\n" + "".join(f"{cell},0\n" for cell in cells)).encode()
    table = read_plain(data, ",")
    assert table is not None
    content = read("x.y.csv", data)
    assert content.columns[0] == Column("x", dtype)
    assert content.whole is not None
    assert content.whole["x"].tolist() == table.columns[0].tolist() == values


@pytest.mark.parametrize(
    "cells",
    [
        ["inf"], ["1-2"], ["-"], ["9223372036854775808"], ["1", "12345678901234567890", "0.5"], ["TRUE"],
        ["-0", ""], ["left", '"x"'], [" 1"], ["e"], ["\u0661"],
    ],
)  # fmt: skip
def test_what_is_in_doubt_is_left_to_pandas(cells: list[str]) -> None:
    assert read_plain(("x,y\n" + "".join(f"{cell},0\n" for cell in cells)).encode(), ",") is None


@pytest.mark.parametrize(
    "data",
    [
        b"a,b\n",
        b"a,b\n1\n",
        b"a,b\n1,2,3\n",
        b"a,\n1,2\n",
        b"a,a\n1,2\n",
        b"\na\n1\n",
        b"a\n1\n\n2\n",
        b"\xff\n1\n",
    ],
)
def test_uneven_tables_are_left_to_pandas(data: bytes) -> None:
    assert read_plain(data, ",") is None
