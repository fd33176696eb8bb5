"""What must be in a session for a contract about sessions to be asked of it: folders and documents."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import Any

from alfcheck.contracts.model import Condition
from alfcheck.contracts.sampling.naming import fitting, is_inside

__all__ = ["DESCRIPTION", "conditional_documents", "folder_of"]

DESCRIPTION = "_ibl_experiment.description.yaml"
_WORDS = ("", "00", "probe00", "data", "things")
_EXTENSIONS = ("json", "yaml", "yml")


def folder_of(pattern: str) -> str:
    """Give a collection that a pattern of a condition matches."""
    return fitting(pattern, _WORDS, lambda name: not name or is_inside(name))


def conditional_documents(conditions: Iterable[Condition], start: Callable[[str], Any]) -> dict[str, Any]:
    """Give the documents that fulfil all `conditions`, by their paths; `start` gives what to begin with."""
    found: dict[str, Any] = {}

    def document(path: str) -> Any:
        if path not in found:
            begun = start(path)
            found[path] = copy.deepcopy(begun) if isinstance(begun, dict) else {}
        return found[path]

    for when in conditions:
        if when.protocol is not None:
            _add_task(document(DESCRIPTION), when.protocol)
        if when.device is not None:
            _add_device(document(DESCRIPTION), when.device)
        if when.document is not None:
            name, path, pattern = when.document
            whole = document(_document_path(name))
            if not _says(whole, path.split("/"), pattern):
                _put(whole, path.split("/"), pattern)
    return found


def _add_task(description: dict[str, Any], pattern: str) -> None:
    tasks = description.setdefault("tasks", [])
    named = [name for task in tasks for name in task] if isinstance(tasks, list) else list(tasks)
    if any(fnmatchcase(name, pattern) for name in named):
        return
    name = fitting(pattern, ("", "_", "task"), bool)
    place = {"collection": "raw_behavior_data"}
    if isinstance(tasks, list):
        tasks.append({name: place})
    else:
        tasks[name] = place


def _add_device(description: dict[str, Any], path: str) -> None:
    devices = description.get("devices")
    if not isinstance(devices, dict):
        devices = description["devices"] = {}
    for part in (fitting(each, _WORDS) for each in path.split("/")):
        inner = devices.get(part)
        if not isinstance(inner, dict):
            inner = devices[part] = {}
        devices = inner
    if not devices:
        devices["collection"] = "raw_data"


def _document_path(name: str) -> str:
    path = fitting(name, _WORDS)
    return path if path.rpartition(".")[2] in _EXTENSIONS else f"{path}.{_usual_extension(path)}"


def _usual_extension(path: str) -> str:
    return "yaml" if path.endswith("description") else "json"


def _says(value: Any, keys: list[str], pattern: str) -> bool:
    """Tell whether a document already has what is asked for at a path of keys."""
    if keys:
        items = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        return any(_says(inner, keys[1:], pattern) for key, inner in items if fnmatchcase(str(key), keys[0]))
    texts = value if isinstance(value, (dict, list)) else [value]
    return any(fnmatchcase(str(text), pattern) for text in texts)


def _put(document: Any, keys: list[str], pattern: str) -> None:
    """Put what a pattern asks for at a path of keys, and lists where a key is a number."""
    here = document
    text = fitting(pattern, _WORDS[1:])
    for key, after in zip(keys, [*keys[1:], ""], strict=True):
        beside = list(here.values() if isinstance(here, dict) else here)
        named = any(isinstance(each, dict) for each in beside)
        last: Any = {"collection" if pattern == "*" else text: "raw_data"} if named else text
        fresh: Any = last if not after else ([] if after.isdecimal() else {})
        if isinstance(here, list):
            if not here or not after:
                here.append(fresh)
            here = here[0]
        else:
            name = fitting(key, _WORDS[1:])
            if not after or not isinstance(here.get(name), type(fresh)):
                here[name] = fresh
            here = here[name]
