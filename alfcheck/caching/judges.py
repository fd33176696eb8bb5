"""Who judges: all that a result hangs on beside the data and the options, and whether it stays the same.

The ruleset's fingerprint has the bytes of alfcheck, of the plugins and of contracts, and the versions of what
they require. Here is what else can change what is found: the machine and the libraries that values are read
by, who reads, and the files beside a plugin's modules.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from alfcheck.caching.beside import files_beside
from alfcheck.plugins import PluginInfo, Ruleset
from alfcheck.plugins.sources import sources_of

__all__ = ["MARGIN", "Judges", "environment", "judges_of"]

MARGIN = 2 * 10**9
"""Nanoseconds: the grain of the coarsest clock of a file system that is in use (FAT)."""

_BEGAN = time.time_ns()
"""When this process had not yet imported a plugin."""

_LIBRARIES = ("jsonschema", "numpy", "pandas", "pandera", "pint", "pyarrow", "pyyaml")
_SWITCHES = ("PANDERA_",)
"""How the variables begin by which a library judges otherwise."""

_AFRESH = "alfcheck_local_"
"""How the names of modules begin that each run imports anew (`alfcheck.plugins.local`)."""

Stamp = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Judges:
    """The files that plugins are made of, and those that they may look into: size, times of change, inode.

    ``afresh`` are those that were read in this run, whatever the process did before.
    """

    modules: Mapping[Path, Stamp]
    beside: Mapping[Path, Stamp]
    afresh: frozenset[Path]

    def settled(self, loaded: int) -> bool:
        """Tell whether the code that runs is what the files say, of which the fingerprint was taken.

        Python reads a module once in its life: one that was changed since may be the old one still.
        `loaded` is when the plugins began to be loaded (nanoseconds).
        """
        everything = {**self.modules, **self.beside}
        return all(
            max(mtime, ctime) < (loaded if path in self.afresh else _BEGAN) - MARGIN
            for path, (_, mtime, ctime, _) in everything.items()
        )


@cache
def environment() -> tuple[str, ...]:
    """Give what the process is: Python, machine, libraries, user. They stay the same while it lives."""
    who = (os.geteuid(), *sorted(os.getgroups())) if hasattr(os, "geteuid") else ()
    return (
        sys.version,
        str(sys.flags.optimize),
        sys.platform,
        platform.machine(),
        *(f"{name} {_version(name)}" for name in _LIBRARIES),
        *map(str, who),
        *sorted(f"{key}={value}" for key, value in os.environ.items() if key.startswith(_SWITCHES)),
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "-"


def judges_of(ruleset: Ruleset) -> Judges:
    """Look at the files of all plugins, and at what lies beside their modules; raises `OSError`."""
    modules = {info: {path for _, path in sources_of(info)} for info in ruleset.plugins}
    own = frozenset().union(*modules.values())
    beside = {path for info in ruleset.plugins for path in files_beside(info)} - own
    afresh = frozenset(_afresh(modules)) | beside
    return Judges(_stamps(own), _stamps(beside), afresh)


def _stamps(paths: Iterable[Path]) -> dict[Path, Stamp]:
    found = ((path, path.stat()) for path in sorted(paths))
    return {path: (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino) for path, stat in found}


def _afresh(modules: Mapping[PluginInfo, Iterable[Path]]) -> Iterator[Path]:
    """Give the modules of those plugins that were imported for this run, but for what others imported."""
    files = {name: file for name, module in list(sys.modules.items()) if (file := _file_of(module))}
    local = {file for name, file in files.items() if name.startswith(_AFRESH)}
    lasting = {file for name, file in files.items() if not name.startswith(_AFRESH)}
    for info, paths in modules.items():
        if info.file in local:
            yield from (path for path in paths if str(path) not in lasting)


def _file_of(module: object) -> str | None:
    file = getattr(module, "__file__", None)
    return file if isinstance(file, str) else None
