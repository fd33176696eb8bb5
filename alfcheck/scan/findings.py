"""What the scan has to say of what it cannot give to a session: codes and messages."""

from __future__ import annotations

import os
import stat

from alfcheck.model import Problem, Severity

__all__ = [
    "ABSENT_CONTENT",
    "BROKEN_LINK",
    "LINKED_FOLDER",
    "LINK_OUT_OF_ROOT",
    "NOT_A_REGULAR_FILE",
    "UNREADABLE_FILE",
    "UNREADABLE_FOLDER",
    "Found",
    "absent_content",
    "broken_link",
    "link_out_of_root",
    "linked_folder",
    "not_a_regular_file",
    "unreadable_file",
    "unreadable_folder",
]

LINK_OUT_OF_ROOT = "ALF114"
BROKEN_LINK = "ALF115"
LINKED_FOLDER = "ALF116"
NOT_A_REGULAR_FILE = "ALF117"
UNREADABLE_FOLDER = "ALF118"
UNREADABLE_FILE = "ALF119"
ABSENT_CONTENT = "ALF213"

Found = tuple[str, Problem]
"""A code and the problem."""

_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a character device"),
    (stat.S_ISBLK, "a block device"),
)


def link_out_of_root(target: str) -> Found:
    """Report a link to a file that the release does not hold."""
    message = f"is a link that leads out of the release, to {_shown(target)}; it was not followed"
    return LINK_OUT_OF_ROOT, Problem(message=message, fix="put a copy of the file in place of the link")


def broken_link(target: str, why: str) -> Found:
    """Report a link that leads to nothing."""
    message = f"is a link to {_shown(target)}, and {why}"
    return BROKEN_LINK, Problem(message=message, fix="restore the file that it led to, or delete the link")


def absent_content(target: str) -> Found:
    """Report a link of git-annex whose content was not fetched: nothing is wrong, nothing is known."""
    message = f"its content is not here: git-annex keeps it as {_shown(target.rsplit('/', 1)[-1])}"
    fix = "fetch it with git annex get, or datalad get"
    return ABSENT_CONTENT, Problem(message=message, severity=Severity.UNVERIFIED, fix=fix)


def linked_folder(target: str, *, inside: bool) -> Found:
    """Report a link to a folder, whose files were not looked at."""
    where = "of the release" if inside else "outside the release"
    message = f"is a link to a folder {where}, {_shown(target)}; the files below it were not looked at"
    return LINKED_FOLDER, Problem(message=message, fix="put the folder itself in place of the link")


def not_a_regular_file(mode: int) -> Found:
    """Report a pipe, socket or device: to open one may wait for ever."""
    kind = next((name for is_kind, name in _KINDS if is_kind(mode)), "neither a file nor a folder")
    return NOT_A_REGULAR_FILE, Problem(message=f"is {kind}; it was not opened", fix="delete it")


def unreadable_folder(error: OSError) -> Found:
    """Report a folder that could not be listed."""
    message = f"this folder cannot be listed ({_reason(error)}), so nothing is known of its files"
    fix = "give yourself the right to read it, or shorten its path; then run again"
    return UNREADABLE_FOLDER, Problem(message=message, fix=fix)


def unreadable_file(error: OSError) -> Found:
    """Report a file that could not be looked at."""
    message = f"was listed, but cannot be looked at ({_reason(error)})"
    fix = "get the right to read it or shorten its path, and run again when nothing writes to the release"
    return UNREADABLE_FILE, Problem(message=message, fix=fix)


def _shown(target: str) -> str:
    """Quote a link's text, of an absolute one its last name alone: no report names this machine's paths."""
    text = target.encode("utf-8", "backslashreplace").decode()
    return f'".../{os.path.basename(text)}"' if os.path.isabs(target) else f'"{text}"'


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
