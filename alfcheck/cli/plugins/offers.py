"""What a plugin offers, in words and as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alfcheck.cli.plugins.surveying import Survey
    from alfcheck.plugins import PluginInfo

__all__ = ["KINDS", "identity", "offered_by", "offers_in_words", "where"]

KINDS: Mapping[str, str] = {
    "alfcheck_rules": "rules",
    "alfcheck_contracts": "contracts",
    "alfcheck_readers": "readers",
    "alfcheck_relations": "references",
    "alfcheck_session_infos": "session_infos",
    "alfcheck_reporters": "report_formats",
    "alfcheck_settings": "settings",
    "alfcheck_commands": "commands",
    "alfcheck_run_finished": "observers",
}
"""What the hooks are for, in the order in which it is told."""

_SHOWN = 6


def offered_by(survey: Survey, name: str) -> dict[str, list[str]]:
    """Give the names of what a plugin offers, by its kind; what it does not offer is left out."""
    found = {each.hook: list(each.names) for each in survey.ruleset.offered if each.plugin == name}
    if name in survey.commands:
        found["alfcheck_commands"] = sorted(survey.commands[name])
    return {kind: found[hook] for hook, kind in KINDS.items() if hook in found}


def identity(info: PluginInfo) -> dict[str, Any]:
    """Say which plugin it is, as JSON does."""
    return {
        "name": info.name,
        "version": info.version,
        "distribution": info.distribution,
        "where": where(info),
        "file": info.file,
    }


def where(info: PluginInfo) -> str:
    """Say where a plugin comes from: ``built in``, ``installed``, or ``local`` (asked for with ``-p``)."""
    from alfcheck.plugins.values import BUILTIN

    if info.distribution == BUILTIN:
        return "built in"
    return "local" if info.version == "local" else "installed"


def offers_in_words(offers: Mapping[str, Sequence[str]]) -> str:
    """Say in a line what is offered: ``3 rules, 1 contract, reader of .wav, 4 settings``."""
    return ", ".join(_words(offers)) or "nothing"


def _words(offers: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for kind, names in offers.items():
        if kind == "readers":
            yield f"reader{_s(names)} of {_few(names)}"
        elif kind == "report_formats":
            yield f"report format{_s(names)} {_few(names)}"
        elif kind == "commands":
            yield f"command{_s(names)} {_few(names)}"
        elif kind == "observers":
            yield "looks at finished runs"
        else:
            yield f"{len(names)} {kind.replace('_', ' ').removesuffix('s')}{_s(names)}"


def _s(names: Sequence[str]) -> str:
    return "" if len(names) == 1 else "s"


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
