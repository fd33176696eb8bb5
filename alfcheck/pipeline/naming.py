"""First stage: what names say. Each distinct name, and each distinct set of names, is judged once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from alfcheck.contracts.model import Contract, Terms
from alfcheck.grammar import parse_dataset, parse_session, refusal_problem
from alfcheck.model import Dataset, Refusal, SessionFiles, SessionPath
from alfcheck.pipeline.running import run_rule, run_rules
from alfcheck.pipeline.state import Batch, Context, FileWork, Layout, NameResult, Note, SessionWork
from alfcheck.relations import TABLE, Claim, Columns, Pointer, View, pointers, views

__all__ = ["Named", "claims_of", "compose_session", "name_session", "parse_names", "sized", "tabled"]

ROWS = "rows"
OF_OBJECT = ".rows"
"""The end of the name of a dimension that is as long as an object, named before it, has rows."""

KEPT_LAYOUTS = 4096
KEPT_NAMES = 100_000

PLAIN = Dataset("", "", "", "spikes", "times", "", "", "npy")
"""A name with which nothing is wrong, for rules that are asked about folders alone."""


class Named(NamedTuple):
    """What names say of a session: of single files, by their paths from its folder, and of several."""

    parsed: SessionPath | Refusal
    layout: Layout
    files: Mapping[str, list[Note]]
    notes: list[tuple[tuple[str, ...], Note]]


def parse_names(batch: Batch, context: Context) -> None:
    """Parse sessions and names, and run the rules that look at names alone."""
    for files in batch.sessions:
        named = name_session(files, context)
        works = _refused(files) if isinstance(named.parsed, Refusal) else _works(files, named, context)
        batch.works.append(SessionWork(files, named.parsed, named.layout, works, named.notes))


def name_session(files: SessionFiles, context: Context) -> Named:
    """Parse a session and its names; files of a session that has no legal path are not looked at."""
    parsed = parse_session(files.path)
    if isinstance(parsed, Refusal):
        note = context.note(refusal_problem(parsed), parsed.code)
        return Named(parsed, Layout((), (), (), ()), {}, [(files.paths, note)])
    rels = files.names
    layout = context.layouts.get(rels)
    if layout is None:
        if len(context.layouts) >= KEPT_LAYOUTS:
            context.layouts.clear()
        layout = context.layouts[rels] = _layout(rels, context)
    notes = [*layout.notes, *_session_folders(files, layout, rels, context)]
    return Named(parsed, layout, _file_notes(files, layout, rels, context), notes)


def _works(files: SessionFiles, named: Named, context: Context) -> dict[str, FileWork]:
    readers, works = context.ruleset.readers, {}
    for entry, rel, name in zip(files.entries, files.names, named.layout.names, strict=True):
        dataset = name.dataset
        reader = readers.get(dataset.extension) if dataset is not None else None
        notes = named.files.get(rel) or []
        works[rel] = FileWork(entry, rel, dataset, name.dataset_type, reader, notes=notes)
    return works


def _refused(files: SessionFiles) -> dict[str, FileWork]:
    """Keep the files of a session that has no legal path: they are accounted for, and not read."""
    return {entry.path: FileWork(entry, entry.path) for entry in files.entries}


def _layout(rels: tuple[str, ...], context: Context) -> Layout:
    names = tuple(_name(rel, context) for rel in rels)
    datasets = {rel: name.dataset for rel, name in zip(rels, names, strict=True) if name.dataset}
    notes: list[tuple[tuple[str, ...], Note]] = []
    shown = MappingProxyType(datasets)
    for rule in context.layout_rules:
        for problem in run_rule(rule, context.ruleset.rules, shown, within=datasets):
            notes.append((problem.datasets or tuple(datasets), context.note(problem, rule.code)))
    if not context.judges_values:
        return Layout(names, tuple(notes), views(datasets) if context.asking else (), ())
    composed, aimed = compose_session(datasets, {}, context)
    to_measure, with_tables = sized(composed, datasets, context), tabled(composed, datasets)
    return Layout(names, tuple(notes), composed, aimed, to_measure, with_tables, _blended(datasets))


def compose_session(
    datasets: Mapping[str, Dataset], columns: Columns, context: Context
) -> tuple[tuple[View, ...], tuple[Pointer, ...]]:
    """Give the views and the references of some datasets of a session; `columns` are those of tables."""
    composed = views(datasets, columns)
    claims = {rel: claims_of(dataset, context) for rel, dataset in datasets.items()}
    return composed, pointers(composed, datasets, claims, columns)


def _blended(datasets: Mapping[str, Dataset]) -> bool:
    """Tell whether an object has a table, and datasets of several namespaces."""
    spaces: dict[tuple[str, str], set[str]] = defaultdict(set)
    for dataset in datasets.values():
        spaces[dataset.collection, dataset.object].add(dataset.namespace)
    return any(
        dataset.attribute == TABLE and len(spaces[dataset.collection, dataset.object]) > 1
        for dataset in datasets.values()
    )


def claims_of(dataset: Dataset, context: Context) -> tuple[Claim, ...]:
    """Give the references that contracts claim or deny for a dataset, or for the columns of a table.

    So are dimensions that are as long as another object has rows.
    """
    covering = context.planner.covering(dataset)
    references = [
        Claim(terms.references, contract.label, _number(terms.missing), column)
        for contract in covering
        for column, terms in _columns(dataset, contract)
        if terms.references is not None
    ]
    measures = [
        Claim(name.removesuffix(OF_OBJECT), contract.label, measures=name)
        for contract in covering
        for name in _dimensions(dataset, contract)
        if name.endswith(OF_OBJECT)
    ]
    return (*references, *measures)


def _dimensions(dataset: Dataset, contract: Contract) -> Iterator[str]:
    """Give the names of the dimensions that a file may have, each once, but for its rows."""
    term = contract.term(dataset) if dataset.attribute != TABLE else None
    shapes = term[1].shapes if term is not None else ()
    names = dict.fromkeys(name for shape in shapes for name in shape if isinstance(name, str))
    return (name for name in names if name != ROWS)


def sized(composed: Sequence[View], datasets: Mapping[str, Dataset], context: Context) -> tuple[View, ...]:
    """Give the views of the objects of which several datasets have a dimension of one name."""
    names: Counter[tuple[str, str, str, str]] = Counter(
        (dataset.collection, dataset.object, contract.label, name)
        for dataset in datasets.values()
        for contract in context.planner.covering(dataset)
        for name in _dimensions(dataset, contract)
    )
    several = {(key[0], key[1]) for key, count in names.items() if count > 1}
    return tuple(view for view in composed if (view.collection, view.object) in several)


def tabled(composed: Sequence[View], datasets: Mapping[str, Dataset]) -> tuple[View, ...]:
    """Give the views that have a table, and files that may be columns of it."""
    return tuple(view for view in composed if _has_column_files([datasets[path] for path in view.members]))


def _has_column_files(members: Sequence[Dataset]) -> bool:
    extras = {member.extra for member in members if member.attribute == TABLE}
    return any(member.attribute != TABLE and member.extra in extras for member in members)


def _number(missing: float | str | None) -> float | None:
    return None if isinstance(missing, str) else missing


def _columns(dataset: Dataset, contract: Contract) -> Iterator[tuple[str, Terms]]:
    """Give the terms that may hold for a file, by column; the column of an array has no name."""
    term = contract.term(dataset)
    if dataset.attribute == TABLE:
        for name, terms in contract.terms.items():
            yield name, terms
            # The components of an array, as a table names them.
            if any(len(shape) == 2 for shape in terms.shapes):
                yield f"{name}_[0-9]", terms
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
    found = run_rules(context.rules_of_names, context.ruleset.rules, parsed, rel)
    notes = tuple(context.note(problem, rule.code) for rule, problem in found) if found else ()
    return NameResult(parsed, notes, parsed.dataset_type)


def _file_notes(
    files: SessionFiles, layout: Layout, rels: tuple[str, ...], context: Context
) -> dict[str, list[Note]]:
    """Give what is told of single files: by their names, and by the rules that look at whole paths."""
    found = {rel: list(name.notes) for rel, name in zip(rels, layout.names, strict=True) if name.notes}
    named = zip(rels, files.paths, layout.names, strict=True) if context.rules_of_paths else ()
    rules = context.ruleset.rules
    for rel, path, name in named:
        told = run_rules(context.rules_of_paths, rules, name.dataset, path) if name.dataset else ()
        for rule, problem in told:
            found.setdefault(rel, []).append(context.note(problem, rule.code))
    return found


def _session_folders(
    files: SessionFiles, layout: Layout, rels: tuple[str, ...], context: Context
) -> list[tuple[tuple[str, ...], Note]]:
    """Ask the rules that look at folders about those of the session's own path, once for all its files."""
    paths = tuple(rel for rel, name in zip(rels, layout.names, strict=True) if name.dataset is not None)
    return [
        (paths, context.note(problem, rule.code))
        for rule, problem in run_rules(
            context.rules_of_folders if paths else (), context.ruleset.rules, PLAIN, f"{files.path}/"
        )
    ]
