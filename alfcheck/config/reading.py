"""From the table of a configuration to `Settings`; whatever is wrong is told with file and key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alfcheck.config.files import discover, table_of
from alfcheck.config.levels import CODES, Levels, level, levels, levels_in
from alfcheck.config.plugged import beside, plugin_settings, plugins_to_load, refuse_plugins, texts
from alfcheck.config.words import nearest, shown
from alfcheck.errors import ConfigError
from alfcheck.model import Severity

__all__ = ["KEYS", "Settings", "load_settings"]

KEYS = ("plugins", "no-plugins", "select", "ignore", "severity", "fail-on", "strict", "require", "deadline")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a configuration says. ``source`` is the file that it stands in, for messages.

    ``severity`` are levels by code (or its beginning), ``severity_in`` those for the files that a glob
    matches, in the order of the file. ``plugin_settings`` are those of plugins, by their names, as they stand
    there.
    ``require`` are ids (or ``id@version``) of contracts about sessions, which are judged by no others.
    ``deadline`` is how many seconds one call to a rule, check or reader of a plugin may take.
    """

    source: Path | None = None
    plugins: tuple[str, ...] = ()
    disabled: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Levels = field(default_factory=dict)
    fail_on: Severity | None = None
    strict: bool = False
    require: tuple[str, ...] = ()
    deadline: float = 60.0
    severity_in: tuple[tuple[str, Levels], ...] = ()
    plugin_settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def load_settings(root: Path, given: Path | None = None) -> Settings:
    """Read the configuration `given`, or the nearest one from `root` upwards.

    Raises `ConfigError`, which names the file, the key and the nearest known one.
    """
    path = given if given is not None else discover(root)
    if path is None:
        return Settings()
    table = table_of(path)
    try:
        return _settings(path, table, named=given is not None)
    except ConfigError as error:
        raise ConfigError(f"{shown(path)}: {error}") from error


def _settings(path: Path, table: Mapping[str, Any], *, named: bool) -> Settings:
    for key in table:
        if key not in KEYS:
            raise ConfigError(f"there is no key {key!r}{nearest(key, KEYS)}")
    plugged = table.get("plugins", [])
    plugins = plugins_to_load(plugged)
    disabled = texts("no-plugins", table.get("no-plugins", []))
    if not named:
        refuse_plugins(path, plugins, disabled)
    severity = table.get("severity", {})
    return Settings(
        source=path,
        plugins=tuple(beside(path, plugin) for plugin in plugins),
        disabled=disabled,
        select=_codes("select", table),
        ignore=_codes("ignore", table),
        severity=levels(severity),
        fail_on=level("fail-on", table["fail-on"]) if "fail-on" in table else None,
        strict=_boolean("strict", table),
        require=texts("require", table.get("require", [])),
        deadline=_deadline(table.get("deadline", 60)),
        severity_in=levels_in(severity),
        plugin_settings=plugin_settings(plugged),
    )


def _codes(key: str, table: Mapping[str, Any]) -> tuple[str, ...]:
    codes = texts(key, table.get(key, []))
    for code in codes:
        if not CODES.fullmatch(code):
            raise ConfigError(
                f"{key} has {code!r}, which is no code nor the beginning of one; write it like ALF120 or ALF1"
            )
    return codes


def _boolean(key: str, table: Mapping[str, Any]) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise ConfigError(f"{key} must be true or false, but is {value!r}")
    return value


def _deadline(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0.1 <= value <= 86_400:
        raise ConfigError(f"deadline must be a number of seconds from 0.1 to 86400, but is {value!r}")
    return float(value)
