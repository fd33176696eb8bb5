"""What is wrong with how the offers of a plugin are explained and declared; lines for people."""

from __future__ import annotations

import re
from collections.abc import Iterator

from alfcheck.contracts.model import Contract
from alfcheck.model import Rule
from alfcheck.readers.base import Reader

__all__ = ["contract_faults", "reader_faults", "rule_faults"]

_KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_DUTIES = ("check-", "require-", "validate-", "ensure-", "verify-", "must-")


def rule_faults(rule: Rule) -> Iterator[str]:
    """Say what is missing for someone who meets a finding of the rule."""
    if not _KEBAB.fullmatch(rule.name):
        yield f"its name {rule.name!r} must be lower-case words with hyphens, like 'feedback-before-response'"
    elif rule.name.startswith(_DUTIES):
        yield f"its name {rule.name!r} says what is done; name it after the fault that it finds"
    if rule.summary == f"{rule.name.replace('-', ' ').capitalize()}.":
        yield (
            "the summary only repeats the name (or there is none): say in the first line of the function's "
            "docstring what is wrong"
        )
    elif not rule.summary.strip().endswith("."):
        yield f"its summary must be a sentence that ends with a full stop, but is {rule.summary!r}"
    if not rule.why.strip():
        yield "it does not say why: the function's docstring after an empty line, or why=..."
    if not rule.fix.strip():
        yield "it does not say what to do: fix=..."


def contract_faults(contract: Contract) -> Iterator[str]:
    """Say what is missing for someone who reads the contract."""
    if not contract.description.strip():
        yield "it has no description: of what it promises, in a sentence"
    if not contract.owner.strip():
        yield "it has no owner: whom to ask"


def reader_faults(reader: Reader) -> Iterator[str]:
    """Say what is wrong with a reader's declaration."""
    if not reader.description.strip():
        yield "it has no description: of the format, in a sentence"
    for extension in reader.extensions:
        if not extension or not extension.replace("_", "a").isalnum():
            yield f"its extension {extension!r} must be letters and digits, without a dot, like 'wav'"
