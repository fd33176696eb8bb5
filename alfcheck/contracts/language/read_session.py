"""``session``: what sessions should have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from alfcheck.contracts.language.keys import CONDITION, COUNT, SESSION, WANTED
from alfcheck.contracts.language.legal import collection_fault, is_glob, path_fault
from alfcheck.contracts.language.mistakes import Faults
from alfcheck.contracts.language.nodes import Field, Fields, Items, Node, Scalar, told
from alfcheck.contracts.language.read_match import legal_text
from alfcheck.contracts.language.values import count, fields, listed, text, texts
from alfcheck.contracts.model import Condition, SessionTerms, Wanted

__all__ = ["KINDS", "read_session"]

KINDS = ("required", "optional", "any_of")

_BRACES = re.compile(r"\{([^{}]*)\}")
_WORD = re.compile(r"[a-z][a-z0-9_]*")


def read_session(node: Node, faults: Faults) -> SessionTerms | None:
    """Read what a session should have."""
    given = fields(node, SESSION, "session", faults)
    when = _condition(given, faults)
    if "datasets" not in given:
        return None
    items = listed(given["datasets"].value, "datasets", faults, example="[{required: alf/licks.times.npy}]")
    read = [(item, _wanted(item, faults)) for item in items or ()]
    known: dict[Wanted, None] = {}
    for item, each in read:
        if each in known:
            faults.add(item, "the same line of datasets stands twice", "keep one of the two")
        elif each is not None:
            known[each] = None
    return SessionTerms(when=when, datasets=tuple(known)) if known else None


def _condition(given: Mapping[str, Field], faults: Faults) -> Condition:
    if "when" not in given:
        return Condition()
    node = given["when"].value
    terms = fields(node, CONDITION, "when", faults)
    if not terms and isinstance(node, Fields) and not node.fields:
        faults.add(node, "when names no condition", f"leave it out, or write one of {', '.join(CONDITION)}")
    found: dict[str, Any] = {}
    for name, field in terms.items():
        if name == "document":
            found[name] = _triple(field.value, faults)
        elif name == "collection":
            found[name] = legal_text(field.value, name, collection_fault, faults)
        else:
            found[name] = _filled(field.value, name, faults)
    return Condition(**found)


def _filled(node: Node, label: str, faults: Faults) -> str | None:
    word = text(node, label, faults)
    if word == "":
        faults.add(node, f"{label} is empty", 'leave it out, or write a pattern such as "*ChoiceWorld*"')
        return None
    return word


def _triple(node: Node, faults: Faults) -> tuple[str, str, str] | None:
    example = '[_ibl_experiment.description, tasks/0, "*"]'
    if not isinstance(node, Items) or len(node.items) != 3:
        what = f"a list of {len(node.items)}" if isinstance(node, Items) else told(node)
        faults.add(
            node, f"document must be a list of three texts, but is {what}", f"write document: {example}"
        )
        return None
    first, second, third = (text(item, "an item of document", faults) for item in node.items)
    if first is None or second is None or third is None:
        return None
    if not (first and second and third):
        faults.add(node, "document has an empty text, which matches nothing", f"write document: {example}")
        return None
    return first, second, third


def _wanted(node: Node, faults: Faults) -> Wanted | None:
    given = fields(node, WANTED, "a line of datasets", faults)
    kinds = [name for name in given if name in KINDS]
    when = _condition(given, faults)
    if len(kinds) != 1:
        if isinstance(node, Fields):
            what = f"says {' and '.join(kinds)}" if kinds else f"says none of {', '.join(KINDS)}"
            faults.add(node, f"a line of datasets {what}", "write one line for each")
        return None
    kind = kinds[0]
    patterns = _patterns(kind, given[kind].value, faults)
    each = text(given["each"].value, "each", faults) or "" if "each" in given else ""
    _check_words(each, given, patterns, faults)
    number = _count(given["count"].value, kind, patterns, each, faults) if "count" in given else None
    described = text(given["description"].value, "description", faults) if "description" in given else ""
    if not patterns:
        return None
    return Wanted(
        kind=kind, patterns=patterns, each=each, count=number, when=when, description=described or ""
    )


def _patterns(kind: str, node: Node, faults: Faults) -> tuple[str, ...]:
    if kind != "any_of":
        found = _path(node, kind, faults)
        return () if found is None else (found,)
    words = texts(node, kind, faults, example="[alf/a.b.npy, alf/a.b.pqt]") or ()
    if len(words) == 1:
        faults.add(node, "any_of names one dataset", f"name several, or write required: {words[0]}")
    nodes = node.items if isinstance(node, Items) else []
    return tuple(found for item in nodes for found in [_path(item, kind, faults)] if found is not None)


def _path(node: Node, label: str, faults: Faults) -> str | None:
    word = text(node, label, faults)
    # A word in braces stands for a folder or a part of its name.
    fault = None if word is None else path_fault(_BRACES.sub("x", word))
    if fault is None:
        return word
    faults.add(node, f"the path {word!r} {fault}", "write it as in alf/_ibl_trials.table.pqt")
    return None


def _check_words(each: str, given: Mapping[str, Field], patterns: tuple[str, ...], faults: Faults) -> None:
    words = _BRACES.findall(each)
    node = given["each"].value if "each" in given else None
    if node is not None and each:
        plain = _BRACES.sub("x", each)
        fault = collection_fault(plain)
        if len(words) != 1 or not _WORD.fullmatch(words[0]) or "{" in plain or "}" in plain:
            fix = "write each: raw_ephys_data/{probe}"
            faults.add(node, f"each must hold one word in braces, but is {each!r}", fix)
        elif fault is not None:
            faults.add(node, f"each {each!r} {fault}", "write each: raw_ephys_data/{probe}")
    place = next(field.value for name, field in given.items() if name in KINDS)
    for pattern in patterns:
        for word in _BRACES.findall(pattern):
            if word not in words:
                fix = (
                    f"add each: COLLECTION/{{{word}}}"
                    if not each
                    else f"write {{{words[0]}}}"
                    if words
                    else "mend each"
                )
                faults.add(place, f"the path {pattern!r} has {{{word}}}, which each does not name", fix)


def _count(
    node: Node, kind: str, patterns: tuple[str, ...], each: str, faults: Faults
) -> tuple[int, int | None] | None:
    if isinstance(node, Scalar):
        exact = count(node, "count", faults)
        low, high = exact, exact
    else:
        low, high = _limits(node, faults)
    if low is None or (high is not None and high < low):
        if low is not None:
            faults.add(node, f"count goes from {low} to {high}", f"write {{min: {high}, max: {low}}}")
        return None
    if low > 1 and patterns and not any(each or is_glob(pattern) for pattern in patterns):
        fix = "write a pattern, such as alf/probe*/spikes.times.npy, or count: 1"
        faults.add(node, f"count asks for {low} files, and {patterns[0]!r} names one", fix)
        return None
    if kind == "required" and high == 0:
        faults.add(node, "count forbids what is required", "write a count from 1, or optional")
        return None
    return low, high


def _limits(node: Node, faults: Faults) -> tuple[int | None, int | None]:
    before = faults.noted
    given = fields(node, COUNT, "count", faults)
    found = {name: count(field.value, name, faults) for name, field in given.items()}
    if not found and isinstance(node, Fields) and faults.noted == before:
        faults.add(node, "count says no number", "write a number, or {min: 1, max: 2}")
    if faults.noted > before:
        return None, None
    return found.get("min", 0), found.get("max")
