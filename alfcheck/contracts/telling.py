"""One contract, told to somebody who knows ALF and not this program: as text, or as a page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from alfcheck.contracts.model import Condition, Contract
from alfcheck.contracts.spec import ColumnSpec, ContractSpec, RelationSpec, RowsSpec
from alfcheck.contracts.words import (
    check_words,
    condition_words,
    dtype_words,
    match_words,
    references_words,
    relation_words,
    rows_words,
    shape_words,
    wanted_words,
)

__all__ = ["Line", "column_facts", "heads_of", "incomplete_spec", "markdown", "text_lines"]


class Line(NamedTuple):
    """A line of text: how far it is indented, whether it is a heading, and what it says."""

    indent: int
    text: str
    heading: bool = False


def text_lines(spec: ContractSpec) -> Iterator[Line]:
    """Tell a contract in lines, unwrapped; whoever prints them makes them fit and safe."""
    owner = f", by {spec.owner}" if spec.owner else ""
    yield Line(0, f"{spec.id} {spec.version} ({spec.status}{owner})", heading=True)
    if spec.description:
        yield Line(0, spec.description)
    yield Line(0, "")
    for name, told in heads_of(spec):
        yield Line(0, f"{name}: {told}")
    for title, lines in (("Columns", _columns(spec)), ("In each row", _relations(spec)), *_sessions(spec)):
        told_lines = list(lines)
        if told_lines:
            yield from (Line(0, ""), Line(0, title, heading=True), *told_lines)


def heads_of(spec: ContractSpec) -> Iterator[tuple[str, str]]:
    """Give what a contract says as a whole: what it judges, its rows, its tables, its source."""
    yield "Judges", match_words(spec.match)
    if rows_words(spec.rows):
        yield "Rows", rows_words(spec.rows)
    required = [column.name for column in spec.columns if column.required]
    if required:
        yield "A table has", ", ".join(required)
    if spec.strict:
        yield "A table has no columns but", ", ".join(column.name for column in spec.columns)
    if spec.source:
        yield "Source", spec.source


def column_facts(column: ColumnSpec) -> list[str]:
    """Say what is asked of a column, each fact by itself; dtype, shape and unit are not among them."""
    facts = [check_words(check) for check in column.checks]
    if column.document is not None:
        facts.append("each line keeps a JSON Schema" if column.lines else "keeps a JSON Schema")
    if column.references is not None:
        told = references_words(column.references)
        facts.append(f"{told}, from 0" if column.references else told)
    if column.unique:
        facts.append("no value twice")
    if column.tolerance:
        facts.append(f"limits may be missed by {column.tolerance:g}")
    return [*facts, *_gaps(column)]


def _gaps(column: ColumnSpec) -> Iterator[str]:
    if column.missing is not None:
        yield f"{column.missing} stands for missing"
    if column.missing_share is not None:
        yield f"at most {100 * column.missing_share:g} % missing"
    elif column.nullable:
        yield "may be missing"
    elif column.missing is None and column.document is None:
        yield "never missing"


def _columns(spec: ContractSpec) -> Iterator[Line]:
    for column in spec.columns:
        forms = [
            f"[{column.unit}]" if column.unit is not None else "",
            dtype_words(column.dtypes) if column.dtypes else "",
            shape_words(column.shapes) if column.shapes else "",
        ]
        yield Line(2, " ".join(filter(None, (column.name, *forms))))
        facts = "; ".join(column_facts(column))
        source = f"Source: {column.source}" if column.source else ""
        yield from (Line(6, told) for told in (column.description, facts, source) if told)


def _relations(spec: ContractSpec) -> Iterator[Line]:
    for relation in spec.relations:
        yield Line(2, f"{relation.name}: {relation_words(relation)}")
        if relation.description:
            yield Line(6, relation.description)


def _sessions(spec: ContractSpec) -> Iterator[tuple[str, Sequence[Line]]]:
    if spec.session is None:
        return
    when = spec.session.when
    title = "Sessions" if when == Condition() else f"Sessions where {condition_words(when)}"
    lines = []
    for wanted in spec.session.datasets:
        lines.append(Line(2, wanted_words(wanted)))
        lines += [Line(6, wanted.description)] if wanted.description else []
    yield title, lines


def incomplete_spec(contract: Contract) -> ContractSpec:
    """Give of a contract in Python what can be told without its schema: all but its checks."""
    return ContractSpec(
        id=contract.id,
        version=contract.version,
        status=contract.status,
        owner=contract.owner,
        description=contract.description,
        source=contract.source,
        match=contract.match if contract.match.object else None,
        rows=RowsSpec(
            agree=contract.rows_agree,
            exempt=tuple(name for name, terms in contract.terms.items() if terms.own_rows),
            at_least=contract.rows_at_least,
        ),
        columns=tuple(_entry(contract, name) for name in contract.terms),
        relations=tuple(
            RelationSpec(name=each.name, check=each.expected, severity=each.severity)
            for each in contract.relations
        ),
        session=contract.session,
    )


def _entry(contract: Contract, name: str) -> ColumnSpec:
    terms = contract.terms[name]
    return ColumnSpec(
        name=name,
        description=terms.description,
        unit=terms.unit,
        dtypes=terms.dtypes,
        shapes=terms.shapes,
        nullable=True,
        missing=terms.missing,
        missing_share=terms.missing_share,
        required=name in contract.required,
        tolerance=terms.tolerance,
        references=terms.references,
        document=None if terms.document is None else json.dumps(terms.document),
        lines=terms.lines,
        source=terms.source,
    )


def markdown(spec: ContractSpec) -> str:
    """Write a page of one contract in Markdown."""
    return "\n".join(_page(spec)) + "\n"


def _page(spec: ContractSpec) -> Iterator[str]:
    owner = f", by {_plain(spec.owner)}" if spec.owner else ""
    yield from (f"# {_plain(spec.id)} {_plain(spec.version)}", "", f"*{spec.status}*{owner}")
    if spec.description:
        yield from ("", _plain(spec.description))
    yield ""
    yield from (f"- **{name}**: {_plain(told)}" for name, told in heads_of(spec))
    if spec.columns:
        yield from ("", "## Columns", "")
        yield "| column | unit | dtype | shape | what is asked | description |"
        yield "|---|---|---|---|---|---|"
        yield from map(_row, spec.columns)
    if spec.relations:
        yield from ("", "## In each row", "", *map(_relation, spec.relations))
    for title, _ in _sessions(spec):
        yield from ("", f"## {_plain(title)}", "", *_wanted(spec))
    for column in spec.columns:
        yield from _document(column)


def _row(column: ColumnSpec) -> str:
    source = f"Source: {column.source}" if column.source else ""
    cells = (
        _code(column.name),
        _plain(column.unit or ""),
        _plain(dtype_words(column.dtypes) if column.dtypes else ""),
        _plain(shape_words(column.shapes) if column.shapes else ""),
        _plain("; ".join(column_facts(column))),
        _plain(" ".join(filter(None, (column.description, source)))),
    )
    return f"| {' | '.join(cells)} |"


def _relation(relation: RelationSpec) -> str:
    told = f": {_plain(relation.description)}" if relation.description else ""
    return f"- **{_plain(relation.name)}** {_code(relation_words(relation))}{told}"


def _wanted(spec: ContractSpec) -> Iterator[str]:
    for wanted in spec.session.datasets if spec.session is not None else ():
        told = f" — {_plain(wanted.description)}" if wanted.description else ""
        yield f"- {_plain(wanted_words(wanted))}{told}"


def _document(column: ColumnSpec) -> Iterator[str]:
    if column.document is not None:
        title = "Each line of" if column.lines else "The document"
        schema = json.dumps(json.loads(column.document), indent=2, ensure_ascii=False)
        fence = "`" * max(3, schema.count("`") + 1)
        yield from ("", f"## {title} {_plain(column.name)}", "", f"{fence}json", schema, fence)


# An underscore within a word is one; every other mark could be taken for one of Markdown's.
_MARK = re.compile(r"[\\`*\[\]<>|#]|(?<![^\W_])_|_(?![^\W_])")


def _plain(text: str) -> str:
    """Write text so that Markdown shows it as it is, in a table too."""
    return _MARK.sub(lambda mark: f"\\{mark[0]}", " ".join(text.split()))


def _code(text: str) -> str:
    plain = " ".join(text.split())
    return f"`{plain}`" if not set("`|") & set(plain) else _plain(text)
