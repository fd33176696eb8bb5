"""Plain values out of nodes: each reader gives its value, or notes a mistake and gives ``None``."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from alfcheck.contracts.language.keys import HINTS, Key
from alfcheck.contracts.language.mistakes import Faults
from alfcheck.contracts.language.nodes import Field, Fields, Items, Node, Scalar, told

__all__ = [
    "boolean",
    "choice",
    "count",
    "fields",
    "finite",
    "json_value",
    "like_a_number",
    "listed",
    "number",
    "scalar",
    "text",
    "texts",
]

LARGEST = 2**63
LONGEST_NUMBER = 60
_LIKE_A_NUMBER = re.compile(r"[-+]?(\d[\d_]*\.?\d*|\.\d+)([eE][-+]?\d+)?|[-+]?\.?(inf|nan)", re.IGNORECASE)
_DECIMAL_PARTS = re.compile(r"([-+]?)(\d*)\.?(\d*)[eE]([-+]?)(\d+)")


def fields(
    node: Node, keys: Mapping[str, Key], what: str, faults: Faults, *, others: Sequence[str] = ()
) -> dict[str, Field]:
    """Give the known keys of a mapping (`keys` and `others`), and note the unknown and the lacking."""
    if not isinstance(node, Fields):
        faults.add(
            node,
            f"{what} must be a mapping, but is {told(node)}",
            f"write keys such as {', '.join(list(keys)[:3])}",
        )
        return {}
    known = {**keys, **dict.fromkeys(others)}
    found: dict[str, Field] = {}
    for name, field in node.fields.items():
        if name in known:
            found[name] = field
        else:
            hint = HINTS.get(name, "") if others else _argument(name, known)
            faults.unknown(field.key, f"{what} has no key {name!r}", name, tuple(known), hint)
    for name, key in keys.items():
        if key.required and name not in node.fields:
            faults.add(node, f"{what} lacks the key {name!r}", f"add {name}: {key.description}")
    return found


def _argument(name: str, known: Mapping[str, object]) -> str:
    """Ask whether an argument is meant that has another name elsewhere."""
    meant = next((word for word in (f"{name}_value", f"{name[:3]}_value") if word in known), "")
    return f"is {meant!r} meant?" if name in ("min", "max", "minimum", "maximum") and meant else ""


def text(node: Node, label: str, faults: Faults) -> str | None:
    """Give a text; what YAML takes for a number, a date or a logical value is told."""
    if isinstance(node, Scalar) and isinstance(node.value, str) and not node.odd:
        return node.value.rstrip("\n") if node.block else node.value
    fix = f"write {label}: some words"
    if isinstance(node, Scalar) and node.raw:
        fix = f'put it in quotes: "{node.raw[:60]}"'
    faults.add(node, f"{label} must be text, but is {told(node)}", fix)
    return None


def boolean(node: Node, label: str, faults: Faults) -> bool | None:
    """Give a logical value."""
    if isinstance(node, Scalar) and isinstance(node.value, bool):
        return node.value
    faults.add(
        node, f"{label} must be true or false, but is {told(node)}", "write true or false, without quotes"
    )
    return None


def number(node: Node, label: str, faults: Faults) -> int | float | None:
    """Give a finite number of at most 64 bits."""
    if isinstance(node, Scalar) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
        if finite(node.value):
            return node.value
        faults.add(
            node,
            f"{label} must be a finite number of 64 bits, but is {node.raw[:60]}",
            "leave it out, or write a limit",
        )
        return None
    faults.add(node, f"{label} must be a number, but is {told(node)}", _numeric_fix(node, label))
    return None


def finite(value: float) -> bool:
    """Tell whether 64 bits hold a number."""
    return -LARGEST <= value < 2 * LARGEST if isinstance(value, int) else math.isfinite(value)


def _numeric_fix(node: Node, label: str) -> str:
    if isinstance(node, Scalar) and isinstance(node.value, str) and like_a_number(node.raw):
        if node.plain or node.odd:
            return f"write {_decimal(node.raw)}, which all readers of YAML take for a number"
        return f"take the quotes away: {label}: {_decimal(node.raw)}"
    return f"write a number, such as {label}: 0.5"


def like_a_number(raw: str) -> bool:
    """Tell whether a text is what some readers take for a number."""
    return len(raw) <= LONGEST_NUMBER and _LIKE_A_NUMBER.fullmatch(raw) is not None


def _decimal(raw: str) -> str:
    """Give a number's text as YAML 1.1 wants it: with a point, and a sign after the e."""
    parts = _DECIMAL_PARTS.fullmatch(raw)
    if parts is not None:
        sign, whole, fraction, exponent_sign, exponent = parts.groups()
        return f"{sign}{whole or 0}.{fraction or 0}e{exponent_sign or '+'}{exponent}"
    return raw.replace("_", "").lstrip("0") or "0"


