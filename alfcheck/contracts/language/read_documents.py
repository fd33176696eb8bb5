"""``document``: a JSON Schema inside a contract, which must be a sound one and refer to nothing outside."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import unquote

from alfcheck.contracts.document_keywords import Budget, TooMuch, keywords
from alfcheck.contracts.language.mistakes import Faults, Placed
from alfcheck.contracts.language.nodes import Fields, Items, Node, Scalar, told
from alfcheck.contracts.language.regexes import document_pattern_fault
from alfcheck.contracts.language.values import json_value
from alfcheck.contracts.language.vocabulary import judge_keywords

__all__ = ["example_faults", "read_document"]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
MOST_PARTS = 5_000
EXAMPLE_STEPS = 20_000
"""Keywords that are looked at to see whether examples keep their schema."""

_ANCHORS = ("$anchor", "$dynamicAnchor")
_REFERENCES = ("$ref", "$dynamicRef")


def read_document(node: Node, label: str, faults: Faults) -> str | None:
    """Read a JSON Schema and give its canonical text."""
    if not isinstance(node, Fields):
        faults.add(
            node, f"{label} must be a JSON Schema, but is {told(node)}", "write document: {type: object}"
        )
        return None
    before = faults.noted
    schema = json_value(node, label, faults)
    if faults.noted == before:
        _check_names(node, faults)
    if faults.noted == before:
        _check(schema, node, faults)
        _check_words(schema, node, faults)
        judge_keywords(node, faults)
    if faults.noted > before:
        return None
    return json.dumps(schema, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _check_names(node: Fields, faults: Faults) -> None:
    """Refuse what would make a part of the schema another one, and more parts than can be looked at."""
    parts = 0
    waiting: list[Node] = [node]
    while waiting:
        part = waiting.pop()
        parts += 1
        if isinstance(part, Fields):
            own = part.fields.get("$id")
            if own is not None and isinstance(own.value, Scalar):
                faults.add(own.key, "the JSON Schema has an $id, and nothing is fetched by it", "take it out")
            waiting += [field.value for field in part.fields.values()]
        elif isinstance(part, Items):
            waiting += part.items
    if parts > MOST_PARTS:
        faults.add(
            node, f"the JSON Schema has {parts} parts; at most {MOST_PARTS} are read", "say less of it"
        )


def _check(schema: Any, node: Fields, faults: Faults) -> None:
    from jsonschema import Draft202012Validator

    draft = schema.get("$schema", DRAFT)
    if str(draft).rstrip("#") != DRAFT:
        faults.add(
            node.fields["$schema"].value, f"the JSON Schema is of {draft!r}", f"take it out, or write {DRAFT}"
        )
        return
    validator: Any = Draft202012Validator
    checker = validator(validator.META_SCHEMA, format_checker=validator.FORMAT_CHECKER)
    for error in checker.iter_errors(schema):
        what = error.message if len(error.message) <= 200 else f"{error.message[:200]}…"
        faults.add(
            _at(node, list(error.absolute_path)), f"this is no sound JSON Schema: {what}", _way_out(error)
        )


def _way_out(error: Any) -> str:
    if error.validator == "enum" or error.validator == "anyOf":
        return "types are string, number, integer, boolean, object, array and null"
    return "see JSON Schema, draft 2020-12"


def _at(node: Node, path: list[str | int]) -> Placed:
    """Give what lies at a path inside a node, or the nearest thing above it."""
    for step in path:
        if isinstance(node, Fields) and step in node.fields:
            node = node.fields[str(step)].value
        elif isinstance(node, Items) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        else:
            break
    return node


def _check_words(schema: Any, node: Fields, faults: Faults) -> None:
    found = [(key, each, each.value) for key, each in _words(node) if isinstance(each, Scalar)]
    anchors = {f"#{name}" for key, _, name in found if key in _ANCHORS}
    for key, each, target in found:
        if not isinstance(target, str) or key in _ANCHORS:
            continue
        if key == "pattern":
            fault = document_pattern_fault(target)
            if fault is not None:
                faults.add(each, f"the pattern {fault}", "mend the pattern")
        elif not target.startswith("#"):
            fix = "write what it refers to under $defs, and refer to '#/$defs/NAME'"
            faults.add(each, f"{key} refers to {target[:100]!r}, and nothing is fetched", fix)
        elif target != "#" and target not in anchors and not _leads_somewhere(schema, target):
            message = f"{key} refers to {target[:100]!r}, which is not in the schema"
            faults.add(each, message, "add it under $defs")


def _words(node: Node) -> Iterator[tuple[str, Node]]:
    """Give what refers to other places or is referred to, and the patterns, each with its keyword."""
    if isinstance(node, Fields):
        for name, field in node.fields.items():
            if name in (*_REFERENCES, *_ANCHORS, "pattern"):
                yield name, field.value
            if name == "patternProperties" and isinstance(field.value, Fields):
                yield from (("pattern", each.key) for each in field.value.fields.values())
            yield from _words(field.value)
    elif isinstance(node, Items):
        for item in node.items:
            yield from _words(item)


def _leads_somewhere(schema: Any, target: str) -> bool:
    if not target.startswith("#/"):
        return False
    for part in unquote(target[2:]).split("/"):
        step = part.replace("~1", "/").replace("~0", "~")
        if isinstance(schema, dict) and step in schema:
            schema = schema[step]
        elif isinstance(schema, list) and step.isdigit() and int(step) < len(schema):
            schema = schema[int(step)]
        else:
            return False
    return True


def example_faults(document: str, examples: Sequence[Any]) -> Iterator[tuple[int, str]]:
    """Say which examples break a JSON Schema, and how, as files would be told."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    budget = Budget()
    make: Any = extend
    validator = make(Draft202012Validator, keywords(budget, Draft202012Validator.VALIDATORS))
    schema = {key: value for key, value in json.loads(document).items() if key != "$schema"}
    judge = validator(schema, registry=Registry())
    budget.left = EXAMPLE_STEPS
    for index, example in enumerate(examples):
        try:
            error = next(iter(judge.iter_errors(example)), None)
        except (TooMuch, RecursionError):
            return
        except Unresolvable as fault:
            yield index, f"cannot be judged: {str(fault)[:200]}"
            return
        if error is not None:
            yield index, f"at {error.json_path} it {str(error.message)[:200]}"
