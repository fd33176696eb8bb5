"""Ask plugins a hook, and refuse what is no answer or no hook."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar

import pluggy

from alfcheck import hookspecs
from alfcheck.config import nearest
from alfcheck.errors import ContractError, PluginError
from alfcheck.plugins.loading import told_error
from alfcheck.plugins.values import PluginInfo

__all__ = ["Answers", "Settings", "arguments", "ask", "refuse_false_hooks"]

T = TypeVar("T")
Answers = list[tuple[T, PluginInfo]]
Settings = Mapping[str, Mapping[str, Any]]
_HOOKS = hookspecs.HOOKS


def arguments(impl: Any, **known: object) -> dict[str, object]:
    """Give those arguments that an implementation of a hook looks at."""
    return {name: known[name] for name in (*impl.argnames, *impl.kwargnames) if name in known}


def ask(
    manager: pluggy.PluginManager,
    infos: Mapping[str, PluginInfo],
    hook: str,
    *kinds: type[T],
    settings: Settings = MappingProxyType({}),
) -> Answers[T]:
    """Ask every plugin one hook, in the order of their names; each answer is an iterable of `kinds`.

    `settings` are those of plugins, by their names.
    """
    found: Answers[T] = []
    for impl in sorted(getattr(manager.hook, hook).get_hookimpls(), key=lambda each: str(each.plugin_name)):
        info = infos[impl.plugin_name]
        try:
            answer = impl.function(**arguments(impl, settings=settings.get(info.name, {})))
            items = list(answer) if _is_collection(answer, kinds) else None
        except ContractError as error:  # which says where, and what to do
            raise ContractError(f"{info.told}: {error}") from error
        except (Exception, SystemExit) as error:
            raise PluginError(f"{info.told}: {hook} failed: {told_error(error)}; {info.way_out}") from error
        wrong = next((item for item in items or () if not isinstance(item, kinds)), None)
        if items is None or wrong is not None:
            given = f"a single {type(answer).__name__}" if items is None else f"a {type(wrong).__name__}"
            raise PluginError(
                f"{info.told}: {hook} must return an iterable of {kinds[0].__name__}, but gave {given}; "
                f"{info.way_out}"
            )
        found += [(item, info) for item in items]
    return found


def _is_collection(answer: object, kinds: tuple[type, ...]) -> bool:
    return hasattr(answer, "__iter__") and not isinstance(answer, (str, bytes, *kinds))


def refuse_false_hooks(manager: pluggy.PluginManager, infos: Mapping[str, PluginInfo]) -> None:
    """Refuse a function that is marked as a hook, or named like one, but is none."""
    for info in infos.values():
        module = manager.get_plugin(info.name)
        hooks = {caller.name for caller in manager.get_hookcallers(module) or ()}
        for hook in sorted(hooks.difference(_HOOKS)):
            raise PluginError(_no_such_hook(info, hook))
        for name in dir(module):
            if (
                name.startswith("alfcheck_")
                and name not in hooks
                and inspect.isfunction(getattr(module, name))
            ):
                raise PluginError(_unmarked(info, name) if name in _HOOKS else _no_such_hook(info, name))


def _no_such_hook(info: PluginInfo, name: str) -> str:
    return f"{info.told}: there is no hook {name!r}{nearest(name, _HOOKS)}; {info.way_out}"


def _unmarked(info: PluginInfo, name: str) -> str:
    return (
        f"{info.told}: the function {name!r} is not marked as a hook; "
        f"write @alfcheck.hookimpl above it, or leave it out with --no-plugin {info.name}"
    )
