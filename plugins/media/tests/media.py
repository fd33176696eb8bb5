"""Make recordings, and read them as alfcheck does: small ones from memory, large ones from a file."""

from __future__ import annotations

import io
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
import soundfile
import tifffile
from alfcheck import BadContent, Content, Report, Source
from av.video.stream import VideoStream

from alfcheck_media.reading import READERS

FORMATS = {"mp4": "mp4", "avi": "avi", "mov": "mov", "mkv": "matroska"}
CODECS = {"mp4": ("mpeg4", "yuv420p"), "mkv": ("mpeg4", "yuv420p")}
OF_EXTENSION = {extension: reader for reader in READERS for extension in reader.extensions}


def video(extension: str, frames: int = 12, *, rate: int = 30, grey: bool = False, **options: str) -> bytes:
    """Encode a video of 48 by 32 pixels."""
    codec, pixels = CODECS.get(extension, ("mjpeg", "yuvj420p"))
    if grey:
        codec, pixels = "rawvideo", "gray"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"video.{extension}"
        with av.open(str(path), "w", FORMATS[extension], options=options) as output:
            stream = cast("VideoStream", output.add_stream(codec, rate=rate))
            stream.width, stream.height, stream.pix_fmt = 48, 32, pixels
            output.start_encoding()
            for number in range(frames):
                frame = av.VideoFrame.from_ndarray(np.full((32, 48), 9 * number % 256, np.uint8), "gray")
                frame = frame.reformat(format=pixels)
                frame.pts, frame.time_base = number, Fraction(1, rate)
                output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
        return path.read_bytes()


def sound(values: np.ndarray[Any, Any], *, format_: str = "WAV", subtype: str = "PCM_16") -> bytes:
    """Write a sound of 8 kHz."""
    file = io.BytesIO()
    soundfile.write(file, values, 8000, format=format_, subtype=subtype)
    return file.getvalue()


def tiff(values: np.ndarray[Any, Any], **how: Any) -> bytes:
    """Write an image stack."""
    file = io.BytesIO()
    tifffile.imwrite(file, values, **how)
    return file.getvalue()


def npy(values: np.ndarray[Any, Any]) -> bytes:
    """Write an array."""
    file = io.BytesIO()
    np.save(file, values)
    return file.getvalue()


def read(name: str, data: bytes, *, large: bool = False, beside: dict[str, bytes] | None = None) -> Content:
    """Read bytes as a file of that name; `large` ones come as an open file."""
    beside = beside or {}
    reader = OF_EXTENSION[name.rpartition(".")[2]]
    if not large:
        return reader.read(Source(name, len(data), data=data, sidecar=beside.get))
    file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - outlives us, as the pipeline's does
    file.write(data)
    file.seek(0)
    return reader.read(Source(name, len(data), file=cast("io.FileIO", file), sidecar=beside.get))


def values_of(content: Content, max_bytes: int = 1 << 20) -> np.ndarray[Any, Any]:
    """Give all values of a content, by its pieces."""
    assert content.pieces is not None
    return np.concatenate([piece[""] for piece in content.pieces(max_bytes)])


def refused(name: str, data: bytes, **how: Any) -> str:
    """Give the code and the message with which a file is refused."""
    try:
        content = read(name, data, **how)
        if content.pieces is not None:
            values_of(content)
    except BadContent as error:
        return f"{error.problem.code}: {error}"
    raise AssertionError(f"{name} was read: {content}")


def codes(report: Report) -> dict[str, set[str]]:
    """Give the codes of this plugin by the name of the file, without the folders."""
    found: dict[str, set[str]] = {}
    for finding in report.findings:
        if finding.code.startswith("MED"):
            found.setdefault(finding.path.rpartition("/")[2], set()).add(finding.code)
    return found
