"""Rows that keep relations: candidates are drawn, and mended where a relation does not hold.

Drawing alone would seldom give ten event times in their order. So a row that breaks a relation has one of its
values drawn anew, or moved beside another value of the relation, as long as no more relations break.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from alfcheck.contracts.model import Contract, Relation
from alfcheck.contracts.plans import CheckPlan, CompiledSchema
from alfcheck.contracts.sampling.cells import Cells
from alfcheck.contracts.sampling.judging import relation_holds
from alfcheck.contracts.sampling.wishes import constants
from alfcheck.contracts.terms import absent
from alfcheck.errors import ContractError

__all__ = ["Law", "laws_of", "row_laws", "solve", "verdict"]

TRIES = 32
"""Candidates for each row; the first that keeps all relations is taken."""

ROUNDS = 150
NOISE = 0.05
STEPS = (0.0, 1e-4, 0.01, 0.1, 0.5, 1.0, 2.0)

Values = Mapping[str, np.ndarray]


@dataclass(frozen=True, slots=True)
class Law:
    """A relation of columns of one row; ``holds`` says whether it is to be kept or to be broken.

    ``names`` are the columns as the contract calls them, ``columns`` as they are called here.
    """

    relation: Relation
    check: CheckPlan
    names: tuple[str, ...]
    columns: tuple[str, ...]
    contract: Contract
    holds: bool = True

    @property
    def told(self) -> str:
        """The columns as a finding names them."""
        return " and ".join(self.names)

    @property
    def sparing(self) -> tuple[str, ...]:
        """The columns whose missing values spare a row."""
        kept = {
            bound
            for bound, name in zip(self.columns, self.relation.columns, strict=True)
            if name in self.relation.keeps_missing
        }
        return tuple(name for name in self.columns if name not in kept)

    @property
    def constants(self) -> tuple[object, ...]:
        """Values that stand in the relation as its contract file says it."""
        spec = self.contract.spec
        found = [each for each in spec.relations if each.name == self.relation.name] if spec else []
        return tuple(value for each in found for value in constants(f"{each.check} ; {each.when}"))


def laws_of(contract: Contract, schema: CompiledSchema, names: Mapping[str, str]) -> Iterator[Law]:
    """Give the relations of a contract among columns, once for each word of a ``*``.

    The keys of `names` are what the contract calls them, the values what they are called here.
    """
    relations = {id(check): relation for relation, check in schema.relations}
    for found, check in schema.related(list(names)):
        yield Law(relations[id(check)], check, tuple(found), tuple(names[each] for each in found), contract)


def row_laws(laws: Sequence[Law], names: Sequence[str]) -> list[Law]:
    """Give the laws all of whose columns are among these."""
    return [law for law in laws if set(law.columns) <= set(names)]


def verdict(law: Law, values: Values) -> np.ndarray:
    """Tell for each row whether a law is as it should be; where a value is missing it holds."""
    count = len(values[law.columns[0]])
    present = np.ones(count, dtype=bool)
    for name in law.sparing:
        present &= ~absent(values[name], None)
    rows = np.flatnonzero(present)
    held = np.full(count, law.holds)
    if len(rows):
        found = relation_holds(law.check, law.names, [values[name][rows] for name in law.columns])
        held[rows] = found if law.holds else ~found
    return held


def solve(
    cells: Mapping[str, Cells], laws: Sequence[Law], rows: int, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Give `rows` values for each of the columns, such that all laws are as they should be.

    Raises `ContractError`, which names the relations that no row was found to keep.
    """
    if not laws:
        places = np.arange(rows)
        return {name: each.draw(places, rng) for name, each in cells.items()}
    places = np.repeat(np.arange(rows), TRIES)
    values = {name: each.draw(places, rng) for name, each in cells.items()}
    with_gaps = {name for law in laws for name in law.columns if name not in law.sparing}
    for round_ in range(ROUNDS):
        held = np.array([verdict(law, values) for law in laws])
        good = held.all(axis=0).reshape(rows, TRIES)
        if good.any(axis=1).all():
            first = np.arange(rows) * TRIES + good.argmax(axis=1)
            return {name: each[first] for name, each in values.items()}
        if round_ < ROUNDS - 1:
            values = _mended(cells, laws, values, held, places, rng, with_gaps)
    raise _unsolved(laws, held, rows)


