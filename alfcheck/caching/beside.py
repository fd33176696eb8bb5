"""The files beside a plugin's modules that its rules may look into: a list of subjects, a table of limits.

The ruleset's fingerprint has the modules alone. What a rule reads is not known before it runs; but where it
stands in the plugin's package, or its name stands in the plugin's code, it can be found.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Collection, Iterator
from pathlib import Path

from alfcheck.plugins.sources import sources_of
from alfcheck.plugins.values import BUILTIN, PluginInfo

__all__ = ["files_beside"]

_COMPILED = "__pycache__"
_LONGEST = 255
_DEPTH = 3
_FOLDERS = 20
"""Folders that words name, in which further words may name files: most words name nothing."""


def files_beside(info: PluginInfo) -> Iterator[Path]:
    """Give the files that a plugin may look into, modules not among them; some may come twice."""
    if info.distribution == BUILTIN or not info.file:
        return
    file = Path(info.file)
    folder = file if file.is_dir() else file.parent
    bases = (folder, Path(os.path.abspath(os.curdir)))
    if folder == file or (folder / "__init__.py").is_file():
        while (folder.parent / "__init__.py").is_file():
            folder = folder.parent
        yield from (path for path in folder.rglob("*") if _COMPILED not in path.parts and path.is_file())
    words = {word for _, path in sources_of(info) if path.suffix == ".py" for word in _words(path)}
    yield from _named(bases[0], words, _DEPTH)
    yield from _named(bases[1], words, 1)


def _named(base: Path, words: Collection[str], depth: int) -> Iterator[Path]:
    """Give the files in a folder that words name, alone or joined (``HERE / "data" / "subjects.txt"``)."""
    folders = [base]
    for _ in range(depth):
        # The first part does not count where the second begins at the top.
        found = {folder / word for folder in folders for word in words}
        yield from filter(_is_file, found)
        folders = sorted(filter(_is_folder, found))[:_FOLDERS]


def _words(path: Path) -> Iterator[str]:
    """Give the texts in a module that may be a path."""
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _may_be_path(node.value):
            yield node.value


def _may_be_path(text: str) -> bool:
    return 0 < len(text) <= _LONGEST and text.isprintable() and bool(text.strip("./"))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
