"""A contract file's text into a `ContractSpec`, with every mistake in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Any

from alfcheck.contracts.language.agree import judge_whole
from alfcheck.contracts.language.compose import compose
from alfcheck.contracts.language.keys import CONTRACT, FORMAT, STATUS
from alfcheck.contracts.language.legal import ID, LONGEST_ID, MAX_BYTES, VERSION
from alfcheck.contracts.language.mistakes import Faults, Parsed, Place, TooMany
from alfcheck.contracts.language.nodes import Field, Fields, Node, Scalar, places_of, told
from alfcheck.contracts.language.read_columns import read_columns
from alfcheck.contracts.language.read_match import read_match, read_rows
from alfcheck.contracts.language.read_relations import read_relations
from alfcheck.contracts.language.read_session import read_session
from alfcheck.contracts.language.values import boolean, choice, fields, text
from alfcheck.contracts.spec import ContractSpec

__all__ = ["parse_text", "read_contract"]


def parse_text(text: str, file: str) -> Parsed:
    """Read the text of a contract file; `file` is its name in mistakes.

    Never raises: what is wrong, however wrong, is a mistake. There is a spec only where there is none.
    """
    faults = Faults(file)
    spec = None
    with suppress(TooMany):
        spec = _parse(text, faults)
    return Parsed(None if faults else spec, faults.mistakes, faults.places)


def _parse(text: str, faults: Faults) -> ContractSpec | None:
    if not _is_readable(text, faults):
        return None
    root = compose(text.removeprefix("\ufeff"), faults)
    if root is None:
        if not faults:
            faults.add(Place(1, 1), "the file is empty", f"begin it with alfcheck: {FORMAT}")
        return None
    faults.places = places_of(root)
    spec = _contract(root, faults)
    if spec is not None:
        judge_whole(spec, faults)
    return spec


def _is_readable(text: str, faults: Faults) -> bool:
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError as error:
        before = text[: error.start]
        place = Place(before.count("\n") + 1, error.start - before.rfind("\n"))
        faults.add(place, "the text is not UTF-8", "save the file as UTF-8")
        return False
    if size > MAX_BYTES:
        faults.add(
            Place(1, 1), f"the file has {size} bytes; at most {MAX_BYTES} are read", "split the contract"
        )
        return False
    return True


def _contract(root: Node, faults: Faults) -> ContractSpec | None:
    if not isinstance(root, Fields):
        message = f"a contract file must be a mapping, but is {told(root)}"
        faults.add(root, message, f"begin it with alfcheck: {FORMAT}")
        return None
    if not _is_ours(root, faults):
        return None
    given = fields(root, CONTRACT, "the contract", faults)
    read = _read(given, tuple(_READERS), faults)
    if root.whole and len(given) == len(root.fields):
        _judge_purpose(given, faults)
    # What is missing was told; the rest can still be compared.
    return ContractSpec(**{"id": "", "version": "", **read})


def read_contract(root: Fields, keys: Sequence[str], faults: Faults) -> dict[str, Any]:
    """Read some keys of a contract, and nothing else of it but that it is one."""
    return _read(root.fields, keys, faults) if _is_ours(root, faults) else {}


def _read(given: Mapping[str, Field], keys: Sequence[str], faults: Faults) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for key, field in given.items():
        if key in keys:
            value = _READERS[key](field.value, key, faults)
            read |= {} if value is None else {key: value}
    return read


def _is_ours(root: Fields, faults: Faults) -> bool:
    """Tell whether the file says that it is a contract, in a version that is known."""
    first = next(iter(root.fields.values()), None)
    field = root.fields.get("alfcheck")
    if field is None or first is None:
        fix = f"begin the file with alfcheck: {FORMAT}"
        faults.add(first.key if first else root, "this is no contract file: it lacks the key 'alfcheck'", fix)
        return first is not None
    if field is not first:
        faults.add(field.key, "the key 'alfcheck' is not the first", "move it to the top of the file")
    value = field.value
    known = isinstance(value, Scalar) and value.value == FORMAT and type(value.value) is int
    if not known:
        fix = f"write alfcheck: {FORMAT}, or use a later alfcheck for a later format"
        faults.add(value, f"the format's version is {told(value)}; this alfcheck reads {FORMAT}", fix)
    return known


def _judge_purpose(given: Mapping[str, Field], faults: Faults) -> None:
    """Refuse a contract that judges nothing, or says something of no dataset."""
    if "match" in given:
        match = given["match"]
        columns = given["columns"].value if "columns" in given else None
        if columns is None or (isinstance(columns, Fields) and columns.whole and not columns.fields):
            place = given["columns"].key if "columns" in given else match.key
            fix = "name the object's attributes under columns: times: {dtype: number}"
            faults.add(place, "the contract matches datasets, but names none of their attributes", fix)
        return
    for key in ("columns", "relations", "rows", "strict"):
        if key in given:
            fix = "add match: {object: NAME}"
            faults.add(given[key].key, f"{key} without match judges nothing", fix)
            return
    if "session" not in given and given:
        fix = "add match and columns, or session"
        faults.add(next(iter(given.values())).key, "the contract judges nothing", fix)


def _id(node: Node, label: str, faults: Faults) -> str | None:
    word = text(node, label, faults)
    if word is None or (re.fullmatch(ID, word) and len(word) <= LONGEST_ID):
        return word
    fix = "write lower-case words with dots between them, such as ibl.trials"
    faults.add(node, f"id cannot be {word[:LONGEST_ID]!r}", fix)
    return None


def _version(node: Node, label: str, faults: Faults) -> str | None:
    fix = "write three numbers, such as 1.0.0"
    if isinstance(node, Scalar) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
        whole = f"{node.raw}.0" if re.fullmatch(r"\d{1,9}\.\d{1,9}", node.raw) else "1.0.0"
        faults.add(
            node, f"version must be a semantic version, but is {told(node)}", f"write version: {whole}"
        )
        return None
    word = text(node, label, faults)
    if word is None or (re.fullmatch(VERSION, word) and len(word) <= LONGEST_ID):
        return word
    faults.add(node, f"version must be a semantic version, but is {word[:LONGEST_ID]!r}", fix)
    return None


def _status(node: Node, label: str, faults: Faults) -> str | None:
    return choice(node, label, STATUS, faults)


_READERS: Mapping[str, Callable[[Node, str, Faults], Any]] = MappingProxyType(
    {
        "id": _id,
        "version": _version,
        "status": _status,
        "owner": text,
        "description": text,
        "source": text,
        "match": lambda node, label, faults: read_match(node, faults),
        "rows": lambda node, label, faults: read_rows(node, faults),
        "strict": boolean,
        "columns": lambda node, label, faults: read_columns(node, faults),
        "relations": lambda node, label, faults: read_relations(node, faults),
        "session": lambda node, label, faults: read_session(node, faults),
    }
)
