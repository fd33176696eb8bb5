"""The checks of a column, however they are written: flat, under ``checks`` as a mapping, or as a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from alfcheck.contracts.language.checks import ARGUMENT_TEXTS, CHECK_NAMES, COMMON, CheckWord, check_word
from alfcheck.contracts.language.holds import can_hold, groups_of, is_date
from alfcheck.contracts.language.keys import HINTS, Key
from alfcheck.contracts.language.mistakes import Faults
from alfcheck.contracts.language.nodes import Field, Fields, Items, Node, Scalar, told
from alfcheck.contracts.language.regexes import column_pattern_fault
from alfcheck.contracts.language.values import boolean, choice, count, fields, listed, scalar, text
from alfcheck.contracts.spec import CheckSpec, frozen
from alfcheck.model import Severity

__all__ = ["SEVERITIES", "Read", "judge_checks", "read_checks", "severity_of"]

SEVERITIES = (Severity.ERROR.value, Severity.WARNING.value)


class Read(NamedTuple):
    """A check, and the node that it was read from."""

    check: CheckSpec
    node: Node


def read_checks(column: Mapping[str, Field], faults: Faults) -> list[Read]:
    """Read all checks of a column, in the order of the file."""
    found: list[Read] = []
    for name, field in column.items():
        if name == "checks":
            found += _nested(field.value, faults)
        elif name != "unique" or isinstance(field.value, Fields):
            word = check_word(name)
            found += [] if word is None else _check(word, field, faults)
    return found


def _nested(node: Node, faults: Faults) -> Iterator[Read]:
    mappings: list[Node]
    if isinstance(node, Fields):
        mappings = [node]
    else:
        mappings = listed(node, "checks", faults, example="{ge: 0, le: 1}") or []
    for mapping in mappings:
        if not isinstance(mapping, Fields):
            faults.add(mapping, f"a check must be a mapping, but is {told(mapping)}", "write it as - ge: 0")
            continue
        for name, field in mapping.fields.items():
            word = check_word(name)
            if word is None:
                hint = HINTS.get(name, "")
                faults.unknown(field.key, f"there is no check {name!r}", name, CHECK_NAMES, hint)
            else:
                yield from _check(word, field, faults)


def _check(word: CheckWord, field: Field, faults: Faults) -> list[Read]:
    before = faults.noted
    given = _arguments(word, field, faults)
    common = _common(field.value, faults)
    if faults.noted > before or given is None:
        return []
    arguments = tuple(sorted((name, frozen(value)) for name, value in given.items()))
    return [Read(CheckSpec(name=word.name, arguments=arguments, **common), field.value)]


def _common(node: Node, faults: Faults) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if isinstance(node, Fields):
        if "severity" in node.fields:
            found["severity"] = severity_of(node.fields["severity"].value, faults)
        if "error" in node.fields:
            found["error"] = text(node.fields["error"].value, "error", faults)
    return found


def severity_of(node: Node, faults: Faults) -> Severity | None:
    """Read error or warning."""
    word = choice(node, "severity", SEVERITIES, faults)
    return Severity(word) if word in SEVERITIES else None


def _arguments(word: CheckWord, field: Field, faults: Faults) -> dict[str, Any] | None:
    node = field.value
    if isinstance(node, Fields):
        return _mapped(word, node, faults)
    if not word.arguments:
        if isinstance(node, Scalar) and node.value is True:
            return {}
        fix = f"write {word.name}: true, or leave it out"
        faults.add(node, f"{word.name} must be true or a mapping, but is {told(node)}", fix)
        return None
    if word.pair:
        return _pair(word, node, faults)
    value = _READERS[word.arguments[word.single]](node, word.written, faults)
    return {word.single: value}


def _mapped(word: CheckWord, node: Fields, faults: Faults) -> dict[str, Any] | None:
    keys = {
        name: Key(kind, ARGUMENT_TEXTS[name], required=name in word.needed)
        for name, kind in {**word.arguments, **COMMON}.items()
    }
    found = fields(node, keys, word.written, faults)
    given = {
        name: _READERS[word.arguments[name]](field.value, name, faults)
        for name, field in found.items()
        if name in word.arguments
    }
    if "exact_value" in given and len(given) > 1:
        faults.add(node, "str_length has an exact length and limits", "keep one of the two: exact_value: 3")
        return None
    if word.pair and not given:
        faults.add(
            node, f"{word.written} says nothing", f"write {word.written}: {{min_value: 0, max_value: 1}}"
        )
    return _in_order(
        word, node, {name: value for name, value in given.items() if not _is_default(name, value)}, faults
    )


def _is_default(name: str, value: object) -> bool:
    return name in ("include_min", "include_max") and value is True


def _pair(word: CheckWord, node: Node, faults: Faults) -> dict[str, Any] | None:
    kind = word.arguments["min_value"]
    if kind == "count" and isinstance(node, Scalar):
        length = count(node, word.written, faults)
        return {"min_value": length, "max_value": length}
    if not isinstance(node, Items) or len(node.items) != 2:
        what = f"a list of {len(node.items)}" if isinstance(node, Items) else told(node)
        fix = f"write {word.written}: [0, 1]; for one limit alone write ge or le"
        faults.add(node, f"{word.written} must be a list of two numbers, but is {what}", fix)
        return None
    low, high = (_READERS[kind](item, f"a limit of {word.written}", faults) for item in node.items)
    return _in_order(word, node, {"min_value": low, "max_value": high}, faults)


def _in_order(word: CheckWord, node: Node, given: dict[str, Any], faults: Faults) -> dict[str, Any] | None:
    low, high = given.get("min_value"), given.get("max_value")
    if low is None or high is None:
        return given
    if isinstance(low, str) != isinstance(high, str):
        faults.add(node, f"{word.written} goes from {low!r} to {high!r}", "give two numbers, or two dates")
        return None
    if low > high:
        faults.add(
            node, f"{word.written} goes from {low} to {high}", f"write the lesser first: [{high}, {low}]"
        )
        return None
    return given


def _limit(node: Node, label: str, faults: Faults) -> int | float | str | None:
    if not isinstance(node, Scalar):
        fix = f"write {label}: 0"
        faults.add(node, f"{label} must be a number or a date, but is {told(node)}", fix)
        return None
    value = scalar(node, label, faults)
    if value is None:
        return None
    if isinstance(value, bool) or (isinstance(value, str) and not is_date(value)):
        fix = 'write a number, or the date of a datetime column in quotes, such as "2020-01-31T12:00:00"'
        faults.add(node, f"{label} must be a number or a date, but is {told(node)}", fix)
        return None
    return value


def _values(node: Node, label: str, faults: Faults) -> tuple[Any, ...] | None:
    items = listed(node, label, faults, example="[1, 2]")
    return None if items is None else tuple(scalar(item, f"a value of {label}", faults) for item in items)


def _pattern(node: Node, label: str, faults: Faults) -> str | None:
    pattern = text(node, label, faults)
    fault = None if pattern is None else column_pattern_fault(pattern)
    if fault is not None:
        faults.add(node, f"{label}: the pattern {fault}", 'mend the pattern, as in "^[a-z]+$", in quotes')
        return None
    return pattern


_READERS: Mapping[str, Callable[[Node, str, Faults], Any]] = MappingProxyType(
    {
        "limit": _limit,
        "value": scalar,
        "values": _values,
        "pattern": _pattern,
        "text": text,
        "count": count,
        "boolean": boolean,
    }
)


_EXACT = ("equal_to", "not_equal_to", "isin", "notin")


def judge_checks(checks: Sequence[Read], dtypes: Sequence[str], faults: Faults) -> None:
    """Refuse checks that values of these dtypes can never pass, or that no value can."""
    groups = groups_of(dtypes)
    _judge_together(checks, faults)
    for check, node in checks:
        word = check_word(check.name)
        if word is None or not dtypes:
            continue
        if not groups <= word.groups:
            fix = f"take it out, or give a dtype of {' or '.join(sorted(word.groups))}"
            faults.add(node, f"{word.written} cannot judge the dtype {', '.join(dtypes)}", fix)
            continue
        if "datetime" in groups and check.name in _EXACT:
            fix = 'write limits: {ge: "2020-01-01", lt: "2020-01-02"}'
            faults.add(node, f"{word.written} cannot judge times, which are hardly ever equal", fix)
            continue
        if "datetime" in groups and any(
            type(value) in (int, float) for value in dict(check.arguments).values()
        ):
            faults.add(node, f"{word.written} limits times by a number", 'write a date: "2020-01-01"')
            continue
        for item, value in _asked(check, node):
            if value is not None and not can_hold(dtypes, value):
                shown = str(value).lower() if isinstance(value, bool) else repr(value)
                message = f"{word.written} asks for {shown}, which the dtype {', '.join(dtypes)} cannot hold"
                faults.add(item, message, "change the dtype or the value")


def _judge_together(checks: Sequence[Read], faults: Faults) -> None:
    """Refuse checks of different kinds of values: whatever the dtype is, one of them cannot run."""
    left = frozenset({"number", "bool", "string", "datetime"})
    for check, node in checks:
        word = check_word(check.name)
        if word is None:
            continue
        limits = [value for name, value in check.arguments if name in ("min_value", "max_value")]
        groups = word.groups
        if limits and check.name != "str_length":
            groups = frozenset({"datetime" if isinstance(limits[0], str) else "number"})
        if not left & groups:
            fix = "keep those of one kind of values, and give the dtype"
            faults.add(node, f"{word.written} cannot judge what the checks before it do", fix)
            return
        left &= groups


def _asked(check: CheckSpec, node: Node) -> Iterator[tuple[Node, Any]]:
    """Give the values that a check compares with, each with its node."""
    if check.name in ("equal_to", "not_equal_to"):
        yield node, dict(check.arguments)["value"]
    for name in ("allowed_values", "forbidden_values"):
        values = dict(check.arguments).get(name)
        if isinstance(values, tuple):
            whole = node.fields[name].value if isinstance(node, Fields) and name in node.fields else node
            items = whole.items if isinstance(whole, Items) else [whole] * len(values)
            yield from zip(items, values, strict=True)
    for name in ("min_value", "max_value"):
        # Numbers limit any number; only dates and numbers must not be mixed.
        limit = dict(check.arguments).get(name)
        if check.name != "str_length" and limit is not None:
            yield node, limit if isinstance(limit, str) else None
