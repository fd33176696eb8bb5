"""Which folders look like sessions, and where the root itself stands.

All names here are text (`alfcheck.scan.path_text`). The scan is generous, so that a misspelt date or
number is judged by the grammar and explained, instead of being passed over as "outside any session".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

__all__ = [
    "GENEROUS",
    "STRICT",
    "enclosing_session",
    "is_dated",
    "looks_like_date",
    "root_to_use",
    "session_of",
]

# White space, control and invisible characters and undecodable bytes, which may cling to a name.
_JUNK = r"(?:[\s\x00-\x1f\x7f\u200b-\u200f\ufeff]|\\x[0-9a-f]{2})*"
_DASH = r"[-_.\s\u2010-\u2015\u2212]"
_MONTH = r"(?:\d{1,3}|[^\W\d_]{3,9})"
_DATE = re.compile(
    rf"{_JUNK}(?:\d{{4}}{_DASH}{_MONTH}{_DASH}\d{{1,3}}|\d{{1,3}}{_DASH}{_MONTH}{_DASH}\d{{4}}"
    rf"|\d\d{_DASH}\d\d{_DASH}\d\d|\d{{8}}){_JUNK}"
)
GENEROUS = re.compile(rf"{_JUNK}(?:(?=\w*[\d\u00b2\u00b3\u00b9])\w{{1,4}}|\d{{5,6}}){_JUNK}")
"""What may be meant as a session number below a date."""

# ONE's own patterns: above the root, only what ONE would take for a session counts.
_ONE_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
STRICT = re.compile(r"\d{1,3}")
"""What ONE takes for a session number."""

_SUBJECTS = "Subjects"


def looks_like_date(name: str) -> bool:
    """Say whether a folder name may be meant as a date."""
    return _DATE.fullmatch(name) is not None


def session_of(folders: Sequence[str]) -> int | None:
    """Give how many leading folders make the outermost session candidate, or ``None``."""
    for last in range(1, len(folders)):
        if looks_like_date(folders[last - 1]) and GENEROUS.fullmatch(folders[last]):
            return last + 1
    return None


def is_dated(root: tuple[str, ...]) -> bool:
    """Say whether the root's own name is a date, so that a number in it makes a session for ONE."""
    return len(root) > 1 and _ONE_DATE.fullmatch(root[-1]) is not None


def enclosing_session(root: tuple[str, ...]) -> int | None:
    """Give the index of the subject's folder if the root is a session or lies in one."""
    for date in range(1, len(root) - 1):
        if _ONE_DATE.fullmatch(root[date]) and STRICT.fullmatch(root[date + 1]):
            return date - 1
    return None


def root_to_use(root: tuple[str, ...], sessions: Iterable[str]) -> str | None:
    """Say which folder to check instead, if the root lies inside a lab, a subject or a session.

    ONE rebuilds ``LAB/Subjects/SUBJECT/DATE/NUMBER`` below its root and finds nothing when a part of it
    is above the root. ``root`` are the folder names of the absolute path, ``sessions`` the paths found;
    the answer is relative (``../..``), because no report names a path of the machine.
    """
    top = _top(root, [path.split("/") for path in sessions])
    if top is None or top < 0:
        return None
    steps = "/".join([".."] * (len(root) - top))
    return f'{steps} (the folder that holds "{root[top]}")'


def _top(root: tuple[str, ...], sessions: list[list[str]]) -> int | None:
    """Give the index of the first folder of ``root`` that belongs below the root."""
    subject = enclosing_session(root)
    if subject is not None:
        return _lab_of(root, subject)
    depths = {len(path) for path in sessions}
    if depths == {1}:
        return _lab_of(root, len(root) - 2)
    if depths == {2} or (not depths and root[-2:-1] == (_SUBJECTS,)):
        return _lab_of(root, len(root) - 1)
    if root[-1:] == (_SUBJECTS,) and depths <= {3}:
        return len(root) - 2
    if sessions and all(path[0] == _SUBJECTS for path in sessions):
        return len(root) - 1
    return None


def _lab_of(root: tuple[str, ...], subject: int) -> int:
    """Give the index of the lab's folder, or the subject's own where there is no lab."""
    return subject - 2 if subject >= 2 and root[subject - 1] == _SUBJECTS else subject
