"""How readers say that a file is bad, and the bounds within which they read."""

from __future__ import annotations

from alfcheck import BadContent, Problem, Severity

__all__ = [
    "CONTRADICTING",
    "DAMAGED",
    "HEADER",
    "MAX_FRAMES",
    "MAX_PIXELS",
    "MAX_TEXT",
    "MISCOUNTED",
    "NOTHING",
    "OVERSIZED",
    "RATE",
    "SAMPLES",
    "SETTINGS",
    "TRUNCATED",
    "UNREADABLE",
    "WHOLE",
    "bad",
    "beyond",
    "brief",
]

UNREADABLE = "MED201"
TRUNCATED = "MED202"
NOTHING = "MED203"
MISCOUNTED = "MED204"
DAMAGED = "MED205"
RATE = "MED206"
OVERSIZED = "MED207"
CONTRADICTING = "MED208"
SETTINGS = "MED211"
HEADER = "MED212"
SAMPLES = "MED213"

MAX_FRAMES = 50_000_000  # of a video or an image stack: eleven days at 50 a second
MAX_PIXELS = 1 << 28  # of one picture
MAX_TEXT = 8 << 20  # bytes of a text of settings, far more than one has
WHOLE = 32 << 20  # bytes of values that may be held at once, beside the file itself


def bad(code: str, message: str, *, expected: str | None = None, fix: str | None = None) -> BadContent:
    """Make the exception that a reader raises for a file that is not what it claims to be."""
    return BadContent(Problem(code=code, message=message, expected=expected, fix=fix))


def beyond(message: str) -> BadContent:
    """Say that a file, which may be sound, is beyond what is read here: nobody has looked at it."""
    return BadContent(Problem(code=OVERSIZED, message=message, severity=Severity.UNVERIFIED))


def brief(error: BaseException, limit: int = 160) -> str:
    """Give the first line of an error's text, printable and short."""
    text = (str(error).strip() or type(error).__name__).splitlines()[0]
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= limit else text[: limit - 1] + "…"
