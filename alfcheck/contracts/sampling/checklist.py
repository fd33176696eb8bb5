"""The checks that a contract makes, each with what is needed to break it.

The list is taken from the contract and its compiled schema, so that no check can be left out. What nobody
could break is no check: a column of whole numbers in a .npy lacks no value, whatever its contract says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from alfcheck.contracts.globs import glob_of
from alfcheck.contracts.plans import CheckPlan, ColumnPlan
from alfcheck.contracts.sampling.dtypes import accepted
from alfcheck.contracts.sampling.forms import Subject
from alfcheck.contracts.sampling.judges import Judges
from alfcheck.contracts.sampling.judging import checks_of_plan
from alfcheck.contracts.sampling.laws import Law, laws_of
from alfcheck.contracts.sampling.objects import tabled
from alfcheck.contracts.sampling.values import Column, Form, Made
from alfcheck.errors import ContractError

__all__ = ["UNKNOWN", "Task", "can_be_table", "holds_gaps", "tasks"]

UNKNOWN = "notAllowed"
"""A column of which no contract knows."""


class Task(NamedTuple):
    """One check, and what it is about: a form, its column, the check itself."""

    made: Made
    form: Form | None = None
    column: Column | None = None
    check: CheckPlan | None = None
    law: Law | None = None
    kind: str = ""


def tasks(judges: Judges, subject: Subject) -> Iterator[Task]:
    """Give all checks of the contract."""
    for task in _tasks(judges, subject):
        about = task.column.name if task.column is not None else task.made.column or task.kind
        yield task._replace(made=replace(task.made, subject=about))


def _tasks(judges: Judges, subject: Subject) -> Iterator[Task]:
    for form in subject.forms:
        if form.usual:
            yield from _of_form(judges, form)
    yield from _of_schema(judges, subject)
    yield from _of_relations(judges, subject)
    yield from _of_table(judges, subject)
    yield from _of_rows(judges, subject)
    yield from _of_dimensions(subject)


def _of_form(judges: Judges, form: Form) -> Iterator[Task]:
    """Give what the terms of an attribute ask."""
    terms = form.terms
    if form.kind == "bytes":
        if terms.dtypes or terms.shapes or terms.document is not None:
            raise ContractError(
                f"contract {judges.contract.label}: nothing that {form.term!r} asks is ever looked at, since "
                f"no file with the extension {form.extension!r} is read; allow another extension"
            )
        return
    if terms.document is not None:
        yield Task(Made(code="ALF312", check="document", column=form.name), form)
        return
    if form.kind == "array" and terms.dtypes:
        yield Task(Made(code="ALF301", check="dtype", column=form.name), form)
    if form.kind == "array" and terms.shapes:
        yield Task(Made(code="ALF302", check="shape", column=form.name), form)
    if form.kind == "array" and terms.references:
        yield Task(Made(code="ALF402", check="reference", column=form.name), form, form.columns[0])
    for column in form.columns if form.kind == "table" else ():
        own = column.own.terms
        if own.dtypes:
            yield Task(Made(code="ALF301", check="dtype", column=column.name), form, column)
        if own.references:
            name = column.name.partition(".")[2]
            yield Task(Made(code="ALF402", check="reference", column=name), form, column)


def _of_schema(judges: Judges, subject: Subject) -> Iterator[Task]:
    """Give what the entries of the schema ask, each of the first column that it judges."""
    schema = judges.schema
    for name, plan in schema.columns.items():
        found = _first(subject, _named(name))
        if found is None:
            _never(judges, subject, name, plan)
        else:
            yield from _of_column(*found)
    for place, (pattern, plan) in enumerate(schema.patterns):
        before = [other for other, _ in schema.patterns[:place]]
        found = _first(subject, _meant(pattern, before, schema.columns))
        if found is None:
            _never(judges, subject, pattern.pattern, plan)
        else:
            yield from _of_column(*found)


def _named(name: str) -> Callable[[Column], object]:
    return lambda column: column.own.name == name


def _meant(
    pattern: re.Pattern[str], before: Sequence[re.Pattern[str]], names: Container[str]
) -> Callable[[Column], object]:
    """Say which columns a pattern judges: those that no name and no other pattern takes first."""

    def wanted(column: Column) -> bool:
        name = column.own.name
        taken = name in names or any(other.fullmatch(name) for other in before)
        return pattern.fullmatch(name) is not None and not taken

    return wanted


def _first(subject: Subject, wanted: Callable[[Column], object]) -> tuple[Form, Column] | None:
    ordered = sorted(subject.forms, key=lambda form: not form.usual)
    return next(((form, column) for form in ordered for column in form.columns if wanted(column)), None)


def _never(judges: Judges, subject: Subject, name: str, plan: ColumnPlan) -> None:
    """Refuse an entry whose checks no file meets; an attribute may leave its checks to its components."""
    parts = [
        {check.name for check in checks_of_plan(column.own.plan)}
        for form in subject.forms
        for column in form.columns
        if column.component >= 0 and column.own.plan is not None and form.term in (name, glob_of(name))
    ]
    unmet = {check.name for check in checks_of_plan(plan)}.difference(*parts)
    if unmet:
        raise ContractError(
            f"contract {judges.contract.label}: no file meets the check {' and '.join(sorted(unmet))} of "
            f"{name!r}: no attribute gives such a column, or its components are judged in its place; take "
            "it out"
        )


def _of_column(form: Form, column: Column) -> Iterator[Task]:
    plan = column.own.plan
    if plan is None:
        return
    if plan.dtype is not None:
        yield Task(Made(code="ALF301", check="dtype", column=column.own.name), form, column, kind="pandera")
    if not plan.nullable and holds_gaps(form, column):
        yield Task(Made(code="ALF304", check="not_nullable", column=column.own.name), form, column)
    if plan.share is not None and plan.share < 1:
        yield Task(Made(code="ALF309", check="missing_share", column=column.own.name), form, column)
    for check in checks_of_plan(plan):
        made = Made(code=check.code, check=check.name, column=column.own.name, severity=check.severity)
        yield Task(made, form, column, check)


def holds_gaps(form: Form, column: Column) -> bool:
    """Tell whether a file that has an accepted dtype can lack a value."""
    terms = [judge.terms.dtypes for judge in column.judges]
    as_number = any(all(accepted(each, dtype) for each in terms) for dtype in ("float64", "float32"))
    as_date = all(accepted(each, "datetime64[ns]") for each in terms)
    return as_number or as_date or can_be_table(form, column)


def can_be_table(form: Form, column: Column) -> bool:
    """Tell whether a column can lie in a parquet file, where whole numbers and text may be missing."""
    match = column.own.contract.match
    return (form.kind == "table" or column.width == 1) and (not match.extensions or "pqt" in match.extensions)


def _of_relations(judges: Judges, subject: Subject) -> Iterator[Task]:
    names = {
        column.own.name: column.name
        for form in sorted(subject.forms, key=lambda form: form.usual)
        for column in form.columns
        if column.width == 1
    }
    laws = list(laws_of(judges.contract, judges.schema, names))
    for relation, check in judges.schema.relations:
        law = next((law for law in laws if law.check is check), None)
        if law is None:
            raise ContractError(
                f"contract {judges.contract.label}: the relation {relation.name!r} is never judged: not all "
                f"of {', '.join(relation.columns)} are columns of its files with one value a row"
            )
        made = Made(code=check.code, check=check.name, column=law.told, severity=check.severity)
        yield Task(made, law=law)
    for check in judges.schema.frames:
        raise ContractError(
            f"contract {judges.contract.label}: nobody can say how to break {check.name!r}, a check of a "
            "whole frame; write it as a relation"
        )


def _of_table(judges: Judges, subject: Subject) -> Iterator[Task]:
    contract, schema = judges.contract, judges.schema
    path, forms = tabled(judges, subject)
    names = [column.name for form in forms for column in form.columns]
    for name in dict.fromkeys([*contract.required, *schema.lacking([])]):
        if not path or name not in names:
            raise ContractError(
                f"contract {contract.label}: no table can have the column {name!r} that it must have"
            )
        yield Task(Made(code="ALF308", check="required", column=name), kind=path)
    if schema.strict:
        head = next((form for form in subject.forms if form.kind == "table"), None)
        if not path and head is None:
            raise ContractError(f"contract {contract.label}: it is strict, and none of its files is a table")
        column = UNKNOWN if path or head is None else f"{head.name}.{UNKNOWN}"
        yield Task(Made(code="ALF311", check="strict", column=column), head, kind=path)
    if path:
        yield Task(Made(code="ALF405", check="agreement", column=None), kind=path)


def _of_rows(judges: Judges, subject: Subject) -> Iterator[Task]:
    contract = judges.contract
    counted = [form for form in subject.forms if form.usual and form.kind in ("array", "table")]
    if contract.rows_at_least:
        first = next(
            (form for form in counted if not form.lengths or isinstance(form.template[0], str)), None
        )
        if first is None:
            raise ContractError(
                f"contract {contract.label}: none of its files has rows that could be too few"
            )
        yield Task(Made(code="ALF313", check="at_least", column=first.name), first)
    if contract.rows_agree:
        first = next((form for form in counted if not form.terms.own_rows and not _are_points(form)), None)
        if first is None:
            raise ContractError(f"contract {contract.label}: rows agree, and every attribute is exempt")
        yield Task(Made(code="ALF401", check="rows", column=None), first)


def _are_points(form: Form) -> bool:
    """Tell whether a file is one of ALF's synchronisation tables, whose rows are no rows of the object."""
    return form.name.partition("_")[0] == "timestamps" and form.lengths[1:] == (2,)


def _of_dimensions(subject: Subject) -> Iterator[Task]:
    """Give each named dimension that two files have, or that counts the rows of another object."""
    holders: dict[str, list[Form]] = {}
    for form in subject.forms:
        for name in dict.fromkeys(form.template) if form.usual else ():
            if isinstance(name, str) and name != "rows":
                holders.setdefault(name, []).append(form)
    for name, forms in holders.items():
        if name.endswith(".rows"):
            form = forms[-1]
            yield Task(Made(code="ALF403", check="dimension", column=form.name), form, kind=name)
        elif len(forms) > 1:
            yield Task(Made(code="ALF403", check="dimension", column=name), forms[-1], kind=name)
