"""References of plugins, as contracts that say nothing else.

So the pipeline judges them as it does those of contracts, in the name of the plugin, and a release writes
them down among its promises.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from alfcheck.contracts.language.legal import ID, LONGEST_ID, VERSION, namespace_fault, object_fault
from alfcheck.contracts.model import Contract, Match, Terms
from alfcheck.offers import Reference
from alfcheck.plugins.values import PluginInfo

if TYPE_CHECKING:
    import pandera.pandas as pa

__all__ = ["contract_of", "contracts_of_references", "refuse_wrong_reference"]

_PATTERNS = ("object", "namespace", "collection")
_TEXTS = ("id", "attribute", "target", "description", "version", *_PATTERNS)


def contracts_of_references(
    references: Mapping[str, tuple[Reference, PluginInfo]],
) -> Iterator[tuple[Contract, PluginInfo]]:
    """Give a contract for each reference; raises `PluginError` for one that could not be."""
    for reference, info in references.values():
        refuse_wrong_reference(reference, info)
        yield contract_of(reference), info


def contract_of(reference: Reference) -> Contract:
    """Give the contract that claims a reference, and asks for nothing else."""
    claim = Terms(description=reference.description, references=reference.target, missing=reference.missing)
    head, dot, _ = reference.attribute.partition(".")
    # A column of an attribute that is a table: the attribute must be covered, too.
    around = {head: Terms()} if dot else {}
    return Contract(
        id=reference.id,
        version=reference.version,
        match=Match(
            reference.object,
            None if reference.namespace == "*" else reference.namespace,
            reference.collection,
        ),
        terms={**around, reference.attribute: claim},
        schema=_nothing,
        description=reference.description,
        only_refers=True,
    )


def _nothing() -> pa.DataFrameSchema:
    import pandera.pandas as pa

    return pa.DataFrameSchema()


def refuse_wrong_reference(reference: Reference, info: PluginInfo) -> None:
    """Refuse a reference that nothing could be judged by; raises `PluginError`."""
    fault = _fault(reference)
    if fault is not None:
        info.refuse(fault)


def _fault(reference: Reference) -> str | None:
    # Plugins need not be typed: what is declared is looked at all the same.
    for name in _TEXTS:
        value: Any = getattr(reference, name)
        if not isinstance(value, str):
            return f"the reference {reference.id!r} must have a text for {name}, but has {value!r}"
    told = f"the reference {reference.id}"
    if not re.fullmatch(ID, reference.id) or len(reference.id) > LONGEST_ID:
        return f"{reference.id!r} is no id of a reference: write it like lab.licks_spout"
    if not re.fullmatch(VERSION, reference.version):
        return f"{told} has the version {reference.version!r}: write it like 1.0.0"
    for name in ("attribute", "target", "description"):
        if not getattr(reference, name).strip():
            return f"{told} has an empty {name}"
    return _fault_of_match(reference, told) or _fault_of_missing(reference.missing, told)


def _fault_of_match(reference: Reference, told: str) -> str | None:
    for name, find in (("object", object_fault), ("target", object_fault), ("namespace", namespace_fault)):
        fault = find(getattr(reference, name))
        if fault is not None:
            return f"{told}: its {name} {getattr(reference, name)!r} {fault}"
    if any(char in reference.target for char in "*?["):
        return f"{told}: its target {reference.target!r} is a pattern; name one object"
    return None


def _fault_of_missing(missing: object, told: str) -> str | None:
    is_number = isinstance(missing, (int, float)) and not isinstance(missing, bool) and math.isfinite(missing)
    if missing is None or is_number:
        return None
    return (
        f"{told}: missing is {missing!r}; give the number that stands for no row (NaN always does), or None"
    )