def count(node: Node, label: str, faults: Faults) -> int | None:
    """Give a whole number from 0."""
    value = number(node, label, faults)
    if value is None:
        return None
    if isinstance(value, int) and value >= 0:
        return value
    faults.add(node, f"{label} must be a whole number from 0, but is {value}", f"write {label}: 1")
    return None


def scalar(node: Node, label: str, faults: Faults) -> bool | int | float | str | None:
    """Give a number, a text, or true or false; what YAML takes for another thing than it looks is told."""
    if not isinstance(node, Scalar) or node.value is None:
        fix = "write a value; missing values are allowed by nullable: true"
        faults.add(node, f"{label} must be a number, a text, true or false, but is {told(node)}", fix)
        return None
    if isinstance(node.value, bool) and node.raw.lower() not in ("true", "false"):
        fix = f'write {str(node.value).lower()}, or the text "{node.raw}" in quotes'
        faults.add(node, f"{label} is {told(node)}", fix)
        return None
    if isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
        return number(node, label, faults)
    like = isinstance(node.value, str) and node.plain and like_a_number(node.raw)
    if node.odd or like:
        what = node.odd or "which YAML takes for text"
        is_number = like_a_number(node.raw) and any(map(str.isdigit, node.raw))
        number_fix = f"write {_decimal(node.raw)} for the number, or " if is_number else ""
        faults.add(
            node,
            f"{label} is {node.raw[:60]}, {what}",
            f'{number_fix}put the text in quotes: "{node.raw[:60]}"',
        )
        return None
    return node.value


def listed(node: Node, label: str, faults: Faults, *, example: str) -> list[Node] | None:
    """Give the items of a list that has some."""
    if not isinstance(node, Items):
        faults.add(node, f"{label} must be a list, but is {told(node)}", f"write {label}: {example}")
        return None
    if not node.items:
        faults.add(node, f"{label} is an empty list", f"leave it out, or write {label}: {example}")
        return None
    return node.items


def texts(node: Node, label: str, faults: Faults, *, example: str = "[a, b]") -> tuple[str, ...] | None:
    """Give a list of texts, none of them twice."""
    items = listed(node, label, faults, example=example)
    if items is None:
        return None
    found: dict[str, None] = {}
    for item in items:
        word = text(item, f"an item of {label}", faults)
        if word is not None and word in found:
            faults.add(item, f"{label} names {word!r} twice", "keep one of the two")
        elif word is not None:
            found[word] = None
    return tuple(found)


def choice(node: Node, label: str, choices: Sequence[str], faults: Faults) -> str | None:
    """Give one of the words that there are."""
    word = text(node, label, faults)
    if word is None or word in choices:
        return word
    faults.unknown(node, f"{label} cannot be {word!r}", word, choices)
    return None


def json_value(node: Node, label: str, faults: Faults) -> Any:
    """Give a value that JSON can hold, mappings and lists included."""
    if isinstance(node, Fields):
        return {name: json_value(field.value, label, faults) for name, field in node.fields.items()}
    if isinstance(node, Items):
        return [json_value(item, label, faults) for item in node.items]
    return None if node.value is None else scalar(node, f"a value in {label}", faults)
