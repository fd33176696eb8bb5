"""What a file of a given path holds: by the contract that judges it, or anything that can be read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from alfcheck.contracts.model import Contract
from alfcheck.contracts.sampling.judges import Judges, Others
from alfcheck.contracts.sampling.naming import NAME, dataset_of, suits
from alfcheck.contracts.sampling.objects import sample_of
from alfcheck.contracts.sampling.values import Part, Sample
from alfcheck.model import Dataset

__all__ = ["Contents"]

_TABLES = ("pqt", "csv", "tsv", "htsv")


class Contents:
    """Draws the contents of the files of one session; objects are drawn once, so that their files agree."""

    def __init__(self, rows: int, seed: int, others: Others) -> None:
        self._rows = rows
        self._seed = seed
        self._others = others
        self._samples: dict[tuple[str, str, str, str], Sample] = {}

    def part(self, path: str) -> Part:
        """Give a file of this path."""
        dataset = _parsed(path)
        if dataset is None:
            return self._neutral(path)
        for contract in self._others.covering(dataset):
            found = self._judged(contract, dataset)
            if found is not None:
                return replace(found, path=path)
        return self._neutral(path)

    def suits(self, path: str) -> bool:
        """Tell whether the extension of a path is one for what its file would hold."""
        return suits(self.part(path).kind, path.rpartition(".")[2])

    def document(self, path: str) -> Any:
        """Give what a document holds by its contract, ``None`` if no contract says."""
        part = self.part(path)
        dataset = _parsed(path)
        known = dataset is not None and bool(self._others.covering(dataset))
        return part.values if known and part.kind == "document" else None

    def _judged(self, contract: Contract, dataset: Dataset) -> Part | None:
        is_table = dataset.attribute == "table"
        if not is_table and contract.term(dataset) is None:
            return None
        place = (dataset.collection, dataset.namespace, dataset.object)
        key = (contract.label, *place)
        if key not in self._samples:
            judges = Judges(contract, self._others, place)
            rng = np.random.default_rng(self._seed)
            self._samples[key] = sample_of(judges, self._rows, rng, None)
        found = self._samples[key]
        return found.table if is_table else found.parts.get(dataset.column)

    def _neutral(self, path: str) -> Part:
        extension = path.rpartition(".")[2]
        if extension in ("npy", "npz"):
            return Part(path, "array", np.arange(self._rows))
        if extension in (*_TABLES, "ssv"):
            return Part(path, "table", {"one": np.arange(self._rows), "other": np.arange(self._rows) / 2})
        if extension in ("json", "yaml", "yml"):
            return Part(path, "document", {"a": 1})
        if extension == "jsonable":
            return Part(path, "lines", ({"a": 1},))
        return Part(path, "bytes", b"made by alfcheck\n")


def _parsed(path: str) -> Dataset | None:
    folder, _, name = path.rpartition("/")
    found = NAME.fullmatch(name)
    if found is None:
        return None
    place = (folder, found["namespace"] or "", found["object"])
    return dataset_of(place, found["attribute"], found["extension"])
