"""Small sound files for the examples of the rules on names."""

from __future__ import annotations

import struct

from alfcheck.model import Example

__all__ = ["SESSION", "dataset", "table", "vector"]

SESSION = "mouse_001/2024-05-27/001"


def vector() -> bytes:
    """Write a npy file of three increasing numbers, as numpy does (format 1.0)."""
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }".ljust(117) + "\n"
    return (
        b"\x93NUMPY\x01\x00"
        + struct.pack("<H", len(header))
        + header.encode()
        + struct.pack("<3d", 0.5, 1.0, 1.5)
    )


def table() -> bytes:
    """Write a csv file of the same numbers."""
    return b"value\n0.5\n1.0\n1.5\n"


def dataset(path: str, note: str = "", *beside: Example, session: str = SESSION) -> Example:
    """Make an example of a sound file under a session-relative path; its content follows its extension."""
    data = {".json": lambda: b"{}", ".csv": table}.get(path[path.rfind(".") :], vector)
    return Example(f"{session}/{path}", data, note, beside)
