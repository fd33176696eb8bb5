"""Ask plugins a hook, and refuse what is no answer or no hook."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from types import MappingProxyType, ModuleType
from typing import Any, TypeVar

import pluggy

from alfcheck import hookspecs
from alfcheck.config.words import nearest
from alfcheck.errors import ContractError, PluginError
from alfcheck.plugins.values import PluginInfo
from alfcheck.traces import told_error

__all__ = ["Answers", "Settings", "arguments", "ask", "refuse_false_hooks"]

T = TypeVar("T")
Answers = list[tuple[T, PluginInfo]]
Settings = Mapping[str, Mapping[str, Any]]
_Kinds = tuple[type, ...]
_HOOKS = hookspecs.HOOKS
_DECORATE = " that is no rule: decorate it, with @alfcheck.name_rule(...) or what fits what it looks at"
_MOST = 100_000
"""Things that a hook may give: one that gives them without end would fill the memory."""

_HOOK_OF = {
    "Contract": "alfcheck_contracts",
    "ContractFile": "alfcheck_contracts",
    "Reader": "alfcheck_readers",
    "Reference": "alfcheck_relations",
    "Reporter": "alfcheck_reporters",
    "Rule": "alfcheck_rules",
    "SessionInfo": "alfcheck_session_infos",
    "Setting": "alfcheck_settings",
}


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

    `settings` are those of plugins, by their names. The plugin of each answer has the place of it.
    """
    found: Answers[T] = []
    for impl in sorted(getattr(manager.hook, hook).get_hookimpls(), key=lambda each: str(each.plugin_name)):
        info = infos[impl.plugin_name].at(impl.function)
        for item in _answered(impl, info, hook, kinds, settings.get(info.name, {})):
            if not isinstance(item, kinds):
                info.at(item).refuse(_expected(hook, kinds, f"a {_told(item, hook)}"))
            found.append((item, info.at(item)))
    return found


def _answered(
    impl: Any, info: PluginInfo, hook: str, kinds: _Kinds, settings: Mapping[str, Any]
) -> list[Any]:
    try:
        answer = impl.function(**arguments(impl, settings=settings))
        items = list(islice(answer, _MOST + 1)) if _is_collection(answer, kinds) else None
    except ContractError as error:  # which says where, and what to do
        raise ContractError(f"{info.told}: {error}") from error
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise PluginError(
            f"{info.told}: {hook} failed: {told_error(error, impl.function)}; {info.way_out}"
        ) from error
    if items is None:
        if inspect.iscoroutine(answer):
            answer.close()
        told = "nothing (None): is there a return?" if answer is None else f"a single {_told(answer, hook)}"
        info.refuse(_expected(hook, kinds, told))
    if len(items) > _MOST:
        info.refuse(f"{hook} gives more than {_MOST} things")
    return items


def _is_collection(answer: object, kinds: _Kinds) -> bool:
    return isinstance(answer, Iterable) and not isinstance(answer, (str, bytes, Mapping, *kinds))


def _expected(hook: str, kinds: _Kinds, told: str) -> str:
    return f"{hook} must return an iterable of {kinds[0].__name__}, but gave {told}"


def _told(item: object, hook: str) -> str:
    """Name what was given by its kind, and say what is meant by it, as far as that can be guessed."""
    kind = type(item).__name__
    if inspect.isfunction(item):
        return f"{kind} {item.__name__!r}{_DECORATE if hook == 'alfcheck_rules' else ''}"
    return f"{kind}, which is for {_HOOK_OF[kind]}" if _HOOK_OF.get(kind, hook) != hook else kind


def refuse_false_hooks(module: ModuleType, info: PluginInfo) -> None:
    """Refuse a function that is marked as a hook, or named like one, but is none that could be asked."""
    for name in dir(module):
        found = getattr(module, name, None)
        if not inspect.isroutine(found):
            continue
        mark = getattr(found, f"{hookspecs.PROJECT}_impl", None)
        place = info.at(found)
        hook = (mark.get("specname") if isinstance(mark, dict) else None) or name
        if mark is None and not name.startswith("alfcheck_"):
            continue
        if hook not in _HOOKS:
            place.refuse(f"there is no hook {hook!r}{nearest(hook, _HOOKS)}")
        if mark is None:
            place.refuse(f"the function {name!r} is not marked as a hook: write @alfcheck.hookimpl above it")
        _refuse_form(place, hook, found, mark)


def _refuse_form(info: PluginInfo, hook: str, found: Callable[..., object], mark: Mapping[str, Any]) -> None:
    if mark.get("wrapper") or mark.get("hookwrapper"):
        info.refuse(f"the hook {hook} cannot be wrapped: alfcheck asks each plugin for itself")
    known = inspect.signature(getattr(hookspecs, hook)).parameters
    taken = inspect.signature(found).parameters.values()
    wrong = [
        each.name
        for each in taken
        if each.default is each.empty
        and (each.name not in known or each.kind is not each.POSITIONAL_OR_KEYWORD)
        and each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
    ]
    if wrong:
        given = f"it may take {' and '.join(known)}, by name" if known else "it gets no arguments"
        info.refuse(f"the hook {hook} takes {', '.join(wrong)}, which it does not get: {given}")