def _mended(
    cells: Mapping[str, Cells],
    laws: Sequence[Law],
    values: dict[str, np.ndarray],
    held: np.ndarray,
    places: np.ndarray,
    rng: np.random.Generator,
    with_gaps: set[str],
) -> dict[str, np.ndarray]:
    """Try one change in each row that is not right yet, and keep it unless more laws break."""
    trial = {name: each.copy() for name, each in values.items()}
    # Which of its broken laws each row mends: chance decides.
    picked = np.where(held, -1.0, rng.random(held.shape)).argmax(axis=0)
    for index, law in enumerate(laws):
        rows = np.flatnonzero(~held[index] & (picked == index))
        name = str(rng.choice(law.columns))
        if len(rows) and name in cells:
            trial[name][rows] = _proposed(cells, law, name, values, rows, places, rng, name in with_gaps)
    after = np.array([verdict(law, trial) for law in laws])
    taken = (after.sum(axis=0) >= held.sum(axis=0)) | (rng.random(len(places)) < NOISE)
    return {name: np.where(taken, trial[name], each) for name, each in values.items()}


def _proposed(
    cells: Mapping[str, Cells],
    law: Law,
    name: str,
    values: Values,
    rows: np.ndarray,
    places: np.ndarray,
    rng: np.random.Generator,
    with_gaps: bool,
) -> np.ndarray:
    """Give new values for a column: drawn anew, or beside those of another column or of the law itself."""
    own = cells[name]
    drawn = own.draw(places[rows], rng)
    if own.is_number:
        beside = _beside(cells, law, name, values, rows, rng)
        fits = own.fits(places[rows], beside) & ~np.isnan(beside) & (rng.random(len(rows)) < 0.7)
        drawn = np.where(fits, beside, drawn)
        if _may_lack(own) and (law.holds or with_gaps):
            drawn[rng.random(len(rows)) < (0.3 if with_gaps else 0.05)] = np.nan
    return drawn


def _may_lack(cells: Cells) -> bool:
    judges = cells.column.judges
    nullable = all(judge.plan is None or judge.plan.nullable for judge in judges)
    free = all(judge.terms.missing_share is None for judge in judges)
    return nullable and free and np.dtype(cells.dtype).kind == "f"


def _beside(
    cells: Mapping[str, Cells],
    law: Law,
    name: str,
    values: Values,
    rows: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    numbers = [each for each in law.columns if each != name and cells[each].is_number]
    fixed = [float(value) for value in law.constants if isinstance(value, (int, float))]
    sources = [values[each][rows].astype(np.float64) for each in numbers]
    sources += [np.full(len(rows), value) for value in fixed]
    if not sources:
        return np.full(len(rows), np.nan)
    source = sources[int(rng.integers(len(sources)))]
    steps = (*STEPS, *(abs(value) for value in fixed), *(2 * abs(value) for value in fixed))
    shift = rng.choice(steps, len(rows)) * rng.choice((-1.0, 1.0), len(rows))
    beside = source + shift
    whole = cells[name].wishes.whole or np.dtype(cells[name].dtype).kind in "iu"
    return np.asarray(np.floor(beside) if whole else beside)


def _unsolved(laws: Sequence[Law], held: np.ndarray, rows: int) -> ContractError:
    never = [
        law for law, each in zip(laws, held, strict=True) if not each.reshape(rows, TRIES).any(axis=1).all()
    ]
    named = ", ".join(law.relation.name for law in never or laws)
    asked = "keep" if all(law.holds for law in laws) else "break"
    return ContractError(
        f"contract {laws[0].contract.label}: no row is found whose values {asked} as they should the "
        f"relations {named}; mend them, or give the columns examples that keep them"
    )
