"""First stage: what names say. Each distinct name, and each distinct set of names, is judged once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from alfcheck.contracts.model import Contract, Terms
from alfcheck.grammar import parse_dataset, parse_session, refusal_problem
from alfcheck.model import Dataset, Problem, Refusal, Rule, SessionFiles, Severity
from alfcheck.pipeline.given import sound
from alfcheck.pipeline.state import Batch, Context, FileWork, Layout, NameResult, Note, SessionWork
from alfcheck.plugins import Owned
from alfcheck.relations import TABLE, Claim, pointers, views

__all__ = ["claims_of", "parse_names", "run_rule"]

KEPT_LAYOUTS = 4096
KEPT_NAMES = 100_000

PLAIN = Dataset("", "", "", "spikes", "times", "", "", "npy")
"""A name with which nothing is wrong, for rules that are asked about folders alone."""


def parse_names(batch: Batch, context: Context) -> None:
    """Parse sessions and names, and run the rules that look at names alone."""
    for files in batch.sessions:
        batch.works.append(_session(files, context))


def _session(files: SessionFiles, context: Context) -> SessionWork:
    parsed = parse_session(files.path)
    if isinstance(parsed, Refusal):
        return _refused(files, parsed, context)
    start = len(files.path) + 1
    rels = tuple(entry.path[start:] for entry in files.entries)
    layout = context.layouts.get(rels)
    if layout is None:
        if len(context.layouts) >= KEPT_LAYOUTS:
            context.layouts.clear()
        layout = context.layouts[rels] = _layout(rels, context)
    readers = context.ruleset.readers
    works = {}
    for entry, rel, name in zip(files.entries, rels, layout.names, strict=True):
        dataset = name.dataset
        reader = readers.get(dataset.extension) if dataset is not None else None
        works[rel] = FileWork(entry, rel, dataset, name.dataset_type, reader, notes=list(name.notes))
    _whole_paths(works, context)
    notes = [*layout.notes, *_session_folders(files, layout, rels, context)]
    return SessionWork(files, parsed, layout, works, notes)


def _refused(files: SessionFiles, refusal: Refusal, context: Context) -> SessionWork:
    """Keep the files of a session that has no legal path: they are accounted for, and not read."""
    works = {entry.path: FileWork(entry, entry.path) for entry in files.entries}
    empty = Layout((), (), (), ())
    work = SessionWork(files, refusal, empty, works)
    note = context.note(refusal_problem(refusal), refusal.code)
    work.notes.append((tuple(works), note))
    return work


def _layout(rels: tuple[str, ...], context: Context) -> Layout:
    names = tuple(_name(rel, context) for rel in rels)
    datasets = {rel: name.dataset for rel, name in zip(rels, names, strict=True) if name.dataset}
    notes: list[tuple[tuple[str, ...], Note]] = []
    for rule in context.layout_rules:
        for problem in run_rule(rule, context.ruleset.rules, datasets, within=datasets):
            notes.append((problem.datasets or tuple(datasets), context.note(problem, rule.code)))
    composed = views(datasets)
    claims = {rel: claims_of(dataset, context) for rel, dataset in datasets.items()}
    return Layout(names, tuple(notes), composed, pointers(composed, datasets, claims))


def claims_of(dataset: Dataset, context: Context) -> tuple[Claim, ...]:
    """Give the references that contracts claim for a dataset, or for the columns of a table."""
    return tuple(
        Claim(terms.references, contract.label, _number(terms.missing), column)
        for contract in context.planner.covering(dataset)
        for column, terms in _columns(dataset, contract)
        if terms.references
    )


def _number(missing: float | str | None) -> float | None:
    return None if isinstance(missing, str) else missing


def _columns(dataset: Dataset, contract: Contract) -> Iterator[tuple[str, Terms]]:
    """Give the terms that may hold for a file, by column; the column of an array has no name."""
    term = contract.term(dataset)
    if dataset.attribute == TABLE:
        yield from contract.terms.items()
    elif term is not None:
        yield "", term[1]
    of_attribute = f"{dataset.attribute}."
    for name, terms in contract.terms.items():
        if name.startswith(of_attribute):
            yield name.removeprefix(of_attribute), terms


def _name(rel: str, context: Context) -> NameResult:
    found = context.names.get(rel)
    if found is None:
        if len(context.names) >= KEPT_NAMES:
            context.names.clear()
        found = context.names[rel] = _judge_name(rel, context)
    return found


def _judge_name(rel: str, context: Context) -> NameResult:
    parsed = parse_dataset(rel)
    if isinstance(parsed, Refusal):
        return NameResult(None, (context.note(refusal_problem(parsed), parsed.code),))
    notes = [
        context.note(problem, rule.code)
        for rule in context.name_rules
        if not rule.whole_path
        for problem in run_rule(rule, context.ruleset.rules, parsed, rel)
    ]
    return NameResult(parsed, tuple(notes), parsed.dataset_type)


def _whole_paths(works: dict[str, FileWork], context: Context) -> None:
    rules = [rule for rule in context.name_rules if rule.whole_path]
    for work in works.values():
        if work.dataset is not None:
            for rule in rules:
                for problem in run_rule(rule, context.ruleset.rules, work.dataset, work.entry.path):
                    work.notes.append(context.note(problem, rule.code))


def _session_folders(
    files: SessionFiles, layout: Layout, rels: tuple[str, ...], context: Context
) -> list[tuple[tuple[str, ...], Note]]:
    """Ask the rules that look at folders about those of the session's own path, once for all its files."""
    paths = tuple(rel for rel, name in zip(rels, layout.names, strict=True) if name.dataset is not None)
    return [
        (paths, context.note(problem, rule.code))
        for rule in context.name_rules
        if rule.folders and paths
        for problem in run_rule(rule, context.ruleset.rules, PLAIN, f"{files.path}/")
    ]


def run_rule(
    rule: Rule, rules: Mapping[str, Owned], *subject: object, within: Collection[str] | None = None
) -> Iterator[Problem]:
    """Run a rule; one that fails is a finding of its own, and what it judged is unverified.

    `within` are the paths that its problems may name as datasets.
    """
    assert rule.check is not None
    try:
        for problem in rule.check(*subject):
            yield sound(problem, rules, within)
    # A rule that leaves the program is no end of the run, least of all a good one.
    except (Exception, SystemExit) as error:
        yield Problem(
            code="ALF901",
            severity=Severity.UNVERIFIED,
            check=rule.name,
            message=f"the rule {rule.code} {rule.name} failed to run: {type(error).__name__}: {error}",
            fix="tell whoever wrote the rule; --no-plugin leaves their plugin out",
        )
