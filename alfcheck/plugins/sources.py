"""The files that a plugin is made of: its package, or a file and what it imports from beside it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from alfcheck.plugins.values import BUILTIN, LOCAL, PluginInfo

__all__ = ["sources_of"]

_SUFFIXES = (".py", ".yaml", ".yml")
_INSTALLED = ("site-packages", "dist-packages")


def sources_of(info: PluginInfo) -> Iterator[tuple[str, Path]]:
    """Give the files of a plugin with names that do not depend on the machine; some may come twice.

    They are those of the outermost package around it, and of its distribution; of a file alone those that it
    imports from its folder too, whatever they import in turn.
    """
    file = Path(info.file)
    folder = _package(info)
    if folder is not None:
        yield from _below(folder, folder)
    elif file.is_file():
        yield from _with_imported(file)
    if info.version != LOCAL and info.distribution != BUILTIN:
        yield from _distributed(info.distribution)


def _package(info: PluginInfo) -> Path | None:
    """Give the folder of the outermost package around a plugin's file, as far as there is one."""
    file = Path(info.file)
    if info.name == BUILTIN:
        return file.parent
    folder = file if file.is_dir() else file.parent
    if folder == file or (folder / "__init__.py").is_file():
        while (folder.parent / "__init__.py").is_file():
            folder = folder.parent
        return folder
    return None


def _below(folder: Path, top: Path) -> Iterator[tuple[str, Path]]:
    head = folder.relative_to(top).parts
    for parts in sorted(_parts(str(folder), ())):
        yield "/".join((*head, *parts)), folder.joinpath(*parts)


def _parts(folder: str, above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Give what stands below a folder, as the names on the way there; links to folders are not followed."""
    try:
        with os.scandir(folder) as entries:
            listed = list(entries)
    except OSError:
        return
    for entry in listed:
        if entry.is_dir(follow_symlinks=False):
            yield from _parts(entry.path, (*above, entry.name))
        elif entry.name.endswith(_SUFFIXES) and entry.is_file():
            yield (*above, entry.name)


def _with_imported(file: Path) -> Iterator[tuple[str, Path]]:
    top, seen, due = file.parent, set[Path](), [file]
    while due:
        path = due.pop()
        if path in seen:
            continue
        seen.add(path)
        yield path.relative_to(top).as_posix(), path
        for name in _imported(path):
            beside = top / f"{name}.py"
            if beside.is_file():
                due.append(beside)
            elif (top / name / "__init__.py").is_file() and top.name not in _INSTALLED:
                yield from _below(top / name, top)


def _imported(path: Path) -> Iterator[str]:
    """Give the first parts of the names that a file imports, wherever it does."""
    import ast

    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)


def _distributed(name: str) -> Iterator[tuple[str, Path]]:
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        files = distribution(name).files or ()
    except PackageNotFoundError:
        return
    for each in sorted(files):
        path = Path(str(each.locate()))
        if path.suffix in _SUFFIXES and path.is_file():
            yield each.as_posix(), path
