"""Which documents of a session a contract has to look into, and what they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from alfcheck.model import Dataset
from alfcheck.sessions.patterns import matcher

if TYPE_CHECKING:
    from alfcheck.contracts.model import Condition, SessionTerms

__all__ = [
    "Needs",
    "are_settings",
    "is_description",
    "is_named",
    "needs_of",
    "protocols_of",
    "texts_of",
    "values_at",
]

MOST = 10_000
"""Values of one document that are looked at for one condition; the rest of a longer one is not."""


@dataclass(frozen=True, slots=True)
class Needs:
    """The documents that conditions ask for; falsy if they ask for none."""

    description: bool = False
    settings: bool = False
    patterns: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return self.description or self.settings or bool(self.patterns)

    def __or__(self, other: Needs) -> Needs:
        return Needs(
            self.description or other.description,
            self.settings or other.settings,
            self.patterns | other.patterns,
        )

    def covers(self, path: str, dataset: Dataset) -> bool:
        """Tell whether the dataset at a session-relative path is one of them."""
        return (
            (self.description and is_description(dataset))
            or (self.settings and are_settings(dataset))
            or any(is_named(path, pattern) for pattern in self.patterns)
        )


def needs_of(terms: SessionTerms) -> Needs:
    """Give the documents that a contract's conditions ask for."""
    whole = Needs()
    for when in (terms.when, *(line.when for line in terms.datasets)):
        whole |= _needs(when)
    return whole


def _needs(when: Condition) -> Needs:
    protocol, device = when.protocol is not None, when.device is not None
    patterns = frozenset(() if when.document is None else (when.document[0],))
    return Needs(protocol or device, protocol, patterns)


def is_description(dataset: Dataset) -> bool:
    """Tell the description of the experiment, ``_ibl_experiment.description.yaml``."""
    named = (dataset.object, dataset.attribute) == ("experiment", "description")
    return named and dataset.extension in ("yaml", "yml")


def are_settings(dataset: Dataset) -> bool:
    """Tell the settings of a task, ``_iblrig_taskSettings.raw.json``."""
    return (dataset.object, dataset.attribute, dataset.extension) == ("taskSettings", "raw", "json")


def is_named(path: str, pattern: str) -> bool:
    """Tell whether a file has the name that is sought, with or without its extension.

    A pattern with a slash is one of the session-relative path.
    """
    matches = matcher(pattern)
    name = path if "/" in pattern else path.rpartition("/")[2]
    return bool(matches(name) or matches(name.rpartition(".")[0]))


def protocols_of(dataset: Dataset, value: object) -> tuple[str, ...]:
    """Give the task protocols that a document names.

    A description has ``tasks``, a list of mappings with one key, the protocol (source:
    ibllib.io.session_params, the specification's version 1.0.0); older ones are one mapping. Settings have
    ``PYBPOD_PROTOCOL`` (source: iblrig).
    """
    if not isinstance(value, dict):
        return ()
    if are_settings(dataset):
        named = value.get("PYBPOD_PROTOCOL")
        return (named,) if isinstance(named, str) else ()
    tasks = value.get("tasks")
    parts = tasks if isinstance(tasks, list) else [tasks]
    return tuple(text for part in parts[:MOST] for text in texts_of(part) if part is not None)


def values_at(value: object, path: str) -> tuple[object, ...]:
    """Give what stands at a path of keys (``tasks/0/name``), each a pattern of keys or list positions."""
    found = [value]
    for part in path.split("/"):
        found = list(islice(_below(found, part), MOST))
    return tuple(found)


def _below(values: Iterable[object], part: str) -> Iterator[object]:
    matches = matcher(part)
    for value in values:
        if isinstance(value, dict):
            yield from (child for key, child in value.items() if matches(str(key)))
        elif isinstance(value, list):
            yield from (child for place, child in enumerate(value) if matches(str(place)))


def texts_of(value: object) -> Iterator[str]:
    """Give what a value says: its text, the items of a list, or the keys of a mapping."""
    items = islice(value, MOST) if isinstance(value, (dict, list)) else (value,)
    for item in items:
        if not isinstance(item, (dict, list)):
            yield _text(item)


def _text(value: object) -> str:
    # As YAML and JSON spell them, which is what the author of a contract has before the eyes.
    special: dict[object, str] = {None: "null", True: "true", False: "false"}
    return special[value] if value is None or isinstance(value, bool) else str(value)
