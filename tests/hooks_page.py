"""The page about hooks, docs/hooks.md, made of the docstrings of the hooks and of what they take and give.

python tests/hooks_page.py --update     write the page
"""

from __future__ import annotations

import dataclasses
import enum
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import alfcheck
from alfcheck import hookspecs
from alfcheck.declaring import Said
from alfcheck.reporters.base import Reporter, Style

__all__ = ["PAGE", "SECTIONS", "TYPES", "Told", "page", "signature_of", "told_of", "types"]

PAGE = Path(__file__).resolve().parents[1] / "docs" / "hooks.md"
SECTIONS = ("Asked", "Arguments", "Answer", "Since", "Example")

DECORATORS = (
    "name_rule",
    "layout_rule",
    "content_rule",
    "object_rule",
    "object_batch_rule",
    "session_rule",
    "release_rule",
    "example",
    "problems_where",
    "contracts_in",
    "contract_file",
)
TYPES = {
    "What a rule is, and says": ("Rule", "Asks", "Target", "Severity", "Problem", "Example"),
    "What rules see": ("Dataset", "FileData", "ObjectTable", "ObjectBatch", "SessionData", "SessionResult"),
    "What else is offered": ("Setting", "Reference", "SessionInfo", "Contract", "Match", "Terms", "Relation"),
    "Readers": ("Reader", "Source", "Content", "Column", "Kind", "BadContent"),
    "Reports": ("Reporter", "Style", "Report", "Finding"),
}
_ELSEWHERE = {"Reporter": Reporter, "Style": Style}
_COMPUTED = {"bounds": "np.ndarray", "tables": "tuple[ObjectTable, ...]"}
"""What `ObjectBatch` has beside what it is made of."""

HEAD = """\
# Hooks

Made from the sources by `python tests/hooks_page.py --update`.

A plugin is a module with functions of the names below, marked with `alfcheck.hookimpl`. It is loaded with
`-p ./rules.py`, or, as a package of its own, by an entry point in the group `alfcheck`: [your lab's
rules](your-labs-rules.md) shows how. A hook may leave out the arguments that it does not look at. Each
example is a whole plugin file, which the tests load and use.
"""


class Told(NamedTuple):
    """The docstring of a hook in its parts: what it is for, and the sections by name."""

    what: str
    sections: dict[str, str]


def told_of(hook: str) -> Told:
    """Take the docstring of a hook apart."""
    text = inspect.cleandoc(getattr(hookspecs, hook).__doc__ or "")
    first, *rest = re.split(rf"^({'|'.join(SECTIONS)}):\n", text, flags=re.MULTILINE)
    bodies = (inspect.cleandoc("\n" + body) for body in rest[1::2])
    return Told(first.strip(), dict(zip(rest[::2], bodies, strict=True)))


def signature_of(function: Callable[..., object], name: str = "") -> str:
    """Give a signature as it is written: annotations without quotes, and without `self`."""
    signature = inspect.signature(function)
    given = [each for each in signature.parameters.values() if each.name != "self"]
    plain = [each.replace(annotation=_Bare(each.annotation)) for each in given]
    returns = _Bare(signature.return_annotation)
    return f"{name or function.__name__}{signature.replace(parameters=plain, return_annotation=returns)}"


class _Bare:
    """An annotation that shows itself as it was written."""

    def __init__(self, annotation: object) -> None:
        self.text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)

    def __repr__(self) -> str:
        return self.text


