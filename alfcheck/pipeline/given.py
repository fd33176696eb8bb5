"""Look at the problems that rules and readers give, before they are used."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping
from itertools import islice
from operator import index
from typing import Any

from alfcheck.model import Origin, Problem, Rule, Severity
from alfcheck.plugins import Owned
from alfcheck.plugins.values import BUILTIN
from alfcheck.traces import plain

__all__ = ["codes_of_reader", "codes_of_rule", "problems_of", "sound"]

SHOWN_ROWS = 100
"""Rows of a problem that are kept: they are a sample, and the count is exact."""

_CONTENT = "ALF2"
_LARGEST = 2**63


def codes_of_rule(rule: Rule, rules: Mapping[str, Owned]) -> Container[str]:
    """Give the codes that the problems of a rule may have: a plugin's speak for themselves alone."""
    return rules if rules[rule.code].origin.name == BUILTIN else (rule.code,)


def codes_of_reader(origin: Origin | None, rules: Mapping[str, Owned]) -> Container[str]:
    """Give the codes that a reader may give: those of its plugin's own rules, and ours about contents."""
    if origin is None or origin.name == BUILTIN:
        return rules
    return {code for code, owned in rules.items() if owned.origin == origin or code.startswith(_CONTENT)}


def problems_of(answer: object) -> Iterable[object]:
    """Give what a rule answered with, to be looked at one by one; raises `TypeError` if it is none."""
    if isinstance(answer, (str, bytes, Mapping)) or not isinstance(answer, Iterable):
        hint = ": is there a return, or a yield?" if answer is None else ""
        raise TypeError(f"it gave {_brief(answer)}, where an iterable of Problems is due{hint}")
    return answer


def sound(given: object, codes: Container[str], within: Collection[str] | None = None) -> Problem:
    """Give a problem with its values in plain types: an integer of numpy's is no JSON.

    `codes` are those that it may have, `within` the paths that the problem may name: one that names
    another would fail nothing. Texts are cut where they have no end, and what cannot be printed in them is
    escaped. Raises `LookupError`, `TypeError` or `ValueError`.
    """
    if not isinstance(given, Problem):
        raise TypeError(f"it gave a {type(given).__name__} where a Problem is due")
    code = given.code
    if code is not None and (not isinstance(code, str) or code not in codes):
        raise LookupError(f"it gave the code {code}, which no rule has that it could speak for")
    return Problem(
        message=_message(given.message),
        code=code,
        severity=None if given.severity is None else Severity(given.severity),
        column=_text("column", given.column),
        check=_text("check", given.check),
        contract=_text("contract", given.contract),
        expected=_text("expected", given.expected),
        rows=tuple(_number("row", row) for row in islice(_rows(given.rows), SHOWN_ROWS)),
        count=_number("count", given.count, 1),
        datasets=_paths(given.datasets, within),
        fix=_text("fix", given.fix),
    )


def _message(text: object) -> str:
    if not isinstance(text, str) or not text.strip():
        raise TypeError(f"it gave {_brief(text)} for the message of a problem, where a text is due")
    return plain(str(text))


def _text(name: str, text: object) -> str | None:
    if text is not None and not isinstance(text, str):
        raise TypeError(f"it gave {_brief(text)} for the {name} of a problem, where a text is due")
    return None if text is None else plain(str(text))


def _rows(rows: object) -> Iterable[object]:
    if isinstance(rows, (str, bytes)) or not isinstance(rows, Iterable):
        raise TypeError(f"it gave {_brief(rows)} for the rows of a problem, where a tuple of numbers is due")
    return rows


def _number(name: str, number: Any, least: int = 0) -> int:
    try:
        found = index(number)
    except TypeError:
        raise TypeError(
            f"it gave {_brief(number)} for the {name} of a problem: take a whole number"
        ) from None
    if not least <= found < _LARGEST:
        raise ValueError(f"it gave {found} for the {name} of a problem, which is none")
    return found


def _paths(paths: object, within: Collection[str] | None) -> tuple[str, ...]:
    if isinstance(paths, str) or not isinstance(paths, Collection):
        raise TypeError("the datasets of a Problem are a tuple of paths")
    found = tuple(dict.fromkeys(map(str, paths)))
    unknown = next((path for path in found if within is not None and path not in within), None)
    if unknown is not None:
        raise LookupError(f"it gave a problem of {unknown!r}, which is none of the paths that it looked at")
    return found


def _brief(value: object) -> str:
    return f"a {type(value).__name__}"
