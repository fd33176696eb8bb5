"""Documents that keep a contract: the examples that it gives; and such that do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from alfcheck.contracts.sampling.values import Form
from alfcheck.errors import ContractError

__all__ = ["document_of", "keeps", "spoilt_documents"]

_ROOTS: tuple[Any, ...] = (0.5, "a text", [], {}, None, True, [[]], {"": None})


def document_of(form: Form) -> Any:
    """Give a document for a file, or the tuple of its lines."""
    terms = form.terms
    if terms.document is None:
        return ({"a": 1},) if form.kind == "lines" else {"a": 1}
    examples = [_plain(example) for example in terms.examples]
    if form.kind == "lines":
        return tuple(_lines(terms.document, examples)) or _none(form)
    return next((example for example in examples if keeps(terms.document, example)), None) or _none(form)


def _lines(schema: Mapping[str, Any], examples: list[Any]) -> Iterator[Any]:
    # An example is a line, or a list of lines.
    for example in examples:
        if keeps(schema, example):
            yield example
        elif isinstance(example, list):
            yield from (line for line in example if keeps(schema, line))


def _plain(value: Any) -> Any:
    """Give lists and dicts where a frozen contract has tuples and other mappings."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def _none(form: Form) -> Any:
    raise ContractError(
        f"{form.path}: a document is written as an example of the contract says it, and none of the "
        f"{len(form.terms.examples)} examples of {form.term!r} keeps its schema; add one under `examples`"
    )


def keeps(schema: Mapping[str, Any], document: Any) -> bool:
    """Tell whether a document keeps a JSON Schema."""
    from jsonschema import Draft202012Validator

    return bool(Draft202012Validator(_plain(schema)).is_valid(document))


def spoilt_documents(form: Form) -> Iterator[tuple[str, Any]]:
    """Give documents that break the schema of a form, each with what was done to it.

    Each key that must be there is taken out once, and each value of a stated kind replaced once; the last
    is of another kind as a whole. Only such are given as do break the schema.
    """
    schema = _plain(form.terms.document or {})
    good = document_of(form)
    whole = good[0] if form.kind == "lines" else good
    for what, document in _mutants(schema, whole):
        if not keeps(schema, document):
            yield what, (*good[1:], document) if form.kind == "lines" else document


def _mutants(schema: Mapping[str, Any], whole: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(whole, dict):
        for key in schema.get("required", ()):
            yield f"without {key!r}", {name: value for name, value in whole.items() if name != key}
        for key in schema.get("properties", {}):
            changed = ({**whole, key: root} for root in _ROOTS if key in whole)
            bad = next((document for document in changed if not keeps(schema, document)), None)
            if bad is not None:
                yield f"another kind of {key!r}", bad
    for root in _ROOTS:
        if not keeps(schema, root):
            yield "another kind of document", root
            return
