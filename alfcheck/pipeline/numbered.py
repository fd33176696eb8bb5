"""Run a rule that is written for many tables at once: it gives pairs of a table's number and a problem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import wraps
from operator import index

from alfcheck.model import Problem, Rule
from alfcheck.pipeline.given import problems_of
from alfcheck.pipeline.running import run_rule
from alfcheck.plugins import Owned
from alfcheck.subjects import ObjectBatch

__all__ = ["run_numbered"]

ENGINE = "ALF9"


def run_numbered(
    rule: Rule, rules: Mapping[str, Owned], batch: ObjectBatch, *, about: str
) -> Iterator[tuple[int | None, Problem]]:
    """Give what a rule finds with the numbers of the tables; ``None`` with what befell the rule itself."""
    numbers: list[int] = []

    asked = rule.check
    assert asked is not None

    @wraps(asked)
    def check(tables: ObjectBatch) -> Iterator[object]:
        for pair in problems_of(asked(tables)):
            if not isinstance(pair, tuple) or len(pair) != 2:
                raise TypeError(f"it gave {pair!r} where a pair of a table's number and a Problem is due")
            number = index(pair[0])
            if not 0 <= number < len(tables.tables):
                raise LookupError(f"it gave the number {number}, and there are {len(tables.tables)} tables")
            numbers.append(number)
            yield pair[1]

    within = {path for table in batch.tables for path in table.paths}
    found = list(run_rule(replace(rule, check=check), rules, batch, about=about, within=within))
    for place, problem in enumerate(found):
        engine = (problem.code or "").startswith(ENGINE)
        yield (None if engine or place >= len(numbers) else numbers[place]), problem
