"""The short way through a session: folders in which nothing needs a closer look, as nearly all are."""

from __future__ import annotations

import os
from collections.abc import Collection

from alfcheck.scan.builtin import SPECIAL, TRASH
from alfcheck.scan.text import is_plain

__all__ = ["Files", "list_plain"]

Files = list[tuple[str, os.stat_result | None]]
"""Files by their paths from where the listing began, and what the system says of them."""


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
    # One loop without calls and values of ours: a release has a hundred thousand files.
    while stack:
        folder = stack.pop()
        try:
            with os.scandir(top + folder) as listing:
                entries = list(listing)
            names = [entry.name for entry in entries]
            files = [entry for entry in entries if entry.is_file(follow_symlinks=False)]
            below = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
            if len(files) + len(below) < len(names) or _are_odd(names, special):
                odd.append(folder)
                continue
            if stats:
                found += [(folder + entry.name, entry.stat(follow_symlinks=False)) for entry in files]
            else:
                found += [(folder + entry.name, None) for entry in files]
        except OSError:  # the longer way says of what
            odd.append(folder)
            continue
        if below:
            stack += [f"{folder}{name}/" for name in below]
    return found, odd


def _are_odd(names: list[str], special: Collection[str]) -> bool:
    together = "/".join(names)
    return (
        not is_plain(together)
        or TRASH in together
        or not SPECIAL.isdisjoint(names)
        or any(name in names for name in special)
    )
