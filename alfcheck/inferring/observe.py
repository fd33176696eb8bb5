"""Read a tree, with the stages of any other run, and sum up what its files hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from alfcheck.executors.batches import batches
from alfcheck.inferring.seen import AttributeSeen, Extent, ObjectSeen
from alfcheck.pipeline.joining import PIECE, Broken, pieces_of
from alfcheck.pipeline.naming import parse_names
from alfcheck.pipeline.opening import close_held, open_files
from alfcheck.pipeline.state import Batch, Context, FileWork, Options, SessionWork
from alfcheck.plugins import Ruleset
from alfcheck.readers.base import Content, Kind
from alfcheck.scan import scan_tree

if TYPE_CHECKING:
    import numpy as np

    from alfcheck.model import SessionFiles

__all__ = ["Objects", "observe"]

Objects = dict[tuple[str, str], ObjectSeen]
DOCUMENTS = 200
"""Documents of one attribute that are kept, to see what they have in common."""


def observe(root: Path, sessions: tuple[str, ...], ruleset: Ruleset) -> Objects:
    """Sum up the objects of a tree, by namespace and name. Files that cannot be read are left out."""
    context = Context(replace(ruleset, contracts=()), Options(str(root.resolve())))
    seen: Objects = {}
    for batch in batches(scan_tree(root, only=sessions).sessions):
        for session in _read(batch, context):
            _look(session, context, seen)
    return seen


def _read(sessions: tuple[SessionFiles, ...], context: Context) -> list[SessionWork]:
    batch = Batch(sessions)
    parse_names(batch, context)
    open_files(batch, context)
    return batch.works


def _look(session: SessionWork, context: Context, seen: Objects) -> None:
    for work in session.works.values():
        dataset, content = work.dataset, work.content
        if dataset is None or content is None or content.opaque or work.failed:
            continue
        key = (dataset.namespace, dataset.object)
        attribute = seen.setdefault(key, ObjectSeen(*key)).attribute(dataset.column)
        attribute.files += 1
        attribute.extensions.add(dataset.extension)
        attribute.kinds.add(str(content.kind))
        _look_at(attribute, session, work, content, context)
    _rows(session, seen)
    _references(session, seen)


def _look_at(
    attribute: AttributeSeen, session: SessionWork, work: FileWork, content: Content, context: Context
) -> None:
    if content.kind is Kind.DOCUMENT:
        if len(attribute.documents) < DOCUMENTS:
            attribute.documents.append(content.document)
        return
    if content.kind is Kind.ARRAY:
        shape = content.columns[0].shape if content.columns else ()
        attribute.extents.add(Extent(shape, content.rows is None))
    for column in content.columns:
        attribute.column(column.name).begin(column.dtype if content.rows else "null")
    try:
        for piece in _pieces(session, work, context):
            for name, values in piece.items():
                attribute.column(name).look(values.reshape(-1))
    except Broken:
        pass  # it changed while it was read, and says nothing about what such files hold
    finally:
        close_held(work, check=False)


def _pieces(session: SessionWork, work: FileWork, context: Context) -> Iterator[Mapping[str, np.ndarray]]:
    content = work.content
    if content is None or (content.whole is None and content.pieces is None):
        return iter(())
    return pieces_of(session, work.rel, PIECE, context)


def _rows(session: SessionWork, seen: Objects) -> None:
    """Note the objects whose datasets have not all as many rows."""
    for view in session.layout.views:
        works = [work for path in view.members if _counts(work := session.works[path])]
        rows = {work.content.rows for work in works if work.content is not None} - {1}
        for work in works:
            if work.dataset is not None:
                found = seen[work.dataset.namespace, work.dataset.object]
                found.agree = found.agree and len(rows) < 2
                found.together = found.together or len(works) > 1


def _counts(work: FileWork) -> bool:
    content = work.content
    readable = content is not None and not content.opaque and not work.failed
    return readable and content is not None and content.kind is not Kind.DOCUMENT and content.rows is not None


def _references(session: SessionWork, seen: Objects) -> None:
    """Note which attributes that bear the name of an object hold row numbers of it."""
    for pointer in session.layout.pointers:
        work = session.works[pointer.path]
        rows = [_rows_of(session.works[path]) for path in pointer.members]
        if work.dataset is None or not _counts(work) or not any(rows) or pointer.claim.column:
            continue
        attribute = seen[work.dataset.namespace, work.dataset.object].attribute(work.dataset.column)
        column = attribute.columns.get("")
        known = column is not None and column.whole and column.low is not None
        within = column is not None and known and column.low >= 0 and column.high < max(rows)
        attribute.references.add(within)


def _rows_of(work: FileWork) -> int:
    return (work.content.rows or 0) if _counts(work) and work.content is not None else 0
