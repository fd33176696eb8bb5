"""The key ``plugins``: which plugins are loaded, and the settings of plugins."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alfcheck.config.words import nearest, shown
from alfcheck.errors import ConfigError

__all__ = ["LOAD", "beside", "plugin_settings", "plugins_to_load", "refuse_plugins", "texts"]

LOAD = "load"
"""The key of the table ``plugins`` that is no plugin's name."""


def plugins_to_load(value: object) -> tuple[str, ...]:
    """Give the plugins that ``plugins`` names: a list of them, or a table that has one as ``load``."""
    return texts(f"plugins.{LOAD}", value.get(LOAD, [])) if isinstance(value, dict) else _listed(value)


def _listed(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ConfigError(
            "plugins must be a list of plugins to load, or a table: [plugins] with load = [...], and "
            f"[plugins.NAME] with settings; it is {value!r}"
        )
    return texts("plugins", value)


def plugin_settings(value: object) -> dict[str, Mapping[str, Any]]:
    """Give the settings of plugins, by their names; what they may be only the plugins can say."""
    if not isinstance(value, dict):
        return {}
    for name, own in value.items():
        if name != LOAD and not isinstance(own, dict):
            raise ConfigError(
                f"plugins.{name} must be a table of settings of the plugin {name!r}, but is {own!r}"
                f"{nearest(name, (LOAD,)) if isinstance(own, list) else ''}"
            )
    return {name: own for name, own in value.items() if name != LOAD}


def texts(key: str, value: object) -> tuple[str, ...]:
    """Give a list of texts as it must be; raises `ConfigError`, which names the key alone."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ConfigError(f"{key} must be a list of texts, but is {value!r}")
    return tuple(value)


def refuse_plugins(path: Path, plugins: tuple[str, ...], disabled: tuple[str, ...]) -> None:
    """A configuration that lies in a release neither brings code nor chooses by which rules it is judged."""
    if plugins:
        raise ConfigError(
            f"names plugins ({', '.join(plugins)}), which only a configuration that you name "
            f"may do, since they are code: run with --config {shown(path)}, or with -p PLUGIN"
        )
    if disabled:
        raise ConfigError(
            f"leaves plugins out ({', '.join(disabled)}), which only a configuration that "
            "you name may do, since a release cannot choose its judges: run with "
            f"--config {shown(path)}, or with --no-plugin NAME"
        )


def beside(path: Path, plugin: str) -> str:
    """Files are meant relative to the configuration that names them."""
    if plugin.endswith(".py") or "/" in plugin or "\\" in plugin:
        return str((path.parent / plugin).resolve())
    return plugin
