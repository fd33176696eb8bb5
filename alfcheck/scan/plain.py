"""The short way through a session: folders in which nothing needs a closer look, as nearly all are."""

from __future__ import annotations

import os
from collections.abc import Collection

from alfcheck.scan.builtin import SPECIAL, TRASH
from alfcheck.scan.session import NO_NUMBERS, Files, numbers
from alfcheck.scan.text import is_plain

__all__ = ["list_plain"]

_SHORT = 512
"""Letters that are no more bytes than `_LONGEST` in any encoding."""

_BY_NUMBER = os.scandir in os.supports_fd
_LONGEST = 3072
"""Bytes of a folder's path beyond which a file in it may be found, but not by its whole path."""


def list_plain(top: str, special: Collection[str], *, stats: bool) -> tuple[Files, list[str]]:
    """List a folder and all that is in it; give the files, and the folders that need a closer look.

    ``top`` and the folders end in a slash, but for ``''``, which is the first. Plain are files and folders
    (no links) with names in ASCII that alfcheck has no view on; ``special`` are more that it has one on. A
    folder that holds anything else is left to others as a whole. ``stats`` asks for what the system says of
    files beside their names, which takes as long as all the rest.
    """
    found: Files = []
    odd: list[str] = []
    stack = [""]
    while stack:
        folder = stack.pop()
        try:
            below = _list(top + folder, folder, special, found, stats=stats)
        except OSError:  # the longer way says of what
            below = None
        if below is None:
            odd.append(folder)
        elif below:
            stack += [f"{folder}{name}/" for name in below]
    return found, odd


def _list(path: str, folder: str, special: Collection[str], found: Files, *, stats: bool) -> list[str] | None:
    """Add the files of one folder to what was found; give the folders in it, ``None`` if it is not plain."""
    if len(path) > _SHORT and len(os.fsencode(path)) > _LONGEST:
        return None
    # A folder that is open need not be looked for again to ask for each of its files.
    place = os.open(path, os.O_RDONLY | os.O_DIRECTORY) if stats and _BY_NUMBER else path
    try:
        with os.scandir(place) as listing:
            entries = list(listing)
        names = [entry.name for entry in entries]
        files = [entry for entry in entries if entry.is_file(follow_symlinks=False)]
        below: list[str] = []
        if len(files) < len(names):
            below = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
        if len(files) + len(below) < len(names) or _are_odd(names, special):
            return None
        if stats:
            found += [(folder + each.name, numbers(each.stat(follow_symlinks=False))) for each in files]
        else:
            found += [(folder + each.name, NO_NUMBERS) for each in files]
        return below
    finally:
        if isinstance(place, int):
            os.close(place)


def _are_odd(names: list[str], special: Collection[str]) -> bool:
    together = "/".join(names)
    return (
        not is_plain(together)
        or TRASH in together
        or not SPECIAL.isdisjoint(names)
        or any(name in names for name in special)
    )
