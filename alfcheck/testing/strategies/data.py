"""Datasets and whole sessions that satisfy contracts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from hypothesis import strategies as st

from alfcheck.contracts.model import Contract, ContractFile

if TYPE_CHECKING:
    from alfcheck.contracts.sampling import Others, Part

__all__ = ["AnyContract", "datasets", "sessions"]

T = TypeVar("T")
AnyContract = Contract | ContractFile | Path
SEEDS = 2**32 - 1


def sessions(
    *contracts: AnyContract,
    others: Iterable[Contract | ContractFile] | None = None,
    rows: st.SearchStrategy[int] | None = None,
) -> st.SearchStrategy[dict[str, bytes]]:
    """Give whole sessions that satisfy some contracts: the bytes of files by session-relative path.

    The files keep the `others` as well (without: all that are installed), and objects whose rows are counted
    are beside. Contracts may be files. `rows` is how many rows objects have, where a contract leaves it open.
    An object whose contract nothing is found for raises `ContractError`, which names column and way out.
    """
    if not contracts:
        raise TypeError("sessions() takes the contracts that the sessions are to satisfy")
    kit = _once(lambda: _Kit(contracts, others))
    return st.builds(
        lambda count, seed: {part.path: _bytes(part) for part in kit().parts(count, seed)},
        st.integers(1, 30) if rows is None else rows,
        st.integers(0, SEEDS),
    )


def datasets(
    contract: AnyContract,
    *,
    others: Iterable[Contract | ContractFile] | None = None,
    rows: st.SearchStrategy[int] | None = None,
) -> st.SearchStrategy[tuple[str, bytes]]:
    """Give single datasets that a contract judges and accepts: session-relative path and bytes."""
    kit = _once(lambda: _Kit((contract,), others))
    return st.builds(
        lambda count, seed: kit().own(count, seed),
        st.integers(1, 30) if rows is None else rows,
        st.integers(0, SEEDS),
    ).flatmap(lambda parts: st.sampled_from(parts).map(lambda part: (part.path, _bytes(part))))


def _once(make: Callable[[], T]) -> Callable[[], T]:
    """Put off what is costly until something is drawn."""
    return cache(make)


def _bytes(part: Part) -> bytes:
    from alfcheck.contracts.sampling import encode

    return encode(part)


class _Kit:
    """The contracts of a strategy, read, and those that are kept beside them."""

    def __init__(
        self, contracts: Iterable[AnyContract], others: Iterable[Contract | ContractFile] | None
    ) -> None:
        from alfcheck.contracts.sampling import Others

        self.contracts = [_read(each) for each in contracts]
        mine = {each.id for each in self.contracts}
        kept = [each for each in _installed() if each.id not in mine] if others is None else others
        self.others: Others = Others([*self.contracts, *kept])

    def parts(self, rows: int, seed: int) -> list[Part]:
        """Draw a session that has what each contract asks for; an object is drawn once."""
        rows = max(rows, *(each.rows_at_least for each in self.contracts))
        found: dict[str, Part] = {}
        for contract in self.contracts:
            there = set(map(_object, found))
            drawn = [*self._objects(contract, rows, seed), *self._wanted(contract, rows, seed)]
            found.update({part.path: part for part in drawn if _object(part.path) not in there})
        return list(found.values())

    def own(self, rows: int, seed: int) -> list[Part]:
        """Draw the files that the first contract itself judges."""
        from alfcheck.contracts.sampling import sample

        drawn = sample(self.contracts[0], rows, seed, self.others)
        return [*drawn.parts.values(), *([drawn.table] if drawn.table is not None else [])]

    def _objects(self, contract: Contract, rows: int, seed: int) -> Iterator[Part]:
        from alfcheck.contracts.sampling import sample

        if contract.terms:
            drawn = sample(contract, rows, seed, self.others)
            # Of the seed depends too whether the object is a table, as far as it can be one.
            if drawn.table is not None and seed % 3 == 0:
                held = {name.removesuffix("_0") for name in drawn.table.values}
                kept = [part for name, part in drawn.parts.items() if name not in held]
                yield from (drawn.table, *kept, *drawn.beside)
            else:
                yield from drawn.files

    def _wanted(self, contract: Contract, rows: int, seed: int) -> Iterator[Part]:
        from alfcheck.contracts.sampling import session_parts

        if contract.session is not None:
            for part in session_parts(contract, rows, seed, self.others):
                # A pattern for a folder that begins with `*` is given nothing in its place.
                yield replace(part, path=f"raw_data{part.path}") if part.path.startswith("/") else part


def _object(path: str) -> tuple[str, str]:
    """Give collection and object of a file, with its namespace."""
    folder, _, name = path.rpartition("/")
    return folder, name.partition(".")[0]


def _read(contract: AnyContract) -> Contract:
    if isinstance(contract, Contract):
        return contract
    if isinstance(contract, ContractFile):
        return contract.load()
    if isinstance(contract, Path):
        from alfcheck.contracts.build import contract_file

        return contract_file(contract).load()
    raise TypeError(f"{contract!r} is no contract: give a Contract, a ContractFile or the Path of a file")


@cache
def _installed() -> tuple[Contract | ContractFile, ...]:
    from alfcheck.plugins import load_ruleset

    return load_ruleset().contracts
