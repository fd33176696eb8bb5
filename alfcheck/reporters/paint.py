"""Colours, where they are wanted."""

from __future__ import annotations

from alfcheck.model import Severity
from alfcheck.reporters.base import Style

__all__ = ["BAD", "BOLD", "DIM", "GOOD", "SEVERITY", "paint"]

BOLD, DIM, GOOD, BAD = "1", "2", "32", "1;31"
SEVERITY = {
    Severity.ERROR: BAD,
    Severity.UNVERIFIED: "1;35",
    Severity.WARNING: "1;33",
    Severity.INFO: "1;36",
}


def paint(text: str, colour: str, style: Style) -> str:
    """Colour text that is safe (see `alfcheck.reporters.safe`), if the style has colours."""
    return f"\x1b[{colour}m{text}\x1b[0m" if style.colour and text else text
