"""Read the ``.ch`` of a compressed recording: how it was cut into chunks, and where each begins.

Source: mtscomp 1.0 (``mtscomp.py``, ``Writer``): ``chunk_bounds`` are the first samples of the chunks and the
number of all samples, ``chunk_offsets`` the first bytes of the chunks and the size of the ``.cbin``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from alfcheck import Content, Kind, Source

from alfcheck_media.faults import HEADER, MAX_TEXT, bad, beyond, brief
from alfcheck_media.files import WatchedFile
from alfcheck_media.texts import parse_json

__all__ = ["Header", "header_of", "read"]

_MAX_CHANNELS = 1_000_000
_RATIO = 1032  # what zlib, the one algorithm of mtscomp, packs most: 258 bytes into two bits


class Header(NamedTuple):
    """What the header says of the compressed file, and of what it was compressed from."""

    samples: int
    channels: int
    dtype: str
    size: int
    rate: float


def read(source: Source) -> Content:
    """Read a header as a document; raises `BadContent` for one that no file could follow."""
    if source.size > MAX_TEXT:
        raise beyond(f"the header has {source.size} bytes; up to {MAX_TEXT} are read")
    document, _ = header_of(WatchedFile(source).read())
    return Content(Kind.DOCUMENT, (), None, document=document)


def header_of(data: bytes) -> tuple[dict[str, Any], Header]:
    """Parse a header."""
    try:
        document = parse_json(data)
    except (ValueError, RecursionError) as error:
        raise bad(HEADER, f"it is no header of mtscomp, which is JSON: {brief(error)}") from error
    if not isinstance(document, dict):
        raise bad(HEADER, "it is no header of mtscomp, which is a JSON object")
    bounds, offsets = (_increasing(document, key) for key in ("chunk_bounds", "chunk_offsets"))
    if len(bounds) != len(offsets):
        raise bad(HEADER, f"chunk_bounds has {len(bounds)} values, chunk_offsets has {len(offsets)}")
    channels, rate = document.get("n_channels"), document.get("sample_rate")
    if type(channels) is not int or not 0 < channels <= _MAX_CHANNELS:
        raise bad(HEADER, f"n_channels is {_shown(channels)}")
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 < rate < 1e9:
        raise bad(HEADER, f"sample_rate is {_shown(rate)}")
    _check_shape(document, bounds[-1], channels)
    dtype = _dtype(document)
    _check_chunks(bounds, offsets, channels * dtype.itemsize)
    return document, Header(bounds[-1], channels, dtype.name, offsets[-1], float(rate))


def _increasing(document: dict[str, Any], key: str) -> list[int]:
    values = document.get(key)
    if not isinstance(values, list) or len(values) < 2 or not all(type(each) is int for each in values):
        raise bad(HEADER, f"{key} is no list of at least two whole numbers")
    if values[0] or any(one >= other for one, other in pairwise(values)):
        raise bad(HEADER, f"{key} does not go up from 0")
    return values


def _dtype(document: dict[str, Any]) -> np.dtype[Any]:
    name = document.get("dtype")
    try:
        dtype = np.dtype(name) if isinstance(name, str) and len(name) < 20 else None
    except (TypeError, ValueError, SyntaxError):
        dtype = None
    if dtype is None or dtype.kind not in "iuf":
        raise bad(HEADER, f"dtype is {_shown(name)}, which is no type of numbers")
    return dtype


def _check_chunks(bounds: list[int], offsets: list[int], sample: int) -> None:
    """Refuse chunks that hold more samples than can have been packed into their bytes."""
    for number, (samples, size) in enumerate(zip(_steps(bounds), _steps(offsets), strict=True)):
        if samples * sample > _RATIO * size:
            raise bad(
                HEADER,
                f"chunk {number} has {samples} samples of {sample} bytes in {size} bytes; zlib packs at most "
                f"{_RATIO} to one",
            )


def _steps(values: list[int]) -> Iterator[int]:
    return (other - one for one, other in pairwise(values))


def _check_shape(document: dict[str, Any], samples: int, channels: int) -> None:
    shape = document.get("shape")
    if shape is not None and shape != [samples, channels]:
        raise bad(
            HEADER, f"shape is {_shown(shape)}, where chunk_bounds and n_channels say [{samples}, {channels}]"
        )


def _shown(value: object) -> str:
    return "missing" if value is None else ascii(value)[:60]
