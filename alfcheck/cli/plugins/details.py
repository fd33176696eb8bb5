"""Everything that a plugin offers, as data: what ``alfcheck plugins show`` prints."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from alfcheck.cli.plugins.offers import identity, offered_by

if TYPE_CHECKING:
    from alfcheck.cli.plugins.surveying import Survey
    from alfcheck.offers import Setting
    from alfcheck.plugins import PluginInfo, Ruleset

__all__ = ["details"]


def details(survey: Survey, info: PluginInfo) -> dict[str, Any]:
    """Describe a plugin and all that it offers, kind by kind; each thing is a mapping of texts."""
    ruleset, commands = survey.ruleset, survey.commands.get(info.name, {})
    offers = offered_by(survey, info.name)
    described: dict[str, Callable[[list[str]], list[dict[str, Any]]]] = {
        "rules": lambda names: [_rule(ruleset, code) for code in names],
        "contracts": lambda names: [_contract(ruleset, label) for label in names],
        "readers": lambda names: list(_readers(ruleset, names)),
        "references": lambda names: [_reference(ruleset, name) for name in names],
        "session_infos": lambda names: [_session_info(ruleset, name) for name in names],
        "report_formats": lambda names: [_format(ruleset, name) for name in names],
        "commands": lambda names: [{"name": name, "description": commands[name]} for name in names],
        "settings": lambda _: [_setting(ruleset, info.name, each) for each in ruleset.declared[info.name]],
    }
    found = {
        kind: described[kind](names) if kind in described else [{"name": name} for name in names]
        for kind, names in offers.items()
    }
    return {**identity(info), **found}


def _rule(ruleset: Ruleset, code: str) -> dict[str, Any]:
    rule = ruleset.rules[code].rule
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": str(rule.severity),
        "target": str(rule.target),
        "summary": rule.summary,
        "place": None if rule.check is None else _place(rule.check),
    }


def _place(function: Callable[..., Any]) -> str | None:
    """Give ``file:line`` of a function, below its partial applications and wrappers."""
    while isinstance(function, functools.partial):
        function = function.func
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return None
    from pathlib import Path

    from alfcheck.config import shown

    return f"{shown(Path(code.co_filename))}:{code.co_firstlineno}"


def _contract(ruleset: Ruleset, label: str) -> dict[str, Any]:
    contract = next(each for each in ruleset.contracts if each.label == label)
    return {"id": contract.id, "version": contract.version}


def _readers(ruleset: Ruleset, extensions: list[str]) -> Iterator[dict[str, Any]]:
    """Give each reader once, with those of its extensions that the plugin has."""
    found: dict[str, dict[str, Any]] = {}
    for extension in extensions:
        reader = ruleset.readers[extension.removeprefix(".")]
        row = found.setdefault(
            reader.name, {"name": reader.name, "extensions": [], "description": reader.description}
        )
        row["extensions"].append(extension)
    yield from found.values()


def _reference(ruleset: Ruleset, name: str) -> dict[str, Any]:
    each = next(reference for reference, _ in ruleset.references if reference.id == name)
    return {
        "id": each.id,
        "version": each.version,
        "attribute": f"{each.object}.{each.attribute}",
        "target": each.target,
        "description": each.description,
    }


def _session_info(ruleset: Ruleset, name: str) -> dict[str, Any]:
    each = next(info for info, _ in ruleset.infos if info.name == name)
    needs = [*each.datasets, *each.columns]
    return {"name": each.name, "needs": needs, "description": each.description}


def _format(ruleset: Ruleset, name: str) -> dict[str, Any]:
    return {"name": name, "description": ruleset.reporters[name].description}


def _setting(ruleset: Ruleset, plugin: str, each: Setting) -> dict[str, Any]:
    return {
        "name": each.name,
        "type": f"list of {each.kind.__name__}" if each.many else each.kind.__name__,
        "default": _plain(each.default),
        "value": _plain(ruleset.settings[plugin][each.name]),
        "choices": list(each.choices),
        "minimum": each.minimum,
        "maximum": each.maximum,
        "doc": each.doc,
    }


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
