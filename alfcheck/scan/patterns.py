"""``.alfcheckignore``: gitignore's syntax, by the pathspec library, decided folder by folder as git does.

The file may come with the data, so it is read with care: never through a link, bounded in size, and
its patterns are rewritten to match in linear time.
"""

from __future__ import annotations

import os
import re
import stat
import warnings
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from alfcheck.errors import ConfigError
from alfcheck.scan.text import os_path

__all__ = ["IgnoreFile", "glob_test", "linear", "read_ignore_file", "reason_for"]

_MOST_BYTES = 1 << 18
_MOST_PATTERNS = 1000
_MOST_CHARACTERS = 1000

_STAR = "[^/]*"
_DEEP = "(?:/.+)?"
_LEADING = "^(?:.+/)?"
_LAST_FOLDERS = re.compile(r"(?<=/)\*\*/\s*$")


class _Pattern(NamedTuple):
    regex: re.Pattern[str]
    ignores: bool
    reason: str


class IgnoreFile(NamedTuple):
    """The patterns of one file, the last line first, and the length of its folder's path."""

    start: int
    patterns: tuple[_Pattern, ...]


def reason_for(files: tuple[IgnoreFile, ...], text: str, *, is_folder: bool) -> str:
    """Give the pattern that ignores a path, or ``''``; the first file of ``files`` weighs most.

    The folders above must have been asked before: git looks at no file of an ignored folder.
    """
    name = _true_name(text) + ("/" if is_folder else "")
    for file in files:
        tail = name[file.start :]
        for pattern in file.patterns:
            if pattern.regex.search(tail):
                return pattern.reason if pattern.ignores else ""
    return ""


def read_ignore_file(
    path: str, text: str, folder: str, above: tuple[IgnoreFile, ...]
) -> tuple[IgnoreFile, ...]:
    """Put the patterns of the file at ``path`` before those of the folders above.

    ``text`` names it in reasons and messages; ``folder`` is its folder's text with a final slash.
    Raises `ConfigError` for a file or a pattern that cannot be read.
    """
    patterns = tuple(_patterns(_content(path, text), text))[::-1]
    if len(patterns) + sum(len(file.patterns) for file in above) > _MOST_PATTERNS:
        raise ConfigError(f"{text}: more than {_MOST_PATTERNS} patterns are in force here; join some of them")
    return (IgnoreFile(len(_true_name(folder)), patterns), *above) if patterns else above


@lru_cache(maxsize=256)
def glob_test(glob: str) -> Callable[[str], bool]:
    """Give a test for paths: whether a line of gitignore's syntax matches them, or a folder they are in.

    A path that ends in a slash is a folder's. Raises `ConfigError`, which says what is wrong with the glob:
    what it could never match, too, and a ``!``, which takes back what another line said.
    """
    if len(glob) > _MOST_CHARACTERS:
        raise ConfigError(f"has more than {_MOST_CHARACTERS} characters")
    if glob.startswith("!"):
        raise ConfigError(
            "begins with '!', which takes back what another line said; here each glob says its own"
        )
    if {"", ".", ".."} & {*glob.removeprefix("/").removesuffix("/").split("/")}:
        raise ConfigError("can match nothing: it has an empty part, or '.' or '..' for a folder")
    try:
        # What begins like a comment is meant: the folder of a revision.
        regex = _pattern(f"\\{glob}" if glob.startswith("#") else glob, "it").regex
    except ConfigError as error:
        raise ConfigError("is no pattern that gitignore's syntax knows; see git help ignore") from error

    def test(path: str) -> bool:
        name = _true_name(path)
        ends = (place for place, char in enumerate(name, 1) if char == "/")
        return any(regex.search(name[:end]) for end in ends) or regex.search(name) is not None

    return test


def _true_name(text: str) -> str:
    """Undo the doubled backslashes; a line feed would trip the ``.`` and ``$`` of pathspec's patterns."""
    if "\\" in text:
        text = os.fsencode(os_path(text)).decode("utf-8", "surrogateescape")
    return text.replace("\n", "\0")


def _content(path: str, text: str) -> str:
    no_wait = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, os.O_RDONLY | no_wait)
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise ConfigError(f"{text}: is not a regular file; rename it, or make it one")
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ConfigError(
            f"{text}: cannot be read ({why}); it must be a readable file, not a link"
        ) from error
    if len(data) > _MOST_BYTES:
        raise ConfigError(f"{text}: has more than {_MOST_BYTES} bytes; patterns for whole folders need fewer")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{text}:{line}: is not UTF-8; save the file in that encoding") from error


def _patterns(content: str, text: str) -> Iterator[_Pattern]:
    for number, line in enumerate(content.split("\n"), 1):
        line = line.removesuffix("\r")
        if line.strip() and not line.startswith("#"):
            if len(line) > _MOST_CHARACTERS:
                raise ConfigError(f"{text}:{number}: a pattern of more than {_MOST_CHARACTERS} characters")
            yield _pattern(line, f'{text}:{number} "{line.strip()}"')


def _pattern(line: str, reason: str) -> _Pattern:
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    try:
        # For git "a/**/" is every folder below a; pathspec takes it for a itself.
        parsed = GitIgnoreSpecPattern.pattern_to_regex(_LAST_FOLDERS.sub("**/*/", line))
        regex = _compiled(parsed[0])
    except (re.error, ValueError, FutureWarning) as error:
        raise ConfigError(
            f"{reason}: is no pattern that gitignore's syntax knows; see git help ignore"
        ) from error
    return _Pattern(regex, bool(parsed[1]), reason)


def _compiled(regex: str | None) -> re.Pattern[str]:
    """Compile pathspec's expression so that it matches the path itself, not what lies below it."""
    if regex is None:
        raise ValueError("the pattern can never match")
    if "?P<ps_d>" in regex:
        regex = rf"(?:{linear(regex)})\Z"
    elif regex.endswith("/"):
        regex = f"{linear(regex)}(?=.)"
    with warnings.catch_warnings():
        warnings.simplefilter("error", FutureWarning)
        return re.compile(regex)


def linear(regex: str) -> str:
    """Rewrite an expression of pathspec so that no wildcard but the last of its kind is tried twice.

    For a glob the leftmost match of every stretch between two wildcards is as good as any other, so the
    earlier ones can be atomic. Otherwise ``*a*a*a*a*b`` takes minutes on a long name.
    """
    stretches = [_stars_once(stretch) for stretch in regex.split(_DEEP)]
    if len(stretches) == 1:
        return stretches[0]
    first, *middle, last = stretches
    if first.startswith(_LEADING):
        first = f"^(?>(?:.+?/)??{first.removeprefix(_LEADING)}(?=/))"
    return first + "".join(f"(?>(?:/.+?)??{stretch}(?=/))" for stretch in middle) + _DEEP + last


def _stars_once(stretch: str) -> str:
    """Make each star atomic that is followed by another one in the same folder's name."""
    first, *rest = stretch.split(_STAR)
    pieces = [first]
    for index, piece in enumerate(rest):
        is_last = index == len(rest) - 1 or "/" in piece.replace("[^/]", "")
        pieces.append(_STAR + piece if is_last else f"(?>[^/]*?{piece})")
    return "".join(pieces)
