"""Arrays: .npy, .npz and flat binary files."""

from __future__ import annotations

import io
import pickle
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from content_bytes import (
    codes,
    columns,
    message,
    npy,
    npy_claims,
    npy_with_header,
    npz,
    one_loads,
    read,
    zipped,
)

from alfcheck.model import Severity
from alfcheck.readers.base import BadContent, Column, Kind


class Trap:
    """Leaves a mark when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.mark,)


def test_a_vector_is_one_column_without_name() -> None:
    content = read("spikes.times.npy", npy(np.array([0.5, 1.0])))
    assert (content.kind, content.rows, content.shape) == (Kind.ARRAY, 2, (2,))
    assert content.columns == (Column("", "float64", ()),)
    assert content.whole is not None
    assert not content.whole[""].flags.writeable


@pytest.mark.parametrize("store", [np.ascontiguousarray, np.asfortranarray])
def test_a_column_vector_is_a_vector(store: Callable[[np.ndarray], np.ndarray]) -> None:
    content = read("a.b.npy", npy(store(np.array([[1], [2], [3]], dtype=">u2"))))
    assert content.columns == (Column("", "uint16", ()),)
    assert content.shape == (3,)
    assert content.whole is not None
    assert content.whole[""].tolist() == [1, 2, 3]
    assert content.whole[""].dtype.isnative


def test_higher_dimensions_keep_their_shape() -> None:
    array = np.arange(24).reshape(2, 3, 4)
    for given in (array, np.asfortranarray(array)):
        content = read("a.b.npy", npy(given))
        assert content.columns[0].shape == (3, 4)
        assert np.array_equal(columns(content)[""], array)
        assert np.array_equal(columns(read("a.b.npy", npy(given), large=True), 1)[""], array)


@pytest.mark.parametrize("array", [np.array(["ab", "c"], dtype) for dtype in ("S2", "U2", ">U5")])
def test_text_arrays_give_str(array: np.ndarray) -> None:
    content = read("a.b.npy", npy(array))
    assert content.columns == (Column("", "str"),)
    assert columns(content)[""].tolist() == ["ab", "c"]
    assert columns(read("a.b.npy", npy(array), large=True), 1)[""].tolist() == ["ab", "c"]


def test_text_arrays_that_are_no_text() -> None:
    assert codes("a.b.npy", npy_claims("<U1", (1,), (0x110000).to_bytes(4, "little"))) == ["ALF207"]
    assert codes("a.b.npy", npy_claims("<U1", (1,), (0xD800).to_bytes(4, "little"))) == ["ALF207"]


def test_a_structured_array_is_a_table() -> None:
    array = np.array([(1, 2.5, b"x", (1, 2))], dtype=[("a", ">i4"), ("b", "f8"), ("c", "S3"), ("d", "i2", 2)])
    content = read("a.b.npy", npy(array))
    assert content.kind is Kind.TABLE
    assert content.columns == (
        Column("a", "int32"), Column("b", "float64"), Column("c", "str"), Column("d", "int16", (2,)),
    )  # fmt: skip
    assert {name: values.tolist() for name, values in columns(content).items()} == {
        "a": [1], "b": [2.5], "c": ["x"], "d": [[1, 2]],
    }  # fmt: skip


def test_void_fields_are_named_only() -> None:
    array = np.zeros(2, dtype=[("a", "i4"), ("b", [("c", "i4")])])
    content = read("a.b.npy", npy(array))
    assert content.columns[1] == Column("b", "object")
    assert list(columns(content)) == ["a"]


def test_a_scalar_has_no_rows() -> None:
    content = read("a.b.npy", npy(np.float64(3)))
    assert content.rows is None
    assert content.shape == ()
    assert [problem.code for problem in content.problems] == ["ALF216"]


def test_no_rows_are_sound() -> None:
    for large in (False, True):
        content = read("a.b.npy", npy(np.empty((0, 2))), large=large)
        assert (content.rows, content.columns[0].shape, content.problems) == (0, (2,), ())
        assert content.whole is not None
        assert content.whole[""].shape == (0, 2)


@pytest.mark.parametrize("version", [1, 2, 3])
def test_all_versions_of_the_format(version: int) -> None:
    header = "{'descr': [('é', '<i2')], 'fortran_order': False, 'shape': (1,)}" if version == 3 else (
        "{'shape': (1L,), 'descr': '<i2', 'fortran_order': False}  \n"
    )  # fmt: skip
    content = read("a.b.npy", npy_with_header(header, b"\1\0", version))
    assert content.rows == 1
    assert [values.tolist() for values in columns(content).values()] == [[1]]


BAD_NPY = [
    ("ALF201", b"0.5\n1.0\n"),
    ("ALF201", b"PK\3\4" + bytes(100)),
    ("ALF201", b"\x93NUMPY\x07\x00" + bytes(100)),
    ("ALF201", npy_with_header("[]")),
    ("ALF201", npy_with_header("{'descr': '<f8'}")),
    ("ALF201", npy_with_header("(" * 5000)),
    ("ALF201", npy_with_header("-" * 9000 + "1")),
    ("ALF201", npy_claims("<z8", (1,), bytes(8))),
    ("ALF201", npy_claims("|b1", (2,), b"\0\2")),
    ("ALF202", b""),
    ("ALF203", b"\x93NUM"),
    ("ALF203", npy(np.arange(5))[:9]),
    ("ALF203", npy(np.arange(5))[:60]),
    ("ALF203", npy(np.arange(5))[:-1]),
    ("ALF203", npy_claims("<f8", (10**15,), bytes(80))),
    ("ALF203", npy_claims("<f8", (3,))),
    ("ALF204", npy(np.arange(5)) + b"\0"),
    ("ALF205", npy(np.array([{}], dtype=object))),
    ("ALF205", pickle.dumps([1, 2], protocol=4)),
    ("ALF205", pickle.dumps([1, 2], protocol=0)),
    ("ALF205", npy_claims("T", (1,), bytes(16))),
    ("ALF206", npy_claims("<f8", (-1,), bytes(8))),
    ("ALF206", npy_claims("<f8", (2**40, 2**40), bytes(8))),
    ("ALF206", npy_claims("<f8", (10**15, 0))),
    ("ALF206", npy_claims("|S0", (10**15,))),
    ("ALF206", npy_claims("<f8", (0, 2**62))),
    ("ALF217", npy_with_header(" " * 20_000)),
]


@pytest.mark.parametrize(("code", "data"), BAD_NPY)
@pytest.mark.parametrize("large", [False, True])
def test_bad_arrays(code: str, data: bytes, large: bool) -> None:
    assert codes("a.b.npy", data, large=large) == [code]


def test_messages_name_the_values() -> None:
    data = npy(np.arange(5.0))
    assert "(5,)" in message("a.b.npy", data[:-8])
    assert "4 values" in message("a.b.npy", data[:-8])
    assert "8 further bytes" in message("a.b.npy", data + bytes(8))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("extension", ["npy", "npz", "json", "yaml", "csv", "pqt", "jsonable"])
def test_nothing_is_unpickled(tmp_path: Path, protocol: int, extension: str) -> None:
    mark = tmp_path / "mark"
    found = codes(f"a.b.{extension}", pickle.dumps(Trap(mark), protocol))
    assert found == ["ALF205"] or extension not in ("npy", "npz")
    trapped = npy(np.array([Trap(mark)], dtype=object))
    assert codes("a.b.npy", trapped) == ["ALF205"]
    assert codes("a.b.npz", zipped(("arr_0.npy", trapped))) == ["ALF205"]
    assert not mark.exists()


def test_big_arrays_cost_a_piece(tmp_path: Path) -> None:
    import tracemalloc

    from alfcheck.readers.base import Source
    from alfcheck.readers.builtin import READERS

    path = tmp_path / "a.b.npy"
    with path.open("wb") as file:
        file.write(npy_claims("<f8", (25_000_000,)))
        file.truncate(file.tell() + 200_000_000)
    size = path.stat().st_size
    rows = 0
    tracemalloc.start()
    with path.open("rb", buffering=0) as raw:
        content = READERS[0].read(Source(path.name, size, file=raw))
        assert content.pieces is not None
        for piece in content.pieces(1 << 20):
            rows += len(piece[""])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows == content.rows == 25_000_000
    assert peak < 8 << 20


def test_columns_stored_one_after_the_other_come_by_rows() -> None:
    array = np.asfortranarray(np.arange(60_000.0).reshape(20_000, 3))
    for budget in (1 << 10, 1 << 19, 1 << 30):
        assert np.array_equal(columns(read("a.b.npy", npy(array), large=True), budget)[""], array)


def test_a_huge_row_is_not_read() -> None:
    data = npy_claims("<f8", (1, 10**9))
    with pytest.raises(BadContent) as caught:
        read("a.b.npy", data)
    assert caught.value.problem.code == "ALF203"

    from alfcheck.readers.npy_header import parse_header
    from alfcheck.readers.npy_values import array_pieces

    with pytest.raises(BadContent) as caught:
        next(array_pieces(None, parse_header(data), 1 << 20))  # type: ignore[arg-type]
    assert caught.value.problem.code == "ALF217"
    assert caught.value.problem.severity is Severity.UNVERIFIED


def test_an_archive_of_one_unnamed_array_is_an_array() -> None:
    content = read("a.b.npz", npz(arr_0=np.arange(3)))
    assert (content.kind, content.rows) == (Kind.ARRAY, 3)
    assert columns(content)[""].tolist() == one_loads("a.b.npz", npz(arr_0=np.arange(3))).tolist()


def test_any_other_archive_is_a_document() -> None:
    content = read("a.b.npz", npz(True, a=np.zeros((2, 3)), b=np.array("x")))
    assert (content.kind, content.rows) == (Kind.DOCUMENT, None)
    assert content.columns == (Column("a", "float64", (2, 3)), Column("b", "str", ()))


def flipped(data: bytes, where: int) -> bytes:
    return data[:where] + bytes([data[where] ^ 1]) + data[where + 1 :]


BAD_NPZ = [
    ("ALF201", b"no archive"),
    ("ALF201", npy(np.arange(3))),
    ("ALF201", flipped(npz(arr_0=np.arange(30)), 300)),
    ("ALF201", flipped(npz(a=np.arange(30), b=np.arange(3)), 300)),
    ("ALF201", zipped(("a.npy", b"no array"))),
    ("ALF201", zipped(("arr_0", b"no array"))),
    ("ALF201", zipped(("a.npy", npy(np.arange(3))), method=zipfile.ZIP_LZMA)),
    ("ALF203", npz(a=np.arange(30))[:-30]),
    ("ALF203", zipped(("a.npy", npy(np.arange(3))[:-1]))),
    ("ALF204", zipped(("arr_0.npy", npy(np.arange(3)) + b"x"))),
    ("ALF205", zipped(("a.npy", npy(np.array([{}], dtype=object))))),
    ("ALF206", zipped(("a.npy", npy_claims("<f8", (-1,))))),
]


@pytest.mark.parametrize(("code", "data"), BAD_NPZ)
@pytest.mark.parametrize("large", [False, True])
def test_bad_archives(code: str, data: bytes, large: bool) -> None:
    assert codes("a.b.npz", data, large=large) == [code]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_of_the_same_name() -> None:
    data = zipped(("a.npy", npy(np.arange(3))), ("a.npy", npy(np.arange(4))))
    assert codes("a.b.npz", data) == ["ALF209"]


def test_sizes_that_no_archive_can_have() -> None:
    data = bytearray(npz(True, a=np.zeros(100)))
    directory = data.rindex(b"PK\1\2")
    data[directory + 24 : directory + 28] = (2**31).to_bytes(4, "little")
    assert codes("a.b.npz", bytes(data)) == ["ALF217"]


def test_flat_files_follow_their_metadata() -> None:
    data = np.array([[1, 2], [3, 4]], "<i2").tobytes()
    content = read("a.b.bin", data)
    assert content.columns == (Column("a", "int16"), Column("b", "int16"))
    assert {name: values.tolist() for name, values in columns(content).items()} == {"a": [1, 3], "b": [2, 4]}
    vector = read("a.b.bin", data, metadata=b'{"dtype": ">i2"}')
    assert (vector.kind, vector.rows, vector.columns) == (Kind.ARRAY, 4, (Column("", "int16"),))
    assert columns(vector)[""].tolist() == [256, 512, 768, 1024]


@pytest.mark.parametrize("metadata", [None, b"", b"[]", b"{}", b"\xff", b"[" * 10**5])
def test_flat_files_without_metadata_have_no_rows(metadata: bytes | None) -> None:
    content = read("a.b.bin", b"123", metadata=metadata)
    assert (content.kind, content.rows, content.columns) == (Kind.DOCUMENT, None, ())


@pytest.mark.parametrize(
    ("code", "metadata"),
    [
        ("ALF203", b'{"dtype": "int16"}'),
        ("ALF206", b'{"dtype": "nonsense"}'),
        ("ALF206", b'{"dtype": "O"}'),
        ("ALF206", b'{"dtype": {"a": 1}}'),
        ("ALF206", b'{"dtype": "u1", "columns": "ab"}'),
        ("ALF209", b'{"dtype": "u1", "columns": ["a", "a"]}'),
    ],
)
def test_flat_files_that_disagree_with_their_metadata(code: str, metadata: bytes) -> None:
    assert codes("a.b.bin", b"123", metadata=metadata) == [code]


def test_importing_the_readers_loads_no_library() -> None:
    program = (
        "import sys, alfcheck.readers.builtin; print({'numpy', 'pandas', 'pyarrow', 'yaml'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_large_archive_is_no_bomb() -> None:
    stream = io.BytesIO()
    np.savez_compressed(stream, np.random.default_rng(0).random(200_000))
    content = read("x.y.npz", stream.getvalue())
    assert (content.rows, content.problems) == (200_000, ())
