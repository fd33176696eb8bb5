"""A spec as the text of a contract file: keys in one order, what is left to default left out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from alfcheck.contracts.language.checks import check_word
from alfcheck.contracts.language.entries import COMPONENT_NAME
from alfcheck.contracts.language.keys import FORMAT
from alfcheck.contracts.language.values import like_a_number
from alfcheck.contracts.model import Condition, Match, SessionTerms, Shape, Wanted
from alfcheck.contracts.spec import NO_OBJECT, CheckSpec, ColumnSpec, ContractSpec, RelationSpec, RowsSpec
from alfcheck.model import Severity

__all__ = ["dump_spec"]

WIDTH = 110


def dump_spec(spec: ContractSpec) -> str:
    """Write a spec as YAML that `parse_text` reads back to an equal one.

    That holds for every spec that was read. One that was made otherwise may say what the language refuses.
    """
    import yaml

    class Dumper(yaml.SafeDumper):
        """Writes equal parts twice, where YAML would refer to the first by an alias."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

    Dumper.add_representer(str, _text)
    return str(
        yaml.dump(
            _contract(spec),
            Dumper=Dumper,
            sort_keys=False,
            allow_unicode=True,
            default_flow_style=None,
            width=WIDTH,
        )
    )


def _contract(spec: ContractSpec) -> dict[str, Any]:
    head = {"alfcheck": FORMAT, "id": spec.id, "version": spec.version}
    return head | _said(
        status=None if spec.status == "active" else spec.status,
        owner=spec.owner,
        description=spec.description,
        source=spec.source,
        match=None if spec.match is None else _match(spec.match),
        rows=_rows(spec.rows),
        strict=spec.strict,
        columns={column.name: _column(column) | _refusing(spec, column) for column in spec.columns},
        relations={relation.name: _relation(relation) for relation in spec.relations},
        session=None if spec.session is None else _session(spec.session),
    )


def _text(dumper: Any, text: str) -> Any:
    # YAML takes some characters for line breaks, and folds them unless they are escaped; and readers of YAML
    # differ about what is a number.
    style = None if text.isprintable() and not like_a_number(text) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _said(**items: Any) -> dict[str, Any]:
    """Leave out what is empty, false or nothing; numbers stay."""
    return {
        name: value
        for name, value in items.items()
        if value or (isinstance(value, (int, float)) and not isinstance(value, bool))
    }


def _given(**items: Any) -> dict[str, Any]:
    """Leave out what is not given at all; what is empty stays."""
    return {name: value for name, value in items.items() if value is not None}


def _match(match: Match) -> dict[str, Any]:
    found: dict[str, Any] = {"object": match.object}
    if match.namespace is not None:
        found["namespace"] = match.namespace
    if match.collection != "*":
        found["collection"] = match.collection
    return found | _said(extensions=list(match.extensions))


def _rows(rows: RowsSpec) -> dict[str, Any]:
    found = _said(agree=rows.agree)
    if rows.exempt:
        found["except"] = list(rows.exempt)
    return found | ({"at_least": rows.at_least} if rows.at_least else {})


def _column(column: ColumnSpec) -> dict[str, Any]:
    return (
        _said(
            description=column.description,
            unit=column.unit,
            dtype=_one_or_list(column.dtypes),
            shape=_shapes(column.shapes),
            nullable=column.nullable,
            missing_share=column.missing_share,
            tolerance=column.tolerance or None,
            references=NO_OBJECT if column.references == "" else column.references,
            examples=[json.loads(example) for example in column.examples],
            source=column.source,
            unique=column.unique,
            required=column.required,
            lines=column.lines,
        )
        | _given(
            document=None if column.document is None else json.loads(column.document), missing=column.missing
        )
        | _checks(column.checks)
    )


def _refusing(spec: ContractSpec, column: ColumnSpec) -> dict[str, Any]:
    """Say that a component lacks no value, where its attribute may."""
    found = COMPONENT_NAME.fullmatch(column.name)
    whole = spec.column(found[1]) if found is not None else None
    return {"nullable": False} if whole is not None and whole.nullable and not column.nullable else {}


def _one_or_list(words: Sequence[str]) -> Any:
    return words[0] if len(words) == 1 else list(words)


def _shapes(shapes: Sequence[Shape]) -> Any:
    return list(shapes[0]) if len(shapes) == 1 else [list(shape) for shape in shapes]


def _checks(checks: Sequence[CheckSpec]) -> dict[str, Any]:
    """Write checks flat, or as a list where one stands twice."""
    named = [(_name(check), _check(check)) for check in checks]
    names = [name for name, _ in named]
    if len(set(names)) < len(names) or "unique" in names:
        return {"checks": [{name: value} for name, value in named]}
    return dict(named)


def _name(check: CheckSpec) -> str:
    word = check_word(check.name)
    return check.name if word is None else word.written


def _check(check: CheckSpec) -> Any:
    word = check_word(check.name)
    order = () if word is None else tuple(word.arguments)
    arguments = sorted(
        check.arguments, key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order)
    )
    given = {name: list(value) if isinstance(value, tuple) else value for name, value in arguments}
    common = _said(error=check.error) | (
        {"severity": check.severity.value} if check.severity is not Severity.ERROR else {}
    )
    if common or word is None:
        return given | common
    if not given:
        return True
    if list(given) == [word.single]:
        return given[word.single]
    if word.pair and sorted(given) == ["max_value", "min_value"]:
        return [given["min_value"], given["max_value"]]
    return given


def _relation(relation: RelationSpec) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if relation.compare is not None:
        key, *columns = relation.compare
        found[key] = columns
    severity = relation.severity.value if relation.severity is not Severity.ERROR else None
    return found | _said(
        check=relation.check,
        when=relation.when,
        tolerance=relation.tolerance or None,
        severity=severity,
        description=relation.description,
    )


def _session(session: SessionTerms) -> dict[str, Any]:
    return _said(when=_condition(session.when), datasets=[_wanted(each) for each in session.datasets])


def _condition(when: Condition) -> dict[str, Any]:
    document = None if when.document is None else list(when.document)
    return _given(protocol=when.protocol, collection=when.collection, device=when.device, document=document)


def _wanted(wanted: Wanted) -> dict[str, Any]:
    patterns = list(wanted.patterns) if wanted.kind == "any_of" else wanted.patterns[0]
    return _said(
        **{wanted.kind: patterns},
        each=wanted.each,
        count=None if wanted.count is None else _count(*wanted.count),
        when=_condition(wanted.when),
        description=wanted.description,
    )


def _count(low: int, high: int | None) -> Any:
    if low == high:
        return low
    return {"min": low} if high is None else {"min": low, "max": high}
