"""The plugins that are installed: entry points of distributions, imported."""

from __future__ import annotations

from collections.abc import Collection
from importlib.metadata import Distribution, EntryPoint, EntryPoints, distributions, entry_points
from types import ModuleType

from alfcheck.errors import PluginError
from alfcheck.plugins.requiring import other_alfcheck
from alfcheck.plugins.values import BUILTIN
from alfcheck.traces import told_error

__all__ = ["distribution_of", "import_point", "installed"]

GROUP = "alfcheck"
_POINTS = "entry_points.txt"


def installed(disabled: Collection[str]) -> dict[str, EntryPoint]:
    """Give the installed plugins by name; two of one name would hide one another."""
    found: dict[str, EntryPoint] = {}
    for point in sorted(_points(), key=lambda each: (each.name, distribution_of(each))):
        owner = _told(point)
        if point.name == BUILTIN:
            raise PluginError(
                f"{owner} offers a plugin {point.name!r}, which is the name of the built-in rules; "
                "uninstall it"
            )
        if point.name in found and point.name not in disabled:
            raise PluginError(
                f"plugin {point.name!r} comes from both {_told(found[point.name])} and {owner}; uninstall "
                f"one, or leave both out with --no-plugin {point.name}"
            )
        found[point.name] = point
    return found


def _points() -> EntryPoints:
    try:
        return entry_points(group=GROUP)
    except Exception as error:
        # Of all that is installed, one has metadata that cannot be read: whose they are, it does not say.
        for each in distributions():
            _read(each)
        raise PluginError(f"the metadata of what is installed cannot be read: {told_error(error)}") from error


def _read(each: Distribution) -> None:
    try:
        list(each.entry_points)
    except Exception as error:
        name, version = _named(each, "?")
        raise PluginError(
            f"the entry points of {name} {version} ({_POINTS}) cannot be read: {told_error(error)}; "
            "install it again, or uninstall it"
        ) from error


def distribution_of(point: EntryPoint) -> tuple[str, str]:
    """Give the name and version of the distribution that an entry point is of."""
    return _named(point.dist, point.name)


def _named(found: Distribution | None, name: str) -> tuple[str, str]:
    try:
        return (found.name or name, found.version or "unknown") if found is not None else (name, "unknown")
    except Exception:  # metadata that are cut off
        return name, "unknown"


def _told(point: EntryPoint) -> str:
    return f"{' '.join(distribution_of(point))} ({_place(point)})"


def _place(point: EntryPoint) -> str:
    lines = ((point.dist.read_text(_POINTS) if point.dist else None) or "").splitlines()
    for number, line in enumerate(lines, 1):
        name, _, value = line.partition("=")
        if (name.strip(), value.strip()) == (point.name, point.value):
            return f"{_POINTS}:{number}"
    return _POINTS


def import_point(point: EntryPoint) -> ModuleType:
    """Import the module that an entry point names; raises `PluginError`."""
    fault = other_alfcheck(point.dist)
    if fault is not None:
        raise _refused(point, fault)
    if EntryPoint.pattern.fullmatch(point.value) is None or not isinstance(point.value, str):
        raise _refused(point, f"the entry point names no module, but {point.value!r}")
    try:
        loaded = point.load()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise _refused(point, f"cannot be imported: {told_error(error)}") from error
    if not isinstance(loaded, ModuleType):
        raise _refused(point, f"the entry point names a {type(loaded).__name__}, not a module")
    return loaded


def _refused(point: EntryPoint, what: str) -> PluginError:
    told = f"{' '.join(distribution_of(point))}, {point.value} in {_place(point)}"
    way_out = f"mend or uninstall it, or leave it out with --no-plugin {point.name}"
    return PluginError(f"plugin {point.name!r} ({told}): {what}; {way_out}")
