"""Where in a plugin's own code something is declared, or went wrong, told so that its author finds it.

A file is told from the folder that holds its package (``alfcheck_mylab/rules.py:12``), so that a report
is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, partial
from pathlib import Path
from types import CodeType
from typing import Any

__all__ = ["code_of", "home_of", "place_of", "place_of_error", "plain", "said", "shown_file", "told_error"]

LONGEST = 2000
"""Characters of a text that somebody else's code gives."""

_DEEPEST = 100
"""Wrappers around a function that are looked through: it may be wrapped in itself."""

_CALLED = ("check", "read", "render", "give", "schema")
"""What of the things that plugins offer is a function of theirs."""

_HERE = f"{Path(__file__).parent}/"
_IMPORTING = frozenset({"importlib", "importlib_metadata"})
"""What calls a plugin's module while it is imported: Python's own, and its forerunner that libraries load."""

_SITE = ("site-packages", "dist-packages")


def told_error(error: BaseException, function: object = None) -> str:
    """Say what was raised, and the file and line of the plugin's own code where that was.

    `function` is what was called: where no line of its plugin was running, its own is told.
    """
    place = place_of_error(error, function)
    return f"{said(error)} ({place})" if place else said(error)


def said(error: BaseException) -> str:
    """Say what was raised, on one line, whatever it does when it is asked."""
    name = type(error).__name__
    try:
        text = str(error.msg if isinstance(error, SyntaxError) else error)
    except Exception:
        return name
    text = plain(" ".join(text.split()))
    return f"{name}: {text}" if text else name


def place_of_error(error: BaseException, function: object = None) -> str:
    """Give the last line of a plugin's own code that was running when `error` was raised."""
    if isinstance(error, SyntaxError) and error.filename and Path(error.filename).is_file():
        return f"{shown_file(error.filename)}:{error.lineno or 1}"
    from traceback import walk_tb

    own = code_of(function)
    if own is not None and not _is_foreign(own.co_filename):
        own = function = None
    lines = [
        (frame.f_code.co_filename, line)
        for frame, line in walk_tb(error.__traceback__)
        if _is_foreign(frame.f_code.co_filename)
    ]
    # What a plugin calls may be anybody's: its own line is what its author can mend.
    home = home_of(own.co_filename) if own is not None else home_of(lines[0][0]) if lines else ""
    mine = [(file, line) for file, line in lines if home_of(file) == home]
    return f"{shown_file(mine[-1][0])}:{mine[-1][1]}" if mine else place_of(function)


def _is_foreign(file: str) -> bool:
    return not file.startswith(("<", _HERE)) and _IMPORTING.isdisjoint(Path(file).parts)


def place_of(thing: object) -> str:
    """Give the file and line of a function, or of the function that something offered is made of."""
    code = code_of(thing)
    return f"{shown_file(code.co_filename)}:{code.co_firstlineno}" if code is not None else ""


def code_of(thing: Any) -> CodeType | None:
    """Give the code of a function, however wrapped, or of what something offered calls."""
    for each in _unwrapped(thing):
        code = getattr(each, "__code__", None)
        if isinstance(code, CodeType):
            return code
    return None


def _unwrapped(thing: Any) -> Iterator[Any]:
    if not callable(thing):
        thing = next((getattr(thing, name) for name in _CALLED if hasattr(thing, name)), None)
    for _ in range(_DEEPEST):
        thing = thing.func if isinstance(thing, partial) else getattr(thing, "__wrapped__", thing)
    if not callable(thing):
        return
    yield from (thing, getattr(thing, "__func__", None))
    yield getattr(thing, "__init__" if isinstance(thing, type) else "__call__", None)


@lru_cache(maxsize=1024)
def home_of(file: str) -> str:
    """Give the folder of the outermost package around a file, or the file itself where there is none."""
    path = Path(file)
    while (path.parent / "__init__.py").is_file() and path.parent != path:
        path = path.parent
    if path == Path(file) and path.parent.name not in _SITE:
        # Files of one folder that are no package: a plugin file and what it imports from beside it.
        path = path.parent
    return str(path)


@lru_cache(maxsize=1024)
def shown_file(file: str) -> str:
    """Give a file from the folder that holds its package."""
    path = top = Path(file)
    while (top.parent / "__init__.py").is_file() and top.parent != top:
        top = top.parent
    return path.relative_to(top.parent).as_posix()


def plain(text: str) -> str:
    """Give a text of bearable length in which nothing is but what can be printed and written as UTF-8."""
    shown = text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} characters)"
    if shown.isprintable():
        return shown
    return "".join(char if char.isprintable() else _escaped(char) for char in shown)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
