"""From a spec to a contract that judges: ALF's terms, and a pandera schema that is built when it is needed.

    contract = build(read_spec(Path("ibl.trials.yaml")))

An attribute of shape (rows, k) is judged by its components, be it an array, columns of a table or a table
of k columns; where its shape leaves the width open, as soon as an entry or a relation names one of them.
What the entry of a component leaves open its attribute says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alfcheck.contracts.globs import is_glob, regex_of
from alfcheck.contracts.model import NOTHING, Contract, ContractFile, Terms
from alfcheck.contracts.spec import CheckSpec, ColumnSpec, ContractSpec
from alfcheck.contracts.terms import attribute_of
from alfcheck.errors import ContractError
from alfcheck.model import Severity

if TYPE_CHECKING:
    import pandera.pandas as pa

__all__ = ["DERIVED", "build", "check_of", "contract_file", "contracts_in", "derived_of", "judged_columns"]

DERIVED = "alfcheck: judged as its attribute"
"""The metadata of a schema's column that has no entry of its own, under the key ``entry``."""

WIDEST = 16


def contracts_in(folder: str | Path, *, tested: bool = False) -> tuple[ContractFile, ...]:
    """Give the contracts of all YAML files below `folder`, sorted by path; only their heads are read.

    `tested` says that the files were found to be without mistakes before (``alfcheck contracts lint``, in the
    tests of the package that they are part of): then what lint alone finds is not looked for at each run.

    Raises `ContractError` for a file whose head cannot be read, for what is no file or lies outside of the
    folder, and for two files with one label.
    """
    from alfcheck.contracts.language.files import contract_paths

    files = tuple(contract_file(path, tested=tested) for path in contract_paths(folder))
    seen: dict[str, ContractFile] = {}
    for each in files:
        other = seen.setdefault(each.label, each)
        if other is not each:
            raise ContractError(
                f"{each.file}: the contract {each.label} is in {other.file} too; take one of them out, or "
                "give it a version of its own"
            )
    return files


def contract_file(path: str | Path, *, tested: bool = False) -> ContractFile:
    """Give the contract in one YAML file, of which only the head is read now.

    `tested` is as for `contracts_in`.

    Raises `ContractError` for a head that cannot be read.
    """
    from alfcheck.contracts.language import read_head

    head = read_head(Path(path))
    match = NOTHING if head.match is None else head.match
    load = cache(partial(_load, str(path), tested))
    return ContractFile(head.id, head.version, match, str(path), load, head.has_session)


def _load(path: str, tested: bool) -> Contract:
    from alfcheck.contracts.language import read_spec

    return build(read_spec(Path(path), tested=tested), path)


def build(spec: ContractSpec, file: str = "") -> Contract:
    """Make the contract that `spec` describes; `file` is where it was read.

    Raises `ContractError` for a spec whose relations or required columns make no sense.
    """
    from alfcheck.contracts.relating import relation_of

    wrong = [column.name for column in spec.columns if column.required and is_glob(column.name)]
    if wrong:
        raise ContractError(
            f"{file or spec.label}: {', '.join(wrong)}: a pattern cannot be required; name the columns"
        )
    return Contract(
        id=spec.id,
        version=spec.version,
        match=NOTHING if spec.match is None else spec.match,
        terms=dict(_terms(spec)),
        schema=SpecSchema(spec),
        description=spec.description,
        owner=spec.owner,
        status=spec.status,
        rows_agree=spec.rows.agree,
        required=tuple(column.name for column in spec.columns if column.required),
        relations=tuple(map(relation_of, spec.relations)),
        source=spec.source,
        rows_at_least=spec.rows.at_least,
        session=spec.session,
        spec=spec,
        file=file,
    )


def _terms(spec: ContractSpec) -> Iterator[tuple[str, Terms]]:
    exempt = set(spec.rows.exempt)
    names = {column.name for column in spec.columns}
    for column in spec.columns:
        yield column.name, replace(_terms_of_entry(column), own_rows=column.name in exempt)
        head, dot, _ = column.name.partition(".")
        if dot and head not in names:
            # Without terms of its own the table that is an attribute would not be judged at all.
            names.add(head)
            yield head, Terms(own_rows=head in exempt)
    for name in dict.fromkeys(each for each in spec.rows.exempt if each not in names):
        covering = next((column for column in spec.columns if _covers(column.name, name)), None)
        yield name, replace(_terms_of_entry(covering) if covering else Terms(), own_rows=True)


