"""Read image stacks: how many frames, of what size, and whether all their pixels are there.

Directories are walked here, each one within the file and none of them twice; `tifffile` tells what the
first of them means. Pixels are not decoded.
"""

from __future__ import annotations

import logging
import math
import re
from typing import IO, Any, cast

import tifffile
from alfcheck import Column, Content, Kind, Source

from alfcheck_media.directories import Directory, walk
from alfcheck_media.faults import CONTRADICTING, MAX_PIXELS, TRUNCATED, UNREADABLE, bad, beyond
from alfcheck_media.files import WatchedFile
from alfcheck_media.texts import parse_json

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
        claimed = _claimed(tif, page) if frames == 1 and shape else 1
    file.require_healthy()
    if dtype is None or not shape:
        raise bad(UNREADABLE, "its pictures have no size, or values of no known kind")
    if claimed > 1:
        frames = _frames_behind(file, first, claimed, math.prod(shape) * dtype.itemsize)
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
        _check_room(directory, file.size)
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


def _check_room(picture: Directory, size: int) -> None:
    """Compare what a picture takes with the bytes that are given to it; others look where these end."""
    if picture.held < picture.needed or picture.start + picture.needed > max(size, picture.end):
        raise bad(
            CONTRADICTING,
            f"a picture of {picture.width} x {picture.height} pixels takes {picture.needed} bytes; by its "
            f"header it has {picture.held}, in a file of {size}",
        )


def _claimed(tif: Any, page: Any) -> int:
    """Give how many frames a program says to have written behind the one directory of a file.

    ImageJ does so beyond 4 GiB, tifffile where it is told to (``truncate``).
    """
    if tif.is_imagej:
        found = _IMAGES.search(str(page.description))
        return int(found[1]) if found else 1
    text = getattr(page, "shaped_description", None) or page.is_shaped
    try:
        claim = parse_json(text.encode()) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return 1
    shape = claim.get("shape") if isinstance(claim, dict) else None
    if not isinstance(shape, list) or not all(type(each) is int and each > 0 for each in shape):
        return 1
    frames, rest = divmod(math.prod(shape), max(math.prod(page.shape), 1))
    return 1 if rest or not page.is_contiguous else frames


def _frames_behind(file: WatchedFile, first: Directory, claimed: int, picture: int) -> int:
    """Give the frames of a stack that were written behind one directory, after looking for their pixels."""
    if first.start + claimed * picture > file.size:
        raise bad(
            TRUNCATED,
            f"its description promises {claimed} frames of {picture} bytes; the file has room for "
            f"{max(file.size - first.start, 0) // max(picture, 1)}",
            fix="write or copy the file again",
        )
    return claimed
