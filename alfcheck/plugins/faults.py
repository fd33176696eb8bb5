"""What is wrong with what a plugin offers: said when it is loaded, and not file by file.

Plugins need not be typed: what is declared is looked at all the same.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from typing import Any

from alfcheck.model import Asks, Example, Rule, Severity, Target
from alfcheck.offers import SessionInfo
from alfcheck.plugins.values import BUILTIN, PluginInfo
from alfcheck.readers.base import Reader
from alfcheck.reporters.base import Reporter

__all__ = ["refuse_idle", "refuse_same_names", "refuse_wrong"]

_CODE = re.compile(r"[A-Z]{2,5}[0-9]{3}")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ASKED = (Target.NAME, Target.LAYOUT, Target.CONTENT, Target.OBJECT, Target.SESSION, Target.RELEASE)
_SEES_NAMES = (Target.NAME, Target.LAYOUT, Target.RELEASE)


def refuse_wrong(item: object, info: PluginInfo) -> None:
    """Refuse what could not be used as it is; raises `PluginError`."""
    match item:
        case Rule():
            faults = _of_rule(item, info)
        case Reader():
            faults = _of_reader(item)
        case Reporter():
            faults = _of_function(f"the report format {item.name!r}", "render", item.render, "report, style")
        case SessionInfo():
            faults = _of_session_info(item)
        case _:
            return
    for fault in faults:
        info.refuse(fault)


def refuse_idle(rule: Rule, info: PluginInfo, has_readers: bool) -> None:
    """Refuse a rule that nobody would ever ask: it would read as a pass.

    Of a rule about contents a reader of the plugin may tell.
    """
    told_by_reader = rule.target is Target.CONTENT and has_readers
    if rule.check is None and info.distribution != BUILTIN and not told_by_reader:
        info.refuse(
            f"rule {rule.code} has no check, and would never find anything: give it one, with "
            f"@alfcheck.{rule.target if rule.target in _ASKED else 'name'}_rule(...) for example"
        )


def refuse_same_names(rules: Iterable[tuple[Rule, PluginInfo]]) -> None:
    """Refuse two rules of one name in a plugin; rules of different plugins are known by their codes."""
    seen: dict[tuple[str, str], str] = {}
    for rule, info in rules:
        other = seen.setdefault((info.name, rule.name), rule.code)
        if other != rule.code:
            told = f"rules {other} and {rule.code} have one name, {rule.name!r}"
            info.refuse(f"{told}: name each after its own fault")


def _of_rule(rule: Rule, info: PluginInfo) -> Iterator[str]:
    code: Any = rule.code
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        yield (
            f"the code {code!r} of rule {rule.name!r} is none: take 2 to 5 capitals and three digits, "
            "like LAB101"
        )
    if code.startswith("ALF") and info.distribution != BUILTIN:
        yield f"the code {code} belongs to alfcheck: take 2 to 5 capitals of your own"
    if not isinstance(rule.name, str) or not _NAME.fullmatch(rule.name):
        yield (
            f"the name {rule.name!r} of rule {code} is none: name it after the fault, with small letters, "
            "digits and hyphens, like licks-out-of-order"
        )
    if not _is_a(rule.target, Target) or not _is_a(rule.severity, Severity):
        yield f"rule {code} must have a Target for target and a Severity for severity"
    for name in ("summary", "why", "fix", "since"):
        if not isinstance(getattr(rule, name), str):
            yield f"rule {code} must have a text for {name}, but has a {type(getattr(rule, name)).__name__}"
    yield from _of_examples(rule)
    yield from _of_check(rule)
    yield from _of_asks(rule)


def _is_a(value: object, kind: type) -> bool:
    return isinstance(value, kind)


def _of_examples(rule: Rule) -> Iterator[str]:
    for word, examples in (("good", rule.good), ("bad", rule.bad)):
        if not _is_a(examples, tuple):
            yield f"rule {rule.code} must have a tuple of examples for {word}, but has a {_kind(examples)}"
        for each in examples:
            if not _is_a(each, Example):
                yield (
                    f"a {word} example of rule {rule.code} is a {_kind(each)}: make it with "
                    "alfcheck.example({path: values})"
                )
            elif not _is_a(each.path, str) or not (_is_a(each.data, bytes) or callable(each.data)):
                yield f"a {word} example of rule {rule.code} must have a text for path and bytes for data"


def _of_check(rule: Rule) -> Iterator[str]:
    if rule.check is None:
        return
    if rule.target not in _ASKED:
        yield (
            f"rule {rule.code} has a check for the target {rule.target}, where rules are not asked (they are "
            f"for {', '.join(_ASKED)}): say it as a contract, or in a reader"
        )
    takes = "dataset, path" if rule.target is Target.NAME else "one argument"
    yield from _of_function(f"rule {rule.code}", "check", rule.check, takes)


def _of_asks(rule: Rule) -> Iterator[str]:
    asks, code = rule.asks, rule.code
    if not _is_a(asks, Asks):
        yield f"rule {code} must have an Asks for asks, but has a {_kind(asks)}"
    for name in ("datasets", "columns", "optional", "optional_datasets"):
        if not _is_texts(getattr(asks, name)):
            yield f"rule {code} must have a tuple of texts for asks.{name}, but has {getattr(asks, name)!r}"
    if not _is_a(asks.object, str) or not _is_a(asks.collection, str):
        yield f"rule {code} must have texts for asks.object and asks.collection"
    if rule.check is None:
        return
    if rule.target is Target.CONTENT and not asks.datasets:
        yield f"rule {code} looks at contents, and does not say of what: give asks.datasets, like '*.wav'"
    if rule.target is Target.OBJECT and not (asks.object and (asks.columns or asks.optional)):
        yield f"rule {code} looks at objects, and does not say which: give asks.object and asks.columns"
    if rule.target is Target.SESSION:
        yield from _undotted(f"rule {code}", (*asks.columns, *asks.optional))
    if rule.target in _SEES_NAMES and asks != Asks():
        yield f"rule {code} looks at a {rule.target}, for which asks is not looked at: leave it out"
    if rule.batch and (rule.target is not Target.OBJECT or not asks.aligned):
        yield f"rule {code} is for batches, which only aligned columns of objects come in"


def _of_reader(reader: Reader) -> Iterator[str]:
    told = f"the reader {reader.name!r}"
    if not _is_texts(reader.extensions) or not reader.extensions:
        yield f"{told} must have a tuple of texts for extensions, but has {reader.extensions!r}"
    dotted = next((each for each in reader.extensions if not each or "." in each or "/" in each), None)
    if dotted is not None:
        yield f"{told} has the extension {dotted!r}: write it without dots, like 'wav'"
    yield from _of_function(told, "read", reader.read)


def _of_session_info(each: SessionInfo) -> Iterator[str]:
    told = f"the session info {each.name!r}"
    for name in ("datasets", "columns", "optional_datasets"):
        if not isinstance(getattr(each, name), (list, tuple)) or not _is_texts(tuple(getattr(each, name))):
            yield f"{told} must have a list of texts for {name}, but has {getattr(each, name)!r}"
    yield from _undotted(told, each.columns)
    yield from _of_function(told, "give", each.give)


def _undotted(told: str, columns: Iterable[str]) -> Iterator[str]:
    for pattern in columns:
        if "." not in pattern:
            yield f"{told} asks for the column {pattern!r}: write object.column, like trials.choice"


def _of_function(told: str, name: str, function: Any, takes: str = "one argument") -> Iterator[str]:
    """Say what is wrong with a function that will be called with what `takes` says, and may take settings."""
    if not callable(function):
        yield f"the {name} of {told} is a {_kind(function)}, not a function"
        return
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # not written in Python
        return
    settings: dict[str, object] = {"settings": {}} if "settings" in signature.parameters else {}
    try:
        signature.bind(*takes.split(","), **settings)
    except TypeError as error:
        own = f"{getattr(function, '__name__', _kind(function))}({', '.join(signature.parameters)})"
        also = ", and may take settings" if name != "render" else ""
        yield f"the {name} of {told} must take {takes}{also}, but {own} does not ({error})"


def _is_texts(given: object) -> bool:
    return isinstance(given, tuple) and all(isinstance(each, str) for each in given)


def _kind(thing: object) -> str:
    return type(thing).__name__
