"""From a configuration and what else the user says to a `Request`: which plugins, with which settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from alfcheck.config import Settings, shown
from alfcheck.errors import UsageError
from alfcheck.plugins.values import Request

__all__ = ["requested"]

GIVEN = "given in Python"
"""How messages name settings that were not in a configuration but given from Python."""

ByPlugin = Mapping[str, Mapping[str, Any]]


def requested(
    settings: Settings,
    wanted: tuple[str, ...] = (),
    disabled: tuple[str, ...] = (),
    *,
    contracts: str = "",
    given: ByPlugin | None = None,
) -> Request:
    """Give what to load; `given` are settings of plugins that go over those of the configuration.

    Raises `UsageError` for settings of a plugin that are no mapping.
    """
    for name, values in (given or {}).items():
        if not isinstance(cast("object", values), Mapping):
            raise UsageError(
                f"the settings of the plugin {name!r} must be a mapping of keys to values, but are {values!r}"
            )
    source = shown(settings.source) if settings.source is not None else ""
    said = dict((*_said(settings.plugin_settings, source), *_said(given or {}, GIVEN)))
    return Request(
        (*settings.plugins, *wanted),
        tuple(sorted({*settings.disabled, *disabled})),
        contracts,
        tuple(_merged(settings.plugin_settings, given or {})),
        tuple(said.items()),
    )


def _merged(one: ByPlugin, other: ByPlugin) -> Iterator[tuple[str, tuple[tuple[str, Any], ...]]]:
    for name in sorted({*one, *other}):
        values = {**one.get(name, {}), **other.get(name, {})}
        yield name, tuple((key, _frozen(value)) for key, value in values.items())


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _said(settings: ByPlugin, source: str) -> Iterator[tuple[str, str]]:
    for name, values in settings.items():
        yield name, source
        for key in values:
            yield f"{name}.{key}", source
