"""From a contract's schema to what runs over many files.

What pandera would do beyond judging (coerce, parse, drop rows) is refused: a contract judges what is on
disk.
"""

from __future__ import annotations

import re
from functools import partial

from alfcheck.contracts.asked import Asked, asked_of
from alfcheck.contracts.build import SpecSchema
from alfcheck.contracts.entries import LOOKS, Entry, Part, completed, entries_of, part_of, run_by_pandera
from alfcheck.contracts.glancing import glance_of
from alfcheck.contracts.globs import glob_of
from alfcheck.contracts.model import Contract, Relation, Terms
from alfcheck.contracts.plans import CheckPlan, ColumnPlan, CompiledSchema
from alfcheck.contracts.relating import SpecRelation
from alfcheck.contracts.said import entries_of_spec, repeats
from alfcheck.contracts.schemas import refuse_what_changes_data, schema_of
from alfcheck.contracts.terms import terms_of
from alfcheck.errors import ContractError, PluginError
from alfcheck.traces import told_error

__all__ = ["Schemas"]


class Schemas:
    """The compiled schemas of a run, each built when something first matches it."""

    def __init__(self) -> None:
        self._compiled: dict[str, CompiledSchema] = {}

    def get(self, contract: Contract) -> CompiledSchema:
        """Give the compiled schema of `contract`.

        Raises `PluginError` for a schema that cannot be built, or asks for what alfcheck does not do.
        """
        found = self._compiled.get(contract.label)
        if found is None:
            found = self._compiled[contract.label] = _compiled(contract)
        return found


def _compiled(contract: Contract) -> CompiledSchema:
    try:
        return _compile(contract)
    except PluginError:
        raise
    except Exception as error:
        # A model, a pattern or a relation may be wrong only when it is looked at.
        told = told_error(error)
        raise PluginError(f"contract {contract.label}: its schema cannot be built: {told}") from error


def _compile(contract: Contract) -> CompiledSchema:
    entries, frames, strict = _read(contract)
    written = isinstance(contract.schema, SpecSchema)
    found = {entry.name: entry for entry in completed(entries)}
    plain = {
        name: _column_plan(entry, written, terms_of(contract.terms, name))
        for name, entry in found.items()
        if not entry.regex
    }
    regexes = {re.compile(name): entry for name, entry in found.items() if entry.regex}
    patterns = tuple(
        (pattern, _column_plan(entry, written, contract.terms.get(glob_of(pattern.pattern) or "")))
        for pattern, entry in regexes.items()
    )
    required = tuple(
        re.compile(entry.name if entry.regex else re.escape(entry.name))
        for entry in entries.values()
        if entry.required
    )
    relations = tuple((relation, _relation_plan(contract, relation)) for relation in contract.relations)
    plan_of = {pattern: partial(_column_plan, entry, written) for pattern, entry in regexes.items()}
    checks = tuple(part.plan() for part in frames)
    return CompiledSchema(
        plain, patterns, relations, checks, required, strict, contract.terms, written, plan_of
    )


def _read(contract: Contract) -> tuple[dict[str, Entry], tuple[Part, ...], bool]:
    """Give the entries of a contract's schema, the checks of it as a whole, and whether it is strict."""
    if isinstance(contract.schema, SpecSchema):
        spec = contract.schema.spec
        try:
            return entries_of_spec(spec), (), spec.strict
        except ContractError as error:
            told = told_error(error)
            raise PluginError(f"contract {contract.label}: its schema cannot be built: {told}") from error
    schema = schema_of(contract)
    refuse_what_changes_data(contract, schema)
    return entries_of(schema), tuple(map(part_of, schema.checks)), schema.strict is True


def _column_plan(entry: Entry, written: bool, terms: Terms | None) -> ColumnPlan:
    terms = terms or Terms()
    plans = [(part.looks, part.plan(terms.tolerance)) for part in entry.parts]
    if entry.unique:
        part = repeats()
        plans.append((part.looks, part.plan()))
    rows, order, whole = (tuple(plan for looks, plan in plans if looks == kind) for kind in LOOKS)
    # A schema that a plugin built is pandera's to judge, whatever it says.
    glanced = written and entry.dtype is None
    asked = [plan.asked for plan in rows if plan.asked is not None]
    return ColumnPlan(
        entry.nullable,
        entry.dtype,
        rows,
        order,
        whole,
        terms.missing,
        terms.missing_share,
        glance_of(asked, terms.missing) if glanced else None,
    )


def _relation_plan(contract: Contract, relation: Relation) -> CheckPlan:
    stray = [name for name in relation.keeps_missing if name not in relation.columns]
    if stray:
        raise PluginError(
            f"contract {contract.label}: the relation {relation.name!r} keeps rows where {', '.join(stray)} "
            "is missing, but does not look at it; name it among the columns of the relation"
        )
    keeps = tuple(relation.columns.index(name) for name in relation.keeps_missing)
    asked = _asked(relation)
    return CheckPlan(asked, relation.name, relation.expected, relation.severity, "ALF307", keeps)


def _asked(relation: Relation) -> Asked:
    judge = relation.check
    if isinstance(judge, SpecRelation):
        return Asked(None, {}, judge.judge, False, lambda: run_by_pandera(judge()))
    return asked_of(run_by_pandera(judge()))
