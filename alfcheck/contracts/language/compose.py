"""YAML text into nodes.

Made from PyYAML's events rather than its objects, since the loader takes the last of two equal keys without
a word, follows aliases (a bomb), and recurses as deep as the file says.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from alfcheck.contracts.language.mistakes import Faults, Place
from alfcheck.contracts.language.nodes import Field, Fields, Items, Node, Scalar, told

if TYPE_CHECKING:
    import yaml

__all__ = ["compose"]

MAX_DEPTH = 50
MAX_NODES = 50_000

_CORE = "tag:yaml.org,2002:"
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,39})")
_FLOAT = re.compile(r"[-+]?([0-9]{1,400}\.[0-9]{0,400}|\.[0-9]{1,400})([eE][-+][0-9]{1,9})?")
_ENDLESS = {".inf": "inf", "+.inf": "inf", "-.inf": "-inf", ".nan": "nan"}


def compose(text: str, faults: Faults) -> Node | None:
    """Read `text` into nodes; ``None`` where a mistake leaves none."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    builder = _Builder(faults, yaml.SafeLoader.yaml_implicit_resolvers)
    try:
        for event in yaml.parse(text, Loader=loader):
            if not builder.take(event):
                return None
    except yaml.YAMLError as error:
        faults.add(_place_of(error, text), f"this is no YAML: {_brief(error)}", _hint(error, text))
        return None
    return builder.root


class _Builder:
    """Takes events one by one and holds what is open."""

    def __init__(self, faults: Faults, resolvers: Any) -> None:
        self.root: Node | None = None
        self._faults = faults
        self._resolvers = resolvers
        self._open: list[Items | Fields] = []
        self._keys: list[Scalar | None] = []
        self._count = 0
        self._documents = 0

    def take(self, event: yaml.Event) -> bool:
        """Take one event; tell whether to go on."""
        kind = type(event).__name__
        if kind == "ScalarEvent":
            self._attach(self._scalar(event))
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            return self._begin(event, kind == "MappingStartEvent")
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self._open.pop()
            self._keys.pop()
        elif kind == "AliasEvent":
            alias: Any = event
            self._wrong(event, f"the alias *{alias.anchor} repeats another part of the file", "write it out")
            self._attach(_at(event, "", value=None))
        elif kind == "DocumentStartEvent":
            self._documents += 1
            if self._documents > 1:
                self._wrong(
                    event, "a second document begins here", "put each contract into a file of its own"
                )
                return False
        return self._bounded(event)

    def _bounded(self, event: yaml.Event) -> bool:
        if self._count > MAX_NODES:
            self._wrong(event, f"the file has more than {MAX_NODES} parts", "split the contract")
            return False
        return True

    def _begin(self, event: Any, is_mapping: bool) -> bool:
        place = event.start_mark.line + 1, event.start_mark.column + 1
        if event.tag not in (None, "!", f"{_CORE}map", f"{_CORE}seq"):
            self._wrong(event, f"the tag {event.tag!r} is not known here", "take it out")
        node: Items | Fields = Fields(*place, {}) if is_mapping else Items(*place, [])
        self._attach(node)
        self._open.append(node)
        self._keys.append(None)
        if len(self._open) > MAX_DEPTH:
            self._wrong(event, f"the file is nested more than {MAX_DEPTH} deep", "nest less")
            return False
        return True

    def _attach(self, node: Node) -> None:
        self._count += 1
        if not self._open:
            self.root = node
            return
        holder = self._open[-1]
        if isinstance(holder, Items):
            holder.items.append(node)
            return
        key = self._keys[-1]
        if key is None:
            self._keys[-1] = self._key(node)
            return
        self._keys[-1] = None
        if key.odd:
            holder.whole = False
            return
        first = holder.fields.get(key.raw)
        if first is not None:
            self._faults.add(
                key,
                f"the key {key.raw!r} stands twice; first in line {first.key.line}",
                "keep one of the two",
            )
        else:
            holder.fields[key.raw] = Field(key, node)

    def _key(self, node: Node) -> Scalar:
        if not isinstance(node, Scalar):
            self._faults.add(node, f"a key must be text, but is {told(node)}", "write one word as the key")
        elif not isinstance(node.value, str) or node.odd:
            self._faults.add(
                node, f"a key must be text, but is {told(node)}", f'put it in quotes: "{node.raw[:60]}"'
            )
        else:
            return node
        return Scalar(node.line, node.column, "", False, None, odd="no key")

    def _scalar(self, event: Any) -> Scalar:
        raw = event.value
        plain = event.implicit[0]
        block = event.style in ("|", ">")
        if event.tag is None and not plain:
            return _at(event, raw, value=raw, block=block)
        tag = event.tag
        if tag is None:
            tag = self._resolve(raw)
        elif tag == "!":
            tag = f"{_CORE}str"
        elif tag.removeprefix(_CORE) not in ("str", "int", "float", "bool", "null"):
            self._wrong(event, f"the tag {tag!r} is not known here", "take it out")
            return _at(event, raw, value=raw)
        value, odd = _value(tag, raw)
        return _at(event, raw, value=value, odd=odd, plain=event.tag is None, block=block)

    def _resolve(self, raw: str) -> str:
        for tag, pattern in self._resolvers.get(raw[:1], ()):
            if pattern.match(raw):
                return str(tag)
        return f"{_CORE}str"

    def _wrong(self, event: Any, message: str, fix: str) -> None:
        mark = event.start_mark
        self._faults.add(Place(mark.line + 1, mark.column + 1), message, fix)


