"""Image stacks: frames are counted by walking, within the file."""

from __future__ import annotations

import struct
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from alfcheck import BadContent, Kind
from hypothesis import given, settings
from hypothesis import strategies as st
from media import read, refused, tiff

NAME = "imaging.frames.tif"
STACK = np.arange(5 * 16 * 20, dtype=np.uint16).reshape(5, 16, 20)
GREY: dict[str, Any] = {"photometric": "minisblack"}
TILED = {**GREY, "tile": (16, 16)}
WAYS = (GREY, {"imagej": True}, {**GREY, "bigtiff": True}, {**GREY, "compression": "zlib"}, TILED)


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("how", [*WAYS, {**GREY, "byteorder": ">"}, {**GREY, "ome": True}])
def test_rows_are_frames(how: dict[str, Any], large: bool) -> None:
    content = read(NAME, tiff(STACK, **how), large=large)
    assert (content.kind, content.rows, content.problems) == (Kind.ARRAY, 5, ())
    assert content.columns == (("", "uint16", (16, 20)),)


def test_colours_and_one_picture() -> None:
    assert read(NAME, tiff(np.zeros((4, 16, 20, 3), np.uint8), photometric="rgb")).shape == (4, 16, 20, 3)
    assert read(NAME, tiff(STACK[0])).shape == (1, 16, 20)


def test_a_stack_of_imagej_behind_one_directory() -> None:
    data = bytearray(tiff(STACK, imagej=True))
    # As ImageJ writes more than 4 GiB: there is no second directory.
    place = struct.unpack_from("<I", data, 4)[0]
    entries = struct.unpack_from("<H", data, place)[0]
    struct.pack_into("<I", data, place + 2 + 12 * entries, 0)
    assert read(NAME, bytes(data)).rows == 5
    end = data.index(STACK.tobytes()[-100:])
    assert "promises 5 frames" in refused(NAME, bytes(data[:end]))


def test_a_stack_that_tifffile_writes_behind_one_directory() -> None:
    data = tiff(STACK, truncate=True)
    assert read(NAME, data).shape == (5, 16, 20)
    assert read(NAME, tiff(np.zeros((4, 16, 20, 3), np.uint8), photometric="rgb", truncate=True)).rows == 4
    end = data.index(STACK.tobytes()) + STACK.nbytes
    for cut in (end - 1, end - STACK.nbytes // 2):
        assert "promises 5 frames" in refused(NAME, data[:cut])


@pytest.mark.parametrize(
    "said",
    ["{}", "[]", '{"shape": [5, -16]}', '{"shape": [7, 9]}', '{"shape": ' + "[" * 5000, "shape=(9,16,20)"],
)
def test_a_description_that_means_nothing_is_one_picture(said: str) -> None:
    assert read(NAME, tiff(STACK[0], metadata=None, description=said)).rows == 1


def _patched(data: bytes, tags: dict[int, int]) -> bytes:
    """Give a file whose first directory has other values, as numbers of 32 bits."""
    changed = bytearray(data)
    place = struct.unpack_from("<I", data, 4)[0]
    for number in range(struct.unpack_from("<H", data, place)[0]):
        entry = place + 2 + 12 * number
        if (tag := struct.unpack_from("<H", data, entry)[0]) in tags:
            struct.pack_into("<HII", changed, entry + 2, 4, 1, tags[tag])
    return bytes(changed)


@pytest.mark.parametrize(
    "tags",
    [{256: 4000}, {256: 16000, 257: 16000}, {256: 1 << 20, 257: 1 << 20}, {279: 1}, {279: 0}, {258: 32}],
)
def test_a_picture_that_takes_more_than_it_has(tags: dict[int, int]) -> None:
    data = _patched(tiff(STACK[0], metadata=None), tags)
    assert refused(NAME, data).startswith("MED208")


@pytest.mark.parametrize("tile", [None, (16, 16)])
@pytest.mark.parametrize("dtype", ["?", "u1", "i2", "f4", "c16"])
def test_what_tifffile_writes_has_room(dtype: str, tile: tuple[int, int] | None) -> None:
    values = np.ones((2, 33, 17, 3), dtype)
    for planar in ("contig", "separate"):
        stack = values if planar == "contig" else values.transpose(0, 3, 1, 2)
        how = (
            {"photometric": "rgb", "planarconfig": planar, "tile": tile}
            if dtype == "u1"
            else {**GREY, "tile": tile}
        )
        assert read(NAME, tiff(stack, rowsperstrip=None if tile else 5, **how)).rows


def test_pictures_of_different_sizes_are_no_rows() -> None:
    import io

    import tifffile

    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        writer.write(STACK[0], **GREY)
        writer.write(STACK[0, :4, :4], **GREY)
    content = read(NAME, file.getvalue())
    assert (content.kind, content.rows) == (Kind.DOCUMENT, None)


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.9])
def test_what_was_cut_short_is_told(how: dict[str, Any], share: float) -> None:
    data = tiff(STACK, **how)
    assert refused(NAME, data[: int(len(data) * share)]).startswith("MED202")


def test_directories_that_lead_round_in_circles() -> None:
    data = bytearray(tiff(STACK[:1]))
    place = struct.unpack_from("<I", data, 4)[0]
    entries = struct.unpack_from("<H", data, place)[0]
    struct.pack_into("<I", data, place + 2 + 12 * entries, place)
    assert "without end" in refused(NAME, bytes(data))


@pytest.mark.parametrize(
    "data", [b"x", b"II*\0", b"II*\0\xff\xff\xff\xff", b"II*\0\0\0\0\0", b"\x89PNG\r\n\x1a\n" * 9]
)
def test_no_stack_at_all(data: bytes) -> None:
    assert refused(NAME, data)[:6] in ("MED201", "MED202")


@settings(deadline=None, max_examples=300)
@given(
    how=st.sampled_from(WAYS),
    changes=st.lists(st.tuples(st.integers(0, 399), st.integers(0, 255)), max_size=6),
)
def test_whatever_stands_in_a_header_is_read_or_refused(
    how: dict[str, Any], changes: list[tuple[int, int]]
) -> None:
    data = bytearray(tiff(STACK, **how))
    for place, value in changes:
        data[place] = value
    with suppress(BadContent):
        content = read(NAME, bytes(data))
        assert content.kind is Kind.DOCUMENT or content.rows
