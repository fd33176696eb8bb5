"""A contract file that was found to be without mistakes, read again in a tenth of the time.

The catalogue's files are linted by its tests. A run believes them: values are taken as they stand, and
nothing is asked. That this gives what the parser gives is tested for each file of the catalogue.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from alfcheck.contracts.language.checks import CHECK_NAMES, check_word
from alfcheck.contracts.language.entries import inherited
from alfcheck.contracts.model import Condition, Match, SessionTerms, Wanted
from alfcheck.contracts.spec import NO_OBJECT, CheckSpec, ColumnSpec, ContractSpec, RelationSpec, RowsSpec
from alfcheck.model import Severity

__all__ = ["believe"]

_COMPARISONS = ("lt", "le", "gt", "ge", "eq", "ne")
_KINDS = ("required", "optional", "any_of")
_TEXTS = ("description", "unit", "references", "source")
_INCLUDED = ("include_min", "include_max")  # as they are by default
_SAME = (*_TEXTS, "nullable", "missing", "required", "lines")


def believe(text: str) -> ContractSpec:
    """Read the text of a contract file that has no mistakes; of any other what comes is not known."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    given = yaml.load(text, Loader=loader)  # noqa: S506 - either of the safe ones
    rows = given.get("rows") or {}
    texts = {key: _text(given[key]) for key in ("status", "owner", "description", "source") if key in given}
    return ContractSpec(
        id=given["id"],
        version=given["version"],
        **texts,
        match=_match(given["match"]) if "match" in given else None,
        rows=RowsSpec(
            agree=rows.get("agree", False),
            exempt=tuple(rows.get("except", ())),
            at_least=rows.get("at_least", 0),
        ),
        strict=given.get("strict", False),
        columns=_columns(given.get("columns") or {}),
        relations=tuple(_relation(name, each) for name, each in (given.get("relations") or {}).items()),
        session=_session(given["session"]) if "session" in given else None,
    )


def _text(value: str) -> str:
    # Blocks of text end with a line break, which is not meant.
    return value.rstrip("\n")


def _listed(value: Any) -> tuple[Any, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _match(given: Mapping[str, Any]) -> Match:
    return Match(
        given["object"],
        given.get("namespace"),
        given.get("collection", "*"),
        _listed(given.get("extensions", ())),
    )


def _columns(given: Mapping[str, Any]) -> tuple[ColumnSpec, ...]:
    columns = {name: _column(name, each or {}) for name, each in given.items()}
    return inherited(columns, [name for name, each in given.items() if "nullable" not in (each or {})])


def _column(name: str, given: Mapping[str, Any]) -> ColumnSpec:
    terms = {key: given[key] for key in _SAME if key in given}
    for key in _TEXTS:
        if key in terms:
            terms[key] = _text(terms[key])
    if terms.get("references") == NO_OBJECT:
        terms["references"] = ""
    for key in ("tolerance", "missing_share"):
        if key in given:
            terms[key] = float(given[key])
    shape = given.get("shape", ())
    shapes = [shape] if shape and not isinstance(shape[0], list) else shape
    dtype = given.get("dtype", ())
    unique = given.get("unique", False)
    return ColumnSpec(
        name=name,
        **terms,
        dtypes=_listed(dtype),
        shapes=tuple(map(tuple, shapes)),
        unique=unique is True,
        document=_json(given["document"]) if "document" in given else None,
        examples=tuple(map(_json, given.get("examples", ()))),
        checks=tuple(_checks(given)),
    )


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _checks(given: Mapping[str, Any]) -> Iterator[CheckSpec]:
    for key, value in given.items():
        if key == "checks":
            for part in value if isinstance(value, list) else [value]:
                for name, each in part.items():
                    yield from _check(name, each)
        elif key in CHECK_NAMES and not (key == "unique" and isinstance(value, bool)):
            yield from _check(key, value)


def _check(name: str, value: Any) -> Iterator[CheckSpec]:
    word = check_word(name)
    assert word is not None
    arguments: Mapping[str, Any]
    if isinstance(value, dict):
        arguments = value
    elif not word.arguments:
        if value is not True:
            return
        arguments = {}
    elif word.pair:
        limits = value if isinstance(value, list) else (value, value)
        arguments = dict(zip(("min_value", "max_value"), limits, strict=True))
    else:
        arguments = {word.single: value}
    yield CheckSpec(
        name=word.name,
        arguments=tuple(
            (key, tuple(each) if isinstance(each, list) else each)
            for key, each in sorted(arguments.items())
            if key not in ("severity", "error") and not (key in _INCLUDED and each is True)
        ),
        severity=Severity(arguments.get("severity", "error")),
        error=_text(arguments.get("error", "")),
    )


def _relation(name: str, given: Mapping[str, Any]) -> RelationSpec:
    compare = next(((key, *given[key]) for key in _COMPARISONS if key in given), None)
    return RelationSpec(
        name=name,
        compare=compare,
        check=_text(given.get("check", "")),
        when=_text(given.get("when", "")),
        tolerance=float(given.get("tolerance", 0)),
        severity=Severity(given.get("severity", "error")),
        description=_text(given.get("description", "")),
    )


def _session(given: Mapping[str, Any]) -> SessionTerms:
    return SessionTerms(
        when=_condition(given.get("when")), datasets=tuple(_wanted(each) for each in given["datasets"])
    )


def _wanted(given: Mapping[str, Any]) -> Wanted:
    kind = next(each for each in _KINDS if each in given)
    patterns = given[kind]
    return Wanted(
        kind=kind,
        patterns=_listed(patterns),
        each=given.get("each", ""),
        count=_count(given.get("count")),
        when=_condition(given.get("when")),
        description=_text(given.get("description", "")),
    )


def _count(given: Any) -> tuple[int, int | None] | None:
    if given is None or isinstance(given, int):
        return None if given is None else (given, given)
    return (given.get("min", 0), given.get("max"))


def _condition(given: Mapping[str, Any] | None) -> Condition:
    found = dict(given or {})
    if "document" in found:
        found["document"] = tuple(found["document"])
    return Condition(**found)
