"""Find plugins, import them, and register them with pluggy."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pluggy

from alfcheck._version import __version__
from alfcheck.errors import PluginError
from alfcheck.plugins.asking import refuse_false_hooks
from alfcheck.plugins.installed import distribution_of, import_point, installed
from alfcheck.plugins.local import forget_files, import_file, near_module
from alfcheck.plugins.values import BUILTIN, LOCAL, PluginInfo, Request
from alfcheck.stage import Stage, aside, note_stage, on_stage
from alfcheck.traces import told_error

__all__ = ["load_plugins"]

_MODULE = "alfcheck.builtin"


def load_plugins(manager: pluggy.PluginManager, request: Request) -> dict[str, PluginInfo]:
    """Register the built-in parts, what is installed and what is wanted; give what was, by name.

    Raises `PluginError` for what cannot be imported, for a name that two plugins have, and for functions that
    look like hooks and are none.
    """
    loading = _Loading(manager)
    forget_files()
    loading.register(BUILTIN, importlib.import_module(_MODULE), BUILTIN, __version__)
    points = installed(request.disabled)
    for name, point in points.items():
        if name not in request.disabled:
            with on_stage(_at_point(point)), aside():
                module = import_point(point)
            loading.register(name, module, *distribution_of(point))
    for wanted in dict.fromkeys(request.wanted):
        if _name_of(wanted) not in request.disabled:
            loading.want(wanted)
    _refuse_unknown(request, points)
    _note_asking(loading.infos)
    return loading.infos


def _note_asking(infos: Mapping[str, PluginInfo]) -> None:
    """Note that the plugins are asked from now on what they offer, if there are any but our own."""
    others = [info for info in infos.values() if info.distribution != BUILTIN]
    if others:
        asked = f"asking what they offer: {', '.join(info.told for info in others)}"
        note_stage(Stage(asked, "leave them out one by one, by --no-plugin or by giving no -p"))


def _at_point(point: EntryPoint) -> Stage:
    told = f"{' '.join(distribution_of(point))}, {point.value}"
    way_out = f"mend or uninstall it, or leave it out with --no-plugin {point.name}"
    return Stage(f"loading plugin {point.name!r} ({told})", way_out)


def _at_wanted(wanted: str) -> Stage:
    told = f"loading plugin {_name_of(wanted)!r} ({_name_of(wanted)} {LOCAL}, {wanted})"
    return Stage(told, "mend it, or take it out of -p or of the configuration")


class _Loading:
    """The plugins that are registered so far."""

    def __init__(self, manager: pluggy.PluginManager) -> None:
        self.manager = manager
        self.infos: dict[str, PluginInfo] = {}

    def register(self, name: str, module: ModuleType, distribution: str, version: str) -> None:
        info = PluginInfo(name, distribution, version, _file_of(module))
        refuse_false_hooks(module, info)
        try:
            self.manager.register(module, name)
        except (pluggy.PluginValidationError, ValueError) as error:
            info.refuse(" ".join(str(error).split()))
        self.infos[name] = info

    def want(self, wanted: str) -> None:
        """Load a module or file that was asked for, unless that very one is loaded already."""
        name = _name_of(wanted)
        taken = self.infos.get(name)
        if taken is not None and _is_file(wanted) and _same_file(wanted, taken.file):
            return
        with on_stage(_at_wanted(wanted)), aside():
            module = _import_wanted(wanted)
        if self.manager.is_registered(module):
            return
        if taken is not None:
            raise PluginError(
                f"-p {wanted}: a plugin of that name is loaded already, {taken.told} from {taken.file}; "
                "give the file another name"
            )
        self.register(name, module, name, LOCAL)


def _refuse_unknown(request: Request, known: Mapping[str, EntryPoint]) -> None:
    names = sorted({*known, *map(_name_of, request.wanted)})
    for name in request.disabled:
        if name == BUILTIN:
            raise PluginError(f"--no-plugin {name}: the built-in rules cannot be left out")
        if name not in names:
            raise PluginError(f"--no-plugin {name}: there is no such plugin; there are {', '.join(names)}")


def _is_file(wanted: str) -> bool:
    return wanted.endswith(".py") or "/" in wanted or "\\" in wanted


def _name_of(wanted: str) -> str:
    return Path(wanted).stem if _is_file(wanted) else wanted


def _same_file(one: str, other: str) -> bool:
    return bool(other) and Path(one).resolve() == Path(other).resolve()


def _file_of(module: ModuleType) -> str:
    return getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), "")


def _import_wanted(wanted: str) -> ModuleType:
    try:
        return import_file(Path(wanted)) if _is_file(wanted) else importlib.import_module(wanted)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        hint = near_module(Path(wanted), error) if _is_file(wanted) else ""
        raise PluginError(
            f"plugin {wanted!r} cannot be imported: {told_error(error)}{hint}; "
            "mend it, or take it out of -p or of the configuration"
        ) from error
