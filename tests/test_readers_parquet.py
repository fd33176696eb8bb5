"""Parquet tables."""

from __future__ import annotations

import datetime
import io
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from content_bytes import codes, columns, message, one_loads, pqt, read, small_pqt

from alfcheck.readers.base import BadContent, Column
from alfcheck.readers.pqt_footer import check_footer
from alfcheck.readers.pqt_thrift import check_chunks_can_be_seen


def table(data: dict[str, pa.Array], metadata: dict[str, str] | None = None, **options: object) -> bytes:
    stream = io.BytesIO()
    given = pa.table(data).replace_schema_metadata({"a": "b"} if metadata is None else metadata)
    pq.write_table(given, stream, **options)
    return stream.getvalue()


def test_types_and_gaps() -> None:
    when = datetime.datetime(2020, 1, 1)
    data = table({
        "int": pa.array([1, 2], pa.int32()), "gap": pa.array([1, None], pa.uint8()),
        "bool": pa.array([True, False]), "maybe": pa.array([True, None]),
        "half": pa.array([0.5, 1.0], pa.float16()), "text": pa.array(["a", None]),
        "code": pa.array(["a", "b"]).dictionary_encode(),
        "when": pa.array([when, None], pa.timestamp("us", "UTC")),
        "far": pa.array([datetime.datetime(9999, 1, 1), when], pa.timestamp("us")),
        "day": pa.array([datetime.date(2020, 1, 1), None]), "long": pa.array([1, None], pa.duration("ms")),
        "none": pa.nulls(2), "list": pa.array([[1], [2, 3]]), "struct": pa.array([{"x": 1}, None]),
        "raw": pa.array([b"a", b"b"]), "money": pa.array([1, 2], pa.decimal128(5, 2)),
    })  # fmt: skip
    expected = {
        "int": "int32", "gap": "UInt8", "bool": "bool", "maybe": "boolean", "half": "float16", "text": "str",
        "code": "str", "when": "datetime64[ns]", "far": "datetime64[us]", "day": "datetime64[s]",
        "long": "timedelta64[ms]", "none": "float64", "list": "object", "struct": "object", "raw": "object",
        "money": "object",
    }  # fmt: skip
    for large in (False, True):
        content = read("x.table.pqt", data, large=large)
        assert {column.name: column.dtype for column in content.columns} == expected
        values = columns(content, 1)
        assert set(expected) - set(values) == {"list", "struct", "raw", "money"}
        assert values["gap"].dtype == "float64"
        assert np.isnan(values["gap"][1])
        assert values["maybe"].tolist() == [True, None]
        assert values["text"].tolist() == ["a", None]
        assert values["when"][0] == np.datetime64("2020-01-01")
        assert np.isnat(values["when"][1])
        assert values["far"][0] == np.datetime64("9999-01-01")
        assert values["day"][0] == np.datetime64("2020-01-01")
        assert np.isnan(values["none"]).all()
        assert content.pieces is not None
        assert all(not a.flags.writeable for piece in content.pieces(1 << 20) for a in piece.values())


def test_the_index_of_pandas_is_no_column() -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
    assert [c.name for c in read("x.table.pqt", pqt(frame)).columns] == ["a", "b"]
    assert [c.name for c in read("x.table.pqt", pqt(frame.iloc[[1, 0]])).columns] == ["a", "b"]
    assert [c.name for c in read("x.table.pqt", pqt(frame.set_index("a"))).columns] == ["b"]
    assert list(one_loads("x.table.pqt", pqt(frame.set_index("a")))) == ["b"]


def test_a_table_without_rows() -> None:
    content = read("x.table.pqt", pqt(pd.DataFrame({"a": np.empty(0)})))
    assert (content.rows, content.columns) == (0, (Column("a", "float64"),))
    assert content.whole is not None
    assert len(content.whole["a"]) == 0


def test_large_tables_come_in_pieces() -> None:
    rows = 300_000
    frame = pd.DataFrame({f"c{i}": np.arange(rows, dtype=float) + i for i in range(16)})
    frame["gap"] = pd.array([None] + [1] * (rows - 1), "Int64")
    frame["text"] = "the same text"
    content = read("x.table.pqt", pqt(frame), large=True)
    assert content.whole is None
    assert (content.rows, content.columns[-2], content.columns[-1]) == (
        rows, Column("gap", "Int64"), Column("text", "str"),
    )  # fmt: skip
    assert content.pieces is not None
    pieces = list(content.pieces(1 << 20))
    assert len(pieces) > 5
    assert all(sum(array.nbytes for array in piece.values()) <= 1 << 20 for piece in pieces)
    assert np.array_equal(np.concatenate([piece["c3"] for piece in pieces]), frame["c3"])


