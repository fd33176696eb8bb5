"""Last stage: what sessions should have, by the contracts that a configuration requires.

Without `require` in a configuration there is nothing to do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from alfcheck.config import nearest, shown
from alfcheck.contracts.model import Contract, ContractFile
from alfcheck.errors import ConfigError
from alfcheck.model import Refusal, Scan
from alfcheck.pipeline.state import Batch, Context, FileWork, Required, SessionWork
from alfcheck.sessions import Document, Seen, judge_session, without_revision

__all__ = ["require_datasets", "required_of", "resolve_required"]


def resolve_required(
    contracts: Iterable[Contract | ContractFile], wanted: Collection[str], source: Path | None
) -> tuple[str, ...]:
    """Give the labels of the contracts that are required, by id or ``id@version``.

    Raises `ConfigError`, which names the configuration, for one that is none or judges no sessions, and
    `ContractError` for a file with mistakes: before anything of the release is read.
    """
    if not wanted:
        return ()
    where = f"{shown(source)}: require" if source is not None else "require"
    known = {each.label: each for each in contracts if _judges_sessions(each)}
    labels = {each.id: label for label, each in known.items()}
    found = []
    for name in wanted:
        label = name if name in known else labels.get(name)
        if label is None:
            raise ConfigError(f"{where}: {_no_such_contract(name, [*labels, *known])}")
        contract = known[label]
        if isinstance(contract, ContractFile) and contract.load().session is None:
            raise ConfigError(f"{where}: {label} says nothing of sessions ({contract.file})")
        found.append(label)
    return tuple(sorted({*found}))


def _judges_sessions(contract: Contract | ContractFile) -> bool:
    return contract.judges_sessions if isinstance(contract, ContractFile) else contract.session is not None


def _no_such_contract(name: str, known: list[str]) -> str:
    ids = sorted(each for each in known if "@" not in each)
    listed = f"those there are: {', '.join(ids)}" if ids else "there is none at all"
    meant = nearest(name, known if "@" in name else ids).partition(";")[2].partition(";")[0]
    meant = f";{meant}" if "meant" in meant else ""
    return f"there is no contract {name!r} about sessions{meant}; {listed}"


def required_of(labels: tuple[str, ...], scan: Scan, paths: Iterable[str]) -> Required:
    """Say what is required of which sessions; `paths` are those that the user asked for."""
    if not labels:
        return Required()
    return Required(labels, frozenset(paths), frozenset(path for _, path, _ in scan.findings))


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
