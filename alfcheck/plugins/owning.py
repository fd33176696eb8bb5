"""To whom a code, a contract, an extension or a format belongs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from alfcheck.errors import PluginError
from alfcheck.plugins.asking import Answers
from alfcheck.plugins.values import BUILTIN, PluginInfo

__all__ = ["owners_of"]

T = TypeVar("T")


def owners_of(
    answers: Answers[T], keys: Callable[[T], Iterable[str]], told: str
) -> dict[str, tuple[T, PluginInfo]]:
    """Give what was offered and by whom, by its keys, sorted; a key belongs to one plugin."""
    owners: dict[str, tuple[T, PluginInfo]] = {}
    for item, info in answers:
        for key in keys(item):
            if key in owners:
                raise PluginError(_taken_twice(told.format(key), owners[key][1], info))
            owners[key] = (item, info)
    return dict(sorted(owners.items()))


def _taken_twice(what: str, first: PluginInfo, second: PluginInfo) -> str:
    if first.name == second.name:
        return f"{what} comes twice from {first.told}; {first.way_out}"
    ways = " or ".join(f"--no-plugin {info.name}" for info in (first, second) if info.name != BUILTIN)
    return f"{what} comes from both {first.told} and {second.told}; disable one with {ways}"