def page() -> str:
    """Give the text of the page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield HEAD
    yield from (f"- [`{hook}`](#{hook}): {_first(told_of(hook).what)}" for hook in hookspecs.HOOKS)
    for hook in hookspecs.HOOKS:
        yield from _hook(hook)
    yield from ("", "## Functions", "")
    yield "All of `alfcheck`. What the decorators take as `said`:"
    yield ""
    yield from _table((name, _text(given), "") for name, given in inspect.get_annotations(Said).items())
    yield from ("", _prose(inspect.getdoc(Said) or ""))
    for name in DECORATORS:
        yield from _function(getattr(alfcheck, name))
    yield from ("", "## Types", "")
    yield "Of `alfcheck`; `Reporter` and `Style` of `alfcheck.reporters.base`. All are frozen, or read-only."
    for heading, names in TYPES.items():
        yield from ("", f"### {heading}")
        for name in names:
            yield from _type(types()[name])


def types() -> dict[str, type]:
    """Give the types that the page tells of, by name."""
    names = [name for group in TYPES.values() for name in group]
    return {name: _ELSEWHERE[name] if name in _ELSEWHERE else getattr(alfcheck, name) for name in names}


def _hook(hook: str) -> Iterator[str]:
    told = told_of(hook)
    yield from ("", f"## {hook}", "", _prose(told.what), "", "```python")
    yield from (f"def {signature_of(getattr(hookspecs, hook))}", "```", "")
    for name in SECTIONS[:-1]:
        if name == "Arguments":
            yield from _arguments(told.sections.get(name, ""))
        elif name in told.sections:
            yield f"**{name}.** {_prose(told.sections[name])}"
            yield ""
    yield from ("```python", told.sections["Example"], "```")


def _arguments(text: str) -> Iterator[str]:
    for each in re.findall(r"^(\w+): (.*(?:\n[ ]+.*)*)", text, re.MULTILINE):
        yield f"- `{each[0]}`: {_prose(each[1])}"
    if text:
        yield ""


def _function(function: Callable[..., object]) -> Iterator[str]:
    yield from ("", f"### {function.__name__}", "", "```python")
    yield from (f"def {signature_of(function)}", "```", "", _prose(inspect.getdoc(function) or ""))


def _type(kind: type) -> Iterator[str]:
    yield from ("", f"#### {kind.__name__}", "", _prose(inspect.getdoc(kind) or ""), "")
    if issubclass(kind, enum.Enum):
        yield from (f"- `{member.name}` = `{member.value!r}`" for member in kind)
        return
    yield from _table(_fields(kind))
    members = list(_members(kind))
    if members:
        yield ""
    for name, member in members:
        signature = name if isinstance(member, property) else signature_of(member, name)
        yield f"- `{signature}`: {_first(inspect.getdoc(member) or '')}"


def _table(rows: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    yield from ("| field | type | default |", "|---|---|---|")
    yield from (f"| `{name}` | {_cell(type_)} | {_cell(default)} |" for name, type_, default in rows)


def _fields(kind: type) -> Iterator[tuple[str, str, str]]:
    """Give name, type and default of what can be looked at."""
    if dataclasses.is_dataclass(kind):
        for field in dataclasses.fields(kind):
            yield field.name, str(field.type), _default(field)
    elif hasattr(kind, "_fields"):
        for name in kind._fields:
            yield name, _text(kind.__annotations__[name]), repr(kind._field_defaults.get(name, _NONE))
    else:
        given: dict[str, Any] = inspect.get_annotations(vars(kind)["__init__"])
        known = given | _COMPUTED
        slots = getattr(kind, "__slots__", [name for name in given if name != "return"])
        yield from ((name, _text(known[name]), "") for name in slots if not name.startswith("_"))


class _Nothing:
    def __repr__(self) -> str:
        return ""


_NONE = _Nothing()


def _default(field: dataclasses.Field[Any]) -> str:
    if isinstance(field.default, enum.Enum):
        return f"{type(field.default).__name__}.{field.default.name}"
    if field.default is not dataclasses.MISSING:
        return repr(field.default)
    return "" if field.default_factory is dataclasses.MISSING else f"{field.default_factory.__name__}()"


def _text(annotation: object) -> str:
    if isinstance(annotation, str):
        return annotation
    return getattr(annotation, "__forward_arg__", None) or inspect.formatannotation(annotation)


def _members(kind: type) -> Iterator[tuple[str, Any]]:
    """Give the public properties and functions of a type, its own and those of a base of ours."""
    for base in reversed(kind.__mro__):
        if base.__module__.startswith("alfcheck"):
            for name, member in vars(base).items():
                own = isinstance(member, (property, staticmethod)) or inspect.isfunction(member)
                if own and not name.startswith("_"):
                    yield name, member.__func__ if isinstance(member, staticmethod) else member


def _prose(text: str) -> str:
    return re.sub(r"``([^`]*)``", r"`\1`", text)


def _first(text: str) -> str:
    return _prose(" ".join(text.split("\n\n")[0].split()))


def _cell(text: str) -> str:
    return f"`{text}`".replace("|", "\\|") if text else ""


def main(arguments: list[str]) -> None:
    if arguments == ["--update"]:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        sys.stdout.write(page())


if __name__ == "__main__":
    main(sys.argv[1:])
