"""Units: physical ones, and the words that this field writes where there is no unit.

Asking pint costs most of a second, so the units that are common here are known without it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from alfcheck.config import nearest

__all__ = ["COMMON_UNITS", "OWN_UNITS", "same_unit", "unit_fault"]

OWN_UNITS = frozenset(
    {
        *("samples", "frames", "ticks", "px", "voxels"),  # steps of a recording or an image
        *("counts", "spikes", "grey"),  # what was counted, grey levels
        *("a.u.", "fraction", "probability"),  # nothing to convert
        *("code", "index", "id"),  # numbers that name something
    }
)
"""Words of our own. ``px`` is a pixel here, not the length that pint calls so."""

COMMON_UNITS = frozenset(
    {
        *("s", "ms", "us", "ns", "min", "h", "day", "Hz", "kHz", "MHz"),
        *("V", "mV", "uV", "A", "mA", "uA", "nA", "pA", "ohm", "kohm", "Mohm", "F", "pF", "W", "mW", "uW"),
        *("m", "cm", "mm", "um", "nm", "g", "mg", "kg", "L", "mL", "uL", "nL", "mol", "mmol", "umol"),
        *("rad", "mrad", "deg", "degC", "K", "Pa", "kPa", "mbar", "bar", "dB", "lx", "cd", "J", "N", "T"),
        *("percent", "%", "ppm", "byte", "bit"),
    }
)
"""Physical units that are known without pint."""

_SPELT = (
    "sec",
    "second",
    "seconds",
    "volt",
    "volts",
    "hertz",
    "meter",
    "degree",
    "radian",
    "pixel",
    "dimensionless",
)
_LONGEST = 60
_NAME = re.compile(r"[^\W\d_][^\W]*|[%°][^\W]*")
_TOKEN = re.compile(
    rf"\s*(?:(?P<own>a\.u\.)|(?P<name>{_NAME.pattern})|(?P<mark>\*\*|[*/^()·])|(?P<number>\d+)|(?P<sign>-))"
)


def unit_fault(unit: str) -> str | None:
    """Say what is wrong with a unit, or ``None``; a unit is a product of known names and their powers."""
    if unit in OWN_UNITS or unit in COMMON_UNITS:
        return None
    names = _names(unit)
    if names is None:
        return f"{unit[:_LONGEST]!r} is no unit; write products of names and powers, such as rad/s or V**2/Hz"
    for name in names:
        if name not in OWN_UNITS and name not in COMMON_UNITS and not _in_pint(name):
            return f"there is no unit {name!r}{_near(name)}"
    return None


def _near(name: str) -> str:
    known = sorted(OWN_UNITS | COMMON_UNITS)
    written = next((word for word in known if word.lower() == name.lower()), None)
    if written is not None:
        return f"; is {written!r} meant?"
    own = f"; write a physical unit, or {', '.join(sorted(OWN_UNITS))}"
    return nearest(name, [*known, *_SPELT]) or own


def same_unit(first: str, second: str) -> bool:
    """Tell whether two units that are known are the same, as ``s`` and ``second`` are."""
    if first == second:
        return True
    pair = (_names(first), _names(second))
    if any(names is None or OWN_UNITS.intersection(names) for names in pair):
        return False
    try:
        units = _registry()
        return bool(units.parse_units(first) == units.parse_units(second))
    except Exception:  # the author of pint chose many
        return False


def _names(unit: str) -> list[str] | None:
    """Give the names in a unit; ``None`` if it is no product of powers."""
    names: list[str] = []
    at, last = 0, ""
    if not unit.strip() or len(unit) > _LONGEST or not _is_balanced(unit):
        return None
    text = unit.strip()
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None or not token.lastgroup or not _follows(last, token.lastgroup, token[0].strip()):
            return None
        if token.lastgroup in ("own", "name"):
            names.append(token[0].strip())
        last = token[0].strip() if token.lastgroup in ("mark", "sign") else token.lastgroup
        at = token.end()
    return names if names and last not in ("*", "**", "/", "^", "·", "(", "-") else None


def _is_balanced(unit: str) -> bool:
    depth = 0
    for char in unit:
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return False
    return depth == 0


def _follows(last: str, group: str, text: str) -> bool:
    """Tell whether a token may follow the one before."""
    if group == "number":
        # An exponent of one or two digits, or the 1 of 1/s: towers of powers would take for ever.
        return (last in ("**", "^", "-") and len(text) <= 2) or (last in ("", "(") and text == "1")
    if group == "sign":
        return last in ("**", "^")
    if last in ("**", "^", "-"):
        return False
    if group == "mark" and text != "(":
        return last in ("own", "name", "number", ")") and not (last == "number" and text in ("**", "^"))
    return True


def _in_pint(name: str) -> bool:
    try:
        return bool(_registry().parse_units(name).dimensionality is not None)
    except Exception:  # the author of pint chose many
        return False


@cache
def _registry() -> Any:
    import pint

    return pint.UnitRegistry(on_redefinition="ignore")
