"""Find what is wrong with the path of a session."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from alfcheck.grammar.strict import is_date
from alfcheck.grammar.text import Fault, text_fault

__all__ = ["DATE", "NUMBER", "session_fault", "split"]

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NUMBER = re.compile(r"[0-9]{3}")
_PLACE = "[LAB/Subjects/]SUBJECT/YYYY-MM-DD/NNN below the root"


class Folder(NamedTuple):
    """One folder of a path, and where it stands in it."""

    name: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.name)


def split(path: str) -> list[Folder]:
    """Cut a path into its folders."""
    folders, start = [], 0
    for name in path.split("/"):
        folders.append(Folder(name, start))
        start += len(name) + 1
    return folders


def session_fault(path: str) -> Fault:
    """Find the first thing wrong with a path that `read_session` did not accept.

    The date and the number come first: they are what makes a folder a session.
    """
    folders = split(path)
    return (
        text_fault(path)
        or _outline_fault(path, folders)
        or _date_fault(folders[-2])
        or _number_fault(folders[-1])
        or _names_fault(folders)
        or _place_fault(path, folders)
    )


def _outline_fault(path: str, folders: list[Folder]) -> Fault | None:
    empty = next((folder for folder in folders if not folder.name), None)
    if empty:
        return Fault("ALF108", "session", empty.start, empty.start, f"{_PLACE}, no empty folder name")
    if len(folders) < 3:
        return Fault("ALF108", "session", 0, len(path), _PLACE)
    for date, number in pairwise(folders[1:-1]):
        if is_session(date.name, number.name):
            outer = path[: number.end]
            if is_session(folders[-2].name, folders[-1].name):
                return Fault(
                    "ALF103", "session", number.end + 1, len(path), f"no session within session '{outer}'"
                )
            return Fault("ALF108", "session", number.end, len(path), f"the session's own folder, '{outer}'")
    return None


def is_session(date: str, number: str) -> bool:
    """Tell whether two folder names in a row are a session's date and number."""
    return bool(DATE.fullmatch(date) and is_date(date) and NUMBER.fullmatch(number))


def _date_fault(folder: Folder) -> Fault | None:
    if not DATE.fullmatch(folder.name):
        return Fault(
            "ALF107", "date", folder.start, folder.end, "a date of the form YYYY-MM-DD, such as 2020-01-31"
        )
    if not is_date(folder.name):
        return Fault(
            "ALF107", "date", folder.start, folder.end, "a day that the calendar has, from 1678 to 2261"
        )
    return None


def _number_fault(folder: Folder) -> Fault | None:
    if NUMBER.fullmatch(folder.name):
        return None
    return Fault(
        "ALF106", "number", folder.start, folder.end, "three digits, 000 to 999: ONE looks for no other"
    )


def _names_fault(folders: list[Folder]) -> Fault | None:
    lab, subject = lab_of(folders), folders[-3]
    if lab:
        bad = re.search(r"\W+", lab.name)
        if bad:
            span = lab.start + bad.start(), lab.start + bad.end()
            return Fault(
                "ALF109", "lab", *span, "a lab's name of letters, digits and '_'; ONE cuts off the rest"
            )
    expected = "a subject's name of letters, digits, '_', '-' and '.'; ONE cuts off the rest"
    if subject.name in (".", ".."):
        return Fault("ALF109", "subject", subject.start, subject.end, expected)
    bad = re.search(r"[^\w.-]+", subject.name)
    if bad:
        return Fault("ALF109", "subject", subject.start + bad.start(), subject.start + bad.end(), expected)
    return None


def lab_of(folders: list[Folder]) -> Folder | None:
    """Give the lab's folder: the one before the `Subjects` that is nearest to the session."""
    for index in range(len(folders) - 4, 0, -1):
        if folders[index].name.lower() == "subjects":
            return folders[index - 1]
    return None


def _place_fault(path: str, folders: list[Folder]) -> Fault:
    """Say where the session belongs: date, number and names are sound, so only its place can be wrong."""
    *above, _subject, _date, _number = folders
    lab = lab_of(folders)
    if lab is None:
        return _no_lab_fault(above)
    subjects = above[above.index(lab) + 1]
    between = above[above.index(lab) + 2 :]
    if between:
        span = between[0].start, between[-1].end
        return Fault("ALF108", "session", *span, f"{_PLACE}: the subject directly below 'Subjects'")
    if subjects.name != "Subjects":
        return Fault("ALF108", "session", subjects.start, subjects.end, "'Subjects', with a capital S")
    top = path[: max(lab.start - 1, 0)]
    return Fault(
        "ALF108", "session", 0, len(top), f"{_PLACE}: no folder above the lab; or else {top!r} for the root"
    )


def _no_lab_fault(above: list[Folder]) -> Fault:
    span = above[0].start, above[-1].end
    if above[-1].name.lower() == "subjects":
        return Fault("ALF108", "session", *span, f"{_PLACE}: a lab above 'Subjects', or no 'Subjects'")
    if len(above) == 1:
        return Fault("ALF108", "session", *span, f"{_PLACE}: 'Subjects' between lab and subject, or no lab")
    return Fault("ALF108", "session", *span, f"{_PLACE}: no folder above the subject")
