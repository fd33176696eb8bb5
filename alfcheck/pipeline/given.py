"""Look at the problems that rules and readers give, before they are used."""

from __future__ import annotations

from collections.abc import Collection, Container
from dataclasses import replace

from alfcheck.model import Problem, Severity

__all__ = ["sound"]


def sound(given: object, codes: Container[str], within: Collection[str] | None = None) -> Problem:
    """Give a problem with its values in plain types: an integer of numpy's is no JSON.

    `codes` are those that there are, `within` the paths that the problem may name: one that names
    another would fail nothing. Raises `LookupError`, `TypeError` or `ValueError`.
    """
    if not isinstance(given, Problem):
        raise TypeError(f"it gave a {type(given).__name__} where a Problem is due")
    if given.code is not None and given.code not in codes:
        raise LookupError(f"it gave the code {given.code}, which no rule has")
    datasets = _texts(given.datasets)
    unknown = next((path for path in datasets if within is not None and path not in within), None)
    if unknown is not None:
        raise LookupError(f"it gave a problem of {unknown!r}, which is none of the paths that it looked at")
    return replace(
        given,
        message=str(given.message),
        severity=None if given.severity is None else Severity(given.severity),
        rows=tuple(int(row) for row in given.rows),
        count=int(given.count),
        datasets=datasets,
    )


def _texts(paths: object) -> tuple[str, ...]:
    if isinstance(paths, str) or not isinstance(paths, Collection):
        raise TypeError("the datasets of a Problem are a tuple of paths")
    return tuple(map(str, paths))
