"""Slotted dataclasses that cost next to nothing before they are used.

For ``dataclasses.dataclass(frozen=True, slots=True)`` eight functions are compiled, which takes over a
millisecond. A hundred classes are defined whenever a process starts; half of them are never made, and hardly
any is compared or shown. Here a class has its slots at once, a plain ``__init__`` when a first value is made,
and the rest when it is asked for, by the standard library, whose decorator it is for type checkers.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass

__all__ = ["dataclass"]

_ALWAYS = ("__init__", "__repr__", "__match_args__", "__dataclass_fields__", "__dataclass_params__")
_COMPARED = ("__eq__",)
_FROZEN = ("__setattr__", "__delattr__", "__getstate__", "__setstate__")
_WRITTEN = frozenset((*_ALWAYS, *_COMPARED, *_FROZEN, "__hash__", "__replace__"))
_OPTIONS = frozenset(("frozen", "slots", "eq", "kw_only"))
_NO_FIELDS = ("ClassVar", "InitVar", "KW_ONLY")

if not TYPE_CHECKING:

    def dataclass(cls: type | None = None, /, **options: bool) -> Any:
        """Make a dataclass, as the decorator of the standard library does."""
        if cls is None:
            return lambda each: dataclass(each, **options)
        return _slotted(cls, options) if _is_plain(cls, options) else _by_library(cls, options)


def _is_plain(cls: type, options: Mapping[str, bool]) -> bool:
    """Tell whether the fields of a class are its annotations, and nothing that is written stands there."""
    own, fields = vars(cls), _annotated(cls)
    return (
        options.keys() <= _OPTIONS
        and options.get("slots", False)
        and cls.__doc__ is not None
        and not _WRITTEN & own.keys()
        and not any(word in each for each in fields.values() for word in _NO_FIELDS)
        and not any(type(own[name]).__hash__ is None for name in fields if name in own)
    )


def _annotated(cls: type) -> Mapping[str, str]:
    found: Mapping[str, str] = vars(cls).get("__annotations__", {})
    return found


def _by_library(cls: type, options: Mapping[str, bool]) -> type:
    from dataclasses import dataclass as made_by_library

    made: type = made_by_library(**options)(cls)
    return made


def _slotted(cls: type, options: Mapping[str, bool]) -> type:
    fields = _annotated(cls)
    inherited = {name for base in cls.__mro__[1:-1] for name in vars(base).get("__slots__", ())}
    space = {name: value for name, value in vars(cls).items() if name not in fields}
    for name in ("__dict__", "__weakref__"):
        space.pop(name, None)
    space["__slots__"] = tuple(name for name in fields if name not in inherited)
    frozen, compared = options.get("frozen", False), options.get("eq", True)
    written = [*_ALWAYS, *(_COMPARED if compared else ()), *(_FROZEN if frozen else ())]
    if compared and frozen:
        written.append("__hash__")
    elif compared:
        space["__hash__"] = None
    space |= {name: _Later(cls, options) for name in written}
    made: type = type(cls)(cls.__name__, cls.__bases__, space)
    made.__qualname__ = cls.__qualname__
    return made


def _write(name: str, made: type, cls: type, options: Mapping[str, bool]) -> None:
    """Write a function of a class: the one that makes a value alone if that can be, or all."""
    if name == "__init__" and _is_made_plainly(cls):
        made.__init__ = _init_of(made, cls, options)  # type: ignore[misc]
        return
    for each, value in vars(_by_library(cls, options)).items():
        if each in _WRITTEN:
            setattr(made, each, value)


def _is_made_plainly(cls: type) -> bool:
    """Tell whether each field is an argument in its turn, and none is inherited."""
    from dataclasses import MISSING, Field

    fields = [value for name in _annotated(cls) if isinstance(value := vars(cls).get(name), Field)]
    return all(each.init and each.kw_only is MISSING for each in fields) and not any(
        "__dataclass_fields__" in vars(base) for base in cls.__mro__[1:]
    )


class _Made:
    """The default of an argument in the place of which a factory makes one."""

    def __repr__(self) -> str:
        return "<factory>"


def _init_of(made: type, cls: type, options: Mapping[str, bool]) -> Callable[..., None]:
    known: dict[str, Any] = {"_put": object.__setattr__, "_made": _Made()}
    head, body = _arguments(cls, known)
    line = "_put(self, {!r}, {})" if options.get("frozen", False) else "self.{} = {}"
    lines = [line.format(*each) for each in body]
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    star = ["*"] if options.get("kw_only", False) and head else []
    text = (
        f"def _make({', '.join(known)}):\n def __init__(self, {', '.join((*star, *head))}):\n  "
        + "\n  ".join(lines or ["pass"])
        + "\n return __init__"
    )
    space: dict[str, Any] = {}
    exec(text, vars(sys.modules[cls.__module__]), space)
    init: Callable[..., None] = space["_make"](**known)
    init.__qualname__ = f"{made.__qualname__}.__init__"
    init.__annotations__ = {**_annotated(cls), "return": None}
    return init


def _arguments(cls: type, known: dict[str, Any]) -> tuple[list[str], list[tuple[str, str]]]:
    """Give the arguments as they are written, and the fields with their values; defaults go to `known`."""
    from dataclasses import MISSING, Field

    head, body = [], []
    for name in _annotated(cls):
        default: Any = vars(cls).get(name, MISSING)
        factory: Any = MISSING
        if isinstance(default, Field):
            default, factory = default.default, default.default_factory
        argument = value = name
        if factory is not MISSING:
            known[f"_make_{name}"] = factory
            argument, value = f"{name}=_made", f"_make_{name}() if {name} is _made else {name}"
        elif default is not MISSING:
            known[f"_default_{name}"] = default
            argument = f"{name}=_default_{name}"
        head.append(argument)
        body.append((name, value))
    return head, body


class _Later:
    """An attribute of a class that is written when it is first asked for."""

    __slots__ = ("cls", "home", "name", "options")

    def __init__(self, cls: type, options: Mapping[str, bool]) -> None:
        self.cls, self.options = cls, options

    def __set_name__(self, owner: type, name: str) -> None:
        self.home, self.name = owner, name

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        _write(self.name, self.home, self.cls, self.options)
        value = vars(self.home)[self.name]
        give = getattr(type(value), "__get__", None)
        return value if give is None else give(value, instance, owner)
