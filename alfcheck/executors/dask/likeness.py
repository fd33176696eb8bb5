"""Whether another machine would find the same: the versions of what judges, and the files that it sees."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from alfcheck.model import Entry, SessionFiles
from alfcheck.plugins import Ruleset
from alfcheck.plugins.values import BUILTIN, LOCAL
from alfcheck.scan.text import os_path

__all__ = ["Likeness", "likeness_of", "other_files", "other_versions", "versions_of"]

_LIBRARIES = (
    "dask",
    "distributed",
    "jsonschema",
    "numpy",
    "pandas",
    "pandera",
    "pint",
    "pyarrow",
    "pyyaml",
)
_SWITCHES = "PANDERA_"
"""How the variables begin by which pandera judges otherwise, or not at all."""

SAMPLE = 16
"""Files by which it is seen that a worker looks at the same tree."""

NONE = "none"


class Likeness(NamedTuple):
    """What must be the same on a worker: versions, and some files of the tree (size, times, inode).

    ``plugins`` are the distributions whose versions count beside those of alfcheck and its libraries.
    """

    plugins: tuple[str, ...]
    versions: Mapping[str, str]
    root: str
    sample: tuple[Entry, ...]


def likeness_of(ruleset: Ruleset, root: str, sessions: Sequence[SessionFiles]) -> Likeness:
    """Give what workers are compared with: this process, and files from all over the tree."""
    installed = {info.distribution for info in ruleset.plugins if info.version != LOCAL}
    plugins = tuple(sorted(installed - {BUILTIN}))
    step = len(sessions) // SAMPLE + 1
    sample = (session.entries[0] for session in sessions[::step] if session.entries)
    # What is not any more as it was listed is told of by whoever reads it.
    still = tuple(entry for entry in sample if not _unlike(root, entry))
    return Likeness(plugins, versions_of(plugins), root, still)


def versions_of(plugins: Iterable[str]) -> dict[str, str]:
    """Give the versions of Python, alfcheck, libraries and plugins, and what else they judge by."""
    names = ("alfcheck", *_LIBRARIES, *plugins)
    switches = {key: value for key, value in os.environ.items() if key.startswith(_SWITCHES)}
    python = {"Python": platform.python_version(), "the encoding of file names": sys.getfilesystemencoding()}
    return {**python, **{name: _version(name) for name in names}, **switches}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return NONE


def other_versions(ours: Mapping[str, str], theirs: Mapping[str, str]) -> tuple[str, ...]:
    """Say what has other versions: ``pandas 2.2.3 there, 3.0.1 here``."""
    names = (*ours, *sorted(theirs.keys() - ours.keys()))
    pairs = ((name, theirs.get(name, NONE), ours.get(name, NONE)) for name in names)
    return tuple(f"{name} {there} there, {here} here" for name, there, here in pairs if there != here)


def other_files(likeness: Likeness) -> str:
    """Say what this machine sees otherwise; nothing if it looks at the same tree.

    A file may have been changed since it was listed, which is told of by whoever reads it: another tree is
    one where most files are others.
    """
    if not os.path.isdir(likeness.root):
        return f"there is no folder {likeness.root}"
    others = [what for entry in likeness.sample if (what := _unlike(likeness.root, entry))]
    return others[0] if 2 * len(others) > len(likeness.sample) else ""


def _unlike(root: str, entry: Entry) -> str:
    path = f"{root}/{os_path(entry.path)}"
    try:
        stat = os.stat(path)
    except OSError as error:
        return f"{root}/{entry.path}: {error.strerror or error}"
    return next((f"{root}/{entry.path} has {what}" for what in _differences(stat, entry)), "")


def _differences(stat: os.stat_result, entry: Entry) -> Iterator[str]:
    """Name what differs; devices are not compared, for their numbers are each machine's own."""
    pairs = (
        ("size", stat.st_size, entry.size),
        ("modification time", stat.st_mtime_ns, entry.mtime_ns),
        ("change time", stat.st_ctime_ns, entry.ctime_ns),
        ("inode", stat.st_ino, entry.inode),
    )
    return (f"the {name} {there} there, {here} here" for name, there, here in pairs if there != here)
