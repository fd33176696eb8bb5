"""What there is to see of a session, as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from alfcheck.model import Dataset

__all__ = ["Document", "Seen", "folders_of", "without_revision"]


class Document(NamedTuple):
    """A document of a session: its path, its name's parts and its parsed value.

    ``fault`` says why it cannot be relied on (``could not be read``), and is empty for one that can.
    """

    path: str
    dataset: Dataset
    value: object = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A session as session contracts see it; paths are session-relative, sorted, without revision folders.

    ``datasets`` have legal names, whatever was found in them; ``others`` are the names that are none.
    ``unseen`` are files and folders that are there, but at which nobody could look (content not fetched, a
    folder that cannot be listed). ``reads`` is false where no document was to be opened.
    """

    datasets: tuple[str, ...]
    others: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    documents: tuple[Document, ...] = ()
    reads: bool = True
    folders: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        for name in ("datasets", "others", "unseen"):
            object.__setattr__(self, name, tuple(sorted(set(getattr(self, name)))))
        object.__setattr__(self, "folders", folders_of(self.datasets))


def folders_of(paths: Iterable[str]) -> tuple[str, ...]:
    """Give the folders that hold files, and those around them; the session's own is ``''``."""
    found: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder not in found:
            found.add(folder)
            if "/" not in folder:
                break
            folder = folder.rpartition("/")[0]
    return tuple(sorted(found))


def without_revision(path: str) -> str:
    """Take the revision's folder (``#2020-01-01#``) out of a session-relative path."""
    if "#" not in path:
        return path
    *folders, name = path.split("/")
    return "/".join((*(each for each in folders if not (each[:1] == each[-1:] == "#")), name))
