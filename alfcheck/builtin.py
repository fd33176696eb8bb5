"""The built-in rules, readers and report formats, offered through the same hooks as anyone's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from alfcheck.hookspecs import hookimpl

if TYPE_CHECKING:
    from alfcheck.model import Rule
    from alfcheck.readers.base import Reader
    from alfcheck.reporters.base import Reporter

__all__: list[str] = []


@hookimpl
def alfcheck_rules() -> Iterable[Rule]:
    from alfcheck.rules import content, layout, names, run, scanned, session, shares, terms, values

    named = (*names.RULES, *layout.RULES, *scanned.RULES, *content.RULES)
    return (*named, *values.RULES, *shares.RULES, *terms.RULES, *session.RULES, *run.RULES)


@hookimpl
def alfcheck_readers() -> Iterable[Reader]:
    from alfcheck.readers.builtin import READERS

    return READERS


@hookimpl
def alfcheck_reporters() -> Iterable[Reporter]:
    from alfcheck.reporters.builtin import REPORTERS

    return REPORTERS
