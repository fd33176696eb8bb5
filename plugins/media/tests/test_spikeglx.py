"""Settings of SpikeGLX, headers of mtscomp, and the recordings that they are of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mtscomp
import numpy as np
import pytest
from alfcheck import Kind
from conftest import Check
from hypothesis import given
from hypothesis import strategies as st
from media import codes, read, refused

from alfcheck_media.examples import header, meta
from alfcheck_media.spikeglx import parse, samples_of

STEM = "_spikeglx_ephysData_g0_t0.imec0.ap"
FOLDER = "raw_ephys_data/probe00"
KEYS = st.from_regex(r"~?[a-zA-Z][a-zA-Z0-9_]{0,12}", fullmatch=True)
OF_COMPRESSED = {
    "fileSizeBytes": 12000, "nSavedChans": 4, "snsApLfSy": "3,0,1", "imSampRate": 1000, "fileTimeSecs": 1.5,
}  # fmt: skip
VALUES = st.integers(-(10**15), 10**15) | st.sampled_from(
    ["D:/data/a=b.bin", "384,0,1", "", "007", "1e5", "imec"]
)


@given(st.dictionaries(KEYS, VALUES, min_size=1), st.sampled_from(["\n", "\r\n"]))
def test_settings_are_what_was_written(settings: dict[str, int | str], end: str) -> None:
    found, problems = parse("".join(f"{key}={value}{end}" for key, value in settings.items()))
    assert dict(found) == settings
    assert problems == ()


def test_settings_are_a_document() -> None:
    content = read(f"{STEM}.meta", meta(imSampRate="10.5e0", fileTimeSecs=0.9524)())
    assert content.kind is Kind.DOCUMENT
    assert isinstance(content.document, dict)
    assert content.document["nSavedChans"] == 2
    assert content.document["imSampRate"] == 10.5


def test_a_setting_that_stands_twice_is_a_warning() -> None:
    (problem,) = read(f"{STEM}.meta", meta()() + b"typeThis=imec\n").problems
    assert (problem.code, problem.severity) == ("MED211", "warning")


@pytest.mark.parametrize("data", [b"no settings\n", b"=3\n", b"\n", b"{}"])
def test_what_is_no_text_of_settings(data: bytes) -> None:
    assert refused(f"{STEM}.meta", data).startswith("MED211")
    assert read("_lab_imaging.meta.meta", data).opaque


def test_text_that_is_not_utf8() -> None:
    assert "not UTF-8" in refused(f"{STEM}.meta", b"userNotes=M\xfcller\n")


@pytest.mark.parametrize(
    ("changed", "severity"),
    [
        ({"fileSizeBytes": 42}, None),
        ({"fileSizeBytes": "42.0"}, None),
        ({"snsApLfSy": "3,0,1"}, None),
        ({"snsMnMaXaDw": "0,0,0,1"}, None),
        ({"fileTimeSecs": 1.5}, "warning"),
        ({"imSampRate": 20}, "warning"),
    ],
)
def test_settings_that_contradict_themselves(changed: dict[str, Any], severity: str | None) -> None:
    (problem,) = read(f"{STEM}.meta", meta(**changed)()).problems
    assert (problem.code, problem.severity) == ("MED213", severity)


def test_missing_settings_break_the_contract(check: Check) -> None:
    report = check({f"{FOLDER}/{STEM}.meta": b"nSavedChans=385\ntypeThis=imec\n"})
    assert "media.spikeglx_meta@1.0.0" in {each.contract for each in report.findings}


@pytest.mark.parametrize(("size", "found"), [(40, {}), (36, {"MED501"}), (44, {"MED501"})])
def test_a_recording_against_its_settings(check: Check, size: int, found: set[str]) -> None:
    report = check({f"{FOLDER}/{STEM}.meta": meta()(), f"{FOLDER}/{STEM}.bin": bytes(size)})
    assert {code for each in codes(report).values() for code in each} == set(found)
    failed = {row.path.rpartition(".")[2] for row in report.ledger if row.verdict == "fail"}
    assert failed == ({"bin", "meta"} if found else set())


def test_a_recording_without_settings(check: Check) -> None:
    report = check({f"{FOLDER}/{STEM}.bin": bytes(40), f"{FOLDER}/_iblrig_RFMapStim.raw.bin": bytes(225)})
    assert codes(report) == {f"{STEM}.bin": {"MED101"}}


@pytest.mark.parametrize(("size", "found"), [(40, set()), (36, {"MED501"})])
def test_a_size_that_is_written_as_a_decimal(check: Check, size: int, found: set[str]) -> None:
    settings = meta(fileSizeBytes="40.0", nSavedChans="2.0")()
    report = check({f"{FOLDER}/{STEM}.meta": settings, f"{FOLDER}/{STEM}.bin": bytes(size)})
    assert {code for each in codes(report).values() for code in each} == found


def test_settings_in_another_revision_are_not_beside_a_recording(check: Check) -> None:
    report = check(
        {
            f"{FOLDER}/#2024-01-01#/{STEM}.meta": meta()(),
            f"{FOLDER}/{STEM}.bin": bytes(36),
            f"{FOLDER}/#2024-02-02#/{STEM}.bin": bytes(40),
            f"{FOLDER}/#2024-02-02#/{STEM}.meta": meta()(),
        }
    )
    assert codes(report) == {f"{STEM}.bin": {"MED101"}}
    (found,) = [each.path for each in report.findings if each.code == "MED101"]
    assert found.endswith(f"probe00/{STEM}.bin")


@pytest.fixture(scope="module")
def compressed(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """A second and a half of four channels, as mtscomp compresses it: the file and its header."""
    folder: Path = tmp_path_factory.mktemp("mtscomp")
    values = np.random.default_rng(0).integers(-99, 99, (1500, 4)).astype(np.int16)
    (folder / "a.bin").write_bytes(values.tobytes())
    mtscomp.compress(
        folder / "a.bin", folder / "a.cbin", folder / "a.ch", sample_rate=1000.0, n_channels=4,
        dtype=np.int16, check_after_compress=False, n_threads=1,
    )  # fmt: skip
    return (folder / "a.cbin").read_bytes(), (folder / "a.ch").read_bytes()


def test_rows_are_samples(compressed: tuple[bytes, bytes]) -> None:
    data, described = compressed
    content = read(f"{STEM}.cbin", data, beside={f"{STEM}.ch": described})
    assert (content.kind, content.rows, content.problems) == (Kind.ARRAY, 1500, ())
    assert content.columns == (("", "int16", (4,)),)
    assert isinstance(read(f"{STEM}.ch", described).document, dict)


def test_a_sound_recording_passes(check: Check, compressed: tuple[bytes, bytes]) -> None:
    settings = meta(**OF_COMPRESSED)()
    report = check(
        {
            f"{FOLDER}/{STEM}.cbin": compressed[0],
            f"{FOLDER}/{STEM}.ch": compressed[1],
            f"{FOLDER}/{STEM}.meta": settings,
            # Synchronisation points share the attribute of the recording, and not its rows.
            f"{FOLDER}/_spikeglx_ephysData_g0_t0.imec0.sync.npy": _npy([[0.0, 0.1], [1.0, 1.1], [1.4, 1.6]]),
        }
    )
    assert codes(report) == {}
    assert "ALF401" not in {each.code for each in report.findings}
    assert not [row.path for row in report.ledger if row.verdict in ("fail", "unverified")]


def _npy(values: list[list[float]]) -> bytes:
    import io

    file = io.BytesIO()
    np.save(file, np.array(values))
    return file.getvalue()


@pytest.mark.parametrize("extra", [-1, 1, -500])
def test_a_compressed_file_of_another_size(compressed: tuple[bytes, bytes], extra: int) -> None:
    data = compressed[0][:extra] if extra < 0 else compressed[0] + b"x"
    assert refused(f"{STEM}.cbin", data, beside={f"{STEM}.ch": compressed[1]}).startswith("MED202")


def test_a_compressed_file_without_its_header(compressed: tuple[bytes, bytes]) -> None:
    assert f"there is no {STEM}.ch" in refused(f"{STEM}.cbin", compressed[0])


@pytest.mark.parametrize(
    "changed",
    [
        {"nSavedChans": 5},
        {"fileSizeBytes": 8},
        {"fileSizeBytes": "8.0"},
        {"imSampRate": 999},
        {"imSampRate": 30000},
    ],
)
def test_settings_of_another_recording(compressed: tuple[bytes, bytes], changed: dict[str, Any]) -> None:
    settings = meta(**{**OF_COMPRESSED, **changed})()
    beside = {f"{STEM}.ch": compressed[1], f"{STEM}.meta": settings}
    (problem,) = read(f"{STEM}.cbin", compressed[0], beside=beside).problems
    assert problem.code == "MED213"


@pytest.mark.parametrize(
    "changed",
    [
        {"chunk_bounds": [0]}, {"chunk_bounds": [1, 5, 10]}, {"chunk_bounds": [0, 10, 5]},
        {"chunk_bounds": "0, 5, 10"}, {"chunk_offsets": [0, 25]}, {"chunk_offsets": [0, 12.5, 25]},
        {"n_channels": 0}, {"n_channels": None}, {"n_channels": True},
        {"chunk_bounds": [0, 10**25], "chunk_offsets": [0, 25]}, {"chunk_bounds": [0, 4000, 4001]},
        {"sample_rate": -1},
        {"dtype": "O"}, {"dtype": "int99"}, {"dtype": ["int16"]}, {"shape": [9, 2]},
    ],
)  # fmt: skip
def test_headers_that_cannot_be(changed: dict[str, Any]) -> None:
    assert refused(f"{STEM}.ch", header(**changed)()).startswith("MED212")


def test_a_header_may_hold_many_lists_but_no_deep_ones() -> None:
    shallow = header(notes=[{"channel": [number]} for number in range(500)])()
    assert isinstance(read(f"{STEM}.ch", shallow).document, dict)
    deep = b"[" * 70 + b"]" * 70
    assert "nested" in refused(f"{STEM}.ch", shallow.replace(b'"notes": [', b'"notes": [' + deep + b", "))


def test_what_zlib_packs_most_is_accepted() -> None:
    import zlib

    size = len(zlib.compress(bytes(4 * 500_000)))
    described = header(chunk_bounds=[0, 500_000], chunk_offsets=[0, size])()
    assert isinstance(read(f"{STEM}.ch", described).document, dict)


@pytest.mark.parametrize(
    "data", [b"[]", b"{", b"[" * 100_000, b'{"sample_rate": NaN}', b"\xff", json.dumps("x").encode()]
)
def test_headers_that_are_none(data: bytes) -> None:
    assert refused(f"{STEM}.ch", data).startswith("MED212")


def test_samples_by_size() -> None:
    assert samples_of({"fileSizeBytes": 58600080, "nSavedChans": 385}) == 76104
    assert samples_of({"fileSizeBytes": 7, "nSavedChans": 2}) is None
    assert samples_of({"fileSizeBytes": 8, "nSavedChans": 0}) is None
