"""Configuration: ``alfcheck.toml``, or ``[tool.alfcheck]`` of ``pyproject.toml``, into `Settings`.

A configuration that was merely found never names code to load: opening a downloaded release must not
run what lies in it. One that the user names with ``--config`` may.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alfcheck.errors import ConfigError
from alfcheck.model import Severity

__all__ = ["Settings", "discover", "load_settings", "nearest", "shown"]

FILE = "alfcheck.toml"
PYPROJECT = "pyproject.toml"
KEYS = ("plugins", "no-plugins", "select", "ignore", "severity", "fail-on", "strict", "require", "deadline")
MAX_BYTES = 2**20
"""Bytes up to which a configuration is read: one that was found may be anything."""

_CODES = re.compile(r"[A-Z]{2,5}\d{0,3}")
_CODE = re.compile(r"[A-Z]{2,5}\d{3}")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a configuration says. ``source`` is the file that it stands in, for messages.

    ``require`` are ids (or ``id@version``) of contracts about sessions, which are judged by no others.
    ``deadline`` is how many seconds one call to a rule, check or reader of a plugin may take.
    """

    source: Path | None = None
    plugins: tuple[str, ...] = ()
    disabled: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    fail_on: Severity | None = None
    strict: bool = False
    require: tuple[str, ...] = ()
    deadline: float = 60.0


def load_settings(root: Path, given: Path | None = None) -> Settings:
    """Read the configuration `given`, or the nearest one from `root` upwards.

    Raises `ConfigError`, which names the file, the key and the nearest known one.
    """
    path = given if given is not None else discover(root)
    if path is None:
        return Settings()
    return _settings(path, _table(path), named=given is not None)


def discover(root: Path) -> Path | None:
    """Find the nearest configuration, as far as a repository's root, the home folder or a mount point."""
    for folder in _upwards(root):
        own = folder / FILE
        if _is_file(own):
            return own
        project = folder / PYPROJECT
        if _is_file(project) and _has_section(project):
            return project
    return None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a folder that may not be looked into
        return False


def _upwards(root: Path) -> Iterator[Path]:
    folder = root.resolve()
    if not folder.is_dir():
        folder = folder.parent
    device = folder.stat().st_dev if folder.exists() else None
    for each in (folder, *folder.parents):
        if device is not None and each.stat().st_dev != device:
            return
        yield each
        if (each / ".git").exists() or each == _home():
            return


def _home() -> Path | None:
    try:
        return Path.home().resolve()
    except RuntimeError:
        return None


def _has_section(path: Path) -> bool:
    try:
        return _section(_parse(path)) is not None
    except ConfigError:
        # Someone else's file; the tools that it belongs to will complain of it. Unless it is ours too.
        with open(path, "rb") as stream:
            return b"[tool.alfcheck" in stream.read(MAX_BYTES)


