"""Where the cache lies, how large it may be, and whether only its owner can write there."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from alfcheck.errors import UsageError

__all__ = ["FOLDER", "LIMIT", "Unusable", "cache_folder", "cache_limit", "remove", "require_private"]

FOLDER = "ALFCHECK_CACHE"
"""The variable that names the folder of the cache."""

LIMIT = "ALFCHECK_CACHE_LIMIT"
"""The variable that says how many MiB the cache may have; 0: there is none."""

_MIB = 2**20
_DEFAULT = 512
_NUMBER = re.compile(r"\d{1,9}")


class Unusable(Exception):
    """There is no cache to be had; the text says why."""


def cache_folder(environ: Mapping[str, str]) -> Path:
    """Give the folder of the cache; raises `Unusable` where nobody says where the user's files are."""
    named = environ.get(FOLDER)
    if named:
        return Path(os.path.abspath(named))
    return _users(environ) / "alfcheck"


def _users(environ: Mapping[str, str]) -> Path:
    """Give the folder in which the user's programs keep what can be made again."""
    # A relative path is no answer, says the XDG specification.
    if sys.platform == "win32":
        local = environ.get("LOCALAPPDATA", "")
        return Path(local) if os.path.isabs(local) else _home() / "AppData" / "Local"
    if sys.platform == "darwin":
        return _home() / "Library" / "Caches"
    given = environ.get("XDG_CACHE_HOME", "")
    return Path(given) if os.path.isabs(given) else _home() / ".cache"


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError as error:
        raise Unusable(f"nothing says where your home folder is; name a folder with {FOLDER}") from error


def cache_limit(environ: Mapping[str, str]) -> int:
    """Give the bytes that the cache may have; raises `UsageError` for what is no number of MiB."""
    given = environ.get(LIMIT, "").strip()
    if not given:
        return _DEFAULT * _MIB
    if not _NUMBER.fullmatch(given):
        raise UsageError(f"{LIMIT} is {given!r}; give a whole number of MiB, or 0 for no cache")
    return int(given) * _MIB


def require_private(folder: Path) -> None:
    """Make the folder if it is not there; raises `Unusable` for one that others may write into.

    What is in it is taken for what was found: nobody else may put something there. Raises `OSError` too.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not hasattr(os, "geteuid"):
        return
    found = folder.stat()
    if found.st_uid != os.geteuid():
        raise Unusable(f"{folder} belongs to someone else; name a folder of your own with {FOLDER}")
    if stat.S_IMODE(found.st_mode) & 0o022:
        raise Unusable(f"others may write into {folder}; take that right away: chmod go-w {folder}")


def remove(path: Path) -> int:
    """Delete a file, or a link and not what it leads to; give its size, 0 if it was not there."""
    size = 0
    with suppress(FileNotFoundError):
        size = path.lstat().st_size
        path.unlink()
    return size
