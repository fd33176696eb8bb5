"""Bytes of files, sound and not, and what readers and ONE make of them."""

from __future__ import annotations

import io
import json
import struct
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd

from alfcheck.readers.base import BadContent, Content, Source
from alfcheck.readers.builtin import READERS

READ = {extension: reader.read for reader in READERS for extension in reader.extensions}


def npy(array: Any) -> bytes:
    """Write an array as numpy does; objects are pickled."""
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def npy_with_header(header: str, values: bytes = b"", version: int = 1) -> bytes:
    """Write a .npy file with a header of one's own."""
    raw = header.encode("utf-8" if version == 3 else "latin-1")
    length = struct.pack("<H" if version == 1 else "<I", len(raw))
    return b"\x93NUMPY" + bytes([version, 0]) + length + raw + values


def npy_claims(descr: str, shape: tuple[int, ...], values: bytes = b"") -> bytes:
    """Write a .npy file that claims a type and a shape."""
    header = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape!r}, }}\n"
    return npy_with_header(header, values)


def npz(compressed: bool = False, **arrays: Any) -> bytes:
    """Write an archive of arrays."""
    stream = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(stream, **arrays)
    return stream.getvalue()


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Write a zip of members, whose names may be equal."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return stream.getvalue()


def pqt(frame: pd.DataFrame, **options: Any) -> bytes:
    """Write a table as pandas does."""
    stream = io.BytesIO()
    frame.to_parquet(stream, **options)
    return stream.getvalue()


def small_pqt() -> bytes:
    """Write a table of numbers, text and gaps."""
    return pqt(pd.DataFrame({"a": [1, 2, 3], "b": [0.5, None, 1.5], "c": ["x", None, "x"]}))


SOUND: dict[str, Callable[[], bytes]] = {
    "npy": lambda: npy(np.arange(12.0).reshape(6, 2)),
    "npz": lambda: npz(a=np.arange(5), b=np.ones((2, 2))),
    "csv": lambda: b'a,b\n1,x\n2,"y,\nz"\n',
    "tsv": lambda: b"a\tb\n1\t0.5\n2\t1.5\n",
    "htsv": lambda: b"cluster_id\tgroup\n0\tgood\n1\tmua\n",
    "ssv": lambda: b"a b\n1 True\n2 False\n",
    "pqt": small_pqt,
    "json": lambda: json.dumps({"a": [1, 2.5, None], "b": {"c": "é"}}).encode(),
    "jsonable": lambda: b'{"a": 1}\n{"a": 2}\n',
    "yml": lambda: b"a: &x [1, 2]\nb: *x\n",
    "yaml": lambda: b"a: 1\nb:\n  - c\n  - 2020-01-01\n",
    "bin": lambda: np.arange(6, dtype="<i2").tobytes(),
}
METADATA = b'{"dtype": "int16", "columns": ["a", "b"]}'


class Raw(io.BytesIO):
    """A file as the engine opens large ones: unbuffered, here with its bytes in memory."""


def source(name: str, data: bytes, *, large: bool = False, metadata: bytes | None = METADATA) -> Source:
    """Make a source, handed over whole or as a file."""
    if large:
        return Source(name, len(data), file=Raw(data), sidecar=lambda _: metadata)
    return Source(name, len(data), data=data, sidecar=lambda _: metadata)


def read(name: str, data: bytes, *, large: bool = False, metadata: bytes | None = METADATA) -> Content:
    """Read bytes as a file of that name."""
    extension = name.rsplit(".", 1)[-1]
    return READ[extension](source(name, data, large=large, metadata=metadata))


def columns(content: Content, max_bytes: int = 1 << 20) -> dict[str, Any]:
    """Lay the pieces of a content end to end; the names of all columns that have values."""
    parts: dict[str, list[Any]] = {}
    assert content.pieces is not None
    for piece in content.pieces(max_bytes):
        for name, values in piece.items():
            parts.setdefault(name, []).append(values)
    return {name: np.concatenate(values) for name, values in parts.items()}


def codes(name: str, data: bytes, *, large: bool = False, metadata: bytes | None = METADATA) -> list[str]:
    """Give the codes of all problems of a file, those of its pieces included, in order."""
    try:
        content = read(name, data, large=large, metadata=metadata)
        if content.pieces is not None:
            columns(content, 1 << 16)
    except BadContent as error:
        return [str(error.problem.code)]
    return [str(problem.code) for problem in content.problems]


def message(name: str, data: bytes) -> str:
    """Give what is said of a file."""
    try:
        return " | ".join(problem.message for problem in read(name, data).problems)
    except BadContent as error:
        return error.problem.message


def one_loads(name: str, data: bytes) -> Any:
    """Give what ONE loads from a file of these bytes; nothing is unpickled."""
    from one.alf import io as one_io

    load = np.load

    def safe_load(*args: Any, **options: Any) -> Any:
        return load(*args, **{**options, "allow_pickle": False})

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        with mock.patch.object(one_io.np, "load", safe_load):
            loaded = one_io.load_file_content(path)
            if isinstance(loaded, np.lib.npyio.NpzFile):
                with loaded:
                    return {key: loaded[key] for key in loaded.files}
            return loaded
