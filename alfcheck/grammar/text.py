"""Faults of a path that lie below its structure: bytes, characters, debris, and names that stop ONE.

They come before any other fault, in the order of `text_fault`: a name with an invisible character is not
worth a word about its attribute.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

__all__ = ["FEW_DOTS", "UNFINISHED_EXTENSIONS", "Fault", "is_plain", "slow_span", "text_fault", "unfinished"]

_UNFINISHED = "part|partial|filepart|crdownload|download|opdownload|aria2|tmp|temp|swp|swo|bak"
UNFINISHED_EXTENSIONS = frozenset(_UNFINISHED.split("|"))

# Controls, line separators, bidirectional controls, zero-width characters, and the letters that show nothing.
INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e01ef]+"
)
UNDECODED = re.compile(r"\\\\|((?:\\x[0-9A-Fa-f]{2})+|[\ud800-\udfff]+)")

# Each way in which ONE can cut the parts after the attribute costs it about 90 ns, if the name then fails: a
# bad last character, or simply a search for another extension. The number of ways doubles with each dot.
# Ordinary names have fewer than 100 ways; 20,000 are 2 ms for each name and search.
SLOW_WAYS = 20_000
FEW_DOTS = 6  # within the 255 bytes of a name, so few dots never make that many ways
_TAIL = re.compile(r"\w+\.(?:_[a-z]+_)?[a-zA-Z0-9]+(?:_\w+)?(\.[\w.-]*)")

# What is left over: the pattern, its group that shows it (the other groups are the name without it), and what
# it is.
_DEBRIS = tuple(
    (re.compile(pattern, re.DOTALL | re.IGNORECASE), group, what)
    for pattern, group, what in (
        (r"(\._)(.+)", 1, "what macOS keeps beside a file (AppleDouble)"),
        (r"(\.~lock\.)(.+)#", 1, "an office program's lock"),
        (r"(~\$)(.+)", 1, "an office program's lock"),
        (r"(\.nfs[0-9a-f]{8,})", 1, "a deleted file that NFS keeps while it is open"),
        (r"(\.fuse_hidden[0-9a-f]+)", 1, "a deleted file that FUSE keeps while it is open"),
        (r"\.(\w+\.\w+(?:\.[\w-]+)*\.\w+)(\.[a-z0-9]{6})", 2, "a copy that rsync has not ended"),
        (r"(\.goutputstream-\w+)", 1, "a file that was being saved"),
        (r"(#)(.+)#", 1, "an editor's automatic save"),
        (r"(\.#)(.+)", 1, "an editor's lock"),
        (r"\.?(.*[^~])(~+)", 2, "an editor's backup"),
        (r"(.+)(-checkpoint)(\.\w+)?", 2, "Jupyter's copy of a file"),
        (rf"\.?(.+)(\.(?:{_UNFINISHED}))", 2, "a half-written or backup file"),
    )
)


class Fault(NamedTuple):
    """One thing wrong with a path: the code, the part, its span, and what is expected there."""

    code: str
    part: str
    start: int
    end: int
    expected: str


class Unfinished(NamedTuple):
    """A name that no finished file bears: where that shows, what it is, and the name without it."""

    start: int
    end: int
    what: str
    clean: str


def is_plain(path: str) -> bool:
    """Tell whether all characters are visible and composed (NFC)."""
    return INVISIBLE.search(path) is None and unicodedata.is_normalized("NFC", path)


def text_fault(path: str) -> Fault | None:
    """Find what is wrong with the characters of a path, worst first."""
    for match in UNDECODED.finditer(path):
        if match[1]:
            return Fault(
                "ALF111", "name", *match.span(), "a name in UTF-8; these bytes are of another encoding"
            )
    match_ = INVISIBLE.search(path)
    if match_:
        expected = f"visible characters only, not {_names(match_[0])}"
        return Fault("ALF112", "name", *match_.span(), expected)
    if not path.isascii() and not unicodedata.is_normalized("NFC", path):
        expected = "composed Unicode (NFC); ONE does not take a letter and its accent as two characters"
        return Fault("ALF110", "name", *_decomposed(path), expected)
    return None


def unfinished(name: str) -> Unfinished | None:
    """Recognise a file name that only half-written, backup and lock files have."""
    for pattern, group, what in _DEBRIS:
        match = pattern.fullmatch(name)
        if match:
            clean = "".join(text or "" for index, text in enumerate(match.groups(), 1) if index != group)
            return Unfinished(*match.span(group), what, clean)
    return None


def slow_span(path: str) -> tuple[int, int] | None:
    """Find the part of a path on which ONE's own expression takes exponential time; linear itself.

    ONE reads the parts after the attribute with ``(\\.[.\\w-]+)*``, where each dot may be a border or not. A
    folder of that shape is as bad as a file, since ONE tries each component as a file name.
    """
    if path.count(".") <= FEW_DOTS:
        return None
    start = 0
    for component in path.split("/"):
        match = _TAIL.match(component)
        if match and _has_too_many_ways(match[1]):
            return start + match.start(1), start + match.end(1)
        start += len(component) + 1
    return None


def _has_too_many_ways(tail: str) -> bool:
    """Count the ways to cut ``tail`` into a dot and at least one character, again and again."""
    ends = [1]  # ends[i]: how many ways end just before character i
    opened, total = 0, 1
    for index in range(1, len(tail) + 1):
        if index >= 2 and tail[index - 2] == ".":
            opened += ends[index - 2]
        ends.append(opened)
        total += opened
        if total > SLOW_WAYS:
            return True
    return False


def _decomposed(path: str) -> tuple[int, int]:
    """Give the span of the first letter that NFC writes differently, its accents included."""
    start = 0
    while start < len(path):
        end = start + 1
        while end < len(path) and _joins(path[end - 1], path[end]):
            end += 1
        if not unicodedata.is_normalized("NFC", path[start:end]):
            return start, end
        start = end
    return 0, len(path)


def _joins(letter: str, char: str) -> bool:
    """Tell whether a character is written onto the one before it (accents, Korean vowels)."""
    return unicodedata.combining(char) != 0 or len(unicodedata.normalize("NFC", letter + char)) == 1


def _names(chars: str) -> str:
    return ", ".join(
        f"U+{ord(char):04X} ({unicodedata.name(char, 'control character').lower()})" for char in chars[:3]
    )
