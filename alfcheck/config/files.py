"""Where a configuration is looked for, and how it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from alfcheck.config.words import shown
from alfcheck.errors import ConfigError

__all__ = ["discover", "table_of"]

FILE = "alfcheck.toml"
PYPROJECT = "pyproject.toml"
MAX_BYTES = 2**20
"""Bytes up to which a configuration is read: one that was found may be anything."""


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


def table_of(path: Path) -> Mapping[str, Any]:
    """Give what a configuration says; raises `ConfigError` for a file that is none."""
    document = _parse(path)
    if path.name != PYPROJECT:
        return document
    section = _section(document)
    if section is None:
        raise ConfigError(f"{shown(path)}: has no table [tool.alfcheck]")
    return section


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
    import tomllib

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
