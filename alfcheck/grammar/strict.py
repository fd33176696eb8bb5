"""Read legal paths, and nothing else: one anchored expression for each kind of path, in linear time.

ONE's own expressions take exponential time on some names and cut off what they cannot read. Here every
repetition is possessive or ends at a character that it cannot hold, so that a path is refused as fast as it
is accepted. What is accepted, ONE reads to the same parts.
"""

from __future__ import annotations

import re
from datetime import date

from alfcheck.grammar.text import FEW_DOTS, UNFINISHED_EXTENSIONS, is_plain, slow_span
from alfcheck.model import Dataset, SessionPath

__all__ = ["is_date", "nested_span", "read_dataset", "read_session", "render", "render_session"]

# Groups are atomic rather than possessive: Python before 3.11.5 repeats groups possessively in a wrong way.
FOLDERS = r"(?>(?:(?!\.\.?/)[\w.-]++/)*)"
OBJECT = r"(?!_)\w++(?<!_)"
# `_times` and `_intervals` belong to the attribute (`stimOn_times`); another suffix is a timescale.
ATTRIBUTE = r"(?:_[a-z]+_)?[a-zA-Z0-9]++(?>(?:_(?:times|intervals)(?=[_.]))?)"
EXTRA = r"(?=[_-]*[^\W_])[\w-]++"

DATASET = re.compile(
    rf"({FOLDERS})(?:#([\w.-]++)#/)?(?:_([a-zA-Z0-9]++)_)?({OBJECT})"
    rf"\.({ATTRIBUTE})(?:_((?!_)\w++(?<!_)))?\.(?:({EXTRA}(?:\.{EXTRA})*)\.)?((?=_*[^\W_])\w++)"
)
SESSION = re.compile(r"(?:(\w+)/Subjects/)?((?!\.\.?/)[\w.-]+)/([0-9]{4}-[0-9]{2}-[0-9]{2})/([0-9]{3})")
# What ONE takes for a session, whatever it lies in.
_NESTED = re.compile(r"(?:^|/)(\d{4}-\d{2}-\d{2}/\d{1,3})(?:/|$)")

# ONE converts all dates of an index at once when it searches by date, and pandas 2 fails on what nanoseconds
# cannot hold: one such session would end every search.
_FIRST_YEAR, _LAST_YEAR = 1678, 2261


def read_dataset(path: str) -> Dataset | None:
    """Read a session-relative path, or give `None` if anything about it is wrong."""
    match = DATASET.fullmatch(path)
    if match is None:
        return None
    folders, revision, namespace, object_, attribute, timescale, extra, extension = match.groups("")
    if not path.isascii() and not is_plain(path):
        return None
    if extension.lower() in UNFINISHED_EXTENSIONS or (extra and extra.endswith("-checkpoint")):
        return None
    if (folders and _NESTED.search(folders)) or (path.count(".") > FEW_DOTS and slow_span(path)):
        return None
    return Dataset(folders[:-1], revision, namespace, object_, attribute, timescale, extra, extension)


def render(dataset: Dataset) -> str:
    """Write the session-relative path of a dataset: the inverse of `parse_dataset`."""
    return "".join(
        (
            f"{dataset.collection}/" if dataset.collection else "",
            f"#{dataset.revision}#/" if dataset.revision else "",
            f"_{dataset.namespace}_" if dataset.namespace else "",
            f"{dataset.object}.{dataset.column}.",
            f"{dataset.extra}." if dataset.extra else "",
            dataset.extension,
        )
    )


def read_session(path: str) -> SessionPath | None:
    """Read a root-relative session path, or give `None` if anything about it is wrong."""
    match = SESSION.fullmatch(path)
    if match is None or not is_date(match[3]) or not (path.isascii() or is_plain(path)):
        return None
    return SessionPath._make(match.groups(""))


def render_session(session: SessionPath) -> str:
    """Write the root-relative path of a session: the inverse of `parse_session`."""
    lab = f"{session.lab}/Subjects/" if session.lab else ""
    return f"{lab}{session.subject}/{session.date}/{session.number}"


def is_date(text: str) -> bool:
    """Tell whether a text of the form YYYY-MM-DD is a day of the calendar that an index can hold."""
    try:
        return _FIRST_YEAR <= date.fromisoformat(text).year <= _LAST_YEAR
    except ValueError:
        return False


def nested_span(folder: str) -> tuple[int, int] | None:
    """Give where a session begins and ends in the folders inside another one."""
    match = _NESTED.search(folder)
    return match.span(1) if match else None
