"""Real files: every finding on them is known to be true, and ONE loads what is indexed.

corpus_truths.tsv lists the findings; the reason why each is true was found by looking at the file itself.
"""

from __future__ import annotations

import csv
import io
import itertools
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd
import pytest
from corpus_views import BEGIN, CORPUS, DOCS, END, HERE, Said, corpus_files, measure, tables
from one.api import One

import alfcheck
from alfcheck.errors import NothingToCheck
from alfcheck.grammar.strict import read_dataset

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real files is not here")

TRUTHS = HERE / "corpus_truths.tsv"
KEY = ("root", "path", "code", "severity", "column", "count")
UNREAD = {".bin", ".meta", ".parquet"}


def snapshot() -> dict[str, tuple[int, int]]:
    """Give size and time of everything in the corpus, folders too."""
    states = ((path, path.lstat()) for path in CORPUS.rglob("*"))
    return {str(path): (state.st_size, state.st_mtime_ns) for path, state in states}


@pytest.fixture(scope="module", autouse=True)
def _untouched() -> Iterator[None]:
    before = snapshot()
    yield
    assert snapshot() == before


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> list[Said]:
    return measure(tmp_path_factory.mktemp("corpus"))


def truths() -> list[dict[str, str]]:
    text = io.StringIO(TRUTHS.read_text(encoding="utf-8"))
    return list(csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_every_finding_is_known_to_be_true_and_every_known_one_is_found(said: list[Said]) -> None:
    known = Counter(tuple(row[name] for name in KEY) for row in truths())
    found = Counter(finding for one in said for finding in one.findings())
    assert sorted((found - known).elements()) == []
    assert sorted((known - found).elements()) == []


def test_every_finding_has_its_reason() -> None:
    assert [row for row in truths() if len(row["why"] or "") < 20] == []


def test_every_file_is_judged_and_all_but_the_unknown_kinds_are_read(said: list[Said]) -> None:
    verdicts: dict[str, set[str]] = {}
    for one in said:
        for path, row, _ in one.datasets():
            verdicts.setdefault(path, set()).add(row.verdict)
    assert sorted(verdicts) == corpus_files()
    unread = {path for path, found in verdicts.items() if found == {"unchecked"}}
    assert unread == {path for path in corpus_files() if PurePosixPath(path).suffix in UNREAD}
    assert not any("unverified" in found for found in verdicts.values())


def test_each_ledger_adds_up_to_the_disk(said: list[Said]) -> None:
    for one in said:
        on_disk = sum(len(names) for _, _, names in os.walk(one.view.root))
        assert len(one.report.ledger) == on_disk, one.view.name


def test_whoever_gives_the_wrong_root_is_told_of_the_right_one(said: list[Said]) -> None:
    told = {one.view.name: one.report.findings[0].message for one in said if one.view.name.startswith("rig")}
    assert 'the root to use is .. (the folder that holds "rig")' in told["rig"]
    assert 'the root to use is ../.. (the folder that holds "rig")' in told["rig/Subjects"]


def test_fixtures_without_sessions_are_no_release() -> None:
    with pytest.raises(NothingToCheck, match="99 files, but no session"):
        alfcheck.check(CORPUS / "fixtures")


@pytest.mark.parametrize(
    ("root", "objects"),
    [("behaviour_ibllib", ("trials", "wheel")), ("ephys_phylib", ("spikes", "clusters"))],
)
def test_one_loads_what_is_indexed(
    root: str, objects: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(np, "load", without_pickle(np.load))
    report = alfcheck.release(CORPUS / root, out=tmp_path / "index")
    one = One(cache_dir=CORPUS / root, tables_dir=tmp_path / "index", mode="local")
    indexed = {row.path for row in report.ledger if row.status == "indexed"}
    sessions = sorted({row.session for row in report.ledger})
    assert len(one.search()) == len(sessions)
    for session, name in itertools.product(sessions, objects):
        folder = CORPUS / root / session
        files = sorted(path for path in folder.rglob(f"*{name}.*") if _object(path) == name)
        assert {path.relative_to(CORPUS / root).as_posix() for path in files} <= indexed
        collection = files[0].relative_to(folder).parent.as_posix()
        loaded = one.load_object(one.path2eid(folder), name, collection=collection)
        expected = {key: values for path in files for key, values in columns(path).items()}
        assert sorted(loaded) == sorted(expected)
        for key, values in expected.items():
            np.testing.assert_array_equal(np.asarray(loaded[key]), values, err_msg=f"{session} {name}.{key}")


def without_pickle(load: Callable[..., Any]) -> Callable[..., Any]:
    """Give numpy's own `load`, which refuses to unpickle whatever it is asked."""
    return lambda *args, **options: load(*args, **{**options, "allow_pickle": False})


def _object(path: Path) -> str:
    dataset = read_dataset(path.name)
    return dataset.object if dataset is not None else ""


def columns(path: Path) -> dict[str, Any]:
    """Read a file plainly, as the attributes that ONE makes of it."""
    dataset = read_dataset(path.name)
    assert dataset is not None
    if path.suffix == ".npy":
        return {dataset.column: np.load(path, allow_pickle=False)}
    if path.suffix == ".csv":
        return {dataset.column: pd.read_csv(path).iloc[:, 0].to_numpy()}
    table = pd.read_parquet(path)
    pairs = {name.removesuffix("_0") for name in table.columns if name.endswith("_0")}
    single = {name: table[name].to_numpy() for name in table.columns if name.rpartition("_")[0] not in pairs}
    return {**single, **{name: table[[f"{name}_0", f"{name}_1"]].to_numpy() for name in pairs}}


def test_the_documentation_says_what_is_measured(said: list[Said]) -> None:
    written = DOCS.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]
    assert written.strip() == tables(said), "run: python tests/corpus_views.py --update"
