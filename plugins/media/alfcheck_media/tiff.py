"""Read image stacks: how many frames, of what size, and whether all their pixels are there.

Directories are walked here, each one within the file and none of them twice; `tifffile` tells what the
first of them means. Pixels are not decoded.
"""

from __future__ import annotations

import logging
import re
from typing import IO, Any, cast

import tifffile
from alfcheck import Column, Content, Kind, Source

from alfcheck_media.directories import Directory, walk
from alfcheck_media.faults import MAX_PIXELS, TRUNCATED, UNREADABLE, bad, beyond
from alfcheck_media.files import WatchedFile

__all__ = ["read"]

_IMAGES = re.compile(r"^images=(\d{1,12})$", re.MULTILINE)

# What is wrong with a file is told by us.
logging.getLogger("tifffile").addHandler(logging.NullHandler())


def read(source: Source) -> Content:
    """Read a TIFF file as an array of frames.

    Frames of different sizes (an image and its preview) are a document: they are no rows.
    """
    file = WatchedFile(source)
    frames, first, alike = _walked(file)
    file.seek(0)
    with tifffile.TiffFile(cast("IO[bytes]", file), name=source.name) as tif:
        page: Any = tif.pages[0]
        shape, dtype = tuple(map(int, page.shape)), page.dtype
        description = str(page.description) if tif.is_imagej else ""
    file.require_healthy()
    if dtype is None or not shape:
        raise bad(UNREADABLE, "its pictures have no size, or values of no known kind")
    claimed = _IMAGES.search(description)
    if claimed and frames == 1 and int(claimed[1]) > 1:
        frames = _imagej_frames(file, first, int(claimed[1]), _bytes(shape) * dtype.itemsize)
    document = {"frames": frames, "shape": list(shape), "dtype": dtype.name, "alike": alike}
    if not alike:
        return Content(Kind.DOCUMENT, (), None, document=document)
    columns = (Column("", dtype.name, shape),)
    return Content(Kind.ARRAY, columns, frames, document=document, shape=(frames, *shape))


def _walked(file: WatchedFile) -> tuple[int, Directory, bool]:
    """Give the number of frames, the first directory, and whether all of them are of one size."""
    first: Directory | None = None
    frames, alike, lost = 0, True, 0
    for directory in walk(file):
        first = first or directory
        if directory.width * directory.height > MAX_PIXELS:
            raise beyond(f"its pictures have {directory.width} x {directory.height} pixels")
        alike = alike and directory[:2] == first[:2]
        frames += 1
        lost += directory.end > file.size
    if first is None:
        raise bad(UNREADABLE, "the file holds no picture")
    if lost:
        raise bad(
            TRUNCATED,
            f"of {frames} frames {lost} lie beyond the end of the file, which has {file.size} bytes",
            fix="write or copy the file again",
        )
    return frames, first, alike


def _imagej_frames(file: WatchedFile, first: Directory, claimed: int, picture: int) -> int:
    """Give the frames of a stack that ImageJ writes behind one directory, after looking for their pixels."""
    if first.start + claimed * picture > file.size:
        raise bad(
            TRUNCATED,
            f"ImageJ promises {claimed} frames of {picture} bytes; the file has room for "
            f"{max(file.size - first.start, 0) // max(picture, 1)}",
            fix="write or copy the file again",
        )
    return claimed


def _bytes(shape: tuple[int, ...]) -> int:
    product = 1
    for each in shape:
        product *= each
    return product
