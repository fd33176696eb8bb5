"""`scan_tree`: a root, what to leave out and what to look at, into a `Scan`."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from alfcheck.errors import UsageError
from alfcheck.model import Scan
from alfcheck.scan import places
from alfcheck.scan.session import Found
from alfcheck.scan.sharing import list_all
from alfcheck.scan.text import path_text
from alfcheck.scan.walk import Folder, Selection, Walk

if TYPE_CHECKING:
    from alfcheck.scan.ahead import Ahead

__all__ = ["begun", "scan_tree"]


def scan_tree(
    root: Path,
    *,
    skip: Collection[Path] = (),
    ignore_file: str = ".alfcheckignore",
    only: Collection[str | os.PathLike[str]] = (),
    told: Callable[[int], object] = lambda count: None,
    stats: bool = True,
    ahead: Ahead | None = None,
) -> Scan:
    """Find every file below ``root`` and say where it belongs.

    A session candidate is a folder that may be meant as a number in one that may be meant as a date,
    at any depth; everything below the outermost one is its. The grammar judges it later. Sessions,
    files and findings are sorted, so the order in which the file system lists cannot be seen.

    ``skip`` are paths that are no part of the tree (as an output folder). ``only`` are files or folders,
    relative to ``root``, to which the walk is kept: a session folder or one above it gives whole
    sessions, a file or a collection gives just these files under their session's path. ``file_count``
    counts what was listed and is no folder, and each folder that could not be listed once; ``told`` is
    called with how many there are at least, session after session. Without ``stats`` names alone are
    looked at: the sizes, times and inodes of files are 0. ``ahead`` lists the same root at the same time,
    with the same ``stats``; what it has told of is taken as it is, and it is ended.

    Raises `UsageError` for a root that cannot be listed or a path in ``only`` that does not exist, and
    `ConfigError` for an ``ignore_file`` that cannot be understood.
    """
    walk, first = begun(root, skip=skip, ignore_file=ignore_file, only=only, told=told, stats=stats)
    try:
        list_all(walk, first, ahead)
    finally:
        if ahead is not None:
            ahead.end()
    sessions = sorted(walk.sessions, key=attrgetter("path"))
    return Scan(
        sessions=tuple(sessions),
        ignored=tuple(sorted(walk.ignored)),
        refused=tuple(sorted(walk.refused)),
        findings=tuple(sorted(walk.findings, key=lambda finding: (finding[1], finding[0]))),
        root_to_use=places.root_to_use(_names(root), [session.path for session in sessions]),
        file_count=walk.count,
    )


def begun(
    root: Path,
    *,
    skip: Collection[Path] = (),
    ignore_file: str = ".alfcheckignore",
    only: Collection[str | os.PathLike[str]] = (),
    told: Callable[[int], object] = lambda count: None,
    stats: bool = True,
) -> tuple[Walk, Folder]:
    """Give a walk that is about to begin, and the folder to begin with; all is as for `scan_tree`."""
    real = os.path.realpath(root)
    _require_folder(real, root)
    walk = Walk(real, ignore_file, _left_out(root, real, skip), told, stats=stats)
    return walk, _first(_names(root), _selection(real, only))


def _names(root: Path) -> tuple[str, ...]:
    return tuple(map(path_text, Path(os.path.abspath(root)).parts[1:]))


def _require_folder(real: str, root: Path) -> None:
    try:
        os.scandir(real).close()
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise UsageError(f"{path_text(str(root))}: {why}; give a folder that you may read") from error


def _first(names: tuple[str, ...], only: Selection | None) -> Folder:
    """Begin at the root, which may itself be a session, lie in one, or be the folder of a date."""
    session = Found(os.curdir) if places.enclosing_session(names) is not None else None
    numbers = places.STRICT if places.is_dated(names) else None
    return Folder("", "", session=session, numbers=numbers, only=only)


def _selection(real: str, only: Iterable[str | os.PathLike[str]]) -> Selection | None:
    """Make a tree of the names to look at; ``None`` is everything."""
    selection: Selection = {}
    for path in only:
        parts = os.path.normpath(path).split(os.sep)
        if os.path.isabs(path) or parts[0] == os.pardir:
            raise UsageError(f"{path_text(os.fspath(path))}: give a path relative to the root and below it")
        if not os.path.lexists(os.path.join(real, path)):
            raise UsageError(f"{path_text(os.fspath(path))}: there is no such file or folder below the root")
        if parts == [os.curdir]:
            return None
        _add(selection, parts)
    return selection or None


def _add(selection: Selection, parts: list[str]) -> None:
    here = selection
    for part in parts[:-1]:
        below = here.setdefault(part, {})
        if below is None:
            return
        here = below
    here[parts[-1]] = None


def _left_out(root: Path, real: str, skip: Collection[Path]) -> dict[str, frozenset[str]]:
    """Give the names to leave out, by the folder that holds them (as `Folder.path`)."""
    names: dict[str, set[str]] = {}
    for path in skip:
        for base, full in ((os.path.abspath(root), os.path.abspath(path)), (real, os.path.realpath(path))):
            above = base.rstrip(os.sep) + os.sep
            if full.startswith(above):
                *folders, name = full.removeprefix(above).split(os.sep)
                names.setdefault("".join(folder + "/" for folder in folders), set()).add(name)
    return {folder: frozenset(found) for folder, found in names.items()}
