"""What standard output can show."""

from __future__ import annotations

import os
import shutil
import sys

from alfcheck.reporters.base import Style

__all__ = ["terminal_style"]


def terminal_style() -> Style:
    """Colours and the real width on a terminal; plain text of 100 columns elsewhere."""
    if not sys.stdout.isatty():
        return Style()
    return Style(colour="NO_COLOR" not in os.environ, width=shutil.get_terminal_size().columns)
