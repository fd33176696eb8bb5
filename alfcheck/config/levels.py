"""The key ``severity``: levels by code, and by code for the files that a glob matches."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

from alfcheck.errors import ConfigError
from alfcheck.model import Severity

__all__ = ["CODES", "OFF", "Level", "Levels", "level", "levels", "levels_in"]

OFF: Final = "off"
Level = Severity | Literal["off"]
"""What a finding shall weigh; ``off`` is what ``ignore`` does."""

Levels = Mapping[str, Level]
"""Levels by codes, or by their beginnings."""

SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.INFO)
CODES = re.compile(r"[A-Z]{2,5}\d{0,3}")


def level(key: str, value: object) -> Severity:
    """Give a severity that may be asked for; raises `ConfigError`, which names the key alone."""
    if value not in SEVERITIES:
        raise ConfigError(f"{key} must be one of {', '.join(SEVERITIES)}, but is {value!r}")
    return Severity(str(value))


def levels(table: object) -> Levels:
    """Give the levels that hold for all files."""
    return {code: _level(f"severity.{code}", value) for code, value in _parted(table)[0].items()}


def levels_in(table: object) -> tuple[tuple[str, Levels], ...]:
    """Give the levels that hold for the files that a glob matches, in the order of the file."""
    return tuple((glob, _of_glob(glob, own)) for glob, own in _parted(table)[1].items())


def _parted(table: object) -> tuple[dict[str, object], dict[str, dict[str, object]]]:
    """Tell codes from globs: the value of a glob is a table."""
    if not isinstance(table, dict):
        raise ConfigError('severity must be a table, like severity = { ALF120 = "error" }')
    globs = {key: value for key, value in table.items() if isinstance(value, dict)}
    codes = {key: value for key, value in table.items() if key not in globs}
    for key in codes:
        if not CODES.fullmatch(key):
            raise ConfigError(
                f"severity has {key!r}, which is no code nor the beginning of one; write it like ALF120 or "
                'ALF1, or write a table of codes for the files of a glob: [severity."alf/**"]'
            )
    for key in globs:
        if CODES.fullmatch(key):
            raise ConfigError(
                f"severity.{key} must be one of {_ALLOWED}, since {key} is a code or the beginning of one, "
                f'but is a table; the glob for files and folders of that name is "**/{key}"'
            )
    return codes, globs


def _of_glob(glob: str, table: Mapping[str, object]) -> Levels:
    place = f'severity."{glob}"'
    for code in table:
        if not CODES.fullmatch(code):
            raise ConfigError(
                f"{place} has {code!r}, which is no code nor the beginning of one; write it like ALF120 or "
                "ALF1"
            )
    return {code: _level(f"{place}.{code}", value) for code, value in table.items()}


_ALLOWED = ", ".join((*SEVERITIES, OFF))


def _level(key: str, value: object) -> Level:
    if value == OFF:
        return OFF
    if value not in SEVERITIES:
        raise ConfigError(f"{key} must be one of {_ALLOWED}, but is {value!r}")
    return Severity(str(value))
