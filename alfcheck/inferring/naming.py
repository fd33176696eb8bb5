"""Names that drafts need: ids, and those of dimensions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from alfcheck.errors import UsageError
from alfcheck.inferring.seen import ObjectSeen

__all__ = ["contract_id", "dimension_names", "legal_prefix", "unlike"]

LONGEST = 100
"""Characters that the id of a contract has at most."""

_PREFIX = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_LONGEST_PREFIX = 50
_LONGEST_NAME = 60


def legal_prefix(prefix: str) -> str:
    """Give back what may begin an id; raises `UsageError` with the rule for anything else."""
    if _PREFIX.fullmatch(prefix) and len(prefix) <= _LONGEST_PREFIX:
        return prefix
    raise UsageError(
        f"--prefix {prefix[:_LONGEST_NAME]!r}: ids are lower-case words with dots between them, each with a "
        f"letter first, then letters, digits and _, as in mylab or mylab.rig2; at most {_LONGEST_PREFIX} "
        "characters"
    )


def contract_id(seen: ObjectSeen, prefix: str) -> str:
    """Give an id in which namespace and object can be recognised."""
    parts = [_word(part) for part in (seen.namespace, seen.name) if part]
    return ".".join([prefix, *parts])[:LONGEST].rstrip(".")


def _word(text: str) -> str:
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).lower()
    word = re.sub(r"[^a-z0-9_]+", "_", plain).strip("_") or "x"
    return word[:_LONGEST_NAME] if word[0].isalpha() else f"x{word}"[:_LONGEST_NAME]


def unlike(name: str, taken: Collection[str], longest: int = LONGEST) -> str:
    """Give `name`, or if it is taken one like it that is not."""
    found, number = name, 2
    while found in taken:
        ending = f"_{number}"
        found, number = name[: longest - len(ending)] + ending, number + 1
    return found


def dimension_names(attributes: Iterable[str]) -> Mapping[str, str]:
    """Give each attribute a word of its own, with a letter first, for the names of its dimensions."""
    found: dict[str, str] = {}
    for name in sorted(attributes):
        plain = re.sub("[^A-Za-z0-9]", "", name)[:_LONGEST_NAME]
        word = plain if plain[:1].isalpha() else f"d{plain}"
        found[name] = unlike(word, found.values(), _LONGEST_NAME)
    return found
