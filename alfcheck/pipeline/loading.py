"""Sixth stage: datasets that can be loaded alone, but at which ONE's ``load_object`` stops.

It takes ``X*.metadata*.json`` of the same folder for the description of ``X`` (the first two parts of a
name), splits an array by its ``columns``, and merges what the attribute ``table`` holds, which must be a
DataFrame. Source: ``one.alf.io.load_object`` of ONE 3.6.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from alfcheck.model import Problem
from alfcheck.pipeline.state import Batch, Context, FileWork, SessionWork
from alfcheck.readers.base import Content

__all__ = ["judge_loading", "judge_loading_stage"]

CODE = "ALF404"
CANDIDATES = 4
"""Descriptions of one dataset that are looked at: which of several ONE takes is up to the disk."""

_TABLE = re.compile(r"table(?:[_.]|$)")
_TEXT = ("csv", "tsv", "htsv", "ssv")
_MADE = {
    **dict.fromkeys(_TEXT, "a table"),
    **dict.fromkeys(("json", "jsonable", "yml", "yaml"), "a document"),
    "pqt": "a table",
    "npy": "an array",
    "npz": "an array or an archive",
}
"""What ONE makes of a file by its extension; of any other, its path."""

_EMPTY_TO_ONE = frozenset({"ALF202", "ALF207", "ALF211"})
"""Faults of a JSON document for which ONE gives ``None``."""


class _Described(NamedTuple):
    """A dataset and a file that ONE may take for its metadata; ``sure`` if it can take no other."""

    work: FileWork
    metadata: FileWork
    sure: bool


def judge_loading_stage(batch: Batch, context: Context) -> None:
    """Judge every session, where files were read and the rule was asked for."""
    if context.reads and context.wants(CODE):
        for session in batch.works:
            judge_loading(session, context)


def judge_loading(session: SessionWork, context: Context) -> None:
    """Warn of the datasets of a session at which ``load_object`` stops; what failed is told of already."""
    tables = []
    metadata = []
    for work in session.works.values():
        if work.dataset is not None:
            if work.dataset.attribute.startswith("table"):
                tables.append(work)
            if _is_metadata(work):
                metadata.append(work)
    split: set[str] = set()
    for described in _described(session, metadata) if metadata else ():
        if _columns(described.metadata):
            split.add(described.work.rel)
        problem = _metadata_fault(described)
        if problem is not None:
            session.notes.append((problem.datasets, context.note(problem, CODE)))
    for work in tables:
        if work.rel not in split and not work.failed and not _is_metadata(work):
            problem = _table_fault(work)
            if problem is not None:
                session.notes.append((problem.datasets, context.note(problem, CODE)))


def _is_metadata(work: FileWork) -> bool:
    dataset = work.dataset
    return dataset is not None and dataset.extension == "json" and ".metadata" in f".{dataset.extra}"


def _described(session: SessionWork, metadata: list[FileWork]) -> Iterator[_Described]:
    """Pair each dataset with what ONE may take for its metadata: `x.y` also finds `x.y_clock.metadata`."""
    folders: dict[str, dict[str, FileWork]] = defaultdict(dict)
    for work in sorted(metadata, key=lambda each: each.rel):
        folder, _, name = work.rel.rpartition("/")
        folders[folder][name] = work
    names = {folder: list(found) for folder, found in folders.items()}
    for work in session.works.values():
        folder, _, name = work.rel.rpartition("/")
        if folder not in folders or work.dataset is None or work.failed or _is_metadata(work):
            continue
        head = ".".join(name.split(".", 2)[:2])
        start = bisect_left(names[folder], head)
        found = [each for each in names[folder][start : start + CANDIDATES] if each.startswith(head)]
        for each in found:
            yield _Described(work, folders[folder][each], len(found) == 1)


def _metadata_fault(described: _Described) -> Problem | None:
    why = _unusable(described.metadata) or _unsplittable(described.work, _columns(described.metadata))
    if not why:
        return None
    name = described.metadata.rel.rpartition("/")[2]
    assert described.work.dataset is not None
    taken = "takes" if described.sure else "may take"
    return Problem(
        message=f"ONE {taken} {name} for its metadata, {why}: load_object fails for the object "
        f"'{described.work.dataset.object}', load_dataset works",
        expected="metadata that fit the dataset",
        datasets=(described.work.rel, described.metadata.rel),
        fix="mend the metadata: an object of keys, whose 'columns', if any, name the columns of a "
        "two-dimensional array; or rename the file without 'metadata'",
    )


def _unusable(metadata: FileWork) -> str:
    """Say what is wrong with metadata whatever they describe, or ``''``."""
    if metadata.content is None:
        invalid = any(note.code in _EMPTY_TO_ONE for note in metadata.notes)
        return "of which it can read nothing" if invalid else ""
    document = metadata.content.document
    if not isinstance(document, dict):
        return "which are no object of keys ({...})"
    columns = document.get("columns", [])
    names = isinstance(columns, (list, str, dict)) and all(isinstance(each, str) for each in columns)
    return "" if names else "whose 'columns' are no list of names"


def _columns(metadata: FileWork) -> int:
    """Count the names by which ONE splits the dataset."""
    document = metadata.content.document if metadata.content is not None else None
    columns = document.get("columns") if isinstance(document, dict) else None
    return len(columns) if isinstance(columns, (list, str, dict)) else 0


def _unsplittable(work: FileWork, columns: int) -> str:
    assert work.dataset is not None
    extension = work.dataset.extension
    if not columns or extension == "sparse_npz":
        return ""
    if extension not in ("npy", "npz"):
        made = _MADE.get(extension, "no more than its path")
        return f"which name {columns} columns of an array, where ONE makes {made} of the file"
    if work.content is None:
        return ""
    if extension == "npz" and work.content.shape is None:
        return f"which name {columns} columns of an array, where ONE makes an archive of the file"
    width = _width(work.content, extension)
    if width is None or columns <= width:
        return ""
    return f"which name {columns} columns where the array has the shape {work.content.shape}"


def _width(content: Content, extension: str) -> int | None:
    """Count the columns that ONE can take from an array; a vector has none, not even one."""
    shape = content.shape
    if shape is None:
        return None
    if extension == "npy":
        return 0 if len(shape) < 2 or (len(shape) == 2 and shape[1] == 1) else shape[1]
    # Of .npz ONE keeps (n, 1), which readers give as (n,).
    return shape[1] if len(shape) > 1 else len(shape)


def _table_fault(work: FileWork) -> Problem | None:
    dataset = work.dataset
    assert dataset is not None
    made = _not_a_frame(work)
    key = f"{dataset.column}.{dataset.extra}" if dataset.extra else dataset.column
    if not made or not _TABLE.match(key):
        return None
    return Problem(
        message=f"ONE merges the attribute '{key}' as a table, but makes {made} of this file: "
        f"load_object fails for the object '{dataset.object}', load_dataset works",
        expected="a table of two columns or more as text, or a .pqt",
        datasets=(work.rel,),
        fix="save it as .pqt, or give it another attribute than 'table'",
    )


def _not_a_frame(work: FileWork) -> str:
    """Say what ONE makes of a file that gives no DataFrame, or ``''``."""
    assert work.dataset is not None
    extension = work.dataset.extension
    if extension == "pqt":
        return ""
    if extension in _TEXT:
        one = work.content is not None and len(work.content.columns) == 1
        return "a single column" if one else ""
    return _MADE.get(extension, "no more than a path")
