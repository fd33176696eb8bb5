"""Examples that keep a contract, as the one table that exports describe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Set
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from alfcheck.contracts.build import build
from alfcheck.contracts.export.fields import fields_of
from alfcheck.contracts.sampling import write_example
from alfcheck.contracts.spec import ContractSpec
from alfcheck.grammar import parse_dataset
from alfcheck.model import Dataset

__all__ = ["rows_of", "table_of"]

Columns = dict[str, list[Any]]


def table_of(spec: ContractSpec, folder: Path) -> pd.DataFrame:
    """Write an example of a contract to `folder`, and give those of its datasets that have equal rows."""
    columns: Columns = {}
    names = {field.name for field in fields_of(spec)}
    for path in write_example(build(spec), folder):
        dataset = parse_dataset("/".join(path.parts[-2:]))
        if isinstance(dataset, Dataset) and spec.match is not None and spec.match.covers(dataset):
            columns |= dict(_columns(path, dataset, names))
    lengths = Counter(map(len, columns.values()))
    rows = max(lengths, key=lambda length: (lengths[length], length), default=0)
    kept = {name: values for name, values in columns.items() if len(values) == rows}
    return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in kept.items()})


def _columns(path: Path, dataset: Dataset, names: Set[str]) -> Iterator[tuple[str, list[Any]]]:
    if dataset.extension == "npy":
        values = np.load(path)
        if values.ndim == 2 and f"{dataset.column}_0" in names:
            for index in range(values.shape[1]):
                yield f"{dataset.column}_{index}", values[:, index].tolist()
        elif values.ndim:
            yield dataset.column, values.tolist()
    if dataset.extension == "pqt":
        prefix = "" if dataset.attribute == "table" else f"{dataset.attribute}."
        for name, column in pd.read_parquet(path).items():
            yield f"{prefix}{name}", column.astype(object).tolist()


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the rows as JSON has them."""
    return [{name: _json(value) for name, value in row.items()} for row in table.to_dict(orient="records")]


def _json(value: Any) -> Any:
    if isinstance(value, list):
        return list(map(_json, value))
    return None if pd.isna(value) else value
