"""After the values: ask the rules of plugins about single files."""

from __future__ import annotations

from alfcheck.model import Problem, Rule, Severity
from alfcheck.pipeline.aligning import Broken
from alfcheck.pipeline.asking import matches_path
from alfcheck.pipeline.blame import blame
from alfcheck.pipeline.documents import Document
from alfcheck.pipeline.running import run_rule
from alfcheck.pipeline.state import Batch, Context, FileWork, SessionWork
from alfcheck.pipeline.tables import Held, Loader, TooLarge, has_values
from alfcheck.sessions import without_revision
from alfcheck.subjects import FileData

__all__ = ["ask_about_contents", "too_large"]


def ask_about_contents(batch: Batch, context: Context) -> None:
    """Ask each rule about the files that it asks for, as far as they could be read."""
    if not context.asking.contents or not context.reads:
        return
    for session in batch.works:
        for work in session.works.values():
            if work.content is not None and work.dataset is not None and not work.content.opaque:
                _ask(session, work, context)


def _ask(session: SessionWork, work: FileWork, context: Context) -> None:
    rel = without_revision(work.rel)
    rules = [
        rule
        for rule in context.asking.contents
        if any(matches_path(pattern, rel) for pattern in rule.asks.datasets)
    ]
    if not rules:
        return
    loader = Loader(session, context)
    for rule in rules:
        try:
            loader.prepare([work.rel])
        except TooLarge as error:
            work.notes.append(context.note(too_large(rule, error), rule.code))
            continue
        except Broken as broken:
            blame(broken.cause, work, context)
            return
        data = _data(session, work, loader)
        for problem in run_rule(rule, context.ruleset.rules, data, about=work.entry.path, within=[work.rel]):
            work.notes.append(context.note(problem, rule.code))
    loader.settle()


def _data(session: SessionWork, work: FileWork, loader: Loader) -> FileData:
    assert work.dataset is not None
    assert work.content is not None
    own = work.dataset.column
    columns = work.content.columns if has_values(work.content) else ()
    sources = {column.name or own: column.name for column in columns}
    return FileData(
        tuple(sources),
        lambda name: loader.column(Held(work.rel, sources[name])),
        session=session.files.path,
        path=work.rel,
        dataset=work.dataset,
        rows=work.content.rows,
        size=work.entry.size,
        document=Document(work.content.document).copy(),
    )


def too_large(rule: Rule, error: TooLarge) -> Problem:
    """Tell that a rule was not asked, since what it asked for is too large; the data are unverified."""
    return Problem(
        code="ALF905",
        severity=Severity.UNVERIFIED,
        check=rule.name,
        message=f"the rule {rule.code} {rule.name} was not asked: {error}",
        fix="write the check as a contract, whose checks see large files in pieces",
    )
