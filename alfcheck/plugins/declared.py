"""Settings as plugins declare them: what cannot be meant is refused before a value is looked at."""

from __future__ import annotations

import math
from typing import Any, cast

from alfcheck.errors import ConfigError
from alfcheck.offers import Setting
from alfcheck.plugins.values import PluginInfo

__all__ = ["KINDS", "refuse_wrong_setting", "sound_value", "told_value", "wanted"]

KINDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}
_MANY = {bool: "true or false", int: "whole numbers", float: "numbers", str: "texts"}


def refuse_wrong_setting(setting: Setting, info: PluginInfo) -> None:
    """Refuse a setting that no user could write, or whose default would be refused; raises `PluginError`."""
    fault = _fault(setting)
    if fault is not None:
        info.refuse(fault)


def _fault(setting: Setting) -> str | None:
    # Plugins need not be typed: what is declared is looked at all the same.
    name, kind, doc = cast("tuple[object, ...]", (setting.name, setting.kind, setting.doc))
    if not isinstance(name, str) or not name.isidentifier():
        return f"the setting {name!r} has no name that can be: take letters, digits and '_' (longest_gap)"
    if kind not in KINDS:
        told = getattr(kind, "__name__", repr(kind))
        return (
            f"the setting {name} has the kind {told}: take bool, int, float or str, with many=True for a list"
        )
    if not isinstance(doc, str) or not doc.strip():
        return f"the setting {name} has no doc: say in a few words what it is, with its unit"
    return _fault_of_bounds(setting) or _fault_of_values(setting)


def _fault_of_bounds(setting: Setting) -> str | None:
    given = cast("tuple[object, ...]", (setting.minimum, setting.maximum))
    bounds = [each for each in given if each is not None]
    if bounds and setting.kind not in (int, float):
        return f"the setting {setting.name} has bounds, which only numbers can have: leave them out"
    for bound in bounds:
        if isinstance(bound, bool) or not isinstance(bound, (int, float)) or not math.isfinite(bound):
            return f"the setting {setting.name} has the bound {bound!r}, which is no number"
    if len(bounds) == 2 and cast("Any", bounds[0]) > bounds[1]:
        return f"the setting {setting.name} has a minimum above its maximum"
    return None


def _fault_of_values(setting: Setting) -> str | None:
    if not isinstance(cast("object", setting.choices), (list, tuple)):
        return f"the setting {setting.name} must have a tuple of values for choices"
    for choice in setting.choices:
        if not _is_of_kind(choice, setting.kind):
            return f"the setting {setting.name} has the choice {choice!r}, which is not {KINDS[setting.kind]}"
    try:
        sound_value(setting, setting.default)
    except ConfigError as error:
        return f"the default of the setting {setting.name} {error}"
    return None


def sound_value(setting: Setting, value: object) -> Any:
    """Give a value as plugins see it: lists as tuples, numbers of their kind.

    Raises `ConfigError`, which says what it must be (``must be a number from 0 up, but is "x"``).
    """
    is_list = isinstance(value, (list, tuple))
    items = tuple(cast("list[object]", value)) if is_list else (value,)
    if is_list is not bool(setting.many) or not all(_fits(setting, each) for each in items):
        raise ConfigError(f"must be {wanted(setting)}, but is {told_value(value)}")
    found = tuple(setting.kind(each) for each in items)
    return found if setting.many else found[0]


def _fits(setting: Setting, value: Any) -> bool:
    if not _is_of_kind(value, setting.kind) or (setting.choices and value not in setting.choices):
        return False
    above = setting.minimum is None or value >= setting.minimum
    return above and (setting.maximum is None or value <= setting.maximum)


def _is_of_kind(value: object, kind: type) -> bool:
    if kind is bool or isinstance(value, bool):
        return kind is bool and isinstance(value, bool)
    if kind is float and isinstance(value, (int, float)):
        try:
            return math.isfinite(float(value))
        except OverflowError:
            return False
    return isinstance(value, kind)


def wanted(setting: Setting) -> str:
    """Say what the value of a setting must be."""
    what = f"a list of {_MANY[setting.kind]}" if setting.many else KINDS[setting.kind]
    if setting.choices:
        choices = ", ".join(told_value(each) for each in setting.choices)
        what = f"a list of some of {choices}" if setting.many else f"one of {choices}"
    low, high = setting.minimum, setting.maximum
    if low is None:
        return what if high is None else f"{what} up to {high:g}"
    return f"{what} from {low:g} up" if high is None else f"{what} from {low:g} to {high:g}"


def told_value(value: object) -> str:
    """Write a value as a configuration does."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(told_value, value))}]"
    return "a table" if isinstance(value, dict) else str(value)
