"""What a contract says, in words that need neither pandera nor this program's source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from alfcheck.contracts.model import Condition, Match, Shape, Wanted
from alfcheck.contracts.spec import Argument, CheckSpec, RelationSpec, RowsSpec
from alfcheck.model import Severity

__all__ = [
    "check_words",
    "checks_words",
    "condition_words",
    "dtype_words",
    "match_words",
    "references_words",
    "relation_words",
    "rows_words",
    "shape_words",
    "wanted_words",
]

SIGNS = {"le": "<=", "lt": "<", "ge": ">=", "gt": ">", "eq": "==", "ne": "!="}

# The words of findings, as `alfcheck.contracts.entries` has them, so that both say the same of a check.
_WORDS = {
    "equal_to": "equal to {value}",
    "not_equal_to": "other than {value}",
    "greater_than": "greater than {min_value}",
    "greater_than_or_equal_to": "at least {min_value}",
    "less_than": "less than {max_value}",
    "less_than_or_equal_to": "at most {max_value}",
    "in_range": "between {min_value} and {max_value}",
    "isin": "one of {allowed_values}",
    "notin": "other than {forbidden_values}",
    "str_matches": "of the pattern {pattern}",
    "str_contains": "containing {pattern}",
    "str_startswith": "beginning with {string}",
    "str_endswith": "ending with {string}",
    "str_length": "of length {min_value} to {max_value}",
    "sorted": "in non-decreasing order",
    "strictly_increasing": "in strictly increasing order",
    "whole_number": "whole numbers",
    "unique": "unique",
}


def references_words(references: str) -> str:
    """Say which rows values count."""
    return f"rows of {references}" if references else "no row numbers"


def check_words(check: CheckSpec, *, weight: bool = True) -> str:
    """Say what a check expects, and with `weight` whether missing it is only a warning."""
    told = check.error or _expected(check)
    lowered = weight and check.severity is not Severity.ERROR
    return f"{told} (else a {check.severity})" if lowered else told


def _expected(check: CheckSpec) -> str:
    given = dict(check.arguments)
    if check.name == "in_range":
        return _range(given)
    if check.name == "str_length":
        return _length(given)
    words = _WORDS.get(check.name)
    try:
        return words.format(**{key: _listed(value) for key, value in given.items()}) if words else check.name
    except KeyError:  # an argument that the words do not speak of
        return f"{check.name} {', '.join(f'{key} {_listed(value)}' for key, value in given.items())}".strip()


def _range(given: Mapping[str, Argument]) -> str:
    words = f"between {_listed(given.get('min_value'))} and {_listed(given.get('max_value'))}"
    without = [
        str(_listed(given.get(limit)))
        for limit, included in (("min_value", "include_min"), ("max_value", "include_max"))
        if given.get(included) is False
    ]
    return f"{words} without {' and '.join(without)}" if without else words


def _length(given: Mapping[str, Argument]) -> str:
    low, high = given.get("min_value"), given.get("max_value")
    exact = given.get("exact_value", low if low == high else None)
    if exact is not None:
        return f"of {exact} characters"
    if low is None:
        return f"of at most {high} characters"
    return f"of at least {low} characters" if high is None else f"of {low} to {high} characters"


def _listed(value: Argument) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def checks_words(checks: Sequence[CheckSpec]) -> str:
    """Say what several checks expect together."""
    return "; ".join(map(check_words, checks))


def dtype_words(dtypes: Sequence[str]) -> str:
    """Say which dtypes are accepted."""
    return " or ".join(dtypes) or "any"


def shape_words(shapes: Sequence[Shape]) -> str:
    """Say which shapes are accepted."""
    return " or ".join(f"({', '.join(map(str, shape))})" for shape in shapes) or "any"


def match_words(match: Match | None) -> str:
    """Say which datasets a contract is about."""
    if match is None or not match.object:
        return "no dataset: it asks what sessions should have"
    spaces = {None: "", "": ", without a namespace"}
    words = f"object {match.object}{spaces.get(match.namespace, f', namespace {match.namespace}')}"
    where = "" if match.collection == "*" else f", collection {match.collection or '(none)'}"
    kinds = f", as {', '.join('.' + each for each in match.extensions)}" if match.extensions else ""
    return words + where + kinds


def rows_words(rows: RowsSpec) -> str:
    """Say what is asked of the numbers of rows; nothing where nothing is."""
    told = []
    if rows.agree:
        but = f", but for {', '.join(rows.exempt)}" if rows.exempt else ""
        told.append(f"the object's datasets have equally many rows{but}")
    elif rows.exempt:
        told.append(f"{', '.join(rows.exempt)} may have a number of rows of their own")
    if rows.at_least:
        told.append(f"at least {rows.at_least} row{'s' if rows.at_least > 1 else ''}")
    return "; ".join(told)


def relation_words(relation: RelationSpec) -> str:
    """Say what holds between columns of a row."""
    told = relation.check
    if relation.compare is not None:
        sign, first, second = relation.compare
        told = f"{first} {SIGNS.get(sign, sign)} {second}"
    when = f", when {relation.when}" if relation.when else ""
    near = f", within {relation.tolerance}" if relation.tolerance else ""
    lowered = "" if relation.severity is Severity.ERROR else f" (else a {relation.severity})"
    return f"{told}{near}{when}{lowered}"


def condition_words(condition: Condition) -> str:
    """Say when something is asked of a session; nothing where it always is."""
    told = []
    if condition.collection is not None:
        told.append(f"there is a collection {condition.collection}")
    if condition.protocol is not None:
        told.append(f"the task protocol is {condition.protocol}")
    if condition.device is not None:
        told.append(f"a device {condition.device} is named")
    if condition.document is not None:
        name, keys, value = condition.document
        told.append(f"{keys} of {name} is {value}")
    return " and ".join(told)


def wanted_words(wanted: Wanted) -> str:
    """Say what a line asks of a session."""
    many = f" ({_count_words(*wanted.count)})" if wanted.count is not None else ""
    each = f", for each {wanted.each}" if wanted.each else ""
    when = f", where {condition_words(wanted.when)}" if wanted.when != Condition() else ""
    kind = {"any_of": "required"}.get(wanted.kind, wanted.kind)
    return f"{kind}: {' or '.join(wanted.patterns)}{many}{each}{when}"


def _count_words(least: int, most: int | None) -> str:
    if most is None:
        return f"{least} or more"
    return f"{least}" if least == most else f"{least} to {most}"
