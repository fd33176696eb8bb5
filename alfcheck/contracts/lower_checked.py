"""Whether a spec that was made from Python comes back from a contract file as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING

from alfcheck.contracts.diff.globs import covers, overlap
from alfcheck.contracts.globs import is_glob
from alfcheck.contracts.lower_columns import Complaints
from alfcheck.contracts.spec import ContractSpec

if TYPE_CHECKING:
    import pandera.pandas as pa

    from alfcheck.contracts.language import Mistake, Parsed

__all__ = ["refuse_order", "refuse_unreadable"]


def refuse_order(names: Iterable[str], columns: Mapping[str, pa.Column], complaints: Complaints) -> None:
    """Refuse patterns that a file cannot put into one order: that of the terms, and that of the schema.

    In both, the first that matches a name counts; `columns` are those of the schema by their patterns.
    """
    globs = [name for name in names if is_glob(name)]
    places = {name: place for place, name in enumerate(columns)}
    for index, first in enumerate(globs):
        for second in globs[index + 1 :]:
            if second not in places or not overlap(first, second):
                continue
            # Terms alone become an entry that asks nothing of values, unless one pattern covers them.
            alone = first not in places and not covers(second, first)
            if alone or places.get(first, -1) > places[second]:
                complaints.add(
                    f"the patterns {first!r} and {second!r}",
                    "they match the same names, and the terms and the schema have them in another order",
                )


def refuse_unreadable(spec: ContractSpec, complaints: Complaints) -> None:
    """Refuse what is a mistake in a contract file, or is read from it as something else."""
    import yaml

    from alfcheck.contracts.language import dump_spec, parse_text

    try:
        parsed = parse_text(dump_spec(spec), spec.label)
    except (yaml.YAMLError, TypeError, ValueError, OverflowError) as error:  # YAML has no word for it
        complaints.add("the contract", f"{error}")
        return
    for mistake in parsed.mistakes:
        what = f"{mistake.message}; {mistake.fix}" if mistake.fix else mistake.message
        complaints.add(_where(mistake, parsed), what)
    if parsed.spec is not None and parsed.spec != spec:
        for where in _other(spec, parsed.spec):
            complaints.add(where, "it would be read as something else")


def _where(mistake: Mistake, parsed: Parsed) -> str:
    """Name the column in which a mistake stands, in a file that nobody wrote."""
    before = [
        (place, path)
        for path, place in parsed.places.items()
        if len(path) <= 2 and (place.line, place.column) <= (mistake.line, mistake.column)
    ]
    path = max(before, default=(None, ()))[1]
    return ".".join(map(str, path)) or "the contract"


def _other(spec: ContractSpec, read: ContractSpec) -> list[str]:
    changed = [each.name for each in fields(spec) if getattr(spec, each.name) != getattr(read, each.name)]
    columns = [f"columns.{each.name}" for each in spec.columns if read.column(each.name) != each]
    return [name for name in changed if name != "columns" or not columns] + columns
