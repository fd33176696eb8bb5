"""Laws of the readers: no bytes crash them, pieces are the whole, and the whole is what ONE loads."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

sys.path.insert(0, str(Path(__file__).parents[1]))

from content_bytes import READ, SOUND, codes, columns, npy, npz, one_loads, pqt, read

from alfcheck.readers.base import BadContent, Kind, Source

RELAXED = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
EXTENSIONS = st.sampled_from(sorted(READ))
BUDGETS = st.sampled_from([1, 7, 64, 1000, 1 << 20])

DTYPES = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(endianness="?"),
    hnp.floating_dtypes(endianness="?", sizes=(16, 32, 64)),
    hnp.complex_number_dtypes(endianness="?"),
    hnp.datetime64_dtypes(max_period="D", min_period="ns"),
    hnp.timedelta64_dtypes(max_period="D", min_period="ns"),
)
ARRAYS = DTYPES.flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=7))
)
WORDS = st.text("abcxyzNT", min_size=1, max_size=5)
NAMES = st.lists(WORDS.map(lambda word: "c" + word), min_size=1, max_size=4, unique=True)
CELLS = {
    "int": st.integers(-(2**60), 2**60).map(str),
    "float": st.floats(-1e6, 1e6).map(repr),
    "precise": st.floats(allow_nan=False, allow_infinity=False).map(repr),
    "decimals": st.decimals(-(10**6), 10**6, places=4).map(str),
    "gappy": st.sampled_from(["", "NA", "nan", "1", "-0", "2.5", "1e3", "0.1234567890123456789"]),
    "huge": st.sampled_from(["9223372036854775807", "12345678901234567890", "-0.5", "1"]),
    "almost": st.sampled_from(["inf", "1_0", "+1", ".", "-", "e", "n", "NAN", "TRUE", "\u0661"]),
    "bool": st.sampled_from(["True", "False"]),
    "text": WORDS,
    "gaps": st.sampled_from(["", "1", "2.5"]),
    "logical": st.sampled_from(["True", "False", ""]),
    "mixed": st.sampled_from(["1", "x", "True", "2.5", ""]),
    "quoted": st.sampled_from(['"a b"', '"x,\ty"', '"l\nm"', '"q""q"', "z"]),
    "unsigned": st.sampled_from(["18446744073709551615", "1", "-1"]),
}


@st.composite
def tables(draw: st.DrawFn, delimiter: str) -> bytes:
    """Give the text of a table whose columns are of one kind each."""
    names = draw(NAMES)
    kinds = [draw(st.sampled_from(sorted(CELLS))) for _ in names]
    rows = draw(st.integers(0, 8))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    lines = [delimiter.join(names)]
    lines += [delimiter.join(draw(CELLS[kind]) for kind in kinds) for _ in range(rows)]
    assume(all(line for line in lines))
    return (end.join(lines) + draw(st.sampled_from(["", end]))).encode()


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    """Give a frame of the types that parquet tables of the field hold."""
    makers: list[Any] = [
        st.integers(-(2**31), 2**31),
        st.floats(width=64),
        st.booleans(),
        st.one_of(st.none(), WORDS),
        st.datetimes(min_value=pd.Timestamp("1700-01-01"), max_value=pd.Timestamp("2200-01-01")),
    ]
    rows = draw(st.integers(1, 20))
    data = {}
    for name in draw(NAMES):
        maker = draw(st.sampled_from(makers))
        values = draw(st.lists(maker, min_size=rows, max_size=rows))
        assume(any(value is not None for value in values))
        data[name] = values
    return pd.DataFrame(data)


def same(ours: Any, theirs: Any) -> bool:
    """Compare values, a missing one equal to a missing one, whatever stands for it."""
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    if ours.dtype == object or theirs.dtype == object:
        pairs = zip(ours.ravel().tolist(), theirs.ravel().tolist(), strict=True)
        return all((pd.isna(a) and pd.isna(b)) or a == b for a, b in pairs)
    return bool(np.array_equal(ours, theirs, equal_nan=ours.dtype.kind in "fcmM"))


@RELAXED
@given(EXTENSIONS, st.binary(max_size=400), st.booleans())
def test_random_bytes_give_content_or_a_problem(extension: str, data: bytes, large: bool) -> None:
    codes(f"x.y.{extension}", data, large=large)


@settings(RELAXED, max_examples=200)
@given(EXTENSIONS, st.data())
def test_damaged_files_give_content_or_a_problem(extension: str, data: st.DataObject) -> None:
    raw = bytearray(SOUND[extension]())
    for _ in range(data.draw(st.integers(0, 4))):
        where = data.draw(st.integers(0, len(raw) - 1))
        raw[where] = data.draw(st.integers(0, 255))
    start, stop = sorted(data.draw(st.integers(0, len(raw))) for _ in range(2))
    cut = data.draw(st.sampled_from(["none", "end", "middle", "double"]))
    damaged = {
        "none": raw,
        "end": raw[:stop],
        "middle": raw[:start] + raw[stop:],
        "double": raw[:stop] + raw[start:],
    }[cut]
    codes(f"x.y.{extension}", bytes(damaged), large=data.draw(st.booleans()))


@pytest.mark.parametrize("extension", sorted(READ))
def test_every_truncation_gives_content_or_a_problem(extension: str) -> None:
    whole = SOUND[extension]()
    assert not codes(f"x.y.{extension}", whole)
    for stop in range(0, len(whole), max(1, len(whole) // 300)):
        found = codes(f"x.y.{extension}", whole[:stop])
        assert found or extension not in ("npy", "npz", "pqt", "json")


@RELAXED
@given(ARRAYS, st.booleans(), BUDGETS)
def test_arrays_are_what_one_loads(array: Any, fortran: bool, budget: int) -> None:
    data = npy(np.asfortranarray(array) if fortran else array)
    expected = one_loads("a.b.npy", data)
    content = read("a.b.npy", data)
    assert content.whole is not None
    assert content.shape == expected.shape
    assert content.rows == len(expected)
    assert content.columns[0].shape == expected.shape[1:]
    assert content.whole[""].dtype == expected.dtype.newbyteorder("=")
    assert same(content.whole[""], expected)
    for large in (False, True):
        pieces = columns(read("a.b.npy", data, large=large), budget)
        assert not len(expected) or same(pieces[""], expected)


@RELAXED
@given(ARRAYS, st.booleans(), BUDGETS)
def test_archives_are_what_one_loads(array: Any, compressed: bool, budget: int) -> None:
    data = npz(compressed, arr_0=array)
    content = read("a.b.npz", data)
    assert content.whole is not None
    assert same(content.whole[""].ravel(), one_loads("a.b.npz", data).ravel())
    pieces = columns(read("a.b.npz", data, large=True), budget)
    assert not len(array) or same(pieces[""], content.whole[""])
    document = read("a.b.npz", npz(compressed, a=array, b=np.arange(3)))
    assert {c.name: c.shape for c in document.columns} == {"a": array.shape, "b": (3,)}


@settings(RELAXED, max_examples=120)
@given(st.data(), st.sampled_from([("csv", ","), ("tsv", "\t"), ("ssv", " ")]), BUDGETS)
def test_text_tables_are_what_one_loads(data: st.DataObject, kind: tuple[str, str], budget: int) -> None:
    extension, delimiter = kind
    raw = data.draw(tables(delimiter))
    name = f"a.b.{extension}"
    try:
        expected = one_loads(name, raw)
    except pd.errors.ParserError:
        assert codes(name, raw)
        return
    expected = expected.to_frame() if isinstance(expected, pd.Series) else expected
    content = read(name, raw)
    assume("ALF208" not in codes(name, raw))
    assert isinstance(expected, pd.DataFrame) or content.rows == 1  # ONE squeezes one cell to a value
    if isinstance(expected, pd.DataFrame):
        assert [c.name for c in content.columns] == list(expected.columns)
        assert content.rows == len(expected)
        whole = content.whole
        assert whole is not None
        for column, (name_of, series) in zip(content.columns, expected.items(), strict=True):
            kinds = series.dtype.kind, whole[name_of].dtype.kind
            assert kinds[0] == "O" or kinds[0] == kinds[1]
            if column.dtype == "str":
                assert all(pd.isna(b) or a == str(b) for a, b in zip(whole[name_of], series, strict=True))
            else:
                assert same(whole[name_of], series)


@settings(RELAXED, max_examples=300)
@given(tables(","))
def test_tables_read_the_short_way_are_what_pandas_reads(raw: bytes) -> None:
    """A quoted name keeps a table from the short way, and changes nothing else."""
    first, comma, rest = raw.partition(b",") if b"," in raw.partition(b"\n")[0] else raw.partition(b"\n")
    quoted = b'"' + first.rstrip(b"\r") + b'"' + first[len(first.rstrip(b"\r")) :] + comma + rest
    try:
        short, long = read("a.b.csv", raw), read("a.b.csv", quoted)
    except BadContent:
        assert codes("a.b.csv", raw) == codes("a.b.csv", quoted)
        return
    assert (short.columns, short.rows, short.problems) == (long.columns, long.rows, long.problems)
    assert short.whole is not None
    assert long.whole is not None
    for name, values in short.whole.items():
        other = long.whole[name]
        assert values.dtype == other.dtype
        assert not values.flags.writeable
        if values.dtype == object:
            assert values.tolist() == other.tolist()
        else:
            assert values.tobytes() == other.tobytes()


@settings(RELAXED, max_examples=120)
@given(st.data(), BUDGETS)
def test_text_tables_in_pieces_are_the_whole(data: st.DataObject, budget: int) -> None:
    raw = data.draw(tables(","))
    if "ALF208" in codes("a.b.csv", raw):
        return
    whole, pieces = read("a.b.csv", raw), read("a.b.csv", raw, large=True)
    assert (whole.columns, whole.rows, whole.problems) == (pieces.columns, pieces.rows, pieces.problems)
    assert whole.whole is not None
    laid = columns(pieces, budget)
    assert all(same(laid[name], values) for name, values in whole.whole.items() if len(values))


@RELAXED
@given(frames(), BUDGETS)
def test_parquet_tables_are_what_one_loads(frame: pd.DataFrame, budget: int) -> None:
    data = pqt(frame, row_group_size=7)
    expected = one_loads("a.table.pqt", data)
    content = read("a.table.pqt", data)
    assert content.kind is Kind.TABLE
    assert content.whole is not None
    assert [c.name for c in content.columns] == list(expected.columns)
    assert all(same(content.whole[name], expected[name]) for name in expected)
    laid = columns(read("a.table.pqt", data, large=True), budget)
    assert all(same(laid[name], content.whole[name]) for name in expected)


@RELAXED
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    )
)
def test_documents_are_what_one_loads(value: Any) -> None:
    data = json.dumps(value).encode()
    assert codes("a.b.json", data) in ([], ["ALF212"])
    if not codes("a.b.json", data):
        assert read("a.b.json", data).document == one_loads("a.b.json", data) == value
        lines = data + b"\n" + data + b"\n"
        content = read("a.b.jsonable", lines)
        assert content.document == one_loads("a.b.jsonable", lines) == [value, value]
        assert content.rows == 2


LINES = st.sampled_from([
    b'{"a": 1, "b": [NaN]}', b'{"a": 1, "a": 2}', b'"\\ud83d\\ude00"', b'"\\ud800"', b"-Infinity", b"[1",
    b"1 2", b"[" * 501 + b"]" * 501, b"[" * 500 + b"]" * 500, b"[" + b"[]," * 600 + b"1]", b"\xff",
    b"1" * 5000, b"", b"1,2", b"2]", b'{"a": 1, "b": ":"}', b'{"a": {"b": 1}}', b'{"a": 1}, {"b": 2}',
    b' {"a": Infinity} ', b'"-Infinity', b'x"', b'{"b": [', b"1]}", b'{"a": 1, "a": ":"}', b'{"a": 1,',
    b'"b": 2}',
])  # fmt: skip
SOUND_LINES = st.sampled_from([
    b'{"a": 1}', b'{"a": 1, "b": NaN}', b'{"a": ":"}', b'{"a": 1, "a": 2}', b'{"a": {}}', b'{"a": "-"}',
    b"{}", b"[]", b'{"a": [-Infinity]}', b'{"a": "\\u003a", "a": 1}', b"-1",
    b'{"a": "b", "c": [1, {"d": 2, "d": 3}]}',
])  # fmt: skip


@settings(RELAXED, max_examples=400)
@given(
    st.lists(SOUND_LINES, min_size=1, max_size=6) | st.lists(LINES | SOUND_LINES, min_size=1, max_size=6),
    st.sampled_from([b"\n", b"\r\n", b"\r"]),
    st.booleans(),
)
def test_lines_read_together_are_those_read_one_by_one(lines: list[bytes], end: bytes, ended: bool) -> None:
    """The lines of a large file are read one by one, those of a small one together if they are sound."""

    def outcome(large: bool) -> object:
        try:
            content = read("a.b.jsonable", data, large=large)
            documents = columns(content)[""].tolist() if large else content.document
        except BadContent as error:
            return error.problem
        return content.rows, content.problems, json.dumps(documents)

    data = end.join(lines) + (end if ended else b"")
    assume(data)
    assert outcome(large=False) == outcome(large=True)


@RELAXED
@given(st.integers(0, 40), st.integers(1, 4), BUDGETS)
def test_flat_files_in_pieces_are_the_whole(rows: int, width: int, budget: int) -> None:
    values = np.arange(rows * width, dtype="<i4").reshape(rows, width)
    assume(rows)
    metadata = json.dumps({"dtype": "int32", "columns": [f"c{i}" for i in range(width)]}).encode()
    for large in (False, True):
        content = read("a.b.bin", values.tobytes(), large=large, metadata=metadata)
        laid = columns(content, budget)
        assert all(np.array_equal(laid[f"c{i}"], values[:, i]) for i in range(width))


@pytest.mark.parametrize("extension", sorted(READ))
def test_faults_of_the_disk_go_through(extension: str) -> None:
    class Broken(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def seekable(self) -> bool:
            return True

        def tell(self) -> int:
            return 0

        def seek(self, offset: int, whence: int = 0) -> int:
            return offset

        def readinto(self, buffer: Any) -> int:
            raise OSError(5, "Input/output error")

    metadata = b'{"dtype": "int16"}'
    source = Source(f"a.b.{extension}", 1000, file=cast("Any", Broken()), sidecar=lambda _: metadata)
    with pytest.raises(OSError, match="Input/output error"):
        columns(READ[extension](source))
