"""Read sound: samples are rows, channels are columns; all samples are decoded, in blocks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile
from alfcheck import Column, Content, Kind, Source

from alfcheck_media.faults import NOTHING, OVERSIZED, TRUNCATED, UNREADABLE, WHOLE, bad, brief
from alfcheck_media.files import WatchedFile
from alfcheck_media.wav import check_wav

if TYPE_CHECKING:
    from collections.abc import Mapping

    Piece = Mapping[str, np.ndarray[Any, Any]]

__all__ = ["read"]

_DTYPES = {"FLOAT": "float32", "DOUBLE": "float64", "PCM_24": "int32", "PCM_32": "int32"}
_UNKNOWN = 1 << 62  # what libsndfile says of a FLAC that does not know its length
_UNPACKED = 4 << 30  # bytes of samples that a file may hold ...
_RATIO = 100  # ... if it is compressed more than this
_FORMATS = {"wav": ("WAV", "WAVEX", "RF64"), "flac": ("FLAC",)}


def read(source: Source) -> Content:
    """Read a sound file; ``rows`` of a FLAC that does not say its length is known when all was decoded."""
    extension = source.name.rpartition(".")[2]
    if extension == "wav":
        check_wav(WatchedFile(source))
    with _opened(source) as sound:
        if sound.format not in _FORMATS[extension]:
            raise bad(UNREADABLE, f"it is no .{extension} file: the format is {sound.format}")
        content = _content(source, sound)
    if content.rows == 0:
        raise bad(NOTHING, "the sound has no samples")
    _hold(content, source)
    return content


def _content(source: Source, sound: Any) -> Content:
    rows = sound.frames if sound.frames < _UNKNOWN else None
    dtype = _DTYPES.get(sound.subtype, "int16")
    width = int(sound.channels)
    document = {
        "samples": rows,
        "rate": sound.samplerate,
        "channels": width,
        "format": sound.format,
        "subtype": sound.subtype,
        "seconds": None if rows is None else rows / sound.samplerate,
    }
    _refuse_bomb((rows or 0) * width * np.dtype(dtype).itemsize, source.size)
    content = Content(
        Kind.ARRAY, (Column("", dtype, (width,) if width > 1 else ()),), rows, document=document
    )
    content.pieces = partial(_pieces, source, content, rows, dtype)
    content.shape = None if rows is None else (rows, width) if width > 1 else (rows,)
    return content


def _hold(content: Content, source: Source) -> None:
    """Decode a small file at once."""
    _, dtype, shape = content.columns[0]
    size = (content.rows or 0) * np.dtype(dtype).itemsize * (shape[0] if shape else 1)
    if source.data is not None and content.rows is not None and size <= WHOLE and content.pieces is not None:
        # To the end: only there is known whether as much can be decoded as is promised.
        values = np.concatenate([piece[""] for piece in content.pieces(WHOLE)])
        content.whole = {"": values}
        content.pieces = partial(_slices, values)


def _slices(values: np.ndarray[Any, Any], max_bytes: int) -> Iterator[Piece]:
    step = max(max_bytes // max(values[:1].nbytes, 1), 1)
    for start in range(0, len(values), step):
        yield {"": values[start : start + step]}


def _pieces(
    source: Source, content: Content, promised: int | None, dtype: str, max_bytes: int
) -> Iterator[Piece]:
    with _opened(source) as sound:
        row_bytes = int(sound.channels) * np.dtype(dtype).itemsize
        step = max(max_bytes // row_bytes, 1)
        rows = 0
        while len(values := sound.read(min(step, (promised or rows + step) - rows), dtype=dtype)):
            rows += len(values)
            _refuse_bomb(rows * row_bytes, source.size)
            yield {"": values}
            if rows == promised:
                break
    if promised is not None and rows < promised:
        raise bad(
            TRUNCATED,
            f"the header promises {promised} samples; only {rows} can be decoded",
            expected=f"{promised} samples",
            fix="record, compress or copy the file again",
        )
    content.rows = rows


class _Stream(soundfile.SoundFile):  # type: ignore[misc]
    """Sound that is read from the first sample to the last.

    What can seek is made to seek after each block, which fails in a FLAC that does not know its length.
    """

    def seekable(self) -> bool:
        return False


class _QuietFile(WatchedFile):
    """A file whose disk may fail without a word: from a callback of C no exception gets through."""

    def seek(self, offset: int, whence: int = 0) -> int:
        try:
            return super().seek(offset, whence)
        except (ValueError, OSError):
            return self.tell()

    def readinto(self, buffer: Any) -> int:
        try:
            data = self.read(len(buffer))
        except OSError:  # which is kept
            return 0
        buffer[: len(data)] = data
        return len(data)


@contextmanager
def _opened(source: Source) -> Iterator[Any]:
    file = _QuietFile(source)
    try:
        with _Stream(file) as sound:
            yield sound
    except soundfile.SoundFileError as error:
        file.require_healthy()
        raise bad(UNREADABLE, f"the sound cannot be decoded: {brief(error)}") from error
    file.require_healthy()


def _refuse_bomb(unpacked: int, size: int) -> None:
    if unpacked > _UNPACKED and unpacked > _RATIO * size:
        raise bad(OVERSIZED, f"{size} bytes unpack to more than {_UNPACKED >> 30} GiB of samples")
