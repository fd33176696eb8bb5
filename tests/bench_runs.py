"""What the tests of values share: files laid on a bench, whole or in pieces, and what is told of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

from alfcheck.contracts.bench import Bench
from alfcheck.contracts.model import Contract, Match, Terms
from alfcheck.contracts.plan import Plan, Planner, Signature
from alfcheck.contracts.scratch import Room
from alfcheck.model import Dataset, Problem

Told = set[tuple[str | None, str | None, str | None]]


def told(problems: Sequence[Problem]) -> Told:
    """Give code, column and check of each problem."""
    return {(problem.code, problem.column, problem.check) for problem in problems}


def contract_of(schema: Any, **more: Any) -> Contract:
    """Make a contract for an object `things`."""
    more.setdefault("terms", {"a": Terms(), "*_pairs": Terms()})
    return Contract(
        id="lab.things", version="1.0.0", match=Match(object="things"), schema=lambda: schema, **more
    )


def column(*given: pa.Check, **options: Any) -> pa.DataFrameSchema:
    """Make a schema of one column, `a`."""
    return pa.DataFrameSchema({"a": pa.Column(None, list(given), **options)})


def plan_of(contract: Contract, values: Any, attribute: str = "a") -> Plan:
    """Plan what is judged of an array, or of a table given as a frame."""
    dataset = Dataset("alf", "", "", "things", attribute, "", "", "npy")
    if isinstance(values, pd.DataFrame):
        columns = tuple((name, str(values[name].dtype), ()) for name in values)
        return Planner([contract]).plan(dataset, Signature("table", columns, False))
    signature = Signature("array", (("", str(values.dtype), values.shape[1:]),), False)
    return Planner([contract]).plan(dataset, signature)


def run(
    contract: Contract,
    files: Sequence[Any],
    attribute: str = "a",
    pieces: int = 1,
    flush: int = 4_000_000,
    room: Room | None = None,
) -> dict[int, list[Problem]]:
    """Judge files together, each cut into pieces; give the problems by the number of the file."""
    bench = Bench(flush, room=room)
    for ref, values in enumerate(files):
        plan = plan_of(contract, values, attribute)
        assert not plan.problems
        row = 0
        for piece in np.array_split(values, pieces) if pieces > 1 else [values]:
            named = {"": piece} if isinstance(piece, np.ndarray) else {n: piece[n].to_numpy() for n in piece}
            for lane in plan.lanes:
                bench.add(ref, lane, named, row, whole=pieces == 1)
            row += len(piece)
    bench.finish()
    return {ref: list(bench.faults.problems(ref, len(files[ref]))) for ref in bench.faults.refs()}


def only(found: dict[int, list[Problem]], ref: int) -> Problem:
    """Give the one problem that there is, and that of file `ref`."""
    assert list(found) == [ref]
    assert len(found[ref]) == 1
    return found[ref][0]
