"""Whether anybody else's plugins may be installed, told without `importlib.metadata`.

To load that module, and the plugins that it finds, takes more than a third of the time of ``--help``, and
most often there are none but alfcheck's own.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder

__all__ = ["may_be_others"]

_METADATA = (".dist-info", ".egg-info")
_OURS = re.compile(r"alfcheck-\d")
_GROUP = re.compile(rb"\[\s*alfcheck\s*\]")


def may_be_others() -> bool:
    """Tell whether a distribution other than alfcheck may have entry points for plugins: yes, if in doubt."""
    if any(hasattr(each, "find_distributions") and each is not PathFinder for each in sys.meta_path):
        return True
    return any(_has_some(place) for place in dict.fromkeys(sys.path))


def _has_some(place: str) -> bool:
    try:
        names = os.listdir(place or os.curdir)
    except FileNotFoundError:
        return False
    except OSError:  # an archive, say
        return True
    if any(name.lower().endswith(".egg") for name in names):
        return True
    return any(_GROUP.search(text) is not None for text in _entry_points(place, names))


def _entry_points(place: str, names: list[str]) -> Iterator[bytes]:
    for name in names:
        if name.lower().endswith(_METADATA) and not _OURS.match(name):
            try:
                with open(os.path.join(place, name, "entry_points.txt"), "rb") as file:
                    yield file.read()
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError:
                yield b"[alfcheck]"
