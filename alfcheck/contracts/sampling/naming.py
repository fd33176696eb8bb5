"""Where a valid object lies and what it is called: names that fit the patterns of a contract."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase

from alfcheck.contracts.model import Contract, Match
from alfcheck.errors import ContractError
from alfcheck.model import Dataset

__all__ = ["NAME", "NEUTRAL", "dataset_of", "extension_for", "fitting", "is_inside", "place_of", "suits"]

NEUTRAL = "rowIndex"
"""An attribute of which no contract knows."""

_ATTRIBUTES = ("goCue", "stimOn", "left", "first", "extra", "v")
_OBJECTS = ("left", "right", "body", "some", "x")
_ANY_OBJECT = ("things", "somethings", "those")
_COLLECTIONS = ("alf", "alf/probe00", "alf/task_00", "raw_behavior_data", "raw_ephys_data/probe00", "")
_FOLDERS = ("probe00", "00", "data", "x")
NAME = re.compile(
    r"(?:_(?P<namespace>[a-zA-Z0-9]+)_)?(?P<object>\w+)\."
    r"(?P<attribute>\w+)(?:\.(?P<extra>[.\w-]+))?\.(?P<extension>\w+)"
)
"""The parts of a dataset's name, its timescale with the attribute."""

_WILD = re.compile(r"\*|\?|\[!?[^]]+\]")
_PARTS = re.compile(r"((?:_[a-z]+_)?[a-zA-Z0-9]+(?:_(?:times|intervals)(?=_|$))?)(?:_(\w+))?")
# What is written of what a file holds, the most usual first.
_EXTENSIONS = {
    "array": ("npy", "pqt", "csv", "tsv", "htsv", "ssv", "npz"),
    "table": ("pqt", "csv", "tsv", "htsv", "ssv"),
    "document": ("json", "yaml", "yml", "jsonable"),
    "lines": ("jsonable",),
}


def fitting(pattern: str, words: Iterable[str] = _ATTRIBUTES, fits: Callable[[str], bool] = bool) -> str:
    """Give a name that a pattern of `fnmatch` matches and for which `fits` holds; ``''`` if there is none."""
    if _WILD.search(pattern) is None:
        return pattern
    for word in words:
        name = _filled(pattern, word)
        if fnmatchcase(name, pattern) and fits(name):
            return name
    return ""


def is_inside(path: str) -> bool:
    """Tell whether a path, or a folder, lies within a session."""
    return all(
        part not in ("", ".", "..") and "\\" not in part and ":" not in part for part in path.split("/")
    )


def _filled(pattern: str, word: str) -> str:
    return _WILD.sub(lambda wild: _fitting_one(wild[0], word), pattern)


def _fitting_one(wild: str, word: str) -> str:
    if wild == "*":
        return word
    if wild == "?":
        return "a"
    return wild[1] if wild[1] != "!" else next(letter for letter in "azAZ09_" if letter not in wild)


def place_of(contract: Contract, others: Iterable[Match] = ()) -> tuple[str, str, str]:
    """Give collection, namespace and object of a dataset that a contract judges.

    Where its patterns leave the choice, an object is taken that the fewest of the `others` claim.
    """
    match = contract.match
    namespace = fitting(match.namespace, ("lab",)) if match.namespace is not None else ""
    collection = next((each for each in _COLLECTIONS if fnmatchcase(each, match.collection)), None)
    if collection is None:
        collection = fitting(match.collection, _FOLDERS, is_inside)
    names = [
        name
        for word in (_ANY_OBJECT if match.object == "*" else _OBJECTS)
        if (name := fitting(match.object, (word,)))
    ]
    if not names:
        raise ContractError(
            f"contract {contract.label}: no object fits {match.object!r}; give a pattern that names can fit"
        )
    claims = [other.object for other in others]
    return collection, namespace, min(names, key=lambda name: sum(fnmatchcase(name, each) for each in claims))


def dataset_of(place: tuple[str, str, str], column: str, extension: str) -> Dataset:
    """Give the dataset of an object whose attribute (with its timescale) is `column`."""
    found = _PARTS.fullmatch(column)
    attribute, timescale = (found[1], found[2] or "") if found else (column, "")
    collection, namespace, name = place
    return Dataset(collection, "", namespace, name, attribute, timescale, "", extension)


def suits(kind: str, extension: str) -> bool:
    """Tell whether a file with an extension can hold what is of a kind."""
    return kind not in _EXTENSIONS or extension in _EXTENSIONS[kind]


def extension_for(contract: Contract, kind: str) -> str:
    """Give the extension with which a contract judges a file of a kind; ``''`` if there is none."""
    allowed = contract.match.extensions
    usual = _EXTENSIONS[kind]
    return next((each for each in usual if not allowed or each in allowed), "")
