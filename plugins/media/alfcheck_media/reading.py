"""The readers. Importing this loads none of the libraries."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import cast

from alfcheck import BadContent, Content, Reader, Source

from alfcheck_media.faults import TRUNCATED, UNREADABLE, bad, beyond, brief
from alfcheck_media.files import BeyondEnd

__all__ = ["READERS"]

Read = Callable[[Source], Content]


def _reader(name: str, extensions: tuple[str, ...], description: str) -> Reader:
    """Make a reader whose module, of the same name, is imported when a first file needs it."""

    @cache
    def function() -> Read:
        return cast("Read", import_module(f"alfcheck_media.{name}").read)

    def read(source: Source) -> Content:
        return _guard(function(), source)

    return Reader(name, extensions, read, description)


def _guard(read: Read, source: Source) -> Content:
    """Read, and turn whatever goes wrong with the bytes into `BadContent`.

    An `OSError` is no fault of the content and goes through.
    """
    if not source.size:
        raise bad("ALF202", "the file is empty (0 bytes)")
    try:
        return read(source)
    except (BadContent, OSError):
        raise
    except (MemoryError, RecursionError) as error:
        raise beyond("the file cannot be read within the bounds of memory") from error
    except BeyondEnd as error:
        raise bad(TRUNCATED, str(error), fix="record or copy the file again") from error
    except Exception as error:
        raise bad(UNREADABLE, f"the content cannot be read: {brief(error)}") from error


READERS: tuple[Reader, ...] = (
    _reader("video", ("mp4", "avi", "mov", "mkv"), "frames, rate and size of videos, by PyAV"),
    _reader("sound", ("wav", "flac"), "samples of sound, by soundfile"),
    _reader("tiff", ("tif", "tiff"), "frames of image stacks, by tifffile"),
    _reader("spikeglx", ("meta",), "settings that SpikeGLX writes beside a recording"),
    _reader("mtscomp", ("ch",), "headers of compressed recordings"),
    _reader("compressed", ("cbin",), "compressed recordings, by the .ch beside them"),
)
