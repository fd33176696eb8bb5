"""Which texts of a large parquet table are read through arrow's dictionaries, and which as they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow.compute as pc

__all__ = ["coded_texts"]

_CODED_BYTES = 8 << 20  # of a text's row group, up to which it is read through a dictionary
_GROWTH = 4  # of texts that are given row by row, over what their row group claims


def coded_texts(file: Any, texts: Iterable[str]) -> list[str]:
    """Give those of the columns of text whose pieces are read through a dictionary.

    Each batch brings along all texts of its row group so far: many distinct ones take a multiple of the file.
    Without it a few long texts, repeated often, would. ``file`` reads all `texts` through dictionaries.
    """
    meta = file.metadata
    places = {meta.schema.column(index).path: index for index in range(meta.num_columns)}
    return [
        name
        for name in texts
        if all(_is_coded(file, name, places[name], group) for group in range(meta.num_row_groups))
    ]


def _is_coded(file: Any, name: str, place: int, number: int) -> bool:
    chunk = file.metadata.row_group(number).column(place)
    if chunk.total_uncompressed_size <= _CODED_BYTES:
        return True
    first = next(file.iter_batches(1, [number], [name], use_threads=False), None)
    if first is None or not chunk.has_dictionary_page:
        return False
    longest: int = pc.max(pc.binary_length(first.column(0).dictionary)).as_py() or 0
    return bool(longest * chunk.num_values > _GROWTH * chunk.total_uncompressed_size)
