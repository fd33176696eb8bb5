"""How messages name a file, and the word that may be meant."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

__all__ = ["nearest", "shown"]


def shown(path: Path) -> str:
    """Give a path as messages name it: from the working folder or from the top, whichever is shorter."""
    try:
        return min(os.path.relpath(path), str(path), key=len)
    except (OSError, ValueError):  # another drive, or a working folder that is gone
        return str(path)


def nearest(word: str, known: Sequence[str]) -> str:
    """Say which known word may be meant, and which there are."""
    import difflib

    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    listed = f"; there are {', '.join(known)}" if len(known) <= 12 else ""
    return (f"; is {close[0]!r} meant?" if close else "") + ("" if close else listed)
