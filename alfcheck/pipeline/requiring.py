"""Last stage: what sessions should have, by the contracts that a configuration requires.

Without `require` in a configuration there is nothing to do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from alfcheck.model import Refusal
from alfcheck.pipeline.state import Batch, Context, FileWork, SessionWork
from alfcheck.sessions import Document, Seen, judge_session, without_revision

__all__ = ["require_datasets"]


def require_datasets(batch: Batch, context: Context) -> None:
    """Judge the sessions by the contracts that are required."""
    asked = context.options.required.paths
    for session in batch.works if context.required else ():
        # Of a session of which only some files were asked for, nothing can be said as a whole.
        if not isinstance(session.parsed, Refusal) and (not asked or session.files.path in asked):
            seen = _seen(session, context)
            for contract in context.required:
                assert contract.session is not None
                for problem in judge_session(contract.session, seen, contract.label):
                    session.notes.append(((), context.note(problem)))


def _seen(session: SessionWork, context: Context) -> Seen:
    works = session.works.values()
    return Seen(
        datasets=tuple(without_revision(work.rel) for work in works if work.dataset is not None),
        others=tuple(without_revision(work.rel) for work in works if work.dataset is None),
        unseen=tuple(map(without_revision, context.unseen(session))),
        documents=tuple(_documents(session, context)),
        reads=not context.options.names_only,
    )


def _documents(session: SessionWork, context: Context) -> Iterable[Document]:
    rejected = context.failing(session)
    for work in session.works.values() if context.needs else ():
        dataset = work.dataset
        if dataset is not None and context.needs.covers(without_revision(work.rel), dataset):
            document = work.content.document if work.content is not None else None
            yield Document(work.rel, dataset, document, _fault(work, rejected))


def _fault(work: FileWork, rejected: Collection[str]) -> str:
    if work.reader is None:
        return "is of a kind that no reader knows"
    if work.content is None or work.content.opaque:
        return "could not be read"
    return "was rejected itself" if work.rel in rejected else ""
