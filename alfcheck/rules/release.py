"""What sessions say together by their paths alone; sessions themselves are told of where they are folded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from alfcheck.model import Problem, Severity
from alfcheck.rules.layout import folded

__all__ = ["check_folder_case"]


def check_folder_case(sessions: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    """Warn of folders of labs, subjects or sessions whose names differ in case only.

    `sessions` are the paths of datasets by the path of their session. A pair of folders is told of once,
    however many sessions lie below.
    """
    found = list(_colliding(sessions))
    below = _datasets({folder for variants in found for folder in variants}, sessions)
    for variants in found:
        yield Problem(
            code="ALF131",
            severity=Severity.WARNING,
            message=f"folders that differ in case only: {', '.join(variants)}; "
            "Windows and macOS make one folder of them",
            expected="names that differ in more than case",
            datasets=tuple(path for folder in variants for path in below[folder]),
            count=len(variants),
            fix="rename all but one",
        )


def _colliding(sessions: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Give the folders, sorted, that would be one where case does not count, and are not named alike."""
    same: dict[str, list[str]] = defaultdict(list)
    for folder in _folders(sessions):
        same[folded(folder)].append(folder)
    for variants in same.values():
        # Folders of one name below such a pair add nothing to it.
        if len({folder.rpartition("/")[2] for folder in variants}) > 1:
            yield tuple(sorted(variants))


def _folders(sessions: Iterable[str]) -> list[str]:
    """Give the folders of the sessions' paths, each once, in order."""
    seen: set[str] = set()
    for path in sorted(sessions):
        folder = path
        while folder and folder not in seen:
            seen.add(folder)
            folder = folder.rpartition("/")[0]
    return sorted(seen)


def _datasets(wanted: set[str], sessions: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    below: dict[str, list[str]] = {folder: [] for folder in wanted}
    for path, datasets in sorted(sessions.items()) if wanted else ():
        folder = path
        while folder:
            if folder in below:
                below[folder] += datasets
            folder = folder.rpartition("/")[0]
    return below
