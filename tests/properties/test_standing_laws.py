"""The law of a release with revisions: without what was rejected, nothing is left to reject."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1]))

from release_fixtures import Content, plugin, write

import alfcheck
from alfcheck.pipeline import aligning, opening

LAW = settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))
NAMES = ("spikes.times.npy", "spikes.clusters.npy", "clusters.depths.npy", "clusters.amps.npy")
REVISIONS = st.sampled_from(("", "#a#/", "#b#/", "#c#/"))
GARBAGE = b"no array"
PATHS = st.tuples(REVISIONS, st.sampled_from(NAMES)).map("".join)
# Of 2 to 4 rows; as row numbers each fits a target of more rows than its own. None is no array.
ROWS = st.sampled_from((2, 3, 4, None))


def content(rows: int | None) -> Content:
    return b"no array" if rows is None else np.arange(float(rows))


def left_of(files: Mapping[str, Content], **options: object) -> set[str]:
    """Give the verdicts of what is left of some files once those that were rejected are taken out."""
    with tempfile.TemporaryDirectory() as folder:
        root = write(Path(folder), {**files, "raw/_iblrig_leftCamera.raw.mp4": b"video"})
        for path, verdict in alfcheck.check(root, **options).verdicts.items():
            if verdict in ("fail", "unverified"):
                (root / path).unlink()
        report = alfcheck.check(root, **options)
        assert not {"error", "unverified"} & {str(each.severity) for each in report.findings}
        return {str(verdict) for verdict in report.verdicts.values()}


@LAW
@given(st.dictionaries(PATHS, ROWS, min_size=2, max_size=9))
def test_without_what_was_rejected_nothing_is_left_to_reject(given: dict[str, int | None]) -> None:
    left = left_of({f"alf/{path}": content(rows) for path, rows in given.items()})
    assert left <= {"pass", "warn", "unchecked"}


RULES = """
    import pandera.pandas as pa

    T = alfcheck.Terms

    @alfcheck.hookimpl
    def alfcheck_contracts():
        schema = {name: pa.Column(required=False, nullable=True) for name in ("site", "score")}
        return [alfcheck.Contract(
            id="lab.units", version="1.0.0", match=alfcheck.Match(object="units"), rows_at_least=1,
            terms={
                "waveforms": T(shapes=(("rows", "samples", "channels"),)),
                "near": T(shapes=(("rows", "channels"),)),
                "weights": T(shapes=(("rows", "channels"), ("rows", "samples", "channels"))),
                "perSite": T(shapes=(("rows", "sites.rows"),), own_rows=True),
                "site": T(references="sites"),
                "score": T(),
            },
            schema=lambda: pa.DataFrameSchema(schema),
        )]
"""


def _arrays(*shapes: tuple[int, ...]) -> tuple[Content, ...]:
    return (*(np.zeros(shape) for shape in shapes), b"no array")


def _tables(**columns: tuple[list[float], ...]) -> Iterator[Content]:
    for values in zip(*columns.values(), strict=True):
        yield pd.DataFrame(dict(zip(columns, values, strict=True)))


POOL: dict[str, tuple[Content, ...]] = {
    "alf/units.waveforms.npy": _arrays((2, 3, 4), (2, 3, 5), (2, 6, 4)),
    "alf/units.near.npy": _arrays((2, 4), (2, 5), (2,)),
    "alf/units.weights.npy": _arrays((2, 4), (2, 3, 5), (2, 6, 5)),
    "alf/units.perSite.npy": _arrays((2, 3), (1, 2)),
    "alf/units.site.npy": ([0, 1], [0, 2], [0, 0, 0], []),
    "alf/units.score.npy": ([0.5, 1.0], [0.5, 2.0], b"no array"),
    "alf/units.table.pqt": tuple(_tables(site=([0, 1], [0, 2]), score=([0.5, 1.0], [0.5, np.nan]))),
    "alf/sites.x.npy": _arrays((3,), (2,)),
    "sites.x.npy": _arrays((3,), (2,)),
    "sites.description.json": ("[1, 2]", "[1, 2, 3]", "{}", "["),
}


@st.composite
def _sessions(draw: st.DrawFn) -> dict[str, Content]:
    paths = draw(
        st.lists(st.tuples(st.sampled_from(sorted(POOL)), REVISIONS), min_size=2, max_size=9, unique=True)
    )
    return {
        "/".join([*path.split("/")[:-1], f"{revision}{path.split('/')[-1]}"]): draw(
            st.sampled_from(POOL[path])
        )
        for path, revision in paths
    }


@LAW
@given(_sessions(), st.sampled_from([opening.SMALL, 0]))
def test_so_it_is_of_dimensions_of_tables_beside_files_and_of_other_objects(
    given: dict[str, Content], small: int
) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "SMALL", small)
        patch.setattr(aligning, "PIECE", 16)
        left = left_of(given, plugins=(plugin(Path(folder), RULES),))
    assert left <= {"pass", "warn", "unchecked"}


OBJ = """
alfcheck: 1
id: lab.obj
version: 1.0.0
match: {object: obj}
rows: {agree: AGREE}
columns:
  a: {dtype: number, ge: 0, nullable: true, tolerance: 0.5}
  b: {dtype: number, nullable: true}
  c: {dtype: number, nullable: true}
  m: {dtype: number, shape: [rows, k]}
  n: {dtype: number, shape: [rows, k]}
  o: {dtype: number, shape: [rows, tgt.rows]}
  tgt: {dtype: number, references: tgt, missing: -1}