def test_a_repeated_text_is_held_once() -> None:
    word = "x" * 100_000
    content = read(
        "x.table.pqt", table({"a": pa.DictionaryArray.from_arrays(np.zeros(20_000, "i4"), [word])})
    )
    values = columns(content)["a"]
    assert len({id(value) for value in values}) == 1


@pytest.mark.parametrize("coded_bytes", [0, 8 << 20])
@pytest.mark.parametrize("long", ["", "x" * 5000])
@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_texts_of_one_row_group_come_in_pieces(
    monkeypatch: pytest.MonkeyPatch, coded_bytes: int, long: str, kind: pa.DataType
) -> None:
    """Those that are many, those of which few are repeated, and those that are missing."""
    monkeypatch.setattr("alfcheck.readers.pqt_texts._CODED_BYTES", coded_bytes)
    rows = 3000
    texts = {
        "many": [f"{number}" for number in range(rows)],
        "few": [(None, long, "b")[number % 3] for number in range(rows)],
        "most": [None if number % 7 else f"{long}{number % 20}" for number in range(rows)],
    }
    data = table({name: pa.array(values).cast(kind) for name, values in texts.items()})
    content = read("x.table.pqt", data, large=True)
    assert content.pieces is not None
    pieces = list(content.pieces(8000))
    for name, values in texts.items():
        assert np.concatenate([piece[name] for piece in pieces]).tolist() == values


@pytest.mark.parametrize("coded_bytes", [0, 8 << 20])
def test_a_long_text_is_not_held_for_each_row(monkeypatch: pytest.MonkeyPatch, coded_bytes: int) -> None:
    monkeypatch.setattr("alfcheck.readers.pqt_texts._CODED_BYTES", coded_bytes)
    words = ["x" * 100_000, "y" * 100_000]
    coded = pa.DictionaryArray.from_arrays(pa.array(np.arange(100_000) % 2, "i4"), words)
    stream = io.BytesIO()
    pq.write_table(pa.table({"a": coded}), stream, store_schema=False)
    content = read("x.table.pqt", stream.getvalue(), large=True)
    assert content.pieces is not None
    seen = [len({id(value) for value in piece["a"]}) for piece in content.pieces(1 << 20)]
    assert set(seen) == {2}


def test_what_one_cannot_load() -> None:
    stream = io.BytesIO()
    pq.write_table(pa.table({"a": [1]}), stream)
    with pytest.raises(TypeError):
        one_loads("x.table.pqt", stream.getvalue())
    assert codes("x.table.pqt", stream.getvalue()) == ["ALF201"]
    assert "metadata" in message("x.table.pqt", stream.getvalue())
    assert codes("x.table.pqt", table({"a": pa.array([1])}, {"one_metadata": "{"})) == ["ALF201"]


def test_duplicated_names() -> None:
    stream = io.BytesIO()
    pq.write_table(pa.table([[1], [2]], names=["a", "a"]), stream)
    assert codes("x.table.pqt", stream.getvalue()) == ["ALF209"]


def test_text_that_is_no_utf8() -> None:
    raw = pa.array([b"\xff\xfe"]).view(pa.utf8())
    assert codes("x.table.pqt", table({"a": raw})) == ["ALF207"]


def test_bad_ends() -> None:
    data = small_pqt()
    assert codes("x.table.pqt", b"PAR") == ["ALF203"]
    assert codes("x.table.pqt", data[:-1]) == ["ALF203"]
    assert codes("x.table.pqt", b"text" + data) == ["ALF201"]
    lying = data[:-8] + (2**31).to_bytes(4, "little") + b"PAR1"
    assert codes("x.table.pqt", lying) == ["ALF206"]
    assert codes("x.table.pqt", data[:4] + data[60:]) == ["ALF206"]
    assert codes("x.table.pqt", b"PAR1" + bytes(200) + (100).to_bytes(4, "little") + b"PAR1") == ["ALF201"]


def footer(rows: int, **chunk: int) -> SimpleNamespace:
    """Imitate the metadata of a table of one column, which pyarrow would not write."""
    column = {
        "data_page_offset": 4, "total_compressed_size": 20, "num_values": rows,
        "has_dictionary_page": False, "path_in_schema": "a",
    }  # fmt: skip
    group = SimpleNamespace(
        num_rows=rows,
        num_columns=1,
        total_byte_size=20,
        column=lambda _: SimpleNamespace(**{**column, **chunk}),
    )
    schema = SimpleNamespace(column=lambda _: SimpleNamespace(max_repetition_level=0))
    return SimpleNamespace(
        num_row_groups=1, num_columns=1, num_rows=rows, schema=schema, row_group=lambda _: group
    )


