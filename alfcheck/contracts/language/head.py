"""The head of a contract file: what decides whether the rest is read at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alfcheck.contracts.language.files import read_text
from alfcheck.contracts.language.mistakes import Faults, Mistake, TooMany
from alfcheck.contracts.language.quick import quick_head
from alfcheck.contracts.model import Match
from alfcheck.errors import ContractError

__all__ = ["Head", "read_head"]

_BODY = re.compile(r"^(columns|relations|session)[ ]*:", re.MULTILINE)
# What may begin a line after the head without another look: other keys could change what the head says,
# and what stands in quotes could look like one.
_HARMFUL = re.compile(
    r"^(?!(?:columns|relations|rows|strict|description|owner|source|status)[ ]*:|[#}\]\s]|$)", re.MULTILINE
)
_BREAKS = re.compile("\r(?!\n)|[\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Head:
    """What a contract is called and what it matches; ``match`` is ``None`` where it judges sessions alone."""

    id: str
    version: str
    match: Match | None
    has_session: bool


def read_head(path: str | Path) -> Head:
    """Read the head of a contract file: the text before its columns, relations and session.

    The rest is only looked at where the head does not stand by itself. Raises `ContractError`, with a line
    for each mistake, if the head cannot be read.
    """
    text = read_text(path)
    if isinstance(text, Mistake):
        raise ContractError(str(text))
    return _head(text, str(path)) or _head_of_whole(text, str(path))


def _head(text: str, file: str) -> Head | None:
    body = _BODY.search(text)
    if body is None or not _is_plain(text, body):
        return None
    quick = quick_head(text[: body.start()])
    if quick is not None:
        return Head(*quick, body[1] == "session")
    return _head_by_yaml(text, body, file)


def _head_by_yaml(text: str, body: re.Match[str], file: str) -> Head | None:
    from alfcheck.contracts.language.compose import compose
    from alfcheck.contracts.language.nodes import Fields
    from alfcheck.contracts.language.parse import read_contract

    faults = Faults(file)
    read: Mapping[str, Any] = {}
    with suppress(TooMany):
        root = compose(text[: body.start()], faults)
        read = read_contract(root, ("id", "version", "match"), faults) if isinstance(root, Fields) else {}
    if faults or "id" not in read or "version" not in read:
        return None
    return Head(read["id"], read["version"], read.get("match"), body[1] == "session")


def _is_plain(text: str, body: re.Match[str]) -> bool:
    """Tell whether nothing after the head says anything about it."""
    breaks = "\r" in text or not text.isascii()
    return not (breaks and _BREAKS.search(text)) and _HARMFUL.search(text, body.end()) is None


def _head_of_whole(text: str, file: str) -> Head:
    from alfcheck.contracts.language.parse import parse_text

    parsed = parse_text(text, file)
    if parsed.spec is None:
        raise ContractError("\n".join(map(str, parsed.mistakes)))
    spec = parsed.spec
    return Head(spec.id, spec.version, spec.match, spec.session is not None)