relations:
  one: {le: [a, b]}
  two: {le: [b, c]}
"""
TGT = """
alfcheck: 1
id: lab.tgt
version: 1.0.0
match: {object: tgt}
rows: {agree: AGREE}
columns:
  x: {dtype: number, ge: 0}
  y: {dtype: number, references: obj}
  z: {dtype: number, references: far}
"""
FAR = """
alfcheck: 1
id: lab.far
version: 1.0.0
match: {object: far}
columns:
  v: {dtype: number, ge: 0}
  obj: {dtype: number, references: obj}
"""
VALUES: dict[str, tuple[float, ...]] = {
    "obj.a": (0, 0, 0.3, -1),
    "obj.b": (1, 1, -0.5),
    "obj.c": (2, 2, 0),
    "obj.tgt": (-1, 0, 1, 2, 3),
    "tgt.x": (0, 0, -1),
    "tgt.y": (0, 0, 3, 9),
    "tgt.z": (0, 1, 3),
    "far.v": (0, 0, -1),
    "far.obj": (0, 2, 4),
}
"""What fills the arrays: that which can stand beside the others comes first."""
PLACES = ("", "alf/", "alf/p/")
SPACES = ("", "_n_", "_q_")


def _filled(name: str, count: int) -> st.SearchStrategy[Content]:
    arrays = st.sampled_from(VALUES[name]).map(lambda value: np.full(count, value))
    return st.one_of(arrays, arrays, arrays, st.just(GARBAGE))


def _square(count: int) -> st.SearchStrategy[Content]:
    return st.sampled_from((2, 2, 3)).map(lambda width: np.zeros((count, width)))


@st.composite
def _frame(draw: st.DrawFn, count: int) -> pd.DataFrame:
    names = draw(st.lists(st.sampled_from("abc"), min_size=1, unique=True))
    return pd.DataFrame(
        {name: np.full(count, draw(st.sampled_from(VALUES[f"obj.{name}"]))) for name in names}
    )


@st.composite
def _content(draw: st.DrawFn, name: str) -> tuple[str, Content]:
    """Give the ending of a file, and what it holds."""
    count = draw(st.sampled_from((3, 3, 3, 4, 1) if name.startswith("obj.") else (2, 2, 3)))
    if name == "obj.table":
        return ".pqt", draw(_frame(count))
    if name in ("obj.m", "obj.n", "obj.o"):
        return ".npy", draw(_square(count))
    ending = draw(st.sampled_from((".npy", ".npy", ".npy", ".csv", ".part.npy")))
    content = draw(_filled(name, count))
    if ending == ".csv" and isinstance(content, np.ndarray):
        return ending, pd.DataFrame({name.partition(".")[2]: content})
    return ending, content


@st.composite
def _released(draw: st.DrawFn) -> dict[str, Content]:
    places = draw(st.sampled_from((("alf/",), PLACES)))
    spaces = draw(st.sampled_from((("",), SPACES)))
    revisions = draw(st.sampled_from((("",), ("", "#a#/", "#b#/"))))
    names = st.sampled_from((*VALUES, "obj.m", "obj.n", "obj.o", "obj.table", "obj.table"))
    parts = st.tuples(*map(st.sampled_from, (places, revisions, spaces)), names)
    files: dict[str, Content] = {}
    for *folders, name in draw(st.lists(parts, min_size=3, max_size=12, unique=True)):
        ending, content = draw(_content(name))
        files["".join(folders) + name + ending] = content
    return files


@LAW
@given(_released(), st.booleans(), st.sampled_from([opening.SMALL, 0]))
def test_so_it_is_of_relations_of_references_in_circles_and_of_namespaces(
    given: dict[str, Content], agree: bool, small: int
) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "SMALL", small)
        for name, text in {"obj": OBJ, "tgt": TGT, "far": FAR}.items():
            Path(folder, f"{name}.yaml").write_text(text.replace("AGREE", str(agree).lower()))
        left = left_of(given, contracts=folder)
    assert left <= {"pass", "warn", "unchecked"}
