"""What contracts say of whole objects, of documents and of other objects: how it is explained.

The checks themselves run in `alfcheck.contracts`, `alfcheck.relations` and the pipeline.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from alfcheck.model import Example, Rule, Severity, Target
from alfcheck.rules.value_examples import ALF, npy

if TYPE_CHECKING:
    pass

__all__ = ["RULES"]


def _trials() -> bytes:
    import pandas as pd

    stream = io.BytesIO()
    columns = {
        "intervals_0": [0.0, 5.0],
        "intervals_1": [4.0, 9.0],
        "choice": [1.0, -1.0],
        "feedbackType": [1.0, -1.0],
    }
    pd.DataFrame(columns).to_parquet(stream, index=False)
    return stream.getvalue()


def _json(document: object) -> bytes:
    return json.dumps(document).encode()


def _example(name: str, data: bytes | Callable[[], bytes], note: str, *beside: Example) -> Example:
    return Example(f"{ALF}/{name}", data, note, beside)


_PROBES = "probes.description.json"
_MOVES = "_ibl_wheelMoves.intervals.npy"
_TABLE = Example(f"{ALF}/_ibl_trials.table.pqt", _trials, "a table whose choices are 1 and -1")
_CHANNELS = Example(
    f"{ALF}/clusters.waveformsChannels.npy",
    npy(lambda np: np.zeros((3, 4), int)),
    "four channels of each cluster",
)

RULES: tuple[Rule, ...] = (
    Rule(
        code="ALF312",
        name="document-breaks-schema",
        target=Target.CONTRACT,
        severity=Severity.ERROR,
        summary="A JSON or YAML document breaks the JSON Schema of its contract.",
        why="Programs look values up in a document by their keys: one that is missing, or of another kind, "
        "stops them far from the cause, or is passed over without a word. Formats (`format: date`) are not "
        "checked; dates in YAML count as text.",
        fix="Mend the places named ($.probes[1].label is the key 'label' of the second of 'probes').",
        good=(_example(_PROBES, _json([{"label": "probe00"}]), "a list of probes, each with its label"),),
        bad=(_example(_PROBES, _json([{"label": 0}]), "a label that is no text"),),
    ),
    Rule(
        code="ALF313",
        name="too-few-rows",
        target=Target.CONTRACT,
        severity=Severity.ERROR,
        summary="A dataset has fewer rows than its contract asks.",
        why="A valid header without rows is what a program leaves that found nothing, or stopped before it "
        "saved. Where there must be something, that is no result.",
        fix="Save the dataset again with its rows, or leave it out.",
        good=(_example(_MOVES, npy(lambda np: np.array([[0.5, 1.5]])), "one movement"),),
        bad=(_example(_MOVES, npy(lambda np: np.empty((0, 2))), "no movement"),),
    ),
    Rule(
        code="ALF403",
        name="dimensions-disagree",
        target=Target.OBJECT,
        severity=Severity.ERROR,
        summary="Dimensions of one name have different lengths in the datasets of an object.",
        why="What is stored along a dimension is told by another dataset: waveform i has a channel for each "
        "channel that waveformsChannels names. With different lengths, there is no telling which is which.",
        fix="Save the datasets named from the same run of the program that wrote them.",
        good=(
            _example(
                "clusters.waveforms.npy", npy(lambda np: np.zeros((3, 82, 4))), "on four channels", _CHANNELS
            ),
        ),
        bad=(
            _example(
                "clusters.waveforms.npy", npy(lambda np: np.zeros((3, 82, 5))), "on five channels", _CHANNELS
            ),
        ),
    ),
    Rule(
        code="ALF405",
        name="table-and-file-differ",
        target=Target.OBJECT,
        severity=Severity.ERROR,
        summary="A column of an object's table and a file of the same name hold different values.",
        why="ONE gives the column of the table and says nothing of the file, so that two people who load the "
        "same attribute in different ways work on different values. An error where a contract covers the "
        "column, otherwise a warning.",
        fix="Find out which of the two is right, and save the attribute once, or both from the same values.",
        good=(
            _example(
                "_ibl_trials.choice.npy",
                npy(lambda np: np.array([1, -1])),
                "the choices of the table",
                _TABLE,
            ),
        ),
        bad=(_example("_ibl_trials.choice.npy", npy(lambda np: np.array([1, 1])), "another choice", _TABLE),),
    ),
)
