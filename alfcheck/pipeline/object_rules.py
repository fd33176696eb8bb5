"""After the relations: ask the rules of plugins about objects, on every view whose columns stand.

A rule sees what no other finding took away: the fault of one file is not laid at another's door. All rules
of one round see the same, so that their order does not matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from alfcheck.model import Problem, Refusal, Rule, Severity
from alfcheck.pipeline.aligning import Broken
from alfcheck.pipeline.asking import Asked
from alfcheck.pipeline.blame import blame
from alfcheck.pipeline.content_rules import too_large
from alfcheck.pipeline.joining import blamed_paths
from alfcheck.pipeline.numbered import run_numbered
from alfcheck.pipeline.running import run_rule
from alfcheck.pipeline.state import Batch, Context, SessionWork
from alfcheck.pipeline.tables import Held, Loader, TooLarge, aligned, held_columns, table_of
from alfcheck.relations import View
from alfcheck.subjects import ObjectBatch, ObjectTable

__all__ = ["ask_about_objects", "judge_object_rules"]


class _Due(NamedTuple):
    """A rule, and a table that it is to be asked about."""

    rule: Rule
    session: SessionWork
    views: Sequence[View]
    view: View
    table: ObjectTable


def ask_about_objects(batch: Batch, context: Context) -> None:
    """Ask about the views of all sessions."""
    composed = [
        (session, session.layout.views) for session in batch.works if not isinstance(session.parsed, Refusal)
    ]
    judge_object_rules(composed, context)


def judge_object_rules(
    composed: Sequence[tuple[SessionWork, Sequence[View]]], context: Context, *, again: bool = False
) -> None:
    """Ask the rules about views, `again` if something failed since; each about the same files once."""
    if not context.asking.objects or not context.reads:
        return
    loaders = [Loader(session, context) for session, _ in composed]
    due = [
        each
        for (session, views), loader in zip(composed, loaders, strict=True)
        for each in _due(session, views, loader, context, again=again)
    ]
    told = [*_one_by_one(due, context), *_together(due, context)]
    changed = {
        session.files.path: loader.settle() for (session, _), loader in zip(composed, loaders, strict=True)
    }
    for each, problem in told:
        # What was found in a file that changed meanwhile says nothing about it.
        if changed[each.session.files.path].isdisjoint(each.table.paths):
            _note(each, problem, context)


def _due(
    session: SessionWork, views: Sequence[View], loader: Loader, context: Context, *, again: bool
) -> Iterator[_Due]:
    failing = context.failing(session)
    for view in views:
        if not context.asking.rules_of(view.object, view.collection):
            continue
        columns = held_columns(session, view.members, {*view.members} - failing)
        named = tuple((name, _namespace(session, held)) for name, held in columns.items())
        for asked in context.asking.asked_of(view.object, view.collection, named):
            names = _fitting(session, asked, columns)
            paths = sorted({columns[name].path for name in names})
            if not names or _was_asked(session, asked.rule, paths, again=again):
                continue
            session.ruled.add((asked.rule.code, *paths))
            if _prepare(asked.rule, session, paths, loader, context):
                yield _Due(asked.rule, session, views, view, table_of(session, view, names, columns, loader))


def _namespace(session: SessionWork, held: Held) -> str:
    dataset = session.works[held.path].dataset
    return dataset.namespace if dataset is not None else ""


def _fitting(session: SessionWork, asked: Asked, columns: Mapping[str, Held]) -> tuple[str, ...]:
    """Give the columns of a rule whose rows fit: none if those that it needs do not."""
    if not asked.rule.asks.aligned:
        return tuple(sorted((*asked.needed, *asked.optional)))
    needed = [columns[name].path for name in asked.needed or asked.optional]
    rows = aligned(session, needed)
    if rows is None:
        return ()
    fitting = [name for name in asked.optional if aligned(session, [*needed, columns[name].path]) == rows]
    return tuple(sorted((*asked.needed, *fitting)))


def _was_asked(session: SessionWork, rule: Rule, paths: Sequence[str], *, again: bool) -> bool:
    """Tell whether a rule was asked about these files; `again`, whether with others that fell since."""
    if (rule.code, *paths) in session.ruled:
        return True
    # A rule must not take a column for missing that only failed.
    return again and any(key[0] == rule.code and {*paths} < {*key[1:]} for key in session.ruled)


def _prepare(
    rule: Rule, session: SessionWork, paths: Sequence[str], loader: Loader, context: Context
) -> bool:
    """Read large files for a rule; tell whether it can be asked."""
    try:
        loader.prepare(paths)
    except TooLarge as error:
        session.notes.append((tuple(paths), context.note(too_large(rule, error), rule.code)))
        return False
    except Broken as broken:
        blame(broken.cause, session.works[broken.path], context)
        return False
    return True


def _one_by_one(due: Sequence[_Due], context: Context) -> Iterator[tuple[_Due, Problem]]:
    for each in due:
        if not each.rule.batch:
            about = f"{each.session.files.path}/{each.table.paths[0]}"
            rules = context.ruleset.rules
            for problem in run_rule(each.rule, rules, each.table, about=about, within=each.table.paths):
                yield each, problem


def _together(due: Sequence[_Due], context: Context) -> Iterator[tuple[_Due, Problem]]:
    """Ask rules that are written for many tables at once; tables of equal columns are laid end to end."""
    groups: dict[tuple[object, ...], list[_Due]] = defaultdict(list)
    for each in due:
        if each.rule.batch:
            kinds = tuple(
                (name, each.table[name].dtype.str, each.table[name].shape[1:]) for name in each.table
            )
            groups[each.rule.code, kinds].append(each)
    for group in groups.values():
        yield from _of_group(group, context)


def _of_group(group: Sequence[_Due], context: Context) -> Iterator[tuple[_Due, Problem]]:
    rule = group[0].rule
    about = f"{group[0].session.files.path}/{group[0].table.paths[0]}"
    batch = ObjectBatch([each.table for each in group])
    found = list(run_numbered(rule, context.ruleset.rules, batch, about=about))
    if len(group) > 1 and any(number is None for number, _ in found):
        # One is too much for the rule: each is asked about alone, so that the others keep their verdicts.
        for each in group:
            yield from _of_group([each], context)
        return
    yield from ((group[number or 0], problem) for number, problem in found)


def _note(each: _Due, problem: Problem, context: Context) -> None:
    table, session = each.table, each.session
    paths = problem.datasets
    if not paths and problem.column in table and problem.severity is not Severity.UNVERIFIED:
        paths = (table.path(problem.column),) if problem.column is not None else ()
    blamed = blamed_paths(each.views, each.view, paths or table.paths)
    note = context.note(problem, each.rule.code)
    session.notes.append((blamed, note))
    for path in blamed:
        session.works[path].blamed |= note.problem.severity is Severity.ERROR
