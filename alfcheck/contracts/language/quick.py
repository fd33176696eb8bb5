"""The head of a contract file that is written as most are, read without YAML: line by line.

A catalogue of hundreds has its heads read at each start, and loading YAML alone costs more than that.
Whatever is not as plain as here (quotes over several lines, lists over several lines, escapes, keys twice) is
left to the parser: `None` says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from alfcheck.contracts.language.legal import (
    ID,
    LONGEST_ID,
    VERSION,
    collection_fault,
    extension_fault,
    namespace_fault,
    object_fault,
)
from alfcheck.contracts.model import Match

__all__ = ["quick_head"]

_COMMENT = r"(?:[ ]+#[^\n]*)?[ ]*"
_WORD = r"(?!(?:yes|no|on|off|true|false|null)\b)[a-zA-Z]\w*"
_QUOTED = r"\"[\w*?/.-]*\"|'[\w*?/.-]*'"
_KEY = re.compile(r"([a-z]+):(?:[ ]+([^\n]*))?")
_SKIPPED = re.compile(
    r"[a-zA-Z0-9(][^\n]*"  # text without quotes goes on in lines that are indented
    r"|\"[^\"\\\n]*\"" + _COMMENT + r"|'[^'\n]*'" + _COMMENT + r"|\{[^\"'{}#\n]*\}" + _COMMENT,
)
_BLOCK = re.compile("[>|][+-]?" + _COMMENT)
_LIST = r"\[[ ]*\w+(?:[ ]*,[ ]*\w+)*[ ]*\]"
_INNER = re.compile(
    rf"[ ]+(?P<key>[a-z_]+):[ ]+(?P<value>{_WORD}|{_QUOTED}|{_LIST}){_COMMENT}", re.IGNORECASE
)
_PLAIN_ITEM = re.compile(r"[ ]+[a-z_]+:[ ]+(?:\w+|\[[\w, ]*\])" + _COMMENT)
_EMPTY = re.compile(r"[ ]*(?:#[^\n]*)?")
_VALUES = {
    "alfcheck": re.compile(f"(1){_COMMENT}"),
    "id": re.compile(f"({ID}){_COMMENT}"),
    "version": re.compile(f"({VERSION}){_COMMENT}"),
}
_FAULTS = {"object": object_fault, "namespace": namespace_fault, "collection": collection_fault}
_TEXTS = ("owner", "description", "source", "status", "rows", "strict")

Blocks = dict[str, tuple[str, list[str]]]


def quick_head(text: str) -> tuple[str, str, Match | None] | None:
    """Give id, version and match of a head, or ``None`` if it is not plain enough."""
    blocks = _blocks(text)
    if blocks is None or next(iter(blocks), "") != "alfcheck":
        return None
    found: dict[str, str] = {}
    for key, (value, lines) in blocks.items():
        if key in _VALUES:
            read = _VALUES[key].fullmatch(value)
            if read is None or lines:
                return None
            found[key] = read[1]
        elif key != "match" and not _is_skipped(value, lines):
            return None
    if not {"id", "version"} <= found.keys() or len(found["id"]) > LONGEST_ID:
        return None
    if "match" not in blocks:
        return found["id"], found["version"], None
    match = _match(*blocks["match"])
    return None if match is None else (found["id"], found["version"], match)


def _blocks(text: str) -> Blocks | None:
    """Part a head by its keys: the value behind each, and the indented lines below it."""
    blocks: Blocks = {}
    inside: list[str] | None = None
    for line in text.split("\n"):
        if _EMPTY.fullmatch(line):
            continue
        if line.startswith(" ") and inside is not None:
            inside.append(line)
            continue
        found = _KEY.fullmatch(line)
        if found is None or found[1] in blocks or found[1] not in (*_VALUES, *_TEXTS, "match"):
            return None
        inside = []
        blocks[found[1]] = (found[2] or "", inside)
    return blocks


def _is_skipped(value: str, lines: list[str]) -> bool:
    """Tell whether a part that does not matter ends where it seems to."""
    if not value or value.startswith("#"):
        return all(map(_PLAIN_ITEM.fullmatch, lines))
    if _BLOCK.fullmatch(value):
        return True
    return _SKIPPED.fullmatch(value) is not None and (value[0] not in "\"'{" or not lines)


def _match(value: str, lines: list[str]) -> Match | None:
    if value and not value.startswith("#"):
        return None
    found: dict[str, str] = {}
    for name, word in _inner(lines):
        if name in found or not word:
            return None
        found[name] = word
    if "object" not in found or not found.keys() <= {*_FAULTS, "extensions"}:
        return None
    given = {name: word.strip("\"'") for name, word in found.items() if name != "extensions"}
    if any(word.startswith("[") or _FAULTS[name](word) for name, word in given.items()):
        return None
    extensions = tuple(re.findall(r"\w+", found.get("extensions", "")))
    if any(map(extension_fault, extensions)) or len(set(extensions)) < len(extensions):
        return None
    # What YAML takes for a number is no text.
    if not all(each[0].isalpha() and each.lower() not in _NO_TEXT for each in extensions):
        return None
    return Match(given["object"], given.get("namespace"), given.get("collection", "*"), extensions)


_NO_TEXT = ("yes", "no", "on", "off", "true", "false", "null")


def _inner(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Give the keys below a key; an empty word for what is not plain."""
    indent = len(lines[0]) - len(lines[0].lstrip(" ")) if lines else 0
    for line in lines:
        found = _INNER.fullmatch(line)
        plain = found is not None and len(line) - len(line.lstrip(" ")) == indent
        yield (found["key"], found["value"]) if found is not None and plain else ("", "")
