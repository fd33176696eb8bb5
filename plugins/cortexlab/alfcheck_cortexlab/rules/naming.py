"""Names: nearly those of the release, and those that the lab's scripts wrote before it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from functools import cache

import alfcheck
from alfcheck import Dataset, Problem, Severity

from alfcheck_cortexlab.names import BEFORE, RELEASED, is_own

__all__ = ["RULES"]

_LIKE = 0.86
"""How alike a misspelt name is: two letters changed places, one is missing, or a capital is small."""

_OLD_OBJECTS = frozenset(name.partition(".")[0] for name in BEFORE)


@alfcheck.name_rule(
    "CTX101",
    "misspelt-object",
    severity="warning",
    since="0.1.0",
    fix="rename the object as the message says; readers look for the exact name",
    good=[alfcheck.example({"alf/sparseNoise.times.npy": [1.0, 2.0]}, "the object of the release")],
    bad=[alfcheck.example({"alf/sparsenoise.times.npy": [1.0, 2.0]}, "a capital is missing")],
)
def misspelt_object(dataset: Dataset, path: str) -> Iterator[Problem]:
    """The object is nearly called like one of Cortexlab's.

    Loaders of these data look for exact names, upper and lower case included, so that nobody finds the file.
    Names that differ by a plural alone are alfcheck's own to judge.
    """
    found = _nearest(dataset.object, frozenset(RELEASED)) if is_own(dataset) else None
    if found is not None and dataset.object not in _OLD_OBJECTS:
        yield Problem(message=f"object {dataset.object!r} is not {found!r}, which loaders look for")


@alfcheck.name_rule(
    "CTX102",
    "misspelt-attribute",
    severity="warning",
    since="0.1.0",
    fix="rename the attribute as the message says; readers look for the exact name",
    good=[alfcheck.example({"alf/trials.response_choice.npy": [1, -1, 0]}, "the attribute of the release")],
    bad=[alfcheck.example({"alf/trials.respones_choice.npy": [1, -1, 0]}, "two letters changed places")],
)
def misspelt_attribute(dataset: Dataset, path: str) -> Iterator[Problem]:
    """The attribute is nearly called like one that Cortexlab's object has.

    The trials or clusters are then loaded without it, and without a word. Names that differ by a plural alone
    are sound: other labs write `channels.probes`.
    """
    known = RELEASED.get(dataset.object, frozenset()) if is_own(dataset) else frozenset()
    found = _nearest(dataset.column, known)
    if found is not None:
        told = f"attribute {dataset.column!r} of {dataset.object!r} is not {found!r}, which loaders look for"
        yield Problem(message=told)


@alfcheck.name_rule(
    "CTX103",
    "name-before-release",
    severity=Severity.INFO,
    since="0.1.0",
    fix="rename it as the message says, if the data are to be read like those of 2019",
    good=[alfcheck.example({"alf/trials.goCue_times.npy": [1.0, 2.0]}, "the name of the release")],
    bad=[alfcheck.example({"alf/cwGoCue.times.npy": [1.0, 2.0]}, "the name of the scripts of 2017")],
)
def name_before_release(dataset: Dataset, path: str) -> Iterator[Problem]:
    """The file has the name that the lab's scripts wrote before the data were released.

    Each of these names holds the same as one of the release, which is what loaders know. It is no fault, so
    it lowers no verdict.
    """
    name = f"{dataset.object}.{dataset.column}"
    if is_own(dataset) and name in BEFORE:
        yield Problem(message=f"{name} is called {BEFORE[name]} in the data of 2019")


RULES = (misspelt_object, misspelt_attribute, name_before_release)


@cache
def _nearest(name: str, known: Collection[str]) -> str | None:
    """Give the known name that a name is meant to be, if it is not known and not a plural of one."""
    plurals = {each.rstrip("s") for each in known}
    if name in known or name.rstrip("s") in plurals:
        return None
    # A word more or less is another name: brainLocationIds is no misspelt brainLocation.
    near = (each for each in sorted(known) if abs(len(each) - len(name)) < 2)
    folded = {each.casefold(): each for each in near}
    like = get_close_matches(name.casefold(), folded, n=1, cutoff=_LIKE)
    return folded[like[0]] if like else None
