"""The keywords of JSON Schema that look at the parts of a value, within bounds.

jsonschema's own collect every fault of every alternative before they tell of one, and list keys in no order.
What they mean is the same here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from alfcheck.contracts.document_words import SAY, TooLong, counted, is_found, shown

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

__all__ = ["Budget", "Searches", "TooMuch", "keywords"]

MOST = 2_000_000
"""Keywords that are looked at in one document: some twenty seconds' work."""

DEEPEST = 150
"""Keywords within one another: fewer than Python's own limit, so that where a run stops does not matter."""

MOST_UNEVALUATED = 5_000
"""Parts of one value that `unevaluated...` may be asked about: its work grows with their square."""

MOST_STEPS = 5e8
"""Steps of the searches for patterns in one file: some ten seconds' work."""

Keyword = Callable[[Any, Any, Any, Any], Iterator["ValidationError"]]


class TooMuch(Exception):
    """A document takes more work than it may."""


class Searches:
    """How much may still be searched for patterns in a file."""

    def __init__(self) -> None:
        self.left = MOST_STEPS

    def found(self, pattern: str, text: str) -> bool:
        """Tell whether a pattern is found in a text; raises `TooMuch` before what takes too long."""
        try:
            return is_found(pattern, text)
        except TooLong as error:
            self.left -= error.steps
        if self.left < 0:
            raise TooMuch(f"the pattern {shown(pattern)} may take too long to find in text of such length")
        return is_found(pattern, text, MOST_STEPS)


class Budget:
    """How much of a document may still be looked at, and how deep."""

    def __init__(self) -> None:
        self.left = MOST
        self.depth = 0
        self.searches = Searches()

    def reset(self, searches: Searches) -> None:
        """Begin another document, of a file whose searches these are."""
        self.left, self.depth, self.searches = MOST, 0, searches

    def enter(self) -> None:
        """Take from what is left; raises `TooMuch`."""
        self.left -= 1
        self.depth += 1
        if self.left < 0:
            raise TooMuch(f"it takes more than {MOST} comparisons")
        if self.depth > DEEPEST:
            raise TooMuch("it is nested too deep")


def keywords(budget: Budget, given: Mapping[str, Any]) -> dict[str, Any]:
    """Give the keywords of JSON Schema, by name, that spend a budget; `given` are jsonschema's own."""
    told = {name: _telling(say) for name, say in SAY.items()}
    own: dict[str, Any] = {**given, **told, **_PARTS, **_searching(budget)}
    for name in ("unevaluatedItems", "unevaluatedProperties"):
        own[name] = _bounded(given[name])
    return {name: _spending(keyword, budget) for name, keyword in own.items()}


