"""Small releases from a few lines, for tests."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from alfcheck.examples import SESSION, encoded

if TYPE_CHECKING:
    from alfcheck.report import Report

__all__ = ["ReleaseMaker", "SmallRelease"]


class ReleaseMaker:
    """Makes releases below a folder: what the fixture ``alf_release`` gives."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def __call__(self, files: Mapping[str, object] | None = None, *, session: str = SESSION) -> SmallRelease:
        """Begin a release with some files of one session, by session-relative path."""
        self._count += 1
        name = "release" if self._count == 1 else f"release-{self._count}"
        root = self._folder / name
        root.mkdir(parents=True)
        return SmallRelease(root, session).add(files or {})


@dataclass(frozen=True, slots=True)
class SmallRelease:
    """A release on disk, and the session that files are added to where no other is said.

    Values become bytes by the extension of their file: lists and arrays for ``.npy``, mappings of columns
    for ``.pqt`` and text tables, plain values for ``.json`` and ``.yaml``; bytes and texts are what the file
    holds.
    """

    root: Path
    session: str = SESSION

    def add(self, files: Mapping[str, object], *, session: str | None = None) -> SmallRelease:
        """Write files, by session-relative path; with ``session=""`` the paths are relative to the root."""
        for path, value in files.items():
            target = self.path(path, session=session)
            data = encoded(path, value)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        return self

    def add_object(
        self,
        name: str,
        columns: Mapping[str, object],
        *,
        namespace: str = "",
        collection: str = "alf",
        revision: str = "",
        session: str | None = None,
    ) -> SmallRelease:
        """Write one ``.npy`` for each attribute; an attribute with an extension (``table.pqt``) keeps it."""
        folder = "".join(f"{part}/" for part in (collection, f"#{revision}#" if revision else "") if part)
        stem = f"{folder}_{namespace}_{name}" if namespace else f"{folder}{name}"
        files = {
            f"{stem}.{attribute}" if "." in attribute else f"{stem}.{attribute}.npy": values
            for attribute, values in columns.items()
        }
        return self.add(files, session=session)

    def remove(self, path: str, *, session: str | None = None) -> SmallRelease:
        """Delete a file."""
        self.path(path, session=session).unlink()
        return self

    def path(self, relative: str = "", *, session: str | None = None) -> Path:
        """Give where a session-relative path lies on disk."""
        place = PurePosixPath(self.session if session is None else session, relative)
        if place.is_absolute() or ".." in place.parts:
            raise ValueError(f"{place}: leads out of the release; give a path relative to the session")
        return self.root.joinpath(*place.parts)

    def check(self, *relative: str, **options: Any) -> Report:
        """Check the release, or what lies at some paths relative to its root; as `alfcheck.check` does."""
        from alfcheck.api import check

        return check(*(self.root / path for path in relative or ("",)), **options)

    def release(self, **options: Any) -> Report:
        """Publish the release, as `alfcheck.release` does: then ``One(cache_dir=release.root)`` opens it."""
        from alfcheck.api import release

        return release(self.root, **options)

    @property
    def files(self) -> tuple[str, ...]:
        """The files below the root, sorted."""
        found = (Path(top, name) for top, _, names in os.walk(self.root) for name in names)
        return tuple(sorted(path.relative_to(self.root).as_posix() for path in found))
