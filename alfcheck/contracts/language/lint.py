"""Mistakes in several contract files, and between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from alfcheck.contracts.language.contradict import contradictions
from alfcheck.contracts.language.files import parse_file
from alfcheck.contracts.language.mistakes import KeyPath, Mistake, Parsed, Place
from alfcheck.contracts.spec import ContractSpec

__all__ = ["lint_files"]


def lint_files(paths: Sequence[str | Path], others: Sequence[ContractSpec] = ()) -> tuple[Mistake, ...]:
    """Find all mistakes in contract files, by file and place, and what they say against one another.

    `others` are contracts that are there already: a file may not repeat the label of another one, and not
    contradict it, unless it is a version of the same contract.
    """
    parsed = [(str(path), parse_file(path)) for path in dict.fromkeys(map(Path, paths))]
    found = [mistake for _, each in parsed for mistake in each.mistakes]
    sound = [(file, each, each.spec) for file, each in parsed if each.spec is not None]
    for index, (file, each, spec) in enumerate(sound):
        for other_file, other, other_spec in sound[:index]:
            found += _between(file, each, spec, other_spec, (other_file, other))
        for other_spec in others:
            if other_spec != spec:
                found += _between(file, each, spec, other_spec, None)
    return tuple(sorted(found, key=lambda mistake: (mistake.file, mistake.line, mistake.column)))


def _between(
    file: str, parsed: Parsed, spec: ContractSpec, other: ContractSpec, written: tuple[str, Parsed] | None
) -> Iterator[Mistake]:
    if spec.label == other.label:
        place = parsed.places["id",]
        where = _where(other, written, ("id",))
        fix = "give one of them another id, or a later version"
        yield Mistake(file, *place, f"the contract {spec.label} is in {where} too", fix)
    elif spec.id != other.id:
        for name, what in contradictions(spec, other):
            path = _path(name, parsed)
            where = _where(other, written, None if written is None else _path(name, written[1]))
            message = f"{name} contradicts {where}: {what}"
            fix = "change one of the two, or let them match different datasets"
            yield Mistake(file, *_place(parsed, path), message, fix)


def _path(name: str, parsed: Parsed) -> KeyPath:
    """Give where a file speaks of a column or a relation."""
    for key in ("columns", "relations"):
        if (key, name) in parsed.places:
            return key, name
    return ("columns",)


def _place(parsed: Parsed, path: KeyPath) -> Place:
    return parsed.places.get(path, Place(1, 1))


def _where(other: ContractSpec, written: tuple[str, Parsed] | None, path: KeyPath | None) -> str:
    if written is None or path is None:
        return other.label
    place = _place(written[1], path)
    return f"{written[0]}:{place.line}:{place.column} ({other.label})"
