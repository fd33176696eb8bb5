"""What a plugin's distribution requires: a version of alfcheck, and the libraries that it calls."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib.metadata import Distribution, PackageNotFoundError, distribution, version

from alfcheck._version import __version__
from alfcheck.plugins.values import BUILTIN

__all__ = ["other_alfcheck", "required_versions"]

_EXTRA = re.compile(r";.*\bextra\s*==")
_OURS = re.compile(r"alfcheck\s*(?![\w.-])", re.IGNORECASE)


def other_alfcheck(plugin: Distribution | None) -> str | None:
    """Say what is wrong if a distribution requires another alfcheck than this one."""
    for required in _required(plugin) if plugin is not None else ():
        if _OURS.match(required) and not _fits(required):
            assert plugin is not None
            told = required.partition(";")[0].strip()
            return (
                f"it requires {told!r}, and this is alfcheck {__version__} ({_place(plugin, required)}); "
                "install versions that fit each other"
            )
    return None


def _required(plugin: Distribution) -> Sequence[str]:
    try:
        return plugin.requires or ()
    except Exception:  # metadata that are cut off: finders differ in what they raise
        return ()


def _fits(required: str) -> bool:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        parsed = Requirement(required)
    except InvalidRequirement:
        return False
    if parsed.marker is not None and not parsed.marker.evaluate({"extra": ""}):
        return True
    return parsed.specifier.contains(__version__, prereleases=True)


def _place(plugin: Distribution, required: str) -> str:
    lines = (plugin.read_text("METADATA") or "").splitlines()
    numbers = (number for number, line in enumerate(lines, 1) if line.endswith(required))
    return f"METADATA:{next(numbers, 1)}"


def required_versions(name: str) -> Iterator[str]:
    """Give what a distribution requires but for its extras, with the versions that are installed."""
    try:
        required = _required(distribution(name))
    except PackageNotFoundError:
        return
    for each in sorted(each for each in required if not _EXTRA.search(each)):
        found = re.match(r"[A-Za-z0-9][\w.-]*", each)
        if found is not None and found[0].lower() != BUILTIN:
            yield f"{each} {_installed(found[0])}"


def _installed(name: str) -> str:
    try:
        return version(name)
    except Exception:  # not there, or metadata that are cut off
        return "-"
