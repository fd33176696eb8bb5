"""What the tests of whole objects share: two contracts of a plugin, and the files that these judge."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from release_fixtures import Content, plugin, write

import alfcheck
from alfcheck.pipeline import aligning, opening, values
from alfcheck.report import Report

RULES = """
    import pandera.pandas as pa

    T = alfcheck.Terms

    def columns(*names):
        return lambda: pa.DataFrameSchema(
            {name: pa.Column(required=False, nullable=True) for name in names}
        )

    UNITS = alfcheck.Contract(
        id="lab.units", version="1.0.0", match=alfcheck.Match(object="units"), rows_agree=True,
        terms={
            "waveforms": T(shapes=(("rows", "samples", "channels"),)),
            "near": T(shapes=(("rows", "channels"),)),
            "weights": T(shapes=(("rows", "channels"), ("rows", "channels", 2))),
            "similar": T(shapes=(("rows", "rows"),)),
            "confusion": T(shapes=(("kinds", "kinds"),), own_rows=True),
            "kind": T(shapes=(("kinds",),), own_rows=True),
            "perSite": T(shapes=(("rows", "sites.rows"),)),
            "site": T(references="sites", missing=255),
            "pair": T(shapes=(("rows", 2),), tolerance=0.01),
            "label": T(),
            "score": T(missing=-1),
            "things": T(references=""),
            "codes*": T(references=""),
        },
        schema=columns("near"),
    )
    MOVES = alfcheck.Contract(
        id="lab.moves", version="1.0.0", match=alfcheck.Match(object="moves"), rows_at_least=2,
        terms={"times": T(), "sync": T(own_rows=True), "timestamps": T()}, schema=columns("times"),
    )

    @alfcheck.hookimpl
    def alfcheck_contracts():
        return [UNITS, MOVES]
"""


def checked(folder: Path, files: dict[str, Content], **options: object) -> Report:
    rules = plugin(folder, RULES)
    return alfcheck.check(write(folder / "release", files), plugins=(rules,), **options)


def without_failed(folder: Path, report: Report) -> Report:
    """Check again without what was rejected."""
    root = folder / "release"
    for path, verdict in report.verdicts.items():
        if verdict in ("fail", "unverified"):
            (root / path).unlink()
    (root / "mouse/2020-01-01/001/raw").mkdir(exist_ok=True)
    (root / "mouse/2020-01-01/001/raw/_iblrig_leftCamera.raw.mp4").write_bytes(b"video")
    return alfcheck.check(root, plugins=(str(folder / "rules.py"),))


def units(**attributes: Content) -> dict[str, Content]:
    return {f"alf/units.{name}.npy": content for name, content in attributes.items()}


def zeros(*shape: int) -> np.ndarray:
    return np.zeros(shape)


def table(**columns: object) -> dict[str, Content]:
    return {"alf/units.table.pqt": pd.DataFrame(columns)}


def cut_into_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let small files pass as large ones do."""
    monkeypatch.setattr(opening, "SMALL", 0)
    monkeypatch.setattr(aligning, "PIECE", 64)
    monkeypatch.setattr("alfcheck.pipeline.agreeing.LEAST", 64)
    monkeypatch.setattr(values, "PIECE", 64)
