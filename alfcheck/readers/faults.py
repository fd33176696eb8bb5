"""What readers share to say that a file is bad, and the bounds within which they read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from alfcheck.model import Problem, Severity
from alfcheck.readers.base import BadContent, Content, Source

if TYPE_CHECKING:
    from alfcheck.readers.base import Piece

__all__ = [
    "MAX_COLUMNS",
    "MAX_DOCUMENT",
    "MAX_RECORD",
    "MAX_ROW",
    "MAX_UNPACKED",
    "MAX_UNPACK_RATIO",
    "WHOLE",
    "bad",
    "brief",
    "guard",
    "oversized",
    "too_big_to_read",
]

WHOLE = 32 << 20  # bytes of values that may be held at once, beside the file itself
MAX_ROW = 256 << 20  # bytes of one row of an array
MAX_RECORD = 8 << 20  # bytes of one line of text
MAX_DOCUMENT = 16 << 20  # bytes of a JSON document
MAX_COLUMNS = 16_384
MAX_UNPACKED = 4 << 30  # bytes that a compressed file may hold ...
MAX_UNPACK_RATIO = 100  # ... if it is compressed more than this


def bad(
    code: str, message: str, *, severity: Severity | None = None, expected: str | None = None
) -> BadContent:
    """Make the exception that a reader raises for a file that is not what it claims to be."""
    return BadContent(Problem(code=code, message=message, severity=severity, expected=expected))


def oversized(message: str) -> BadContent:
    """Say that the file cannot be read within bounds, as nothing that measures would write it."""
    return bad("ALF217", message)


def too_big_to_read(message: str) -> BadContent:
    """Say that a file, which may be sound, is beyond what is read here: nobody has looked at it."""
    return bad("ALF217", message, severity=Severity.UNVERIFIED)


def guard(read: Callable[[Source], Content], source: Source) -> Content:
    """Read, and turn whatever goes wrong with the bytes into `BadContent`.

    An `OSError` is no fault of the content and goes through.
    """
    if not source.size:
        raise bad("ALF202", "the file is empty (0 bytes); ONE loads nothing from it")
    try:
        content = read(source)
    except (BadContent, OSError):
        raise
    except Exception as error:
        raise _unreadable(error) from error
    if content.whole is None and content.pieces is not None:  # what is held whole cannot fail
        content.pieces = _guarded_pieces(content.pieces)
    return content


def _guarded_pieces(pieces: Callable[[int], Iterator[Piece]]) -> Callable[[int], Iterator[Piece]]:
    def guarded(max_bytes: int) -> Iterator[Piece]:
        try:
            yield from pieces(max_bytes)
        except (BadContent, OSError):
            raise
        except Exception as error:
            raise _unreadable(error) from error

    return guarded


def _unreadable(error: Exception) -> BadContent:
    if isinstance(error, MemoryError | RecursionError):
        return oversized(
            "the file cannot be read within the bounds of memory: it is nested or sized beyond reason"
        )
    return bad("ALF201", f"the content cannot be read: {brief(error)}")


def brief(error: Exception, limit: int = 200) -> str:
    """Give the first line of an error's text, printable and short."""
    text = (str(error).strip() or type(error).__name__).splitlines()[0]
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= limit else text[: limit - 3] + "..."
