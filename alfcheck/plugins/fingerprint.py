"""The fingerprint of a ruleset: what could change a judgement, in one number."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from alfcheck._version import __version__
from alfcheck.plugins.values import BUILTIN, PluginInfo

__all__ = ["fingerprint_of"]

_SUFFIXES = (".py", ".yaml", ".yml")


def fingerprint_of(infos: Iterable[PluginInfo], offered: Iterable[str], files: Iterable[str]) -> str:
    """Hash the bytes of alfcheck and of each plugin, not versions alone, and what they offer.

    `files` are those that were offered: contracts may lie anywhere.
    """
    digest = hashlib.sha256(__version__.encode())
    seen: set[str] = set()
    for info in sorted(infos):
        digest.update(f"\0{info.name}\0{info.distribution}\0{info.version}".encode())
        for name, file in _sources(info):
            seen.add(str(file))
            digest.update(f"\0{name}\0".encode("utf-8", "surrogateescape") + file.read_bytes())
    for word in sorted(offered):
        digest.update(f"\0{word}".encode())
    for content in sorted(Path(file).read_bytes() for file in files if file not in seen):
        digest.update(b"\0" + content)
    return digest.hexdigest()


def _sources(info: PluginInfo) -> Iterator[tuple[str, Path]]:
    """Give the files of the package that a plugin is a module of; a single file is itself."""
    file = Path(info.file)
    folder = _package(info)
    if folder is None:
        if file.is_file():
            yield file.name, file
        return
    for path in sorted(folder.rglob("*")):
        if path.suffix in _SUFFIXES and path.is_file():
            yield path.relative_to(folder).as_posix(), path


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
