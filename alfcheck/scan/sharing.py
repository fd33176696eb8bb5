"""The sessions of a tree, listed by this process and by one that began before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alfcheck.scan.walk import Folder, Walk

if TYPE_CHECKING:
    from alfcheck.scan.ahead import Ahead

__all__ = ["list_all"]


def list_all(walk: Walk, first: Folder, ahead: Ahead | None) -> None:
    """Find the sessions below a folder and list each, from the first on, until all are told of."""
    left = {folder.path: folder for folder in walk.find(first)}
    if ahead is not None:
        _take(walk, left, ahead)
    for path in list(left):
        folder = left.pop(path, None)
        if folder is None:
            continue
        walk.list_session(folder)
        if ahead is not None:
            _take(walk, left, ahead)


def _take(walk: Walk, left: dict[str, Folder], ahead: Ahead) -> None:
    """Take what was told of sessions, as far as nothing else is known of them here."""
    for session in ahead.told():
        path = f"{session.path}/"
        if path in left and walk.is_plain(left[path]):
            del left[path]
            walk.add(session)
