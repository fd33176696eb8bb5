"""What contracts find (ALF3xx), and what datasets say of one another (ALF4xx): how it is explained.

The checks themselves run in `alfcheck.contracts` and `alfcheck.relations`.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

from alfcheck.model import Example, Rule, Severity, Target
from alfcheck.rules.value_examples import ALF, npy

if TYPE_CHECKING:
    pass

__all__ = ["RULES"]


def _table(**columns: list[float]) -> Callable[[], bytes]:
    def data() -> bytes:
        import pyarrow as pa
        import pyarrow.parquet as pq

        stream = io.BytesIO()
        pq.write_table(pa.table(columns), stream)
        return stream.getvalue()

    return data


def _example(name: str, data: Callable[[], bytes], note: str, *beside: Example) -> Example:
    return Example(f"{ALF}/{name}", data, note, beside)


def _contract_rule(
    code: str, name: str, summary: str, why: str, fix: str, good: Example, bad: Example
) -> Rule:
    return Rule(
        code=code,
        name=name,
        target=Target.CONTRACT,
        severity=Severity.ERROR,
        summary=summary,
        why=why,
        fix=fix,
        good=(good,),
        bad=(bad,),
    )


_CHOICE = "_ibl_trials.choice.npy"
_TIMES = "spikes.times.npy"
_INTERVALS = "_ibl_trials.intervals.npy"

_CLUSTERS = Example(f"{ALF}/clusters.depths.npy", npy(lambda np: np.arange(3.0)), "three clusters")
_AMPS = Example(f"{ALF}/spikes.amps.npy", npy(lambda np: np.full(3, 1e-4)), "three amplitudes")
_DEPTHS = Example(f"{ALF}/spikes.depths.npy", npy(lambda np: np.full(3, 20.0)), "three depths")
_TWO_NAMES = Example(f"{ALF}/probe.traces.metadata.json", b'{"columns": ["x", "y"]}', "names of two columns")
_TABLE_COLUMNS = {
    "intervals_0": [0.0, 5.0],
    "intervals_1": [4.0, 9.0],
    "choice": [1.0, -1.0],
    "feedbackType": [1.0, -1.0],
}

RULES: tuple[Rule, ...] = (
    _contract_rule(
        "ALF301",
        "wrong-dtype",
        "A column has a dtype that its contract does not accept.",
        "Code that reads the column counts on what it holds: text where numbers are due, or floating "
        "numbers where row numbers are due, break it far from the cause.",
        "Convert the column to the dtype named and save the file again.",
        _example(_CHOICE, npy(lambda np: np.array([1, 0, -1])), "integers"),
        _example(_CHOICE, npy(lambda np: np.array(["left", "right"])), "text"),
    ),
    _contract_rule(
        "ALF302",
        "wrong-shape",
        "An array has not the shape that its contract asks.",
        "An attribute's meaning includes its columns: intervals are pairs of start and end.",
        "Save the array with the shape named; its first dimension counts the rows of the object.",
        _example(_INTERVALS, npy(lambda np: np.array([[0.0, 1.0], [2.0, 3.0]])), "shape (2, 2)"),
        _example(_INTERVALS, npy(lambda np: np.zeros((2, 3))), "shape (2, 3)"),
    ),
    _contract_rule(
        "ALF303",
        "value-not-allowed",
        "A value is not one of those that the contract allows.",
        "A code that nobody has defined will be counted as something, or dropped, by whoever reads it.",
        "Mend the values, or the contract if the values are right.",
        _example(_CHOICE, npy(lambda np: np.array([1, 0, -1])), "-1, 0 and 1"),
        _example(_CHOICE, npy(lambda np: np.array([1, 0, 7])), "7 is no choice"),
    ),
    _contract_rule(
        "ALF304",
        "missing-value",
        "A value is missing (NaN) in a column that must be complete.",
        "A spike without a time cannot be used, and NaN spreads through whatever is computed from it.",
        "Take the rows out of every dataset of the object, or find the values.",
        _example(_TIMES, npy(lambda np: np.array([0.1, 0.2])), "complete"),
        _example(_TIMES, npy(lambda np: np.array([0.1, np.nan])), "a spike without a time"),
    ),
    _contract_rule(
        "ALF305",
        "not-in-order",
        "The values of a column are not in the order that the contract asks.",
        "Searches in sorted times (numpy.searchsorted, interpolation) give wrong answers without a word.",
        "Sort all datasets of the object by this column, and save them again.",
        _example(_TIMES, npy(lambda np: np.array([0.1, 0.2, 0.2])), "in order; equal times are allowed"),
        _example(_TIMES, npy(lambda np: np.array([0.2, 0.1])), "the second spike before the first"),
    ),
    _contract_rule(
        "ALF306",
        "repeated-value",
        "A value that must be unique in its file occurs more than once.",
        "What identifies a row must not identify two.",
        "Find out which of the rows is right, and mend or remove the others.",
        _example("channels.rawInd.npy", npy(lambda np: np.array([0, 1, 2])), "each channel once"),
        _example("channels.rawInd.npy", npy(lambda np: np.array([0, 1, 1])), "channel 1 twice"),
    ),
    _contract_rule(
        "ALF307",
        "columns-disagree",
        "Columns of the same row contradict one another.",
        "An interval that ends before it starts has a negative length, and selects nothing.",
        "Mend the rows named. Rows where a value is missing are not looked at.",
        _example(_INTERVALS, npy(lambda np: np.array([[0.0, 1.0]])), "starts, then ends"),
        _example(_INTERVALS, npy(lambda np: np.array([[1.0, 0.0]])), "ends before it starts"),
    ),
    _contract_rule(
        "ALF308",
        "missing-column",
        "A table has not a column that its contract requires.",
        "Those who load the object expect the column; ONE adds nothing in its place.",
        "Add the column to the table.",
        _example("_ibl_trials.table.pqt", _table(**_TABLE_COLUMNS), "the columns required"),
        _example("_ibl_trials.table.pqt", _table(choice=[1.0, -1.0]), "no intervals"),
    ),
    Rule(
        code="ALF310",
        name="check-failed",
        target=Target.CONTRACT,
        severity=Severity.ERROR,
        summary="A check that a contract's author wrote is not passed.",
        why="The contract says what the data must hold in a way that no built-in term does.",
        fix="Read the contract named in the finding, and mend the file.",
    ),
    Rule(
        code="ALF311",
        name="unexpected-column",
        target=Target.CONTRACT,
        severity=Severity.ERROR,
        summary="A table has a column that its contract does not allow.",
        why="The contract is strict: it lists all columns that there may be.",
        fix="Take the column out of the table, or add it to the contract.",
    ),
    Rule(
        code="ALF401",
        name="rows-differ",
        target=Target.OBJECT,
        severity=Severity.ERROR,
        summary="A dataset has not as many rows as its object.",
        why="ALF says that the datasets of an object form one table: row i of each describes the same thing. "
        "ONE loads an object whose parts differ with no more than a line in a log. Unequal rows are an error "
        "where a contract says that the object's rows agree, otherwise a warning.",
        fix="Save the dataset named again with the object's rows.",
        good=(_example(_TIMES, npy(lambda np: np.arange(3.0)), "three rows each", _AMPS, _DEPTHS),),
        bad=(
            _example(_TIMES, npy(lambda np: np.arange(4.0)), "four rows where others have 3", _AMPS, _DEPTHS),
        ),
    ),
    Rule(
        code="ALF402",
        name="reference-outside",
        target=Target.OBJECT,
        severity=Severity.ERROR,
        summary="A value that counts the rows of another object points outside it.",
        why="An attribute named like an object (spikes.clusters) holds row numbers of that object, from 0. "
        "One that is negative or too large selects the wrong row, or none. It is an error where a contract "
        "claims the reference, otherwise a warning.",
        fix="Save both objects from the same run of the program that wrote them.",
        good=(_example("spikes.clusters.npy", npy(lambda np: np.array([0, 2])), "rows 0 and 2", _CLUSTERS),),
        bad=(_example("spikes.clusters.npy", npy(lambda np: np.array([0, 3])), "row 3 of three", _CLUSTERS),),
    ),
    Rule(
        code="ALF404",
        name="object-not-loadable",
        target=Target.OBJECT,
        severity=Severity.WARNING,
        summary="A dataset makes load_object fail, though it can be loaded alone.",
        why="To compose an object, ONE merges the attribute `table`, which must be a table of several "
        "columns, and applies `X.metadata.json` to `X`: an object of keys, whose `columns` split an array of "
        "two dimensions. At anything else load_object ends in a TypeError, AttributeError or IndexError, and "
        "the other datasets of the object cannot be loaded with it either.",
        fix="Save the table as .pqt; make the metadata fit the dataset, or rename them without 'metadata'.",
        good=(
            _example("events.table.pqt", _table(start=[0.0], end=[1.0]), "a parquet table"),
            _example("probe.traces.npy", npy(lambda np: np.zeros((4, 2))), "two columns", _TWO_NAMES),
        ),
        bad=(
            _example("events.table.npy", npy(lambda np: np.zeros((4, 2))), "an array"),
            _example("events.table.csv", lambda: b"start\n0.5\n1.5\n", "a single column"),
            _example("probe.traces.npy", npy(lambda np: np.zeros(4)), "a vector", _TWO_NAMES),
        ),
    ),
)
