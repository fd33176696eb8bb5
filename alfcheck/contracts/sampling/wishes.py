"""What the checks of a column ask of its values, as far as they can be read from the checks."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from alfcheck.contracts.plans import CheckPlan
from alfcheck.contracts.sampling.judging import checks_of_plan
from alfcheck.contracts.sampling.values import Column

__all__ = ["Wishes", "constants", "wishes_of"]

_TEXT_CHECKS = frozenset({"str_matches", "str_contains", "str_startswith", "str_endswith", "str_length"})
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")


@dataclass(frozen=True, slots=True)
class Wishes:
    """Limits, sets, patterns, order: hints only, since the checks themselves decide.

    ``ordered`` asks for values that do not fall from place to place, ``distinct`` for such that differ.
    """

    low: float = -math.inf
    high: float = math.inf
    choices: tuple[Any, ...] = ()
    limits: tuple[float, ...] = ()
    texts: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    start: str = ""
    inside: tuple[str, ...] = ()
    end: str = ""
    lengths: tuple[int, int] = (0, 1000)
    is_text: bool = False
    whole: bool = False
    ordered: bool = False
    distinct: bool = False
    refers: bool = False


def wishes_of(column: Column) -> Wishes:
    """Read the wishes of all who judge a column."""
    told = list(_told(column))
    numbers = [value for _, given in told for value in _numbers(given)]
    choices = _choices(told)
    texts = {name: [given for each, given in told if each == name] for name in _TEXT_CHECKS}
    refers = any(judge.terms.references for judge in column.judges)
    codes = {check.code for check in _checks(column)}
    return Wishes(
        low=max((value for name, given in told for value in _lows(name, given)), default=-math.inf),
        high=min((value for name, given in told for value in _highs(name, given)), default=math.inf),
        choices=choices,
        limits=tuple(dict.fromkeys(numbers)),
        texts=tuple(dict.fromkeys(text for _, given in told for text in _texts(given))),
        patterns=tuple(_pattern(given["pattern"]) for given in texts["str_matches"]),
        start=next((given["string"] for given in texts["str_startswith"]), ""),
        inside=tuple(given["pattern"] for given in texts["str_contains"]),
        end=next((given["string"] for given in texts["str_endswith"]), ""),
        lengths=_lengths(texts["str_length"]),
        is_text=any(texts.values()) or (bool(choices) and all(isinstance(value, str) for value in choices)),
        whole=refers
        or any(name == "whole_number" for name, _ in told)
        or (bool(choices) and all(_is_whole(value) for value in choices)),
        ordered="ALF305" in codes,
        distinct="ALF306" in codes or any(name == "strictly_increasing" for name, _ in told),
        refers=refers,
    )


def constants(text: str) -> tuple[Any, ...]:
    """Give the numbers and texts that stand in an expression: values at which it may turn."""
    numbers = [float(found) for found in _NUMBER.findall(_QUOTED.sub(" ", text))]
    return (*numbers, *(one or other for one, other in _QUOTED.findall(text)))


def _checks(column: Column) -> Iterator[CheckPlan]:
    for judge in column.judges:
        if judge.plan is not None:
            yield from checks_of_plan(judge.plan)


def _told(column: Column) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give names and arguments of the checks: of a contract file as it says, of others as pandera knows."""
    for check in _checks(column):
        given = dict(check.check.statistics or {})
        near = getattr(check.check._check_fn, "numbers", None)
        if near is not None:
            key = "forbidden_values" if check.name in ("notin", "not_equal_to") else "allowed_values"
            given = {key: near}
        yield check.name, given
    for judge in column.judges:
        spec = judge.contract.spec
        own = spec.column(column.name) if spec is not None else None
        for each in own.checks if own is not None else ():
            yield each.name, dict(each.arguments)


def _numbers(given: Mapping[str, Any]) -> Iterator[float]:
    for value in given.values():
        for each in value if isinstance(value, (list, tuple, set, frozenset)) else (value,):
            if isinstance(each, (int, float)) and not isinstance(each, bool):
                yield float(each)


def _texts(given: Mapping[str, Any]) -> Iterator[str]:
    for value in given.values():
        found = value if isinstance(value, (list, tuple, set, frozenset)) else (value,)
        yield from (each for each in found if isinstance(each, str))


def _lows(name: str, given: Mapping[str, Any]) -> Iterator[float]:
    if name in ("greater_than", "greater_than_or_equal_to", "in_range"):
        yield from _numbers({"": given.get("min_value")})


def _highs(name: str, given: Mapping[str, Any]) -> Iterator[float]:
    if name in ("less_than", "less_than_or_equal_to", "in_range"):
        yield from _numbers({"": given.get("max_value")})


def _choices(told: list[tuple[str, Mapping[str, Any]]]) -> tuple[Any, ...]:
    """Give the values of the smallest set that is asked for."""
    sets = [tuple(given["allowed_values"]) for _, given in told if "allowed_values" in given]
    sets += [(given["value"],) for name, given in told if name == "equal_to" and "value" in given]
    return min(sets, key=len, default=())


def _pattern(given: Any) -> str:
    return str(getattr(given, "pattern", given))


def _lengths(given: list[Mapping[str, Any]]) -> tuple[int, int]:
    low = max((int(each.get("min_value") or each.get("exact_value") or 0) for each in given), default=0)
    high = min(
        (int(each.get("max_value") or each.get("exact_value") or 1000) for each in given), default=1000
    )
    return low, high


def _is_whole(value: Any) -> bool:
    return not isinstance(value, str) and float(value).is_integer()
