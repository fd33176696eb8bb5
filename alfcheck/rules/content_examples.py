"""Small files, sound and not, for the examples of the rules on content. Standard library only."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

from alfcheck.model import Example

__all__ = ["at", "deep_json", "npy", "npz_twice"]

_SESSION = "mouse_001/2024-05-27/001/alf"


def at(name: str, data: bytes | Callable[[], bytes], note: str = "") -> Example:
    """Make an example of a file of a session's ``alf`` folder."""
    return Example(f"{_SESSION}/{name}", data, note)


def npy(
    values: int = 3, *, descr: str = "<f8", shape: str = "(3,)", extra: bytes = b""
) -> Callable[[], bytes]:
    """Give a writer of a .npy file with a header of one's own and so many increasing numbers."""

    def write() -> bytes:
        header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
        start = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode()
        return start + struct.pack(f"<{values}d", *range(values)) + extra

    return write


def npz_twice() -> bytes:
    """Write an archive that holds the same member twice."""
    import zipfile

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in ("a.npy", "b.npy"):
            archive.writestr(name, npy()())
    return stream.getvalue().replace(b"b.npy", b"a.npy")


def deep_json() -> bytes:
    """Write a JSON document of 100,000 levels."""
    return b"[" * 100_000 + b"]" * 100_000
