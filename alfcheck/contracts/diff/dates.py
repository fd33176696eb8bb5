"""Limits that are dates, as numbers that can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from alfcheck.contracts.spec import Argument, CheckSpec

__all__ = ["dated"]

_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?")
_BEGIN = datetime(1, 1, 1)


def dated(checks: Iterable[CheckSpec]) -> tuple[CheckSpec, ...]:
    """Give the checks with each date in microseconds; one that is written in another way stays a text."""
    return tuple(
        replace(check, arguments=tuple((name, _number(value)) for name, value in check.arguments))
        for check in checks
    )


def _number(value: Argument) -> Argument:
    if isinstance(value, tuple):
        numbers = tuple(_one(each) for each in value)
        return value if any(isinstance(each, str) for each in numbers) else numbers
    return _one(value)


def _one(value: str | int | float | bool | None) -> str | int | float | bool | None:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return value
    try:
        since = datetime.fromisoformat(value) - _BEGIN
    except ValueError:
        return value
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
