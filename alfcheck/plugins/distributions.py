"""What is installed, and its entry points: what `importlib.metadata` says, without importing that.

It parses the metadata of everything there is with the parser of mails, and takes longer than the rest of a
command's start. Here folders are listed, the entry points of all are read, and the heads of the few that
matter. What is not as plain as here (archives on the path, finders of others, eggs that are plugins, files
that cannot be read) is left to it.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from importlib.machinery import PathFinder
from typing import NamedTuple, Protocol

__all__ = ["POINTS", "Distribution", "Point", "distributions", "points", "versions"]

POINTS = "entry_points.txt"
_INFO, _EGG = ".dist-info", ".egg-info"
_LIKE_NONE = (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)
_DASHES = re.compile("[-_.]+")


class Distribution(Protocol):
    """A distribution that is installed, here or as `importlib.metadata` gives it."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def requires(self) -> list[str] | None: ...
    def read_text(self, filename: str, /) -> str | None: ...


class Point(NamedTuple):
    """An entry point, and the distribution that it is of."""

    name: str
    value: str
    dist: Distribution | None


class _Unusual(Exception):
    """Something is not as plain as it is here."""


def points(group: str) -> list[Point]:
    """Give the entry points of a group; raises whatever metadata raise that cannot be read."""
    try:
        return [
            Point(name, value, _plain(each))
            for each in _installed().values()
            for section, name, value in _parsed(each.read_text(POINTS) or "")
            if section == group
        ]
    except (_Unusual, OSError, ValueError):
        from importlib.metadata import entry_points

        return [Point(each.name, each.value, each.dist) for each in entry_points(group=group)]


def distributions(names: Iterable[str]) -> dict[str, Distribution]:
    """Give the distributions of these names, as far as they are installed."""
    given = tuple(names)
    try:
        known = _installed()
        return {name: _plain(known[_normal(name)]) for name in given if _normal(name) in known}
    except _Unusual:
        from importlib.metadata import Distribution as Found

        first = {name: next(iter(Found.discover(name=name)), None) for name in given}
        return {name: found for name, found in first.items() if found is not None}


def versions(names: Iterable[str]) -> dict[str, str]:
    """Give the versions that are installed of these distributions, ``-`` for what is not there."""
    given = tuple(names)
    found = distributions(given)
    return {name: found[name].version if name in found else "-" for name in given}


class _Folder:
    """A folder of metadata, of which is read what is asked for."""

    def __init__(self, path: str) -> None:
        self.path = path

    @property
    def name(self) -> str:
        return next(iter(self._head.get("name", ())), "")

    @property
    def version(self) -> str:
        return next(iter(self._head.get("version", ())), "")

    @property
    def requires(self) -> list[str] | None:
        return self._head.get("requires-dist")

    def read_text(self, filename: str, /) -> str | None:
        try:
            with open(f"{self.path}/{filename}", encoding="utf-8") as stream:
                return stream.read()
        except _LIKE_NONE:
            return None

    @cached_property
    def _head(self) -> Mapping[str, list[str]]:
        """Give the lines of the metadata before the first that is empty, by their names in small letters."""
        found: dict[str, list[str]] = {}
        values: list[str] = []
        for line in (self.read_text("METADATA") or "").split("\n"):
            name, colon, value = line.partition(":")
            if line[:1] in (" ", "\t") and values:
                values[-1] += f"\n{line}"
            elif not colon or " " in name:
                break
            else:
                values = found.setdefault(name.lower(), [])
                values.append(value.lstrip(" \t").rstrip("\r"))
        return found


def _installed() -> dict[str, _Folder]:
    """Give what is installed by its name; of two of one name the first on the path is it."""
    if any(finder is not PathFinder and hasattr(finder, "find_distributions") for finder in sys.meta_path):
        raise _Unusual
    found: dict[str, _Folder] = {}
    for place in dict.fromkeys(sys.path):
        if place.endswith(".egg"):
            raise _Unusual
        for entry in _listed(place):
            stem, dot, ending = entry.rpartition(".")
            if f"{dot}{ending}".lower() in (_INFO, _EGG):
                found.setdefault(_normal(stem.partition("-")[0]), _Folder(os.path.join(place or ".", entry)))
    return found


def _listed(place: str) -> list[str]:
    try:
        return os.listdir(place or ".")
    except NotADirectoryError as error:
        raise _Unusual from error
    except OSError:
        return []


def _plain(found: _Folder) -> _Folder:
    if not found.path.endswith(_INFO):
        raise _Unusual
    return found


def _normal(name: str) -> str:
    return _DASHES.sub("_", name).lower()


def _parsed(text: str) -> Iterator[tuple[str, str, str]]:
    """Give section, name and value of each line; raises `_Unusual` for one that has no value."""
    section = None
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            section = line.strip("[]")
        elif line and not line.startswith("#") and section is not None:
            name, equals, value = line.partition("=")
            if not equals:
                raise _Unusual
            yield section, name.strip(), value.strip()
