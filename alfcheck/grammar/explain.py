"""Say in words why a path was refused."""

from __future__ import annotations

import unicodedata

from alfcheck.grammar.datasets import one_sees
from alfcheck.grammar.text import INVISIBLE
from alfcheck.model import Problem, Refusal, Severity

__all__ = ["explain_refusal", "refusal_problem"]

_SUMMARIES = {
    "ALF101": "not an ALF name, so that ONE does not see the file",
    "ALF102": "ONE takes this name, but reads it differently from what is written",
    "ALF103": "ONE cannot read this folder, or cuts it off",
    "ALF104": "a revision must be the last folder, and the only one",
    "ALF105": "so many dots that ONE takes exponential time to read the name",
    "ALF106": "the session number does not have three digits, so that ONE cannot load the session",
    "ALF107": "the session's date is not a day in the form YYYY-MM-DD",
    "ALF108": "the session is not where ONE looks for it",
    "ALF109": "ONE cuts off a part of this name",
    "ALF110": "the name is not in composed Unicode (NFC), so that ONE does not find the file",
    "ALF111": "the name is not UTF-8",
    "ALF112": "the name holds a character that cannot be seen",
    "ALF113": "this is not a finished file",
}
_FIXES = {
    "ALF101": "rename it as object.attribute.extension, or list it in .alfcheckignore",
    "ALF113": "finish or repeat the copy, then delete this file",
}
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def explain_refusal(refusal: Refusal) -> str:
    """Show the text with the fault under a caret, what is expected there, and the nearest valid name.

    Characters that cannot be seen are shown escaped, and wide or combining ones are counted as they are
    printed, so that the carets stand below the fault.
    """
    shown = [_shown(char) for char in refusal.text]
    start = min(refusal.start, len(shown))
    while 0 < start < len(shown) and _width(shown[start]) == 0:
        start -= 1  # an accent alone takes no room: point at its letter
    before = sum(map(_width, shown[:start]))
    carets = max(sum(map(_width, shown[start : refusal.end])), 1)
    lines = ["".join(shown), " " * before + "^" * carets, f"{refusal.part}: expected {refusal.expected}"]
    if refusal.nearest is not None:
        lines.append(f"nearest valid name: {refusal.nearest}")
    return "\n".join(lines)


def refusal_problem(refusal: Refusal, prefix: str = "") -> Problem:
    """Make the problem of a refused path; ``prefix`` is the session that the path is relative to.

    A bad folder around a file that is no dataset anyway is only a warning, as the file alone would be.
    """
    folder = f"{prefix.rstrip('/')}/" if prefix else ""
    fix = _FIXES.get(refusal.code)
    if refusal.nearest is not None and refusal.code != "ALF113":
        fix = f"rename it to {folder}{refusal.nearest}"
    return Problem(
        message=f"{_SUMMARIES[refusal.code]}\n{explain_refusal(refusal)}",
        severity=Severity.WARNING if _hides_nothing(refusal) else None,
        expected=refusal.expected,
        fix=fix,
    )


def _hides_nothing(refusal: Refusal) -> bool:
    """Tell whether a folder is wrong that holds nothing that ONE takes for a dataset."""
    if refusal.part not in ("collection", "revision") or refusal.code not in ("ALF103", "ALF104"):
        return False
    return not one_sees(refusal.text.rpartition("/")[2])


def _shown(char: str) -> str:
    if INVISIBLE.fullmatch(char) or "\ud800" <= char <= "\udfff":
        return _NAMED.get(char) or (f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}")
    return char


def _width(shown: str) -> int:
    """Give how many columns a terminal needs."""
    if len(shown) > 1:
        return len(shown)
    if unicodedata.category(shown) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(shown) in "WF" else 1
