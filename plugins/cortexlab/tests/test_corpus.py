"""Real files: what this plugin finds on them is known to be true, and it takes nothing from what others find.

corpus_truths.tsv lists its findings; the reason why each is true was found by looking at the file itself.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from corpus_views import CORPUS, IN_PLACE, NAMELESS, line, own, said, said_nameless

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real files is not here")

TRUTHS = Path(__file__).with_name("corpus_truths.tsv")


def truths(root: str) -> list[tuple[str, ...]]:
    with TRUTHS.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
    assert all(row[-1] for row in rows)
    return [tuple(row[:-1]) for row in rows if row[0] == root]


@pytest.mark.parametrize("folder", IN_PLACE)
def test_in_place_every_finding_is_known_to_be_true(folder: str) -> None:
    assert [line(folder, found) for found in own(said(folder))] == truths(folder)


@pytest.mark.parametrize("folder", IN_PLACE)
def test_nothing_else_is_found_than_without_the_plugin(folder: str) -> None:
    others = [found for found in said(folder).findings if found not in own(said(folder))]
    assert others == list(said(folder, "cortexlab").findings)


@pytest.mark.parametrize("folder", NAMELESS)
def test_without_namespaces_every_finding_is_known_to_be_true(folder: str, tmp_path: Path) -> None:
    root = f"{folder}, no namespace"
    assert [line(root, found) for found in own(said_nameless(folder, tmp_path))] == truths(root)
