"""The checks of the language: pandera's names and arguments, their short names, and alfcheck's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["ARGUMENT_TEXTS", "CHECKS", "CHECK_NAMES", "COMMON", "CheckWord", "check_word"]


@dataclass(frozen=True, slots=True)
class CheckWord:
    """One check.

    ``arguments`` are pandera's, with the kind of each; ``single`` is the one that may stand alone
    (``ge: 0``), ``pair`` says that a list of two stands for ``min_value`` and ``max_value``. ``groups`` are
    the groups of dtypes that it can judge: number, bool, string, datetime.
    """

    name: str
    short: str
    arguments: Mapping[str, str]
    description: str
    groups: frozenset[str]
    single: str = ""
    pair: bool = False
    needed: tuple[str, ...] = ()

    @property
    def written(self) -> str:
        """The name that is written: the short one, where there is one."""
        return self.short or self.name


COMMON: Mapping[str, str] = MappingProxyType({"severity": "severity", "error": "text"})
"""Arguments that every check takes."""

ARGUMENT_TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "value": "The value.",
        "min_value": "The least value.",
        "max_value": "The greatest value.",
        "include_min": "false: the least value itself is not allowed.",
        "include_max": "false: the greatest value itself is not allowed.",
        "allowed_values": "The values that are allowed.",
        "forbidden_values": "The values that are not.",
        "pattern": "A regular expression.",
        "string": "The text.",
        "exact_value": "The length.",
        "severity": "error (the default) or warning.",
        "error": "What is expected, in words for the finding.",
    }
)

_ANY = frozenset({"number", "bool", "string", "datetime"})
_ORDERED = frozenset({"number", "datetime"})
_STRING = frozenset({"string"})


def _one(name: str, short: str, argument: str, kind: str, text: str, groups: frozenset[str]) -> CheckWord:
    return CheckWord(name, short, {argument: kind}, text, groups, argument, needed=(argument,))


def _own(name: str, text: str, groups: frozenset[str]) -> CheckWord:
    return CheckWord(name, "", {}, text, groups)


_WORDS = (
    _one("equal_to", "eq", "value", "value", "Values are equal to this.", _ANY),
    _one("not_equal_to", "ne", "value", "value", "Values differ from this.", _ANY),
    _one("greater_than", "gt", "min_value", "limit", "Values are greater than this.", _ORDERED),
    _one("greater_than_or_equal_to", "ge", "min_value", "limit", "Values are at least this.", _ORDERED),
    _one("less_than", "lt", "max_value", "limit", "Values are less than this.", _ORDERED),
    _one("less_than_or_equal_to", "le", "max_value", "limit", "Values are at most this.", _ORDERED),
    CheckWord(
        "in_range",
        "",
        {"min_value": "limit", "max_value": "limit", "include_min": "boolean", "include_max": "boolean"},
        "Values lie between these, ends included.",
        _ORDERED,
        pair=True,
        needed=("min_value", "max_value"),
    ),
    _one("isin", "", "allowed_values", "values", "Values are among these.", _ANY),
    _one("notin", "", "forbidden_values", "values", "Values are not among these.", _ANY),
    _one("str_matches", "", "pattern", "pattern", "Texts begin with a match of this expression.", _STRING),
    _one("str_contains", "", "pattern", "pattern", "Texts contain a match of this expression.", _STRING),
    _one("str_startswith", "", "string", "text", "Texts begin with this.", _STRING),
    _one("str_endswith", "", "string", "text", "Texts end with this.", _STRING),
    CheckWord(
        "str_length",
        "",
        {"min_value": "count", "max_value": "count", "exact_value": "count"},
        "Texts have as many characters: a number, a list of the fewest and the most, or a mapping.",
        _STRING,
        pair=True,
    ),
    _own("sorted", "Values never decrease from row to row of a file.", _ORDERED | _STRING),
    _own("strictly_increasing", "Values increase from each row to the next of a file.", _ORDERED | _STRING),
    _own("unique", "No value occurs twice in a file; a warning where severity says so.", _ANY),
    _own("whole_number", "Values are whole numbers, in whatever dtype.", frozenset({"number"})),
    _own("unique", "No value occurs twice in a file; `unique: true`, but for its severity.", _ANY),
)

CHECKS: Mapping[str, CheckWord] = MappingProxyType({word.name: word for word in _WORDS})
"""The checks by their full names."""

_SHORT = {word.short: word for word in _WORDS if word.short}

CHECK_NAMES: tuple[str, ...] = (*CHECKS, *_SHORT)
"""All names that a check may be written by."""


def check_word(name: str) -> CheckWord | None:
    """Give the check of this name, full or short."""
    return CHECKS.get(name) or _SHORT.get(name)
