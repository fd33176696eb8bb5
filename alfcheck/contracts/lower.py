"""From a contract in Python to a spec: what YAML can say of it, or by name what it cannot.

    dump_spec(lower(contract))

A contract that came from a file gives its spec back. A pandera schema is read check by check; what is not
among the words of a contract file (an own function, another index, a column that must stand beside the
table) is refused by name, so that a promise that was written down is never less than the one that judged.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from alfcheck.contracts.build import DERIVED, derived_of
from alfcheck.contracts.globs import glob_of, is_glob
from alfcheck.contracts.lower_checked import refuse_order, refuse_unreadable
from alfcheck.contracts.lower_columns import Complaints, NotExpressible, entry_of
from alfcheck.contracts.model import NOTHING, Contract, Relation, Terms
from alfcheck.contracts.relating import SpecRelation, relation_of
from alfcheck.contracts.schemas import schema_of
from alfcheck.contracts.spec import CheckSpec, ColumnSpec, ContractSpec, RelationSpec, RowsSpec
from alfcheck.contracts.terms import attribute_of, terms_of

if TYPE_CHECKING:
    import pandera.pandas as pa

__all__ = ["NotExpressible", "lower"]

_SOME_COMPONENTS = re.compile(r"_\[[^]]*\]$")


def lower(contract: Contract) -> ContractSpec:
    """Say `contract` as a spec that judges as it does.

    Raises `NotExpressible`, which has a line for each thing that a contract file cannot say, and
    `PluginError` for a schema that cannot be built.
    """
    if contract.spec is not None:
        return contract.spec
    schema = schema_of(contract)
    complaints = Complaints(contract.label)
    _refuse_schema_wide(schema, complaints)
    columns = _Columns(contract, schema, complaints)
    spec = ContractSpec(
        id=contract.id,
        version=contract.version,
        status=contract.status,
        owner=contract.owner,
        description=contract.description,
        source=contract.source,
        match=None if contract.match == NOTHING else contract.match,
        rows=RowsSpec(agree=contract.rows_agree, exempt=columns.exempt(), at_least=contract.rows_at_least),
        strict=schema.strict is True,
        columns=columns.entries(),
        relations=_relations(contract, complaints),
        session=contract.session,
    )
    columns.refuse_unjudged(spec)
    complaints.speak()
    refuse_unreadable(spec, complaints)
    complaints.speak()
    return spec


def _refuse_schema_wide(schema: pa.DataFrameSchema, complaints: Complaints) -> None:
    asked: dict[str, Any] = {
        "checks of the whole frame": schema.checks,
        "an index": schema.index is not None,
        "unique over several columns": schema.unique,
        "coerce": schema.coerce,
        "parsers": schema.parsers,
        "ordered": schema.ordered,
        "drop_invalid_rows": schema.drop_invalid_rows,
        "add_missing_columns": schema.add_missing_columns,
        "a dtype for all columns": schema.dtype is not None,
        "strict='filter'": schema.strict == "filter",
    }
    for what, used in asked.items():
        if used:
            complaints.add("the schema", what)


class _Columns:
    """The entries of a contract: its terms and its schema's columns, brought together by their names."""

    def __init__(self, contract: Contract, schema: pa.DataFrameSchema, complaints: Complaints) -> None:
        self.contract = contract
        self.complaints = complaints
        self.strict = schema.strict is True
        self.columns = {self._name(str(name), column): column for name, column in schema.columns.items()}
        self.names = tuple(dict.fromkeys((*self._in_order(), *self.columns)))

    def _name(self, name: str, column: pa.Column) -> str:
        if not column.regex:
            if is_glob(name):
                self.complaints.add(f"the column {name!r}", "a name that would be read as a pattern")
            return name
        glob = glob_of(name)
        if glob is None:
            self.complaints.add(f"the column {name!r}", "a regular expression that is no pattern of fnmatch")
        return glob or name

    def _in_order(self) -> list[str]:
        return [name for name in self.contract.terms if not self._implied(name)]

    def _implied(self, name: str) -> bool:
        """Tell whether the terms of `name` come of themselves from other entries."""
        if name in self.columns:
            return False
        terms = self.contract.terms[name]
        dotted = any(column.startswith(f"{name}.") for column in self.columns)
        covering = self._covering(name) if terms.own_rows and not dotted else None
        return (dotted or terms.own_rows) and _asked(terms) == _asked(covering or Terms())

    def _covering(self, name: str) -> Terms | None:
        patterns = ((pattern, terms) for pattern, terms in self.contract.terms.items() if is_glob(pattern))
        return next((terms for pattern, terms in patterns if fnmatchcase(name, pattern)), None)

    def exempt(self) -> tuple[str, ...]:
        """Give the attributes that need not have the object's rows."""
        return tuple(name for name, terms in self.contract.terms.items() if terms.own_rows)

    def entries(self) -> tuple[ColumnSpec, ...]:
        """Give the entries; says what is wrong with the others."""
        self._refuse_strays()
        refuse_order(self.names, self.columns, self.complaints)
        kept = [name for name in self.names if not _is_derived(self.columns.get(name))]
        return tuple(map(self._entry, kept))

    def _entry(self, name: str) -> ColumnSpec:
        column = self.columns.get(name)
        if column is None:
            # An entry has a column of its own, which comes before the pattern that judged it so far.
            column = next((each for glob, each in self.columns.items() if fnmatchcase(name, glob)), None)
        if column is None and self.strict:
            self.complaints.add(
                name, "terms without a column in a strict schema; an entry would allow the column too"
            )
        required = name in self.contract.required
        entry = entry_of(name, column, self._terms(name), required, self.complaints)
        if self._is_component(name):
            self._refuse_of_component(entry)
        return entry

    def _terms(self, name: str) -> Terms:
        """Give the terms that an entry needs so that its column is judged as it was."""
        own = self.contract.terms.get(name)
        if own is None and not self._is_component(name):
            # So far those of a pattern, before which the entry's own now come.
            own = terms_of(self.contract.terms, name)
        sayable = is_glob(name) or not (name in self.columns and self.columns[name].regex)
        if own is None and sayable and not self._belongs(name):
            self.complaints.add(
                name, "a column without terms, which judges tables alone; an entry judges single files too"
            )
        return own or Terms()

    def _belongs(self, name: str) -> bool:
        heads = (attribute_of(name), _SOME_COMPONENTS.sub("", name), name.partition(".")[0])
        return any(head in self.contract.terms for head in heads)

    def _is_component(self, name: str) -> bool:
        head = attribute_of(name)
        return head != name and head in self.names

    def _refuse_of_component(self, entry: ColumnSpec) -> None:
        given = {
            "unit": entry.unit is not None,
            "dtype": entry.dtypes,
            "shape": entry.shapes,
            "missing_share": entry.missing_share is not None,
            "references": entry.references is not None,
            "document": entry.document is not None,
            "examples": entry.examples,
            "source": entry.source,
        }
        for what, used in given.items():
            if used:
                self.complaints.add(entry.name, f"{what} of one component; say it of the attribute")

    def _refuse_strays(self) -> None:
        for name in self.contract.required:
            if name not in self.names:
                self.complaints.add(name, "required, without a column in the schema and without terms")

    def refuse_unjudged(self, spec: ContractSpec) -> None:
        """Refuse an attribute of which not all components are judged, where a file judges them all."""
        parted = {attribute_of(name) for name in self.columns if attribute_of(name) != name}
        for column in derived_of(spec):
            asks = not column.nullable or column.checks
            beyond = column.unique or column.missing_share is not None or any(map(_is_ordered, column.checks))
            # Of an array that is judged as one column, what looks at one value at a time says the same.
            wanted = beyond or (asks and attribute_of(column.name) in parted)
            if wanted and column.name not in self.columns:
                self.complaints.add(
                    column.name, f"a component that is not judged as {attribute_of(column.name)} is"
                )


def _is_ordered(check: CheckSpec) -> bool:
    return check.name in ("sorted", "strictly_increasing", "unique")


def _asked(terms: Terms) -> Terms:
    return replace(terms, own_rows=False)


def _is_derived(column: pa.Column | None) -> bool:
    return column is not None and (column.metadata or {}).get("entry") == DERIVED


def _relations(contract: Contract, complaints: Complaints) -> tuple[RelationSpec, ...]:
    return tuple(filter(None, (_relation(relation, complaints) for relation in contract.relations)))


def _relation(relation: Relation, complaints: Complaints) -> RelationSpec | None:
    judge = relation.check
    if not isinstance(judge, SpecRelation):
        complaints.add(f"the relation {relation.name}", "a function of its own")
        return None
    spec = replace(judge.spec, name=relation.name, severity=relation.severity)
    if relation.expected != (spec.description or judge.told):
        spec = replace(spec, description=relation.expected)
    if relation_of(spec) != replace(relation, check=SpecRelation(spec)):
        complaints.add(f"the relation {relation.name}", "other columns than its check names")
    return spec
