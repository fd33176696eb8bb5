"""To whom a code, a contract, an extension or a format belongs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeVar, cast

from alfcheck.errors import PluginError
from alfcheck.model import Rule, Severity, Target
from alfcheck.plugins.asking import Answers
from alfcheck.plugins.values import BUILTIN, PluginInfo

__all__ = ["owners_of", "refuse_wrong_rule"]

T = TypeVar("T")
_CODE = re.compile(r"[A-Z]{2,5}\d{3}")
_ASKED = (Target.NAME, Target.LAYOUT, Target.CONTENT, Target.OBJECT, Target.SESSION, Target.RELEASE)


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
    if first == second:
        return f"{what} comes twice from {first.told}; {first.way_out}"
    ways = " or ".join(f"--no-plugin {info.name}" for info in (first, second) if info.name != BUILTIN)
    return f"{what} comes from both {first.told} and {second.told}; disable one with {ways}"


def refuse_wrong_rule(rule: Rule, info: PluginInfo) -> None:
    """Refuse a rule whose code is none or is not the plugin's to give, or that would never be run."""
    fault = _fault(rule, info)
    if fault is not None:
        raise PluginError(f"{info.told}: {fault}; {info.way_out}")


def _fault(rule: Rule, info: PluginInfo) -> str | None:
    # Plugins need not be typed: what is declared is looked at all the same.
    code, check, weight, target = cast(
        "tuple[object, ...]", (rule.code, rule.check, rule.severity, rule.target)
    )
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        return (
            f"the code {rule.code!r} of rule {rule.name!r} is none: take 2 to 5 capitals and three digits, "
            "like LAB101"
        )
    if code.startswith("ALF") and info.distribution != BUILTIN:
        return f"the code {rule.code} belongs to alfcheck: take 2 to 5 capitals of your own"
    if not isinstance(weight, Severity) or not isinstance(target, Target):
        return f"rule {rule.code} must have a Target for target and a Severity for severity"
    if check is not None and not callable(check):
        return f"the check of rule {code} is a {type(check).__name__}, not a function"
    if check is not None and target not in _ASKED:
        return (
            f"rule {rule.code} has a check for the target {rule.target}, where rules are not asked (they are "
            f"for {', '.join(_ASKED)}): say it as a contract, or in a reader"
        )
    return None
