"""The steps of publishing, each on disk before the next begins.

First everything is staged under temporary names; then a journal says that the staged files are whole;
then they are moved into place, in an order in which ONE never meets a dataset without its session.
Publishing and recovering share that last part: what is still staged is moved, in order.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from alfcheck.errors import PublishError
from alfcheck.publish.lock import LOCK_NAME

__all__ = [
    "JOURNAL_NAME",
    "PREFIX",
    "REPORT_NAME",
    "STEPS",
    "OnStep",
    "ReportFile",
    "discard",
    "recover",
    "roll_forward",
    "stage",
    "write_journal",
]

PREFIX = ".alfcheck-"
REPORT_NAME = "alfcheck-report"
JOURNAL_NAME = ".alfcheck-journal"
_JOURNAL_VERSION = 1
_STAGED = ".alfcheck-tmp-"
_STAGED_REPORT = f"{_STAGED}report"
_OLD_REPORT = f"{_STAGED}report-old"

# None ends in .pqt: ONE opens whatever does, and a half-written one breaks it.
_MOVES = {
    "union": (f"{_STAGED}union", "sessions.pqt"),
    "datasets": (f"{_STAGED}datasets", "datasets.pqt"),
    "sessions": (f"{_STAGED}sessions", "sessions.pqt"),
}

STEPS = (
    *(f"stage {name}" for name in ("report", *_MOVES)),
    "write journal",
    *(f"move {name}" for name in _MOVES),
    "move old report away",
    "move report",
    "remove old report",
    "remove journal",
)
"""The steps in order; a hook is called with ``before`` or ``after`` and one of these."""

OnStep = Callable[[str], None]
ReportFile = bytes | Path | Callable[[BinaryIO], None]


@contextmanager
def _step(name: str, on_step: OnStep) -> Iterator[None]:
    on_step(f"before {name}")
    yield
    on_step(f"after {name}")


def stage(
    out: Path, index: Mapping[str, ReportFile], report: Mapping[str, ReportFile], on_step: OnStep
) -> None:
    """Write everything under temporary names; ``index`` by the names of the moves, empty if it stays."""
    if report:
        with _step("stage report", on_step):
            _stage_report(out / _STAGED_REPORT, report)
    for name, data in index.items():
        with _step(f"stage {name}", on_step):
            _write_new(out / _MOVES[name][0], data)
    _sync_folder(out)


def _stage_report(folder: Path, report: Mapping[str, ReportFile]) -> None:
    folder.mkdir()
    for name, content in report.items():
        parent, _, own = name.rpartition("/")
        if not own or ".." in (parent, own) or Path(own).name != own or Path(parent).name != parent:
            raise ValueError(f"'{name}' is no file name, nor one in a folder")
        (folder / parent).mkdir(exist_ok=True)
        _write_new(folder / name, content)
    for each in {folder / name.rpartition("/")[0] for name in report}:
        _sync_folder(each)
    _sync_folder(folder)


def _write_new(path: Path, content: ReportFile) -> None:
    with path.open("xb") as file:
        if isinstance(content, bytes):
            file.write(content)
        elif isinstance(content, Path):
            with content.open("rb") as source:
                shutil.copyfileobj(source, file)
        else:
            content(file)
        file.flush()
        os.fsync(file.fileno())


def write_journal(out: Path, release_id: str, on_step: OnStep) -> None:
    """Say that everything is staged: from here on a run that ends early is completed by the next."""
    draft = out / f"{_STAGED}journal"
    text = json.dumps({"schema_version": _JOURNAL_VERSION, "release_id": release_id})
    with _step("write journal", on_step):
        _write_new(draft, text.encode())
        os.replace(draft, out / JOURNAL_NAME)
        _sync_folder(out)


def roll_forward(out: Path, on_step: OnStep) -> None:
    """Move what is still staged into place, in order, and remove the journal. Repeating it is harmless."""
    for name, (staged, final) in _MOVES.items():
        if os.path.lexists(out / staged):
            with _step(f"move {name}", on_step):
                os.replace(out / staged, out / final)
                _sync_folder(out)
    if os.path.lexists(out / _STAGED_REPORT):
        _swap_report(out, on_step)
    with _step("remove old report", on_step):
        _remove(out / _OLD_REPORT)
    with _step("remove journal", on_step):
        (out / JOURNAL_NAME).unlink(missing_ok=True)
        _sync_folder(out)


def _swap_report(out: Path, on_step: OnStep) -> None:
    report = out / REPORT_NAME
    if os.path.lexists(report):
        with _step("move old report away", on_step):
            _remove(out / _OLD_REPORT)
            os.replace(report, out / _OLD_REPORT)
            _sync_folder(out)
    with _step("move report", on_step):
        os.replace(out / _STAGED_REPORT, report)
        _sync_folder(out)


def recover(out: Path) -> bool:
    """Complete what an earlier run began, or clear away what it left; only under the lock.

    Gives whether there was a release to complete. Raises `PublishError` for a journal that a later
    version of alfcheck wrote, and `OSError`.
    """
    found = _read_journal(out / JOURNAL_NAME)
    if found:
        roll_forward(out, lambda step: None)
    discard(out)
    return found


def _read_journal(path: Path) -> bool:
    if not os.path.lexists(path):
        return False
    try:
        if path.is_symlink() or not path.is_file():
            raise ValueError("it is no file")
        with path.open("rb") as file:
            version = json.loads(file.read(4096))["schema_version"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise PublishError(
            f"{path}: an earlier run left a journal that cannot be read ({error}); remove it, "
            "then start again"
        ) from error
    if version != _JOURNAL_VERSION:
        raise PublishError(
            f"{path}: another version of alfcheck left this journal; complete the release with that one"
        )
    return True


def discard(out: Path) -> None:
    """Remove what is staged. The journal goes first: without it nothing half-removed is moved into place."""
    journal = out / JOURNAL_NAME
    if os.path.lexists(journal):
        journal.unlink()
        _sync_folder(out)
    with os.scandir(out) as entries:
        names = [entry.name for entry in entries]
    for name in names:
        if name.startswith((_STAGED, f"{LOCK_NAME}-")):
            _remove(out / name)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Bring the names in a folder to disk, where the system can."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # a file system that cannot
            raise
    finally:
        os.close(descriptor)
