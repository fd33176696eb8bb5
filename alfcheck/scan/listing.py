"""`scan_names`: a list of paths instead of a tree on disk."""

from __future__ import annotations

from collections.abc import Iterable

from alfcheck.errors import UsageError
from alfcheck.model import Entry, Ignored, Scan, SessionFiles
from alfcheck.scan import builtin
from alfcheck.scan.places import session_of
from alfcheck.scan.text import os_path

__all__ = ["scan_names"]


def scan_names(paths: Iterable[str]) -> Scan:
    """Make of root-relative paths what `scan_tree` makes of a tree that holds them; sizes are 0.

    Paths are text as reports write it (`path_text`), with slashes; one given twice counts once. No
    ``.alfcheckignore`` is read and the root is not judged, for the disk is not touched. Raises
    `UsageError` for what is no relative path of a file.
    """
    sessions: dict[str, list[str]] = {}
    ignored: list[Ignored] = []
    count = 0
    for path in sorted(set(paths)):
        folders, name = _parts(path)
        if builtin.is_left_out((*folders, name)[0], is_folder=bool(folders)):
            continue
        count += 1
        end = session_of(folders)
        reason = _reason(path, folders, name, in_session=end is not None)
        if reason:
            ignored.append(Ignored(path, 0, reason))
        else:
            session = "/".join(folders[:end])
            sessions.setdefault(session, []).append(path[len(session) + 1 :])
    found = tuple(_session(path, names) for path, names in sorted(sessions.items()))
    return Scan(sessions=found, ignored=tuple(ignored), file_count=count)


def _session(path: str, names: list[str]) -> SessionFiles:
    return SessionFiles.of_columns(path, names, [0] * (len(names) * (len(Entry._fields) - 1)))


def _parts(path: str) -> tuple[list[str], str]:
    *folders, name = path.split("/")
    if not name or any(part in ("", ".", "..") for part in (*folders, name)) or "\0" in path:
        raise UsageError(f"{path!r} is no path of a file relative to the root, with single slashes")
    try:
        os_path(path)
    except ValueError as error:
        raise UsageError(f"{error}; write a path as alfcheck's reports do") from error
    return folders, name


def _reason(path: str, folders: list[str], name: str, *, in_session: bool) -> str:
    """Give the reason to ignore a path, or ``''``."""
    reason = next(filter(None, map(builtin.folder_reason, folders)), "") or builtin.file_reason(name)
    if in_session or reason:
        return reason
    return builtin.FOREIGN_TABLE if path == name and name.endswith(".pqt") else builtin.OUTSIDE