def _covers(pattern: str, name: str) -> bool:
    return is_glob(pattern) and fnmatchcase(name, pattern)


def _terms_of_entry(column: ColumnSpec) -> Terms:
    """Give what an entry adds to pandera's part."""
    return Terms(
        description=column.description,
        unit=column.unit,
        dtypes=column.dtypes,
        shapes=column.shapes,
        references=column.references,
        missing=column.missing,
        source=column.source,
        missing_share=column.missing_share,
        tolerance=column.tolerance,
        document=None if column.document is None else json.loads(column.document),
        lines=column.lines,
        examples=tuple(json.loads(example) for example in column.examples),
    )


@dataclass(frozen=True, slots=True)
class SpecSchema:
    """Builds the pandera schema of a spec when it is called."""

    spec: ContractSpec

    def __call__(self) -> pa.DataFrameSchema:
        """Give the schema; raises `ContractError` for a check that pandera does not take."""
        import pandera.pandas as pa

        columns = {
            name: _column(column, derived=self.spec.column(column.name) is None)
            for name, column in judged_columns(self.spec)
        }
        return pa.DataFrameSchema(columns, strict=self.spec.strict)


def judged_columns(spec: ContractSpec) -> Iterator[tuple[str, ColumnSpec]]:
    """Give the entries of a spec and of its components, by their names in a schema of pandera."""
    for column in (*spec.columns, *derived_of(spec)):
        yield regex_of(column.name) if is_glob(column.name) else column.name, column


def _column(column: ColumnSpec, *, derived: bool) -> pa.Column:
    import pandera.pandas as pa

    return pa.Column(
        None,
        [check_of(column.name, check) for check in column.checks],
        nullable=column.nullable,
        unique=column.unique,
        required=False,
        regex=is_glob(column.name),
        metadata={"entry": DERIVED} if derived else None,
    )


def check_of(column: str, check: CheckSpec) -> pa.Check:
    """Make a check of pandera's, or one of our own; raises `ContractError`, which names the column."""
    warn = check.severity is not Severity.ERROR
    try:
        made = _own()[check.name](warn) if check.name in _own() else _of_pandera(check, warn)
    except Exception as error:
        raise ContractError(f"{column}: the check {check.name} cannot be made: {error}") from error
    if check.error:
        made.error = check.error
    return made


def _of_pandera(check: CheckSpec, warn: bool) -> pa.Check:
    import pandera.pandas as pa

    arguments = {name: list(value) if isinstance(value, tuple) else value for name, value in check.arguments}
    made: pa.Check = getattr(pa.Check, check.name)(**arguments, raise_warning=warn)
    return made


def _own() -> dict[str, Callable[[bool], Any]]:
    from alfcheck.contracts.checks import sorted_rows, unique_rows, whole_numbers

    return {
        "sorted": lambda warn: sorted_rows(warn=warn),
        "strictly_increasing": lambda warn: sorted_rows(strict=True, warn=warn),
        "whole_number": lambda warn: whole_numbers(warn=warn),
        "unique": lambda warn: unique_rows(warn=warn),
    }


def derived_of(spec: ContractSpec) -> Iterator[ColumnSpec]:
    """Give the components that are judged as their attribute says, since they have no entry."""
    from alfcheck.contracts.relating import relation_of

    entries = {column.name for column in spec.columns}
    names = entries | {name for relation in spec.relations for name in relation_of(relation).columns}
    for column in spec.columns:
        for index in range(_components(column, names - {column.name})):
            name = f"{column.name}_{index}"
            if name not in entries:
                yield replace(column, name=name)


def _components(column: ColumnSpec, names: Set[str]) -> int:
    """Give how many components an attribute is judged by, 0 for one that is judged as it is."""
    if "." in column.name:
        return 0
    named = any(attribute_of(name) != name and fnmatchcase(column.name, attribute_of(name)) for name in names)
    # A pattern that is meant for others must not catch the components of this one.
    caught = any(is_glob(name) and fnmatchcase(f"{column.name}_0", name) for name in names)
    widths = [shape[1] for shape in column.shapes if len(shape) == 2]
    known = [width for width in widths if isinstance(width, int) and width <= WIDEST]
    if not (named or caught):
        # An array of one column is read as if it had none.
        return max((width for width in known if width > 1), default=0)
    is_open = not column.shapes or len(known) < len(widths)
    return WIDEST if is_open else max(known, default=0)
