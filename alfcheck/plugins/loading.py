"""Find plugins, import them, and register them with pluggy."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy

from alfcheck._version import __version__
from alfcheck.errors import PluginError
from alfcheck.plugins.values import BUILTIN, PluginInfo, Request

__all__ = ["load_plugins", "told_error"]

GROUP = "alfcheck"
_MODULE = "alfcheck.builtin"
_HERE = str(Path(__file__).parent)


def load_plugins(manager: pluggy.PluginManager, request: Request) -> dict[str, PluginInfo]:
    """Register the built-in parts, what is installed and what is wanted; give what was, by name.

    Raises `PluginError` for what cannot be imported, and for a name that two plugins have.
    """
    loading = _Loading(manager)
    loading.register(BUILTIN, importlib.import_module(_MODULE), BUILTIN, __version__)
    points = _installed(request)
    for name, point in points.items():
        if name not in request.disabled:
            distribution, version = _distribution(point)
            loading.register(name, _import_point(point, distribution, version), distribution, version)
    for wanted in dict.fromkeys(request.wanted):
        if _name_of(wanted) not in request.disabled:
            loading.want(wanted)
    _refuse_unknown(request, points)
    return loading.infos


class _Loading:
    """The plugins that are registered so far."""

    def __init__(self, manager: pluggy.PluginManager) -> None:
        self.manager = manager
        self.infos: dict[str, PluginInfo] = {}

    def register(self, name: str, module: ModuleType, distribution: str, version: str) -> None:
        info = PluginInfo(name, distribution, version, _file_of(module))
        try:
            self.manager.register(module, name)
        except (pluggy.PluginValidationError, ValueError) as error:
            # pluggy tells of a hook with wrong arguments in several lines.
            raise PluginError(f"{info.told}: {' '.join(str(error).split())}; {info.way_out}") from error
        self.infos[name] = info

    def want(self, wanted: str) -> None:
        """Load a module or file that was asked for, unless that very one is loaded already."""
        name = _name_of(wanted)
        taken = self.infos.get(name)
        if taken is not None and _is_file(wanted) and _same_file(wanted, taken.file):
            return
        module = _import_wanted(wanted)
        if self.manager.is_registered(module):
            return
        if taken is not None:
            raise PluginError(
                f"-p {wanted}: a plugin of that name is loaded already, {taken.told} from {taken.file}; "
                "give the file another name"
            )
        self.register(name, module, name, "local")


def _installed(request: Request) -> dict[str, EntryPoint]:
    """Give the installed plugins by name; two of one name would hide one another."""
    found: dict[str, EntryPoint] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda each: (each.name, _distribution(each))):
        owner = " ".join(_distribution(point))
        if point.name == BUILTIN:
            raise PluginError(
                f"{owner} offers a plugin {point.name!r}, which is the name of the built-in rules; "
                "uninstall it"
            )
        if point.name in found and point.name not in request.disabled:
            other = " ".join(_distribution(found[point.name]))
            raise PluginError(
                f"plugin {point.name!r} comes from both {other} and {owner}; uninstall one, or leave both "
                f"out with --no-plugin {point.name}"
            )
        found[point.name] = point
    return found


def _refuse_unknown(request: Request, installed: Mapping[str, object]) -> None:
    names = sorted({*installed, *map(_name_of, request.wanted)})
    for name in request.disabled:
        if name == BUILTIN:
            raise PluginError(f"--no-plugin {name}: the built-in rules cannot be left out")
        if name not in names:
            raise PluginError(f"--no-plugin {name}: there is no such plugin; there are {', '.join(names)}")


def _distribution(point: EntryPoint) -> tuple[str, str]:
    return (point.dist.name, point.dist.version) if point.dist else (point.name, "unknown")


def _is_file(wanted: str) -> bool:
    return wanted.endswith(".py") or "/" in wanted or "\\" in wanted


def _name_of(wanted: str) -> str:
    return Path(wanted).stem if _is_file(wanted) else wanted


def _same_file(one: str, other: str) -> bool:
    return bool(other) and Path(one).resolve() == Path(other).resolve()


def _file_of(module: ModuleType) -> str:
    return getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), "")


def _import_point(point: EntryPoint, name: str, version: str) -> ModuleType:
    try:
        return _module(point.load(), point.name)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise PluginError(
            f"plugin {point.name!r} of {name} {version} ({point.value}) cannot be imported: "
            f"{told_error(error)}; mend or uninstall it, or leave it out with --no-plugin {point.name}"
        ) from error


def _import_wanted(wanted: str) -> ModuleType:
    try:
        return _import_file(Path(wanted)) if _is_file(wanted) else importlib.import_module(wanted)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise PluginError(
            f"plugin {wanted!r} cannot be imported: {told_error(error)}; "
            "mend it, or take it out of -p or of the configuration"
        ) from error


def told_error(error: BaseException) -> str:
    """Say what was raised, and where in the plugin's own code."""
    trace = error.__traceback__
    place = ""
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if "importlib" not in file and not file.startswith(_HERE):
            place = f" ({Path(file).name}, line {trace.tb_lineno})"
        trace = trace.tb_next
    return f"{type(error).__name__}: {error}{place}"


def _import_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise FileNotFoundError(f"no file {path}")
    # A name of its own, so that a plugin file cannot stand in for a module that others import.
    digest = hashlib.sha256(str(path.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:12]
    name = f"alfcheck_local_{path.stem}_{digest}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _module(loaded: Any, name: str) -> ModuleType:
    if not isinstance(loaded, ModuleType):
        raise TypeError(f"the entry point {name!r} names a {type(loaded).__name__}, not a module")
    return loaded
