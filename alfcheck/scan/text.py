"""File names as text that can be written anywhere, and back again.

A name on disk is bytes; a report is UTF-8. Undecodable bytes become ``\\xNN`` and each backslash is
doubled, so that two names never share one text.
"""

from __future__ import annotations

import os
import re

__all__ = ["is_plain", "os_path", "path_text"]

_ESCAPE = re.compile(r"\\(?:\\|x([0-9a-f]{2}))")


def is_plain(name: str) -> bool:
    """Say whether a name is its own text: the fast way out for nearly every name."""
    return name.isascii() and "\\" not in name


def path_text(os_path: str) -> str:
    """Write a path, as the operating system's calls give it, as text.

    The inverse is `os_path`. The result is always encodable as UTF-8.
    """
    if is_plain(os_path):
        return os_path
    raw = os.fsencode(os_path).replace(b"\\", b"\\\\")
    return raw.decode("utf-8", "backslashreplace")


def os_path(text: str) -> str:
    """Give the path for the operating system's calls that `path_text` wrote as ``text``.

    Raises ``ValueError`` for a backslash that `path_text` cannot have written.
    """
    if "\\" not in text:
        return text if text.isascii() else os.fsdecode(text.encode())
    raw = bytearray()
    end = 0
    for match in _ESCAPE.finditer(text):
        raw += _plain(text, end, match.start())
        raw += bytes.fromhex(match[1]) if match[1] else b"\\"
        end = match.end()
    return os.fsdecode(bytes(raw + _plain(text, end, len(text))))


def _plain(text: str, start: int, end: int) -> bytes:
    if "\\" in (part := text[start:end]):
        raise ValueError(f"{text!r} holds a backslash that is neither doubled nor part of \\xNN")
    return part.encode()
