"""The settings of plugins: what they declare, and what the user says."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from alfcheck.config import nearest
from alfcheck.errors import ConfigError
from alfcheck.offers import Setting
from alfcheck.plugins.asking import Answers
from alfcheck.plugins.values import PluginInfo, Request

__all__ = ["bound", "settled"]

Values = Mapping[str, Any]


def settled(
    answers: Answers[Setting], infos: Mapping[str, PluginInfo], request: Request
) -> dict[str, Values]:
    """Give the values of each plugin's settings, by its name; raises `ConfigError` for what cannot be."""
    declared: dict[str, dict[str, Setting]] = {name: {} for name in infos}
    for setting, info in answers:
        declared[info.name][setting.name] = setting
    given = {name: dict(values) for name, values in request.settings}
    for name in given:
        if name not in declared:
            raise ConfigError(f"[plugins.{name}]: there is no such plugin{nearest(name, tuple(declared))}")
    return {name: _values(name, known, given.get(name, {})) for name, known in declared.items()}


def _values(plugin: str, known: Mapping[str, Setting], given: Values) -> Values:
    for key in given:
        if key not in known:
            raise ConfigError(f"[plugins.{plugin}]: there is no key {key!r}{nearest(key, tuple(known))}")
    return MappingProxyType({name: given.get(name, each.default) for name, each in sorted(known.items())})


def bound(function: Callable[..., Any], settings: Values) -> Callable[..., Any]:
    """Give a function its plugin's settings, if it has a parameter for them."""
    try:
        wants = "settings" in inspect.signature(function).parameters
    except (TypeError, ValueError):  # not written in Python
        return function
    return partial(function, settings=settings) if wants else function