@pytest.mark.parametrize(
    ("code", "claims"),
    [
        ("ALF206", {"rows": 3, "num_values": 4}),
        ("ALF206", {"rows": -3}),
        ("ALF206", {"rows": 3, "data_page_offset": 990}),
        ("ALF206", {"rows": 3, "data_page_offset": 0}),
        ("ALF206", {"rows": 3, "total_compressed_size": -1}),
        ("ALF217", {"rows": 10**15}),
    ],
)
def test_footers_that_lie(code: str, claims: dict[str, int]) -> None:
    check_footer(footer(3), 1000)
    with pytest.raises(BadContent) as caught:
        check_footer(footer(**claims), 1000)
    assert caught.value.problem.code == code


def rewritten(data: bytes, old: bytes, new: bytes) -> bytes:
    """Change the footer of a table."""
    start = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    footer = data[start:-8]
    assert footer.count(old) == 1
    footer = footer.replace(old, new)
    return data[:start] + footer + len(footer).to_bytes(4, "little") + b"PAR1"


NUMBERS = {"a": pa.array(np.arange(77.0)), "b": pa.array(np.arange(77))}
NESTED = {**NUMBERS, "c": pa.array([[1]] * 77)}
IS_OPTIONAL, IS_REQUIRED = b"\x25\x02\x18\x01a", b"\x25\x00\x18\x01a"  # field 3 of an element, then its name
HAS_77, HAS_MANY = b"\x18\x01a\x15\x00\x16\x9a\x01", b"\x18\x01a\x15\x00\x16" + b"\xff" * 5 + b"\x01"


@pytest.mark.skipif(int(pa.__version__.split(".")[0]) < 19, reason="pyarrow 19 is the first to write them")
@pytest.mark.parametrize("columns", [NUMBERS, NESTED], ids=["flat", "nested"])
@pytest.mark.parametrize("large", [False, True])
def test_statistics_that_do_not_fit_their_column(columns: dict[str, pa.Array], large: bool) -> None:
    """At which pyarrow ends the process, if it is asked to show them."""
    data = table(columns, compression="none", use_dictionary=False)
    assert codes("x.table.pqt", data, large=large) == []
    assert codes("x.table.pqt", rewritten(data, IS_OPTIONAL, IS_REQUIRED), large=large) == ["ALF206"]


@pytest.mark.parametrize("columns", [NUMBERS, NESTED], ids=["flat", "nested"])
def test_more_values_than_rows(columns: dict[str, pa.Array]) -> None:
    data = table(columns, compression="none", use_dictionary=False)
    assert codes("x.table.pqt", rewritten(data, HAS_77, HAS_MANY)) == ["ALF206"]


def test_footers_of_many_chunks_are_looked_through() -> None:
    data = table({**NESTED, "d": pa.array([True, None, False] * 25 + [None] * 2)}, row_group_size=5)
    file = pq.ParquetFile(io.BytesIO(data))
    start = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    check_chunks_can_be_seen(data[start:-8], file.metadata.schema)
    for stop in range(start, len(data) - 8, 7):
        with pytest.raises(BadContent):
            check_chunks_can_be_seen(data[start:stop], file.metadata.schema)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_nested_column_is_not_taken_for_a_flat_one_of_another_file(order: tuple[int, int]) -> None:
    """Their leaves are equal, and so is all that arrow stores of other writers' tables: nothing."""
    flat = pa.schema([pa.field("x", pa.float64())])
    nested = pa.schema([pa.field("group", pa.struct([pa.field("x", pa.float64())]), nullable=False)])
    values = pa.array([0.5, 1.5]), pa.array([{"x": 0.5}, {"x": 1.5}])
    files = []
    for schema, column in zip((flat, nested), values, strict=True):
        stream = io.BytesIO()
        with pq.ParquetWriter(stream, schema, store_schema=False) as writer:
            writer.write_table(pa.table([column], schema=schema))
        files.append(stream.getvalue())
    expected = [(Column("x", "float64"),), (Column("group", "object"),)]
    for index in (*order, *order):
        assert read("x.table.pqt", files[index]).columns == expected[index]


def test_tables_of_equal_schemas_and_other_values() -> None:
    """What a schema decides is remembered; what values decide is seen anew."""
    for data, dtype in [([1, 2], "int64"), ([1, None], "Int64"), ([3, 4], "int64")]:
        content = read("x.table.pqt", table({"a": pa.array(data, pa.int64()), "b": pa.array(["x", None])}))
        assert content.columns == (Column("a", dtype), Column("b", "str"))
        assert [len(values) for values in columns(content).values()] == [2, 2]


@pytest.mark.parametrize("kind", [pa.float16(), pa.float32(), pa.float64()])
def test_gaps_in_numbers_are_nan(kind: pa.DataType) -> None:
    data = table({"a": pa.array([0.5, None, 2.0], kind)})
    for large in (False, True):
        values = columns(read("x.table.pqt", data, large=large))["a"]
        assert values.dtype == kind.to_pandas_dtype()
        np.testing.assert_array_equal(values, [0.5, np.nan, 2.0])
    whole = read("x.table.pqt", data).whole
    assert whole is not None
    assert not whole["a"].flags.writeable
