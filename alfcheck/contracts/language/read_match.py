"""``match`` and ``rows``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from alfcheck.contracts.language.keys import MATCH, ROWS
from alfcheck.contracts.language.legal import (
    collection_fault,
    extension_fault,
    namespace_fault,
    object_fault,
)
from alfcheck.contracts.language.mistakes import Faults
from alfcheck.contracts.language.nodes import Field, Node, Scalar
from alfcheck.contracts.language.values import boolean, count, fields, text, texts
from alfcheck.contracts.model import Match
from alfcheck.contracts.spec import RowsSpec

__all__ = ["legal_text", "read_match", "read_rows"]


def read_match(node: Node, faults: Faults) -> Match | None:
    """Read which datasets are meant."""
    given = fields(node, MATCH, "match", faults)
    if "object" not in given:
        return None
    found: dict[str, Any] = {}
    for name, fault in (
        ("object", object_fault),
        ("namespace", namespace_fault),
        ("collection", collection_fault),
    ):
        if name in given:
            found[name] = legal_text(given[name].value, name, fault, faults)
    if "extensions" in given:
        found["extensions"] = _extensions(given["extensions"].value, faults)
    return None if None in found.values() else Match(**found)


def legal_text(node: Node, label: str, fault_of: Callable[[str], str | None], faults: Faults) -> str | None:
    """Read a text that ALF's names allow."""
    word = text(node, label, faults)
    fault = None if word is None else fault_of(word)
    if fault is None:
        return word
    shown = repr(word if word is None else word[:60])
    faults.add(node, f"{label} {shown} {fault}", "it would match nothing: mend it or leave it out")
    return None


def _extensions(node: Node, faults: Faults) -> tuple[str, ...] | None:
    if isinstance(node, Scalar):
        one = text(node, "extensions", faults)
        words: tuple[str, ...] | None = None if one is None else (one,)
    else:
        words = texts(node, "extensions", faults, example="[npy, pqt]")
    for word in words or ():
        fault = extension_fault(word)
        if fault is not None:
            faults.add(node, f"the extension {word!r} {fault}", "write extensions as in [npy, pqt]")
            return None
    return words


def read_rows(node: Node, faults: Faults) -> RowsSpec:
    """Read the rule for rows."""
    given = fields(node, ROWS, "rows", faults)
    return RowsSpec(
        agree=_given(given, "agree", boolean, faults) or False,
        exempt=_given(given, "except", texts, faults) or (),
        at_least=_given(given, "at_least", count, faults) or 0,
    )


def _given(
    given: Mapping[str, Field], name: str, read: Callable[[Node, str, Faults], Any], faults: Faults
) -> Any:
    return read(given[name].value, name, faults) if name in given else None
