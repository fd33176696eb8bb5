"""What standard output can show, and what to do when nobody reads it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from alfcheck.errors import Interrupted
from alfcheck.reporters.safe import safe

if TYPE_CHECKING:
    from alfcheck.reporters.base import Style

__all__ = ["say", "say_error", "say_raw_error", "table_lines", "terminal_style"]


def terminal_style() -> Style:
    """Colours and the real width on a terminal; plain text of 100 columns elsewhere."""
    from alfcheck.reporters.base import Style

    if not sys.stdout.isatty():
        return Style()
    import shutil

    return Style(colour="NO_COLOR" not in os.environ, width=shutil.get_terminal_size().columns)


def say(texts: Iterable[str]) -> None:
    """Write to standard output; whoever stops reading (``alfcheck check | head``) has had enough.

    The command then goes on, so that its exit code says what was found. Raises `Interrupted` where nothing
    can be written for another reason (a full disk).
    """
    try:
        for text in texts:
            sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        raise Interrupted(
            f"standard output cannot be written: {error.strerror or error}; what it was to say is lost, "
            "so make room and run it again"
        ) from error


def say_error(message: str) -> None:
    """Write a message to standard error; names in it cannot act on the terminal.

    Where that cannot be written either, the exit code still tells.
    """
    say_raw_error(f"alfcheck: {safe(message)}\n")


def say_raw_error(text: str) -> None:
    """Write lines to standard error as they are."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def table_lines(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Write rows of texts below a head, in columns as wide as they need to be."""
    from alfcheck.reporters.paint import BOLD, paint
    from alfcheck.reporters.safe import cells

    style = terminal_style()
    texts = [tuple(map(safe, row)) for row in rows]
    widths = [max(cells(row[place]) for row in (head, *texts)) for place in range(len(head))]
    for number, row in enumerate((head, *texts)):
        padded = [text + " " * (width - cells(text)) for text, width in zip(row, widths, strict=True)]
        line = "  ".join(padded).rstrip()
        yield (paint(line, BOLD, style) if number == 0 else line) + "\n"
