"""What goes wrong on the disk is no fault of the content."""

from __future__ import annotations

import errno
import io
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from alfcheck import Source
from media import OF_EXTENSION, sound, tiff, values_of, video

FILES = {
    "_a_camera.raw.mp4": video("mp4"),
    "_a_camera.raw.avi": video("avi"),
    "_a_camera.raw.mkv": video("mkv"),
    "_a_mic.raw.wav": sound(np.zeros(5000)),
    "_a_mic.raw.flac": sound(np.random.default_rng(0).normal(size=90_000) / 9, format_="FLAC"),
    "a.frames.tif": tiff(np.zeros((3, 64, 64), np.uint8), photometric="minisblack"),
}


class _Failing(io.RawIOBase):
    """A file whose disk fails at one of its reads."""

    def __init__(self, data: bytes, after: int) -> None:
        self._file = io.BytesIO(data)
        self._left = after
        self.failed = False

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: Any) -> int:
        if not self._left:
            self.failed = True
            raise OSError(errno.EIO, "Input/output error")
        self._left -= 1
        return self._file.readinto(buffer)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("after", [0, 1, 2])
def test_an_error_of_the_disk_is_never_taken_for_the_end(
    name: str, after: int, capfd: pytest.CaptureFixture[str]
) -> None:
    file = _Failing(FILES[name], after)
    source = Source(name, len(FILES[name]), file=file)  # type: ignore[arg-type]
    with suppress(OSError):
        content = OF_EXTENSION[name.rpartition(".")[2]].read(source)
        if content.pieces is not None:
            values_of(content)
        assert content.rows
        assert not file.failed
    assert capfd.readouterr() == ("", "")
