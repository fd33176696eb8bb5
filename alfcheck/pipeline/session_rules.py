"""Ask the rules of plugins about whole sessions: what stands of them, and the names of all their datasets."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from types import MappingProxyType

from alfcheck.model import Asks, Problem, Refusal, Rule, Severity
from alfcheck.pipeline.aligning import Broken
from alfcheck.pipeline.asking import asked_columns, matches_path, of_namespace
from alfcheck.pipeline.blame import blame
from alfcheck.pipeline.content_rules import too_large
from alfcheck.pipeline.documents import Documents
from alfcheck.pipeline.running import run_rule
from alfcheck.pipeline.state import Batch, Context, SessionWork
from alfcheck.pipeline.tables import Held, Loader, TooLarge, held_columns, table_of
from alfcheck.relations import View
from alfcheck.sessions import without_revision
from alfcheck.subjects import ObjectTable, SessionData

__all__ = ["ask_about_sessions", "gathered", "judge_session_rules"]


def ask_about_sessions(batch: Batch, context: Context) -> None:
    """Ask about all sessions; where something failed, what stands instead is asked about later."""
    for session in batch.works if context.asking.sessions else ():
        if not isinstance(session.parsed, Refusal):
            judge_session_rules(session, session.layout.views, context)


def judge_session_rules(session: SessionWork, views: Sequence[View], context: Context) -> None:
    """Ask the rules about a session of these views; each is asked about the same files once."""
    failing = context.failing(session) if context.asking.sessions else frozenset()
    found = [
        (rule, paths, problem)
        for rule in context.asking.sessions
        for paths, problem in _asked(rule, session, views, failing, context)
    ]
    for rule, paths, problem in found:
        note = context.note(problem, rule.code)
        blamed = problem.datasets or paths
        if not blamed and note.problem.severity in (Severity.ERROR, Severity.UNVERIFIED):
            # What looks at names alone is about all of them; a warning then fails none.
            blamed = tuple(rel for rel, work in session.works.items() if work.dataset is not None)
        session.notes.append((blamed, note))
        for path in blamed:
            session.works[path].blamed |= note.problem.severity is Severity.ERROR


def _asked(
    rule: Rule, session: SessionWork, views: Sequence[View], failing: Collection[str], context: Context
) -> Iterator[tuple[tuple[str, ...], Problem]]:
    """Give what a rule finds, and the files that it was asked about."""
    loader = Loader(session, context)
    data = gathered(rule.asks, session, views, failing, loader)
    if data is None:
        return
    paths = tuple(sorted({*data.documents, *(path for table in data.tables for path in table.paths)}))
    key = (rule.code, *paths)
    if key in session.ruled:
        return
    session.ruled.add(key)
    try:
        loader.prepare(paths)
    except TooLarge as error:
        yield paths, too_large(rule, error)
        return
    except Broken as broken:
        blame(broken.cause, session.works[broken.path], context)
        return
    within = tuple(data.datasets)
    found = list(run_rule(rule, context.ruleset.rules, data, about=session.files.path, within=within))
    if not loader.settle():
        yield from ((paths, problem) for problem in found)


def gathered(
    asks: Asks, session: SessionWork, views: Sequence[View], failing: Collection[str], loader: Loader
) -> SessionData | None:
    """Give a session as was asked for, or ``None`` where something that is needed is not there or failed."""
    tables = _tables(asks, session, views, failing, loader)
    documents = _documents(asks, session, views, failing)
    if tables is None or documents is None:
        return None
    parsed = session.parsed
    assert not isinstance(parsed, Refusal)
    works = {rel: work for rel, work in session.works.items() if work.dataset is not None}
    return SessionData(
        path=session.files.path,
        lab=parsed.lab,
        subject=parsed.subject,
        date=parsed.date,
        number=parsed.number,
        datasets=MappingProxyType({rel: work.dataset for rel, work in works.items() if work.dataset}),
        sizes=MappingProxyType({rel: work.entry.size for rel, work in works.items()}),
        tables=tables,
        documents=Documents(documents),
    )


def _tables(
    asks: Asks, session: SessionWork, views: Sequence[View], failing: Collection[str], loader: Loader
) -> tuple[ObjectTable, ...] | None:
    found: list[ObjectTable] = []
    met: set[str] = set()
    for view in views:
        if view.revision is not None or not fnmatchcase(view.collection, asks.collection):
            continue
        own = _of_object(asks, view.object)
        if not own.columns and not own.optional:
            continue
        columns = held_columns(session, view.members, {*view.members} - {*failing})
        columns = {name: held for name, held in columns.items() if _is_meant(asks, session, held)}
        names = asked_columns(Asks(optional=(*own.columns, *own.optional)), columns)
        if names:
            found.append(table_of(session, view, names, columns, loader))
            met.update(f"{view.object}.{name}" for name in names)
    if not all(any(fnmatchcase(name, pattern) for name in met) for pattern in asks.columns):
        return None
    return tuple(found)


def _is_meant(asks: Asks, session: SessionWork, held: Held) -> bool:
    dataset = session.works[held.path].dataset
    return dataset is not None and of_namespace(asks, dataset.namespace)


def _of_object(asks: Asks, name: str) -> Asks:
    """Give the column patterns that concern an object, without the part before the dot."""

    def own(patterns: Sequence[str]) -> tuple[str, ...]:
        pairs = (pattern.partition(".")[::2] for pattern in patterns)
        return tuple(column for object_, column in pairs if fnmatchcase(name, object_))

    return Asks(columns=own(asks.columns), optional=own(asks.optional))


def _documents(
    asks: Asks, session: SessionWork, views: Sequence[View], failing: Collection[str]
) -> Mapping[str, object] | None:
    """Give the documents that were asked for, each in its default revision."""
    found = {}
    met = set()
    for path in sorted({path for view in views if view.revision is None for path in view.members}):
        work = session.works[path]
        if path in failing or work.content is None or work.content.document is None:
            continue
        bare = without_revision(path)
        patterns = (*asks.datasets, *asks.optional_datasets)
        own = [pattern for pattern in patterns if matches_path(pattern, bare)]
        if own:
            found[path] = work.content.document
            met.update(own)
    return found if met.issuperset(asks.datasets) else None
