"""The walk itself: a loop over a stack of folders, so that no nesting is too deep.

Each file is counted once when it is listed and put into exactly one place, whatever it turns out to be.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from alfcheck.model import Entry, Ignored, Problem, SessionFiles
from alfcheck.scan import builtin, findings
from alfcheck.scan.links import Fault, Target, follow
from alfcheck.scan.patterns import IgnoreFile, read_ignore_file, reason_for
from alfcheck.scan.places import GENEROUS, looks_like_date
from alfcheck.scan.plain import list_plain
from alfcheck.scan.session import NO_NUMBERS, Found, numbers
from alfcheck.scan.text import is_plain, path_text

__all__ = ["Folder", "Selection", "Walk"]

Selection = dict[str, "Selection | None"]
"""Names to look at, and in each folder the names below it; ``None`` is everything."""


class Folder(NamedTuple):
    """A folder to be listed. ``path`` and ``text`` are '' for the root and else end in a slash.

    ``session`` is what is found of the session that the folder belongs to. ``numbers`` is set in a folder
    that is named after a date: it tells which folders in it are sessions.
    """

    path: str
    text: str
    session: Found | None = None
    numbers: re.Pattern[str] | None = None
    reason: str = ""
    patterns: tuple[IgnoreFile, ...] = ()
    only: Selection | None = None


class Walk:
    """What one walk found; `find` and `list_session` fill it, and tell how many files there are at least."""

    def __init__(
        self,
        root: str,
        ignore_file: str,
        left_out: Mapping[str, frozenset[str]],
        told: Callable[[int], object],
        *,
        stats: bool = True,
    ) -> None:
        self.root = root
        self._above = root.rstrip(os.sep) + os.sep
        self.ignore_file = ignore_file
        self.left_out = left_out
        self.sessions: list[SessionFiles] = []
        self.ignored: list[Ignored] = []
        self.refused: list[Entry] = []
        self.findings: list[tuple[str, str, Problem]] = []
        self.count = self._found = 0
        self._stats, self._told = stats, told

    def find(self, first: Folder) -> Iterator[Folder]:
        """List folder after folder down to those of sessions, and give these."""
        stack = [first]
        while stack:
            folder = stack.pop()
            if folder.session is None:
                stack += self._look(folder)
            else:
                self._found += 1
                self._told(self.count + self._found)
                yield folder

    def list_session(self, folder: Folder) -> None:
        """List all that is in the folder of a session."""
        assert folder.session is not None
        stack = [folder]
        while stack:
            top = stack.pop()
            closer = self._plain(top, folder.session) if self._may_be_plain(top) else [top]
            for each in closer:
                stack += self._look(each)
        self._listed(folder.session.packed())

    def add(self, session: SessionFiles) -> None:
        """Add a session that was listed elsewhere, with nothing in it but plain files."""
        self.count += session.count
        self._listed(session)

    def _listed(self, session: SessionFiles) -> None:
        if session.count:
            self.sessions.append(session)
        # Each session that is not listed yet has a file, as a rule.
        self._found -= 1
        self._told(self.count + self._found)

    def plain_session(self, folder: Folder) -> SessionFiles | None:
        """Give the session of a folder in which nothing needs a closer look; ``None`` if something does."""
        assert folder.session is not None
        closer = self._plain(folder, folder.session)
        return None if closer else folder.session.packed()

    def is_plain(self, folder: Folder) -> bool:
        """Tell whether nobody said anything of what is in a folder, at any depth, and its path is plain."""
        return folder.text == folder.path and self._may_be_plain(folder)

    def _may_be_plain(self, folder: Folder) -> bool:
        path = folder.path
        return not (
            not path
            or folder.reason
            or folder.patterns
            or folder.only is not None
            or any(each.startswith(path) for each in self.left_out)
        )

    def _plain(self, folder: Folder, session: Found) -> list[Folder]:
        """Keep all plain files below a folder; give the folders that hold other things."""
        files, odd = list_plain(self._above + folder.path, (self.ignore_file,), stats=self._stats)
        self.count += len(files)
        start = folder.text[session.start :]
        session.files += [(start + name, found) for name, found in files] if start else files
        return [Folder(folder.path + below, folder.text + below, session) for below in odd]

    def _look(self, folder: Folder) -> list[Folder]:
        """List a folder, keep its files, and give the folders in it."""
        try:
            with os.scandir(self._above + folder.path) as listing:
                entries = list(listing)
        except OSError as error:
            self._unlisted(folder, error)
            return []
        return self._list(folder, entries)

    def _list(self, folder: Folder, entries: list[os.DirEntry[str]]) -> list[Folder]:
        if not folder.reason and self.ignore_file in [entry.name for entry in entries]:
            folder = self._with_patterns(folder)
        if folder.only is not None or not folder.path or folder.path in self.left_out:
            entries = [entry for entry in entries if self._is_wanted(folder, entry)]
        below = []
        for entry in entries:
            if _is_folder(entry):
                below.append(self._child(folder, entry.name))
            else:
                self._file(folder, entry)
        return below

    def _is_wanted(self, folder: Folder, entry: os.DirEntry[str]) -> bool:
        name = entry.name
        if folder.only is not None and name not in folder.only:
            return False
        if name in self.left_out.get(folder.path, ()):
            return False
        return bool(folder.path) or not builtin.is_left_out(name, is_folder=_is_folder(entry))

    def _with_patterns(self, folder: Folder) -> Folder:
        path = self._real(folder.path + self.ignore_file)
        text = folder.text + self.ignore_file
        return folder._replace(patterns=read_ignore_file(path, text, folder.text, folder.patterns))

    def _child(self, folder: Folder, name: str) -> Folder:
        own = name if is_plain(name) else path_text(name)
        text = folder.text + own
        reason = folder.reason or builtin.folder_reason(name)
        if not reason and folder.patterns:
            reason = reason_for(folder.patterns, text, is_folder=True)
        session, numbers = folder.session, None
        if session is None and not reason:
            if folder.numbers is not None and folder.numbers.fullmatch(own):
                session = Found(text)
            elif looks_like_date(own):
                numbers = GENEROUS
        only = folder.only[name] if folder.only is not None else None
        return Folder(f"{folder.path}{name}/", text + "/", session, numbers, reason, folder.patterns, only)

    def _file(self, folder: Folder, entry: os.DirEntry[str]) -> None:
        self.count += 1
        name = entry.name
        text = folder.text + (name if is_plain(name) else path_text(name))
        try:
            found = entry.stat(follow_symlinks=False)
        except OSError as error:
            self._problem(folder, name, text, findings.unreadable_file(error))
            return
        if stat.S_ISREG(found.st_mode):
            self._keep(folder, name, text, found)
        elif stat.S_ISLNK(found.st_mode):
            self._link(folder, name, text, found)
        else:
            self._problem(folder, name, text, findings.not_a_regular_file(found.st_mode), found)

    def _keep(self, folder: Folder, name: str, text: str, found: os.stat_result) -> None:
        """Put a regular file, or a link to one, where it belongs."""
        reason = self._reason(folder, name, text)
        if reason:
            self.ignored.append(Ignored(text, found.st_size, reason))
        elif folder.session is None:
            self.ignored.append(Ignored(text, found.st_size, builtin.OUTSIDE))
        else:
            told = numbers(found) if self._stats else NO_NUMBERS
            folder.session.files.append((text[folder.session.start :], told))

    def _reason(self, folder: Folder, name: str, text: str) -> str:
        """Give the reason to ignore a file that is no affair of its place's, or ``''``."""
        # First, because ONE opens it whatever a pattern says.
        if not folder.path and name.endswith(".pqt") and folder.session is None:
            return builtin.FOREIGN_TABLE
        reason = folder.reason or builtin.file_reason(name)
        if not reason and folder.patterns:
            reason = reason_for(folder.patterns, text, is_folder=False)
        return reason

    def _link(self, folder: Folder, name: str, text: str, found: os.stat_result) -> None:
        try:
            said = os.readlink(self._real(folder.path + name))
        except OSError as error:
            self._problem(folder, name, text, findings.unreadable_file(error), found)
            return
        target = follow(os.path.dirname(self._real(folder.path + name)), said)
        inside = target.is_inside(self.root)
        fault = _fault_of_link(said, target, inside=inside)
        if fault is None and target.stat is not None:
            self._keep(folder, name, text, target.stat)
        elif fault is not None and inside:
            self._problem(folder, name, text, fault, found)
        elif fault is not None:
            self._refuse(text, fault, found)

    def _problem(
        self,
        folder: Folder,
        name: str,
        text: str,
        found: findings.Found,
        numbers: os.stat_result | None = None,
    ) -> None:
        """Refuse something, unless it is ignored: what does not leave the root is harmless there."""
        reason = self._reason(folder, name, text)
        if reason and reason != builtin.FOREIGN_TABLE:
            self.ignored.append(Ignored(text, 0, reason))
        else:
            self._refuse(text, found, numbers)

    def _refuse(self, text: str, found: findings.Found, numbers: os.stat_result | None = None) -> None:
        code, problem = found
        self.refused.append(_entry(text, numbers, 0))
        self.findings.append((code, text, problem))

    def _unlisted(self, folder: Folder, error: OSError) -> None:
        """Count a folder that cannot be listed as one thing, for nobody knows what it holds."""
        self.count += 1
        text = folder.text.removesuffix("/")
        if folder.reason:
            self.ignored.append(Ignored(text, 0, folder.reason))
        else:
            self._refuse(text, findings.unreadable_folder(error))

    def _real(self, path: str) -> str:
        return self._above + path


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:  # its stat will say the same, as a finding
        return False


def _fault_of_link(said: str, target: Target, *, inside: bool) -> findings.Found | None:
    if target.fault is Fault.LOOP:
        return findings.broken_link(said, target.fault)
    if target.fault is Fault.ABSENT and "annex/objects/" in said:
        return findings.absent_content(said)
    if target.is_folder:
        return findings.linked_folder(said, inside=inside)
    if not inside:
        return findings.link_out_of_root(said)
    if target.fault is Fault.UNREADABLE:
        return findings.unreadable_file(PermissionError(None, target.fault.value))
    if target.fault is not None:
        return findings.broken_link(said, target.fault)
    if target.stat is not None and not stat.S_ISREG(target.stat.st_mode):
        return findings.not_a_regular_file(target.stat.st_mode)
    return None


def _entry(text: str, found: os.stat_result | None, size: int) -> Entry:
    if found is None:
        return Entry(text, size, 0, 0, 0, 0)
    return Entry(text, size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev)
