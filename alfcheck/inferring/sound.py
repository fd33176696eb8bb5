"""A draft without what the contract language does not take: that stays beside it, as a comment."""

from __future__ import annotations

from dataclasses import replace

from alfcheck.contracts.spec import ContractSpec

__all__ = ["without_mistakes"]

ROUNDS = 20
"""How often a draft is read again: what is left out may leave another entry without its attribute."""


def without_mistakes(spec: ContractSpec) -> tuple[ContractSpec | None, dict[str, str]]:
    """Leave out the columns that are mistakes, and say of each why.

    Gives no contract if nothing is left of it.
    """
    from alfcheck.contracts.language import dump_spec, parse_text

    left_out: dict[str, str] = {}
    for _ in range(ROUNDS):
        parsed = parse_text(dump_spec(spec), spec.id)
        if not parsed.mistakes:
            return spec, left_out
        lines = {
            place.line: str(path[1])
            for path, place in parsed.places.items()
            if path[0] == "columns" and path[1:]
        }
        wrong: dict[str, str] = {}
        for mistake in parsed.mistakes:
            above = [line for line in lines if line <= mistake.line]
            if above:
                wrong.setdefault(lines[max(above)], mistake.message)
        if not wrong:
            break
        left_out |= wrong
        spec = replace(spec, columns=tuple(each for each in spec.columns if each.name not in wrong))
        if not spec.columns:
            break
    return None, left_out
