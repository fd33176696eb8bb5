"""What names ALF allows, as far as a contract names them: a pattern must be able to match something."""

from __future__ import annotations

import re
from collections.abc import Callable

from alfcheck.contracts.language.patterns import intervals_of

__all__ = [
    "ID",
    "LONGEST_ID",
    "MAX_BYTES",
    "VERSION",
    "collection_fault",
    "column_fault",
    "extension_fault",
    "is_glob",
    "namespace_fault",
    "object_fault",
    "path_fault",
]

MAX_BYTES = 2**20
"""Bytes of a contract file that are read."""

ID = r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+"
VERSION = (
    r"(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})"
    r"(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?"
)
LONGEST_ID = 100

LONGEST = 255
"""Characters that names of files and folders have at most."""

_EXTENSIONS = ("npy", "npz", "pqt", "parquet", "csv", "tsv", "json", "jsonable", "yaml", "yml")
_SET = re.compile(r"\[(!?)([^\]]+)\]")
_LETTER = "x"  # what stands for anything that a pattern matches


def is_glob(name: str) -> bool:
    """Tell whether a name is a pattern."""
    return any(char in name for char in "*?[")


def object_fault(pattern: str) -> str | None:
    """Say why no object can have a name of this pattern, or ``None``."""
    if len(pattern) > LONGEST:
        return _too_long(pattern)
    if not pattern:
        return "is empty, and every object has a name"
    if pattern.startswith("_"):
        return "begins with '_'; a namespace has a key of its own (namespace: ibl)"
    if "." in pattern:
        return "holds a dot; name the object alone, attributes are the keys of columns"
    bad = _bad(pattern, r"\w", _is_word)
    if bad:
        return f"holds {bad!r}, which no object's name has"
    return "ends with '_', as no object's name does" if pattern.endswith("_") else None


def namespace_fault(pattern: str) -> str | None:
    """Say why no namespace can be of this pattern, or ``None``."""
    if len(pattern) > LONGEST:
        return _too_long(pattern)
    if "_" in pattern:
        return "holds '_'; write it without: ibl for _ibl_trials"
    bad = _bad(pattern, r"[a-zA-Z0-9]", lambda char: char.isascii() and char.isalnum())
    return f"holds {bad!r}, which no namespace has" if bad else None


def extension_fault(extension: str) -> str | None:
    """Say why no file can have this extension, or ``None``."""
    if len(extension) > LONGEST:
        return _too_long(extension)
    if extension.startswith("."):
        return "begins with a dot"
    if not extension or not re.search(r"[^\W_]", extension):
        return "is no extension"
    bad = re.search(r"\W", extension)
    if bad and bad[0] in "*?[":
        return f"holds {bad[0]!r}; extensions are no patterns"
    return f"holds {bad[0]!r}, which no extension has" if bad else None


def collection_fault(pattern: str) -> str | None:
    """Say why no collection can be of this pattern, or ``None``; an empty one is the session itself."""
    if len(pattern) > LONGEST:
        return _too_long(pattern)
    if pattern.startswith("/") or pattern.endswith("/") or "//" in pattern:
        return "begins, ends or doubles '/'; collections are written alf/probe00"
    return _folders_fault(pattern, "collection")


def path_fault(pattern: str) -> str | None:
    """Say why no dataset of a session can have a path of this pattern, or ``None``."""
    if len(pattern) > LONGEST:
        return _too_long(pattern)
    if not pattern:
        return "is empty"
    if pattern.startswith("/"):
        return "begins with '/'; paths are relative to the session"
    if pattern.endswith("/") or "//" in pattern:
        return "ends with '/' or doubles it; name files"
    return _folders_fault(pattern, "path") or _name_fault(pattern.rpartition("/")[2])


def _name_fault(name: str) -> str | None:
    parts = name.split(".")
    if is_glob(name) or (len(parts) > 2 and all(parts)):
        return None
    return "names no dataset; names are OBJECT.ATTRIBUTE.EXTENSION"


def _folders_fault(pattern: str, what: str) -> str | None:
    parts = pattern.split("/")
    if "." in parts or ".." in parts:
        return "holds the folder '.' or '..'; write the path from the session downwards"
    if "#" in pattern:
        return "holds '#'; revision folders are left out"
    if "\\" in pattern:
        return "holds a backslash; folders are parted by '/'"
    bad = _bad(pattern, r"[\w./-]", lambda char: _is_word(char) or char in "./-")
    return f"holds {bad!r}, which no {what} has" if bad else None


def _too_long(pattern: str) -> str:
    return f"has {len(pattern)} characters; names have at most {LONGEST}"


def _is_word(char: str) -> bool:
    return char == "_" or char.isalnum()


def _bad(pattern: str, allowed: str, is_allowed: Callable[[str], bool]) -> str:
    """Give the first part of a pattern that matches nothing allowed."""
    plain = ""
    at = 0
    for found in _SET.finditer(pattern):
        plain += pattern[at : found.start()]
        if not found[1] and not _can_match(found[0], is_allowed):
            return found[0]
        plain += _LETTER
        at = found.end()
    plain += pattern[at:]
    bad = re.search(f"(?!{allowed})[^*?]", plain, re.DOTALL)
    return bad[0] if bad else ""


def _can_match(token: str, is_allowed: Callable[[str], bool]) -> bool:
    between = (
        chr(code) for low, high in intervals_of(token) for code in range(low, min(high, low + 300) + 1)
    )
    return any(map(is_allowed, between))


def column_fault(name: str) -> str | None:
    """Say why no column and no attribute can have a name of this pattern, or ``None``."""
    if name.startswith(".") or name.endswith("."):
        return (
            "begins or ends with a dot; write ATTRIBUTE.COLUMN for a column of an attribute that is a table"
        )
    head, dot, extension = name.rpartition(".")
    if dot and "." not in head and extension in _EXTENSIONS:
        return f"looks like a file; name the attribute alone: {head}"
    rest = _SET.sub("x", name)
    if "[" in rest:
        return "opens a set of characters with '[' and does not close it"
    empty = next((found[0] for found in _SET.finditer(name) if not intervals_of(found[0])), None)
    return f"holds {empty!r}, a set of no characters" if empty else None
