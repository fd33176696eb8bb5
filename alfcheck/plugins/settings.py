"""The settings of plugins: what they declare, and what the user says."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from alfcheck.config.words import nearest
from alfcheck.errors import ConfigError
from alfcheck.offers import Setting
from alfcheck.plugins.asking import Answers
from alfcheck.plugins.declared import refuse_wrong_setting, sound_value, told_value
from alfcheck.plugins.values import PluginInfo, Request

__all__ = ["RESERVED", "bound", "changed", "settled", "told_changes"]

Values = Mapping[str, Any]

RESERVED = "load"
"""What no plugin can be called: ``[plugins] load = [...]`` says which plugins are loaded."""


def settled(
    answers: Answers[Setting], infos: Mapping[str, PluginInfo], request: Request
) -> dict[str, Values]:
    """Give the values of each plugin's settings, by its name.

    Raises `ConfigError` for what the user says and cannot be, `PluginError` for what a plugin declares and
    cannot be. What is said of a plugin that was left out is not looked at.
    """
    if RESERVED in infos:
        infos[RESERVED].refuse(f"no plugin can be called {RESERVED!r}: [plugins] has a key of that name")
    declared = _declared(answers, infos)
    where = dict(request.said)
    given = {name: dict(values) for name, values in request.settings if name not in request.disabled}
    for name in given:
        if name not in declared:
            known = nearest(name, tuple(each for each in declared if declared[each]) or tuple(declared))
            raise ConfigError(f"{_place(where, name)}: there is no such plugin{known}")
    return {name: _values(infos[name], known, given.get(name, {}), where) for name, known in declared.items()}


def _declared(answers: Answers[Setting], infos: Mapping[str, PluginInfo]) -> dict[str, dict[str, Setting]]:
    declared: dict[str, dict[str, Setting]] = {name: {} for name in infos}
    for setting, info in answers:
        refuse_wrong_setting(setting, info)
        if setting.name in declared[info.name]:
            info.refuse(f"the setting {setting.name} is declared twice")
        declared[info.name][setting.name] = setting
    return declared


def _values(
    info: PluginInfo, known: Mapping[str, Setting], given: Values, where: Mapping[str, str]
) -> Values:
    for key in given:
        if key not in known:
            near = nearest(key, tuple(known)) if known else f"; {info.told} has no settings"
            raise ConfigError(f"{_place(where, info.name)}: there is no key {key!r}{near}")
    values = {}
    for name, setting in sorted(known.items()):
        try:
            values[name] = sound_value(setting, given.get(name, setting.default))
        except ConfigError as error:
            raise ConfigError(f"{_place(where, info.name, name)} {error}") from error
    return MappingProxyType(values)


def _place(where: Mapping[str, str], plugin: str, key: str = "") -> str:
    """Name a key as it stands in the file that has it."""
    name = f"{plugin}.{key}" if key else plugin
    source = where.get(name, "")
    return f"{source}{': ' if source else ''}plugins.{name}"


def changed(
    declared: Mapping[str, tuple[Setting, ...]], settings: Mapping[str, Values]
) -> dict[str, dict[str, Any]]:
    """Give the settings that are not as the plugin has them, by the plugin's name."""
    found: dict[str, dict[str, Any]] = {}
    for plugin, known in sorted(declared.items()):
        for setting in known:
            value = settings[plugin][setting.name]
            if value != sound_value(setting, setting.default):
                found.setdefault(plugin, {})[setting.name] = value
    return found


def told_changes(found: Mapping[str, Values], where: Mapping[str, str]) -> Iterator[str]:
    """Tell the settings that were changed, and where that is said."""
    for plugin, values in found.items():
        for key, value in values.items():
            source = where.get(f"{plugin}.{key}", "")
            yield f"{plugin}.{key} = {told_value(value)}{f' ({source})' if source else ''}"


def bound(function: Callable[..., Any], settings: Values) -> Callable[..., Any]:
    """Give a function its plugin's settings, if it has a parameter for them."""
    try:
        wants = "settings" in inspect.signature(function).parameters
    except (TypeError, ValueError):  # not written in Python
        return function
    return partial(function, settings=settings) if wants else function
