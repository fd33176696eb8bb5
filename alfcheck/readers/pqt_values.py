"""From arrow columns to numpy columns: which dtype a column is given as, and its values."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from alfcheck.readers.faults import bad

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Need", "column_values", "named_dtype", "needs_survey", "whole_column"]

_NANOSECONDS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
_LIMIT = 2**63 - 1


class Need:
    """What the values of a column were seen to need, beyond what its type says."""

    __slots__ = ("coarse", "nulls")

    def __init__(self) -> None:
        self.nulls = False
        self.coarse = False  # a time outside what nanoseconds can hold (1677 to 2262)

    def see(self, chunks: Iterable[Any]) -> None:
        """Take chunks of the column into account."""
        for chunk in map(_storage, chunks):
            is_coded = types.is_dictionary(chunk.type)
            values = chunk.dictionary if is_coded else chunk
            self.nulls = self.nulls or bool(chunk.null_count) or (is_coded and bool(values.null_count))
            if types.is_timestamp(values.type) and not self.coarse:
                self.coarse = _is_coarse(values)

    def dtype(self, arrow: Any) -> str:
        """Name the dtype of the column: numpy's, or pandas' nullable one for whole numbers with gaps."""
        return named_dtype(arrow, self.nulls, self.coarse)


@lru_cache(maxsize=256)
def named_dtype(arrow: Any, nulls: bool = False, coarse: bool = False) -> str:
    """Name the dtype that an arrow type is given as; ``object`` for what is named only."""
    kind = _value_type(arrow)
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return "str"
    if types.is_boolean(kind):
        return "boolean" if nulls else "bool"
    if types.is_integer(kind):
        return str(kind).replace("uint", "UInt").replace("int", "Int") if nulls else str(kind)
    if types.is_floating(kind):
        return str(np.dtype(kind.to_pandas_dtype()))
    if types.is_timestamp(kind):
        return f"datetime64[{kind.unit if coarse else 'ns'}]"
    if types.is_date(kind):
        return "datetime64[s]"
    if types.is_duration(kind):
        return f"timedelta64[{kind.unit}]"
    return "float64" if types.is_null(kind) else "object"


def needs_survey(arrow: Any) -> bool:
    """Tell whether the dtype of a column depends on its values."""
    kind = _value_type(arrow)
    return bool(
        types.is_integer(kind) or types.is_boolean(kind) or (types.is_timestamp(kind) and kind.unit != "ns")
    )


def _value_type(arrow: Any) -> Any:
    if isinstance(arrow, pa.BaseExtensionType):
        arrow = arrow.storage_type
    return arrow.value_type if types.is_dictionary(arrow) else arrow


def _storage(chunk: Any) -> Any:
    return chunk.storage if isinstance(chunk, pa.ExtensionArray) else chunk


def _is_coarse(values: Any) -> bool:
    scale = _NANOSECONDS[values.type.unit]
    extremes = pc.min_max(values.view(pa.int64())).as_py()
    return any(abs(extreme) * scale > _LIMIT for extreme in extremes.values() if extreme is not None)


def whole_column(chunks: list[Any], arrow: Any, dtype: str) -> tuple[str, Any]:
    """Give the dtype and values of a column of which all chunks are here.

    ``dtype`` is what its type alone says.
    """
    only = chunks[0] if len(chunks) == 1 and dtype[0] in "iuf" else None
    if isinstance(only, pa.NumericArray) and (not only.null_count or dtype[0] == "f"):
        return dtype, _frozen(_filled(only, np.dtype(dtype), np.nan))  # as they lie in memory
    need = Need()
    need.see(chunks)
    if need.nulls or need.coarse:
        dtype = need.dtype(arrow)
    return dtype, column_values(chunks, dtype)


def column_values(chunks: list[Any], dtype: str) -> Any:
    """Join chunks of a column into one read-only numpy array, of a dtype that `Need` named."""
    held = _held(dtype)
    try:
        parts = [_chunk_values(_storage(chunk), held) for chunk in chunks]
    except UnicodeDecodeError as error:
        raise bad("ALF207", "a column of text holds bytes that are not UTF-8") from error
    array = parts[0] if len(parts) == 1 else np.concatenate(parts) if parts else np.empty(0, held)
    return _frozen(array)


def _numbers(chunk: Any, held: np.dtype[Any]) -> Any:
    """Give numbers as they lie in memory; what stands where one is missing is arbitrary.

    ``to_numpy`` loads pandas, which takes half a second.
    """
    if not len(chunk):
        return np.empty(0, held)
    return np.frombuffer(chunk.buffers()[1], held, len(chunk), chunk.offset * held.itemsize)


def _filled(chunk: Any, held: np.dtype[Any], gap: float) -> Any:
    """Give numbers, and `gap` for the missing ones."""
    values = _numbers(chunk, held)
    if not chunk.null_count:
        return values
    return np.where(_numbers(chunk.is_null().cast(pa.uint8()), np.dtype(bool)), held.type(gap), values)


def _frozen(array: Any) -> Any:
    array.flags.writeable = False
    return array


@lru_cache(maxsize=256)
def _held(dtype: str) -> np.dtype[Any]:
    if dtype in ("str", "boolean"):
        return np.dtype(object)
    return np.dtype("float64" if dtype.startswith(("Int", "UInt")) else dtype)


def _chunk_values(chunk: Any, held: np.dtype[Any]) -> Any:
    if types.is_dictionary(chunk.type):
        return _coded_values(chunk, held)
    if held.kind == "O":
        array = np.empty(len(chunk), object)
        array[:] = chunk.to_pylist()
        return array
    if held.kind in "iuf" and not chunk.null_count and isinstance(chunk, pa.NumericArray):
        array = _numbers(chunk, np.dtype(chunk.type.to_pandas_dtype()))
    elif held.kind == "b" and not chunk.null_count:
        array = _numbers(chunk.cast(pa.uint8()), held)
    else:
        array = chunk.to_numpy(zero_copy_only=False)
    if held.kind in "iu" and array.dtype.kind == "f":
        raise bad("ALF201", "a column of whole numbers has missing values where it had none before")
    return array.astype(held, copy=False)


def _coded_values(chunk: Any, held: np.dtype[Any]) -> Any:
    """Look values up in the dictionary, so that a text that is repeated is held once."""
    if len(chunk.dictionary) > len(chunk):
        used = pc.unique(chunk.indices).drop_null()
        chunk = pa.DictionaryArray.from_arrays(pc.index_in(chunk.indices, used), chunk.dictionary.take(used))
    known = _chunk_values(chunk.dictionary, held)
    if not chunk.indices.null_count:
        return known[_numbers(chunk.indices.cast(pa.int64()), np.dtype("int64"))]
    table = np.empty(len(known) + 1, held)
    table[:-1] = known
    table[-1] = None if held.kind == "O" else np.array("NaT", held) if held.kind in "mM" else np.nan
    return table[_filled(chunk.indices.cast(pa.int64()), np.dtype("int64"), len(known))]