def _spending(keyword: Keyword, budget: Budget) -> Keyword:
    def spending(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        try:
            budget.enter()
            yield from keyword(validator, value, instance, schema) or ()
        finally:
            budget.depth -= 1

    return spending


def _searching(budget: Budget) -> dict[str, Keyword]:
    """Give the keywords that look for patterns."""

    def pattern(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        if isinstance(instance, str) and not budget.searches.found(wanted, instance):
            yield _error(f"is {shown(instance)}; expected text of the pattern {wanted}")

    def named(validator: Any, patterns: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        for key, value in instance.items() if isinstance(instance, dict) else ():
            for each, wanted in patterns.items():
                if budget.searches.found(each, key):
                    yield from validator.descend(value, wanted, path=key, schema_path=each)

    def additional(validator: Any, allowed: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        known = schema.get("properties", {})
        patterns = tuple(schema.get("patternProperties", ()))
        for name in instance if isinstance(instance, dict) else ():
            if name in known or any(budget.searches.found(each, name) for each in patterns):
                continue
            if allowed is False:
                yield _error(f"has a key {shown(name)} that is not provided for")
            else:
                yield from validator.descend(instance[name], allowed, path=name)

    return {"pattern": pattern, "patternProperties": named, "additionalProperties": additional}


def _bounded(keyword: Keyword) -> Keyword:
    def bounded(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        if isinstance(instance, (list, dict)) and len(instance) > MOST_UNEVALUATED:
            raise TooMuch(f"one value has more than {MOST_UNEVALUATED} parts")
        if next(iter(keyword(validator, value, instance, schema)), None) is not None:
            yield _error(f"has parts that are not provided for: {shown(instance)}")

    return bounded


def _error(message: str, path: Sequence[str | int] = ()) -> ValidationError:
    from jsonschema.exceptions import ValidationError

    return ValidationError(message, path=path)


def _telling(say: Callable[[Any, Any], str]) -> Keyword:
    """Make a keyword of a function that says what is wrong with a value, or nothing."""

    def keyword(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        if message := say(value, instance):
            yield _error(message)

    return keyword


def _properties(validator: Any, named: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    for name, wanted in named.items() if isinstance(instance, dict) else ():
        if name not in instance:
            continue
        if wanted is False:
            yield _error(f"has a key {shown(name)} that is not provided for")
        else:
            yield from validator.descend(instance[name], wanted, path=name)


def _required(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    for name in wanted if isinstance(instance, dict) else ():
        if name not in instance:
            yield _error(f"has no {shown(name)}")


def _dependent(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    for name, needed in wanted.items() if isinstance(instance, dict) else ():
        for other in needed if name in instance else ():
            if other not in instance:
                yield _error(f"has {shown(name)} and no {shown(other)}")


def _names(validator: Any, allowed: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    for name in instance if isinstance(instance, dict) else ():
        for error in islice(validator.descend(name, allowed), 1):
            yield _error(f"has a key that {error.message}")


def _items(validator: Any, allowed: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    first = len(schema.get("prefixItems", ()))
    if not isinstance(instance, list) or len(instance) <= first:
        return
    if allowed is False:
        yield _error(f"has {counted(len(instance), 'item')}; expected at most {first}")
        return
    for index in range(first, len(instance)):
        yield from validator.descend(instance[index], allowed, path=index)


def _any_of(validator: Any, choices: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    faults = []
    for choice in choices:
        fault = next(validator.descend(instance, choice), None)
        if fault is None:
            return
        faults.append(fault)
    yield _none_of(instance, faults)


def _one_of(validator: Any, choices: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    faults = [next(validator.descend(instance, choice), None) for choice in choices]
    kept = faults.count(None)
    if not kept:
        yield _none_of(instance, [fault for fault in faults if fault is not None])
    elif kept > 1:
        yield _error(f"is {shown(instance)}, which fits {kept} of {len(choices)} forms; expected one of them")


def _none_of(instance: Any, faults: Sequence[ValidationError]) -> ValidationError:
    """Tell of the form that came nearest: the one whose first fault lies deepest."""
    nearest = max(faults, key=lambda fault: len(fault.path))
    if nearest.path:
        return _error(nearest.message, tuple(nearest.path))
    return _error(
        f"fits none of the {len(faults)} forms provided for; as for the first, it {faults[0].message}"
    )


def _not(validator: Any, refused: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if next(validator.descend(instance, refused), None) is None:
        yield _error(f"is {shown(instance)}, which is not allowed")


def _contains(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if not isinstance(instance, list):
        return
    least, most = schema.get("minContains", 1), schema.get("maxContains", len(instance))
    found = sum(next(validator.descend(each, wanted), None) is None for each in instance)
    if not least <= found <= most:
        bound = f"at least {shown(least)}" if found < least else f"at most {shown(most)}"
        yield _error(f"has {counted(found, 'item')} of the kind asked for; expected {bound}")


_PARTS: dict[str, Keyword] = {
    "properties": _properties,
    "required": _required,
    "dependentRequired": _dependent,
    "propertyNames": _names,
    "items": _items,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
    "contains": _contains,
}
