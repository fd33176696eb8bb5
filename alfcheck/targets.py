"""From the paths that a user gives to a root, and what of it is meant."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path, PurePath, PurePosixPath
from typing import NamedTuple

from alfcheck.errors import UsageError
from alfcheck.scan import path_text
from alfcheck.scan.places import enclosing_session

__all__ = ["Place", "folder", "locate"]


class Place(NamedTuple):
    """A root, and the paths below it that are meant (none: all)."""

    root: Path
    only: tuple[str, ...]

    @property
    def sessions(self) -> tuple[str, ...]:
        """The sessions that hold what is meant: the files beside it have their say about it."""
        parts = (PurePath(path).parts for path in self.only)
        whole = (os.path.join(*names[: (enclosing_session(names) or 0) + 3]) for names in parts)
        return tuple(dict.fromkeys(whole))

    def asked(self) -> Callable[[str], bool]:
        """Give what tells whether a path of the scan is meant, lies in what is, or is a folder above it."""
        meant = frozenset(map(path_text, self.only))
        above = {"."}.union(*(map(str, PurePosixPath(path).parents) for path in meant))

        def is_asked(path: str) -> bool:
            if not meant or path in meant or path in above:
                return True
            return any(str(parent) in meant for parent in PurePosixPath(path).parents)

        return is_asked


def folder(path: Path) -> Path:
    """Give `path` if it is a folder; raises `UsageError`."""
    if not path.exists():
        raise UsageError(f"{path}: there is no such folder")
    if not path.is_dir():
        raise UsageError(f"{path}: is no folder; give the root of a release")
    return _anchored(path)


def locate(paths: Sequence[Path]) -> Place:
    """Find the root that `paths` belong to.

    A folder is a root, unless it is a session or lies in one: then, as for a file, the root is the
    folder above lab and subject, and only that session, collection or file is reported on. Raises
    `UsageError` for paths of different releases, and for a file outside any session.
    """
    if not paths:
        raise UsageError("give the root of a release, or sessions or files of one")
    places = [_locate(path) for path in paths]
    roots = {place.root.resolve() for place in places}
    if len(roots) > 1:
        raise UsageError(
            f"the paths belong to different releases ({', '.join(sorted(map(str, roots)))}); "
            "check one at a time"
        )
    only = (
        ()
        if any(not place.only for place in places)
        else tuple(one for place in places for one in place.only)
    )
    return Place(places[0].root, only)


def _locate(path: Path) -> Place:
    if not os.path.lexists(path):
        raise UsageError(f"{path}: there is no such file or folder")
    absolute = _absolute(path)
    names = absolute.parts[1:]
    subject = enclosing_session(names)
    if subject is None:
        if absolute.is_dir():
            return Place(_anchored(path), ())
        raise UsageError(f"{path}: lies in no session (SUBJECT/YYYY-MM-DD/NNN); give the root of the release")
    top = subject - 2 if subject >= 2 and names[subject - 1] == "Subjects" else subject
    root = Path(absolute.anchor, *names[:top])
    return Place(root, (absolute.relative_to(root).as_posix(),))


def _anchored(path: Path) -> Path:
    """Give a path that still leads there when the working folder is another one."""
    _absolute(path)
    return path.absolute()


def _absolute(path: Path) -> Path:
    try:
        return Path(os.path.abspath(path))
    except OSError as error:
        raise UsageError(f"{path}: the working folder is gone; give a path from the top") from error
