"""The two documents that tell what a session was: the rig's settings of each task, and the description."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from alfcheck import Dataset, SessionData

__all__ = [
    "DESCRIPTION",
    "SETTINGS",
    "Task",
    "described_tasks",
    "description_of",
    "settings_of",
    "task_of",
    "tasks_of",
]

SETTINGS = "_ibl*_taskSettings.raw*.json"

DESCRIPTION = "_ibl*_experiment.description*.y*ml"

RAW = "raw_behavior_data"
"""Where the only task of a session was before there were descriptions."""


class Task(NamedTuple):
    """A task of a session: its collection, its protocol, and the version of the rig (or an empty text)."""

    collection: str
    protocol: str
    version: str = ""


def description_of(session: SessionData) -> Mapping[str, Any] | None:
    """Give the session's description, if it is there and a mapping."""
    for _, dataset, value in _documents(session):
        if dataset.object == "experiment" and isinstance(value, Mapping):
            return value
    return None


def settings_of(session: SessionData) -> dict[str, Mapping[str, Any]]:
    """Give the settings of tasks by collection, in order."""
    found = {
        dataset.collection: value
        for _, dataset, value in _documents(session)
        if dataset.object == "taskSettings" and isinstance(value, Mapping)
    }
    return dict(sorted(found.items()))


def _documents(session: SessionData) -> Iterator[tuple[str, Dataset, Any]]:
    for path in session.documents:
        yield path, session.datasets[path], session.documents[path]


def tasks_of(session: SessionData) -> list[Task]:
    """Give the tasks of a session, in the order of their collections, as registering a session takes them.

    The description says which there are (ibllib.oneibl.registration, register_session); without one it is
    that of raw_behavior_data, or those that have settings. The description's own word for a protocol counts
    where a task has no settings.
    """
    settings = settings_of(session)
    described = described_tasks(session)
    if not described:
        own = {RAW: settings[RAW]} if RAW in settings else settings
        return [task for where, value in own.items() if (task := task_of(where, value)).protocol]
    found = []
    for task in sorted(described, key=lambda each: each.collection):
        by_rig = task_of(task.collection, settings.get(task.collection, {}))
        found.append(by_rig if by_rig.protocol else task)
    return found


def described_tasks(session: SessionData) -> list[Task]:
    """Give the tasks that the description names."""
    description = description_of(session)
    return list(_described(description.get("tasks"))) if description is not None else []


def _described(tasks: object) -> Iterator[Task]:
    """Give the tasks of a description: a list of mappings with one key; before version 1.0.0 one mapping."""
    for each in tasks if isinstance(tasks, list) else [tasks]:
        for protocol, value in each.items() if isinstance(each, Mapping) else ():
            collection = value.get("collection") if isinstance(value, Mapping) else None
            yield Task(collection if isinstance(collection, str) else "", str(protocol))


def task_of(collection: str, settings: Mapping[str, Any]) -> Task:
    """Read the protocol and the rig's version: IBLRIG_VERSION, or once IBLRIG_VERSION_TAG."""
    names = ("PYBPOD_PROTOCOL", "IBLRIG_VERSION", "IBLRIG_VERSION_TAG")
    protocol, version, tag = (value if isinstance(value := settings.get(name), str) else "" for name in names)
    return Task(collection, protocol, version or tag)
