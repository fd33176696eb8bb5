"""A publication that was made before, and whether it still stands, byte for byte.

To build an index of a million files anew only to find that it is the one which stands there takes its time.
So a run may note what it published, of what, and with which bytes (`alfcheck.caching` keeps the note). Where
the next one would publish the same, and each file is there with the very bytes, they are left or taken over.
"""

from __future__ import annotations

import json
import stat
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from alfcheck.publish.steps import REPORT_NAME

__all__ = ["INDEX", "Standing", "read_note", "standing_of"]

INDEX = ("sessions.pqt", "datasets.pqt")


@dataclass(frozen=True, slots=True)
class Standing:
    """What was published: ``made_of`` is a digest of all that decides about these files.

    ``files`` are sizes and digests (sha256) by the paths from the output folder: of the index, and of the
    files of the report that say the same each time. ``some_sessions`` are those by which the index is known.
    """

    made_of: str
    release_id: str
    contracts: tuple[str, ...]
    some_sessions: tuple[str, ...]
    files: Mapping[str, tuple[int, str]]

    def note(self) -> bytes:
        """Write it down; `read_note` gives an equal one."""
        return json.dumps(asdict(self)).encode("ascii")

    def has_index(self, out: Path) -> bool:
        """Tell whether the index in a folder is this one."""
        return all(self._content(out, name) is not None for name in INDEX)

    def report_files(self, out: Path, folder: str = "") -> dict[str, bytes] | None:
        """Give the noted files of the report, or of a folder in it; ``None`` if one does not stand."""
        start = f"{REPORT_NAME}/{folder}"
        names = [name for name in self.files if name.startswith(start)]
        found = {name.removeprefix(f"{REPORT_NAME}/"): self._content(out, name) for name in names}
        kept = {name: data for name, data in found.items() if data is not None}
        return kept if len(kept) == len(found) else None

    def _content(self, out: Path, name: str) -> bytes | None:
        """Give the bytes of a file if they are those that were published."""
        size, digest = self.files[name]
        try:
            found = (out / name).lstat()
            if not stat.S_ISREG(found.st_mode) or found.st_size != size:
                return None
            data = (out / name).read_bytes()
        except OSError:
            return None
        return data if sha256(data).hexdigest() == digest else None


def standing_of(
    out: Path,
    made_of: str,
    release_id: str,
    contracts: Iterable[str],
    some_sessions: Iterable[str],
    report_files: Iterable[str],
) -> Standing:
    """Look at what was just published, still under the lock; raises `OSError`."""
    files = {}
    for name in (*INDEX, *(f"{REPORT_NAME}/{name}" for name in report_files)):
        data = (out / name).read_bytes()
        files[name] = (len(data), sha256(data).hexdigest())
    return Standing(made_of, release_id, tuple(contracts), tuple(some_sessions), files)


def read_note(data: bytes) -> Standing | None:
    """Read what `Standing.note` wrote; ``None`` for anything else."""
    try:
        said: dict[str, Any] = json.loads(data)
        files = {name: (int(size), str(digest)) for name, (size, digest) in said.pop("files").items()}
        if not {*INDEX} <= {*files} or any(".." in name.split("/") or name.startswith("/") for name in files):
            return None
        told = {name: tuple(value) if isinstance(value, list) else str(value) for name, value in said.items()}
        return Standing(**told, files=files)  # type: ignore[arg-type]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
