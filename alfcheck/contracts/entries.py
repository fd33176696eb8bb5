"""What a schema says of its columns, be it pandera's or a contract file's: entries, and their checks."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from alfcheck.contracts.answers import watched_check
from alfcheck.contracts.asked import Asked, asked_of
from alfcheck.contracts.checks import Segmented, builtin_name, row_local
from alfcheck.contracts.plans import CheckPlan
from alfcheck.contracts.spec import CheckSpec
from alfcheck.contracts.terms import attribute_of
from alfcheck.contracts.widen import widened
from alfcheck.contracts.words import check_words
from alfcheck.model import Severity

if TYPE_CHECKING:
    import pandera.pandas as pa

__all__ = [
    "FILE",
    "LOOKS",
    "ORDER",
    "ROW",
    "SAMPLE",
    "Entry",
    "Part",
    "completed",
    "describe",
    "entries_of",
    "part_of",
    "run_by_pandera",
]

SAMPLE = 10
ROW, ORDER, FILE = "row", "order", "file"
LOOKS = (ROW, ORDER, FILE)
"""How far a check looks: at one row, at a file in order and in pieces, at a whole file."""


@dataclass(frozen=True, slots=True)
class Part:
    """One check of an entry: by which ``word`` it is known, and how far it looks (one of `LOOKS`).

    ``ask`` gives what it asks where values may miss it by a tolerance.
    """

    word: object
    looks: str
    name: str
    expected: str
    severity: Severity
    code: str
    ask: Callable[[float], Asked]

    def plan(self, tolerance: float = 0.0) -> CheckPlan:
        """Give the check, ready to run."""
        return CheckPlan(self.ask(tolerance), self.name, self.expected, self.severity, self.code)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a schema says of a column, or (``regex``) of all whose names match."""

    name: str
    regex: bool
    nullable: bool
    unique: bool
    required: bool
    dtype: Any
    parts: tuple[Part, ...]


def completed(entries: Mapping[str, Entry]) -> Iterator[Entry]:
    """Give entries, those of components with the checks that they leave to their attribute."""
    for name, entry in entries.items():
        whole = entries.get(attribute_of(name)) if attribute_of(name) != name else None
        if whole is None or whole.regex != entry.regex:
            yield entry
            continue
        own = {part.word for part in entry.parts}
        parts = (*entry.parts, *(part for part in whole.parts if part.word not in own))
        # As a warning, uniqueness is one of the checks.
        yield replace(entry, parts=parts, unique=entry.unique or (whole.unique and "unique" not in own))


def entries_of(schema: pa.DataFrameSchema) -> dict[str, Entry]:
    """Give the entries of a schema of pandera, by their names."""
    return {
        str(name): Entry(
            str(name),
            bool(column.regex),
            bool(column.nullable),
            bool(column.unique),
            bool(column.required),
            column.dtype,
            tuple(map(part_of, column.checks)),
        )
        for name, column in schema.columns.items()
    }


def part_of(check: pa.Check) -> Part:
    """Give a check of pandera as a part of an entry."""
    function = getattr(check, "_check_fn", None)
    severity = Severity.WARNING if check.raise_warning else Severity.ERROR
    if isinstance(function, Segmented):
        word: object = str(check.name)
        code = function.code if function.code in ("ALF303", "ALF305", "ALF306") else "ALF310"
        looks = ORDER
    else:
        word = builtin_name(check) or id(check)
        looks, code = (ROW, "ALF303") if row_local(check) else (FILE, "ALF310")
    return Part(word, looks, str(check.name), describe(check), severity, code, partial(_asked, check))


def _asked(check: pa.Check, tolerance: float) -> Asked:
    return asked_of(run_by_pandera(check, tolerance))


def run_by_pandera(check: pa.Check, tolerance: float = 0.0) -> pa.Check:
    """Give a check as pandera runs it."""
    # A copy, since a schema may be shared: warnings must arrive as failures too, with few cases each.
    own = copy.copy(watched_check(widened(check, tolerance)))
    own.raise_warning = False
    own.n_failure_cases = SAMPLE
    return own


def describe(check: pa.Check) -> str:
    """Say in words what a check expects, as it ends the sentence "values are not …"."""
    if isinstance(check.error, str) and not check.error.startswith(f"{check.name}("):
        return check.error
    given = sorted((key, _plain_value(value)) for key, value in (check.statistics or {}).items())
    name = builtin_name(check)
    if name is None or not given:
        return f"as {check.name!r} asks"
    arguments = tuple((key, value) for key, value in given if value is not None)
    return check_words(CheckSpec(name=name, arguments=arguments), weight=False)


def _plain_value(value: Any) -> Any:
    return value if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__") else tuple(value)