def _at(
    event: Any, raw: str, *, value: Any, odd: str = "", plain: bool = False, block: bool = False
) -> Scalar:
    mark = event.start_mark
    return Scalar(mark.line + 1, mark.column + 1, raw, plain, value, odd, block)


def _value(tag: str, raw: str) -> tuple[Any, str]:
    """Give the value that YAML 1.1 reads, and a word about it where YAML 1.2 reads another."""
    kind = tag.removeprefix(_CORE)
    if kind == "null":
        return None, ""
    if kind == "bool":
        return (True, "") if raw.lower() in ("yes", "true", "on") else _false(raw)
    if kind == "int":
        return (
            (int(raw), "")
            if _INTEGER.fullmatch(raw)
            else (raw, "which not all readers of YAML take for the same")
        )
    if kind == "float":
        if raw.lower() in _ENDLESS:
            return float(_ENDLESS[raw.lower()]), ""
        known = _FLOAT.fullmatch(raw) or _INTEGER.fullmatch(raw)
        return (float(raw), "") if known else (raw, "which not all readers of YAML take for the same")
    if kind == "timestamp":
        return raw, "which is a date in YAML"
    return raw, ""


def _false(raw: str) -> tuple[Any, str]:
    return (False, "") if raw.lower() in ("no", "false", "off") else (raw, "which is no logical value")


def _place_of(error: Any, text: str) -> Place:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is not None:
        return Place(mark.line + 1, mark.column + 1)
    at = getattr(error, "position", 0) or 0
    before = text[:at]
    return Place(before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1)


def _brief(error: Any) -> str:
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    return "".join(char if char.isprintable() else "?" for char in str(what))[:200]


def _hint(error: Any, text: str) -> str:
    lines = text.split("\n")
    line = _place_of(error, text).line
    around = lines[line - 1] if line <= len(lines) else ""
    if "\t" in around[: len(around) - len(around.lstrip())]:
        return "indent with spaces, not tabs"
    bracket = re.search(r"(\w[\w.-]*\[\w*\])", around)
    if bracket is not None and "expected ',' or" in _brief(error):
        return f'put it in quotes: "{bracket[1][:60]}"'
    if "%" in _brief(error) or "cannot start any token" in _brief(error):
        return "put texts with special characters in quotes"
    return "mend the line: keys end with ': ', lists stand in [ ], texts with ': ' or '#' in quotes"
