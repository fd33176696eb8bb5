"""Values that know their places in a file, as YAML gives them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from alfcheck.contracts.language.mistakes import KeyPath, Place

__all__ = ["Field", "Fields", "Items", "Node", "Scalar", "places_of", "told"]


@dataclass(slots=True)
class Scalar:
    """One value. ``raw`` is its text; ``odd`` says what it is where readers of YAML differ about it."""

    line: int
    column: int
    raw: str
    plain: bool
    value: bool | int | float | str | None
    odd: str = ""
    block: bool = False


@dataclass(slots=True)
class Items:
    """A list."""

    line: int
    column: int
    items: list[Node]


class Field(NamedTuple):
    """A key of a mapping and its value."""

    key: Scalar
    value: Node


@dataclass(slots=True)
class Fields:
    """A mapping; all of its keys are texts. It is not ``whole`` where others were left out."""

    line: int
    column: int
    fields: dict[str, Field]
    whole: bool = True


Node: TypeAlias = Scalar | Items | Fields


def told(node: Node) -> str:
    """Say what a node is, as it ends the sentence "… must be text, but is …"."""
    if isinstance(node, Items):
        return "a list"
    if isinstance(node, Fields):
        return "a mapping"
    if node.odd:
        return f"{node.raw[:60]!r}, {node.odd}"
    if node.value is None:
        return "empty" if node.raw == "" else f"{node.raw}, which is nothing in YAML"
    if isinstance(node.value, bool):
        shown = str(node.value).lower()
        return shown if node.raw.lower() == shown else f"{node.raw}, which is {shown} in YAML"
    if isinstance(node.value, str):
        return f"the text {node.value[:60]!r}"
    return f"the number {node.raw[:60]}"


def places_of(node: Node) -> dict[KeyPath, Place]:
    """Give the places of all keys and list items, by their path."""
    return dict(_places(node, ()))


def _places(node: Node, path: KeyPath) -> Iterator[tuple[KeyPath, Place]]:
    if isinstance(node, Fields):
        for name, field in node.fields.items():
            yield (*path, name), Place(field.key.line, field.key.column)
            yield from _places(field.value, (*path, name))
    elif isinstance(node, Items):
        for index, item in enumerate(node.items):
            yield (*path, index), Place(item.line, item.column)
            yield from _places(item, (*path, index))
