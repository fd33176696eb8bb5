"""Patterns of session-relative paths: those of `fnmatch`, case-sensitive, where ``*`` crosses ``/``."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import translate
from functools import lru_cache
from itertools import islice, takewhile

__all__ = ["could_hold", "is_literal", "literal", "matcher", "matching", "words_of"]

_MAGIC = re.compile(r"[*?[]")
_TAIL = re.compile(r"[*?\]]")
_WORD = re.compile(r"\{[^{}/]*\}")


@lru_cache(maxsize=4096)
def matcher(pattern: str) -> Callable[[str], object]:
    """Give what tells whether a text matches; `fnmatch` itself forgets after 256 patterns."""
    return re.compile(translate(pattern)).match


def is_literal(pattern: str) -> bool:
    """Tell whether a pattern stands for one text alone."""
    return _MAGIC.search(pattern) is None


def literal(text: str) -> str:
    """Give the pattern that matches `text` and nothing else."""
    return _MAGIC.sub(r"[\g<0>]", text)


def matching(patterns: Iterable[str], paths: Sequence[str]) -> list[str]:
    """Give those of `paths`, which are sorted, that match one of the patterns."""
    found: set[str] = set()
    for pattern in patterns:
        tail = _TAIL.split(pattern)[-1]
        matches = matcher(pattern)
        near = _beginning(_MAGIC.split(pattern)[0], paths)
        found.update(path for path in near if path.endswith(tail) and matches(path))
    return sorted(found)


def _beginning(head: str, paths: Sequence[str]) -> Iterator[str]:
    """Give the paths that begin so: what comes before a wildcard narrows any session down to a folder."""
    return takewhile(lambda path: path.startswith(head), islice(paths, bisect_left(paths, head), None))


def could_hold(place: str, pattern: str) -> bool:
    """Tell whether a file or folder of which nothing is known could be, or hold, what is sought."""
    *folders, name = pattern.split("/")
    above = ("/".join(folders[:depth]) for depth in range(1, len(folders) + 1))
    # A * that crosses folders is tried with the name as it is written.
    return any(matcher(each)(place) for each in (pattern, *above)) or bool(
        matcher(pattern)(f"{place}/{name}")
    )


def words_of(template: str, folders: Sequence[str]) -> tuple[str, list[str]]:
    """Give the placeholder of a template (``{probe}``) and what stands for it in the folders that fit.

    What is around the placeholder is taken as written; it stands for one letter or more, and never
    for a slash. `folders` are sorted.
    """
    found = _WORD.search(template)
    if found is None:
        return "", [""] if template in folders else []
    before, after = template[: found.start()], template[found.end() :]
    words = (
        folder[len(before) : len(folder) - len(after)]
        for folder in _beginning(before, folders)
        if len(folder) > len(before) + len(after) and folder.endswith(after)
    )
    return found.group(), [word for word in words if "/" not in word]
