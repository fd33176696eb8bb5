"""Videos: frames are counted and not believed."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from alfcheck import Kind
from conftest import Check
from media import codes, npy, read, refused, video

EXTENSIONS = ("mp4", "avi", "mov", "mkv")
NAME = "_iblrig_leftCamera.raw"


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("frames", [1, 2, 31])
@pytest.mark.parametrize("extension", EXTENSIONS)
def test_rows_are_frames(extension: str, frames: int, large: bool) -> None:
    content = read(f"{NAME}.{extension}", video(extension, frames), large=large)
    assert (content.kind, content.rows, content.problems) == (Kind.ARRAY, frames, ())
    assert content.columns == (("", "uint8", (32, 48, 3)),)
    assert isinstance(content.document, dict)
    told = {key: content.document[key] for key in ("frames", "rate", "width", "height")}
    assert told == {"frames": frames, "rate": 30.0, "width": 48, "height": 32}


def test_how_frames_were_counted_is_told() -> None:
    counted = {
        extension: read(f"{NAME}.{extension}", video(extension)).document["counted_by"]  # type: ignore[index]
        for extension in EXTENSIONS
    }
    assert counted == {"mp4": "index", "mov": "index", "avi": "index", "mkv": "packets"}


def test_a_video_in_fragments_has_all_its_frames() -> None:
    data = video("mp4", 20, movflags="frag_keyframe+empty_moov")
    assert read(f"{NAME}.mp4", data).rows == 20


def test_a_grey_video_has_one_value_a_pixel() -> None:
    assert read(f"{NAME}.avi", video("avi", grey=True)).columns[0].shape == (32, 48)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.99])
@pytest.mark.parametrize("extension", EXTENSIONS)
def test_what_was_cut_short_is_told(extension: str, share: float) -> None:
    data = video(extension, 30)
    assert refused(f"{NAME}.{extension}", data[: int(len(data) * share)]).startswith("MED202")


def test_an_mp4_without_its_index_says_what_is_missing() -> None:
    data = video("mp4")
    # A recorder that was stopped: what it wrote so far is whole, and the index was never written.
    data = data[: data.index(b"moov") - 4]
    assert "no index (box 'moov')" in refused(f"{NAME}.mp4", data)


def test_an_mp4_whose_index_stands_first_is_cut_short_too() -> None:
    data = video("mp4", 30, movflags="faststart")
    assert data.index(b"moov") < data.index(b"mdat")
    assert "'mdat' promises" in refused(f"{NAME}.mp4", data[:-100])


def test_frames_beyond_the_end_are_counted() -> None:
    data = bytearray(video("mp4", 30, movflags="faststart"))
    place = data.index(b"mdat") - 4
    # The box is made to fit what is left; frames of the index are not there.
    cut = data[:-100]
    struct.pack_into(">I", cut, place, len(cut) - place)
    assert "of 30 frames in the index" in refused(f"{NAME}.mp4", bytes(cut))


@pytest.mark.parametrize("extension", EXTENSIONS)
@pytest.mark.parametrize("other", EXTENSIONS)
def test_a_wrong_extension_is_told(extension: str, other: str) -> None:
    alike = {"mp4", "mov"}
    if extension != other and not {extension, other} <= alike:
        assert refused(f"{NAME}.{other}", video(extension)).startswith("MED201")


@pytest.mark.parametrize("extension", EXTENSIONS)
@pytest.mark.parametrize("data", [b"x", b"\0" * 500, b"#EXTM3U\nhttp://localhost/a.mp4\n", b"\xff" * 5000])
def test_no_video_at_all(extension: str, data: bytes) -> None:
    assert refused(f"{NAME}.{extension}", data)[:6] in ("MED201", "MED202")


def test_an_empty_file() -> None:
    assert refused(f"{NAME}.mp4", b"").startswith("ALF202")


def test_a_header_that_promises_more_is_a_warning() -> None:
    data = bytearray(video("avi"))
    struct.pack_into("<I", data, data.index(b"strh") + 8 + 32, 99)
    (problem,) = read(f"{NAME}.avi", bytes(data)).problems
    assert problem.code == "MED204"
    assert "99 frames; 12 are there" in problem.message


@pytest.mark.parametrize("extension", ["mp4", "mov"])
def test_an_index_is_not_believed_before_it_is_allocated(extension: str) -> None:
    data = bytearray(video(extension))
    # The size of each frame is given once, for four billion of them.
    struct.pack_into(">II", data, data.index(b"stsz") + 8, 1, 0xFFFFFFFF)
    assert "4294967295 frames" in refused(f"{NAME}.{extension}", bytes(data))


@pytest.mark.parametrize("table", ["stts", "stsc", "stco"])
def test_tables_of_an_index_are_not_believed(table: str) -> None:
    data = bytearray(video("mp4"))
    struct.pack_into(">I", data, data.index(table.encode()) + 8, 0x7FFFFFFF)
    assert f"index '{table}' promises 2147483647 entries" in refused(f"{NAME}.mp4", bytes(data))


@pytest.mark.parametrize("share", [0.3, 0.5, 0.8])
def test_an_avi_whose_header_was_made_to_fit_is_cut_short(share: float) -> None:
    data = bytearray(video("avi", 200))
    data = data[: int(len(data) * share)]
    struct.pack_into("<I", data, 4, len(data) - 8)
    found = refused(f"{NAME}.avi", bytes(data))
    assert found.startswith("MED202")
    assert f"the file ends after {len(data)}" in found


def test_no_number_of_a_library_is_told() -> None:
    data = bytearray(video("avi"))
    start = data.index(b"strl")
    data[start : start + 400] = b"\xff" * 400
    assert "[Errno" not in refused(f"{NAME}.avi", bytes(data))


def test_rows_of_video_and_what_was_measured_on_it(check: Check) -> None:
    report = check(
        {
            "alf/eye.video.avi": video("avi", 5),
            "alf/eye.area.npy": npy(np.arange(4.0)),
            "alf/eye.xyPos.npy": npy(np.zeros((4, 2))),
        }
    )
    (finding,) = [each for each in report.findings if each.code == "ALF401"]
    assert "eye.video has 5 rows" in finding.message


@pytest.mark.parametrize(("times", "found"), [(5, {}), (4, {"MED502"}), (6, {"MED502"})])
@pytest.mark.parametrize("collection", ["alf", "raw_video_data"])
def test_frames_against_times(check: Check, collection: str, times: int, found: set[str]) -> None:
    report = check(
        {
            f"raw_video_data/{NAME}.mp4": video("mp4", 5),
            f"{collection}/_ibl_leftCamera.times.npy": npy(np.arange(float(times))),
            f"{collection}/_ibl_rightCamera.times.npy": npy(np.arange(9.0)),
        }
    )
    assert {code for each in codes(report).values() for code in each} == set(found)


def test_a_contract_judges_size_and_dtype(check: Check) -> None:
    report = check({f"raw_video_data/{NAME}.avi": video("avi", 0)})
    assert "media.video@1.0.0" in {each.contract for each in report.findings if each.code == "ALF313"}
