"""Sound: what is read is what was written."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest
from conftest import Check
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from media import codes, read, refused, sound, values_of

FORMS = (("WAV", "wav"), ("WAVEX", "wav"), ("RF64", "wav"), ("FLAC", "flac"))
SHAPES = st.tuples(st.integers(1, 300), st.integers(1, 4))


@settings(deadline=None, max_examples=60)
@given(
    values=arrays.arrays(np.int16, SHAPES),
    form=st.sampled_from(FORMS),
    large=st.booleans(),
    step=st.integers(1, 5000),
)
def test_what_is_read_was_written(
    values: np.ndarray[Any, Any], form: tuple[str, str], large: bool, step: int
) -> None:
    format_, extension = form
    content = read(f"_iblrig_micData.raw.{extension}", sound(values, format_=format_), large=large)
    found = values_of(content, step)
    assert content.rows == len(values)
    assert content.columns[0].dtype == "int16"
    assert content.columns[0].shape == (() if values.shape[1] == 1 else (values.shape[1],))
    assert np.array_equal(found.reshape(values.shape), values)


@pytest.mark.parametrize(
    ("subtype", "dtype"),
    [("PCM_24", "int32"), ("PCM_32", "int32"), ("FLOAT", "float32"), ("DOUBLE", "float64")],
)
def test_values_have_a_dtype_that_holds_them(subtype: str, dtype: str) -> None:
    content = read("_a_mic.raw.wav", sound(np.linspace(-0.5, 0.5, 99), subtype=subtype))
    assert content.columns[0].dtype == dtype
    assert values_of(content).dtype == dtype


@settings(deadline=None, max_examples=60)
@given(cut=st.integers(1, 20_000), form=st.sampled_from(FORMS))
def test_what_was_cut_short_is_told(cut: int, form: tuple[str, str]) -> None:
    format_, extension = form
    data = sound(np.random.default_rng(0).normal(size=20_000) / 9, format_=format_)
    assert refused(f"_a_mic.raw.{extension}", data[: len(data) - cut])[:6] in ("MED201", "MED202")


@settings(deadline=None, max_examples=60)
@given(place=st.floats(0, 1, exclude_max=True), large=st.booleans())
def test_a_flac_with_a_wrong_byte_is_refused(place: float, large: bool) -> None:
    data = bytearray(sound(np.random.default_rng(0).normal(size=20_000) / 9, format_="FLAC"))
    first = data.index(b"\xff\xf8")  # where frames begin, each with a checksum
    data[first + int(place * (len(data) - first))] ^= 0xFF
    assert refused("_a_mic.raw.flac", bytes(data), large=large).startswith(("MED201", "MED202"))


def test_a_header_that_promises_everything_allocates_nothing() -> None:
    data = bytearray(sound(np.zeros(10)))
    struct.pack_into("<I", data, data.index(b"data") + 4, 0xFFFFFFFE)
    assert "promises 4294967294 bytes of samples; 20 are there" in refused("_a_mic.raw.wav", bytes(data))


def _wav(data: bytes, *, length: int | None = None, **header: int) -> bytes:
    """Give a WAV file with other numbers in its header."""
    changed = bytearray(data)
    places = {"channels": 22, "block": 32, "bits": 34}
    for name, value in header.items():
        struct.pack_into("<H", changed, places[name], value)
    if length is not None:
        struct.pack_into("<I", changed, data.index(b"data") + 4, length)
    return bytes(changed)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ({"length": 1000}, "promises 1000 bytes of samples; behind them lie 1000 bytes"),
        ({"length": 0}, "promises 0 bytes of samples; behind them lie 2000 bytes"),
        ({"length": 1998}, "behind them lie 2 bytes"),
        ({"length": 1999}, "no whole number of 2 bytes"),
        ({"channels": 3}, "2 bytes to a sample of 3 channels of 16 bits"),
        ({"block": 0}, "0 bytes to a sample of 1 channels"),
        ({"bits": 24}, "2 bytes to a sample of 1 channels of 24 bits"),
    ],
)
def test_a_header_that_promises_too_little(header: dict[str, int], said: str) -> None:
    found = refused("_a_mic.raw.wav", _wav(sound(np.full(1000, 0.5)), **header))
    assert found.startswith("MED208")
    assert said in found


@pytest.mark.parametrize("behind", [b"LIST\4\0\0\0abcd", b"cue \3\0\0\0abc", b"\0" * 512, b"\0"])
@pytest.mark.parametrize(("subtype", "pad"), [("PCM_16", b""), ("PCM_U8", b"\0"), ("PCM_U8", b"")])
def test_what_may_lie_behind_samples(behind: bytes, subtype: str, pad: bytes) -> None:
    data = sound(np.full(999, 0.5), subtype=subtype)
    start = data.index(b"data") + 8
    data = data[: start + 999 * (2 if subtype == "PCM_16" else 1)] + pad
    assert read("_a_mic.raw.wav", data + behind).rows == 999


@pytest.mark.parametrize("subtype", ["ULAW", "ALAW", "IMA_ADPCM", "MS_ADPCM", "GSM610", "PCM_U8", "DOUBLE"])
@pytest.mark.parametrize("format_", ["WAV", "WAVEX"])
def test_what_libsndfile_writes_is_read(subtype: str, format_: str) -> None:
    import soundfile

    if soundfile.check_format(format_, subtype):
        assert read("_a_mic.raw.wav", sound(np.zeros(1001), format_=format_, subtype=subtype)).rows


def test_a_flac_that_promises_more_is_told() -> None:
    data = bytearray(sound(np.zeros(1000), format_="FLAC"))
    # The number of samples is the last 36 bits before the checksum of the first block.
    place = 8 + 10 + 4
    struct.pack_into(">I", data, place, 5000)
    assert "promises 5000 samples; only 1000" in refused("_a_mic.raw.flac", bytes(data))


def test_a_flac_without_its_length_is_counted() -> None:
    data = bytearray(sound(np.zeros(1000), format_="FLAC"))
    struct.pack_into(">I", data, 8 + 10 + 4, 0)
    content = read("_a_mic.raw.flac", bytes(data))
    assert len(values_of(content)) == 1000
    assert content.rows == 1000


@pytest.mark.parametrize("extension", ["wav", "flac"])
@pytest.mark.parametrize(
    "data", [b"x", b"RIFF\4\0\0\0WAVE", b"\0" * 999, b"fLaC\0\0", sound(np.zeros(9), format_="AIFF")]
)
def test_no_sound_at_all(extension: str, data: bytes) -> None:
    assert refused(f"_a_mic.raw.{extension}", data)[:6] in ("MED201", "MED202")


def test_messages_are_the_same_in_every_run() -> None:
    assert "0x" not in refused("_a_mic.raw.flac", b"fLaC" + bytes(30))


def test_a_session(check: Check) -> None:
    values = np.zeros(2_500_000, np.int16)
    values[::7] = 1000
    report = check(
        {
            # More than is read whole, so that it is streamed.
            "raw_behavior_data/_iblrig_micData.raw.wav": sound(np.tile(values, 2)),
            "raw_behavior_data/_iblrig_micData.raw.flac": sound(values[:1000], format_="FLAC")[:-9],
        }
    )
    assert codes(report)["_iblrig_micData.raw.flac"] <= {"MED201", "MED202"}
    verdicts = {row.path.rpartition(".")[2]: row.verdict for row in report.ledger}
    assert verdicts["flac"] == "fail"
    assert verdicts["wav"] != "fail"