def _section(document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    tool = document.get("tool")
    section = tool.get("alfcheck") if isinstance(tool, dict) else None
    return section if isinstance(section, dict) else None


def _parse(path: Path) -> dict[str, Any]:
    try:
        with open(path, "rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise ConfigError(f"{shown(path)}: is no configuration, since it is larger than 1 MiB")
        return tomllib.loads(data.decode("utf-8"))
    except OSError as error:
        raise ConfigError(f"{shown(path)}: cannot be read: {error.strerror}") from error
    except RecursionError as error:
        raise ConfigError(f"{shown(path)}: is nested too deeply") from error
    except ValueError as error:
        raise ConfigError(f"{shown(path)}: is no valid TOML: {error}") from error


def shown(path: Path) -> str:
    """Give a path as messages name it: from the working folder or from the top, whichever is shorter."""
    try:
        return min(os.path.relpath(path), str(path), key=len)
    except (OSError, ValueError):  # another drive, or a working folder that is gone
        return str(path)


def _table(path: Path) -> Mapping[str, Any]:
    document = _parse(path)
    if path.name != PYPROJECT:
        return document
    section = _section(document)
    if section is None:
        raise ConfigError(f"{shown(path)}: has no table [tool.alfcheck]")
    return section


def _settings(path: Path, table: Mapping[str, Any], *, named: bool) -> Settings:
    for key in table:
        if key not in KEYS:
            raise ConfigError(f"{shown(path)}: there is no key {key!r}{nearest(key, KEYS)}")
    plugins = _texts(path, table, "plugins")
    disabled = _texts(path, table, "no-plugins")
    if not named:
        _refuse_plugins(path, plugins, disabled)
    return Settings(
        source=path,
        plugins=tuple(_beside(path, plugin) for plugin in plugins),
        disabled=disabled,
        select=_code_list(path, table, "select"),
        ignore=_code_list(path, table, "ignore"),
        severity=_severities(path, table.get("severity", {})),
        fail_on=_fail_on(path, table.get("fail-on")),
        strict=_boolean(path, table, "strict"),
        require=_texts(path, table, "require"),
        deadline=_deadline(path, table.get("deadline", 60)),
    )


def _refuse_plugins(path: Path, plugins: tuple[str, ...], disabled: tuple[str, ...]) -> None:
    """A configuration that lies in a release neither brings code nor chooses by which rules it is judged."""
    if plugins:
        raise ConfigError(
            f"{shown(path)}: names plugins ({', '.join(plugins)}), which only a configuration that you name "
            f"may do, since they are code: run with --config {shown(path)}, or with -p PLUGIN"
        )
    if disabled:
        raise ConfigError(
            f"{shown(path)}: leaves plugins out ({', '.join(disabled)}), which only a configuration that "
            "you name may do, since a release cannot choose its judges: run with "
            f"--config {shown(path)}, or with --no-plugin NAME"
        )


def _beside(path: Path, plugin: str) -> str:
    """Files are meant relative to the configuration that names them."""
    if plugin.endswith(".py") or "/" in plugin or "\\" in plugin:
        return str((path.parent / plugin).resolve())
    return plugin


def _texts(path: Path, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ConfigError(f"{shown(path)}: {key} must be a list of texts, but is {value!r}")
    return tuple(value)


def _code_list(path: Path, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    codes = _texts(path, table, key)
    for code in codes:
        if not _CODES.fullmatch(code):
            raise ConfigError(
                f"{shown(path)}: {key} has {code!r}, which is no code nor the beginning of one; "
                "write it like ALF120 or ALF1"
            )
    return codes


def _boolean(path: Path, table: Mapping[str, Any], key: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise ConfigError(f"{shown(path)}: {key} must be true or false, but is {value!r}")
    return value


def _deadline(path: Path, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0.1 <= value <= 86_400:
        raise ConfigError(
            f"{shown(path)}: deadline must be a number of seconds from 0.1 to 86400, but is {value!r}"
        )
    return float(value)


def _severities(path: Path, table: object) -> dict[str, Severity]:
    if not isinstance(table, dict):
        raise ConfigError(f'{shown(path)}: severity must be a table, like severity = {{ ALF120 = "error" }}')
    for code in table:
        if not _CODE.fullmatch(code):
            raise ConfigError(f"{shown(path)}: severity has {code!r}, which is no code; write it like ALF120")
    return {code: _severity(path, f"severity.{code}", value) for code, value in table.items()}


def _fail_on(path: Path, value: object) -> Severity | None:
    return None if value is None else _severity(path, "fail-on", value)


def _severity(path: Path, key: str, value: object) -> Severity:
    allowed = (Severity.ERROR, Severity.WARNING, Severity.INFO)
    if value not in allowed:
        raise ConfigError(f"{shown(path)}: {key} must be one of {', '.join(allowed)}, but is {value!r}")
    return Severity(str(value))


def nearest(word: str, known: Sequence[str]) -> str:
    """Say which known word may be meant, and which there are."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    listed = f"; there are {', '.join(known)}" if len(known) <= 12 else ""
    return (f"; is {close[0]!r} meant?" if close else "") + ("" if close else listed)
