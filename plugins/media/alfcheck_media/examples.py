"""Small recordings, sound and not, for the examples of the rules. Nothing is made before someone asks.

Videos are encoded by PyAV, and changed byte by byte.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from alfcheck import Example

if TYPE_CHECKING:
    from av.video.stream import VideoStream

__all__ = [
    "SIZE",
    "blank_avi",
    "camera",
    "header",
    "lying_avi",
    "meta",
    "recording",
    "sound",
    "stack",
    "tiff",
    "timeless_avi",
    "times",
    "video",
    "wav",
]

SIZE = 25
"""Bytes of the compressed recording that `header` is of."""

_SESSION = "mouse_001/2024-05-27/001"
Make = Callable[[], bytes]


def camera(extension: str, data: bytes | Make, note: str = "", *beside: Example) -> Example:
    """Make an example of a video of the left camera."""
    return Example(f"{_SESSION}/raw_video_data/_iblrig_leftCamera.raw.{extension}", data, note, beside)


def times(count: int) -> Example:
    """Make an example of the times of the left camera's frames."""
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({count},), }}".ljust(117) + "\n"
    start = b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header.encode()
    data = start + struct.pack(f"<{count}d", *range(count))
    return Example(f"{_SESSION}/alf/_ibl_leftCamera.times.npy", data, f"{count} times")


def sound(data: bytes | Make, note: str = "") -> Example:
    """Make an example of a sound of the microphone."""
    return Example(f"{_SESSION}/raw_behavior_data/_iblrig_micData.raw.wav", data, note)


def stack(data: bytes | Make, note: str = "") -> Example:
    """Make an example of an image stack."""
    return Example(f"{_SESSION}/raw_imaging_data/imaging.frames.tif", data, note)


def recording(extension: str, data: bytes | Make, note: str = "", *beside: Example) -> Example:
    """Make an example of a file of a probe's recording."""
    name = f"_spikeglx_ephysData_g0_t0.imec0.ap.{extension}"
    return Example(f"{_SESSION}/raw_ephys_data/probe00/{name}", data, note, beside)


def _encoded(container: str, frames: int) -> bytes:
    """Encode a few grey pictures as MJPEG (AVI) or MPEG-4 (MP4)."""
    import io

    import av
    import numpy as np

    file = io.BytesIO()
    codec, pixels = ("mjpeg", "yuvj420p") if container == "avi" else ("mpeg4", "yuv420p")
    with av.open(file, "w", container) as output:
        stream = cast("VideoStream", output.add_stream(codec, rate=30))
        stream.width, stream.height, stream.pix_fmt = 32, 16, pixels
        output.start_encoding()
        for number in range(frames):
            grey = np.full((16, 32), 40 * number, np.uint8)
            frame = av.VideoFrame.from_ndarray(grey, "gray").reformat(format=pixels)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return file.getvalue()


def video(container: str, frames: int = 3, keep: float = 1) -> Make:
    """Give a writer of a video, or of a part of it."""

    def write() -> bytes:
        data = _encoded(container, frames)
        return data[: int(len(data) * keep)]

    return write


def _patched(offset_of: bytes, skip: int, value: int) -> bytes:
    """Give a video (AVI) with another number in the first part of a name."""
    data = bytearray(_encoded("avi", 3))
    struct.pack_into("<I", data, data.index(offset_of) + 8 + skip, value)
    return bytes(data)


def lying_avi() -> bytes:
    """Write a video whose header promises nine frames: the stream's length (``strh``) is its ninth number."""
    return _patched(b"strh", 32, 9)


def timeless_avi() -> bytes:
    """Write a video with an impossible rate: the stream's scale and rate are its sixth and seventh number."""
    data = bytearray(_encoded("avi", 3))
    struct.pack_into("<II", data, data.index(b"strh") + 8 + 20, 1, 1 << 24)
    return bytes(data)


def blank_avi() -> bytes:
    """Write a video of zeros, with its headers and its index."""
    data = bytearray(_encoded("avi", 3))
    start = data.index(b"movi") + 4
    for _ in range(3):
        length = struct.unpack_from("<I", data, start + 4)[0]
        data[start + 8 : start + 8 + length] = bytes(length)
        start += 8 + length + length % 2
    return bytes(data)


def wav(samples: int = 4, promised: int | None = None) -> Make:
    """Give a writer of a sound of 16 bits, one channel, 8 kHz."""

    def write() -> bytes:
        length = 2 * (samples if promised is None else promised)
        format_ = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16)
        body = b"WAVE" + format_ + struct.pack("<4sI", b"data", length) + b"\1\0" * samples
        return struct.pack("<4sI", b"RIFF", len(body)) + body

    return write


def tiff(
    frames: int, width: int = 4, height: int = 2, *, keep: int | None = None, compression: int = 1
) -> Make:
    """Give a writer of a stack of pictures of 8 bits, whose pixels stand at the end."""

    def write() -> bytes:
        # A directory of seven entries has 90 bytes; with pictures beyond reason their pixels are left out.
        size = min(width * height, 64)
        pixels = 8 + frames * 90
        data = struct.pack("<2sHI", b"II", 42, 8)
        for number in range(frames):
            entries = ((256, width), (257, height), (258, 8), (259, compression), (262, 1))
            places = ((273, pixels + number * size), (279, size))
            data += struct.pack("<H", 7)
            data += b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in (*entries, *places))
            data += struct.pack("<I", 8 + (number + 1) * 90 if number + 1 < frames else 0)
        return (data + bytes(frames * size))[:keep]

    return write


def meta(**changed: object) -> Make:
    """Give a writer of the settings of ten samples of two channels, at 10 Hz."""
    settings = {
        "fileName": "D:/data/ephysData_g0_t0.imec0.ap.bin", "fileSizeBytes": 40, "fileTimeSecs": 1,
        "imSampRate": 10, "nSavedChans": 2, "snsApLfSy": "1,0,1", "typeThis": "imec", **changed,
    }  # fmt: skip
    return lambda: "".join(f"{key}={value}\n" for key, value in settings.items()).encode()


def header(**changed: object) -> Make:
    """Give a writer of the header of ten samples of two channels, in two chunks."""
    values = {
        "version": "1.0", "algorithm": "zlib", "comp_level": -1, "do_time_diff": True,
        "do_spatial_diff": False, "dtype": "int16", "n_channels": 2, "sample_rate": 10.0,
        "chunk_bounds": [0, 5, 10], "chunk_offsets": [0, 12, SIZE], **changed,
    }  # fmt: skip
    return lambda: json.dumps(values).encode()
