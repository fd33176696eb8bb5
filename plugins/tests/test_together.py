"""The three plugins together: each says what it says alone, and none changes what another says."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

import alfcheck
from alfcheck import Finding, Report

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
ROOTS = ("behaviour_ibllib", "ephys_phylib", "ephys_spikeinterface", "photometry", "rig")
PLUGINS = ("cortexlab", "ibl", "media")

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real files is not here")


def told(findings: Iterable[Finding]) -> Counter[tuple[object, ...]]:
    return Counter(
        (each.code, each.path, each.message, each.severity, each.datasets, each.origin) for each in findings
    )


def judged(root: str, *plugins: str) -> Report:
    return alfcheck.check(CORPUS / root, disabled=tuple({*PLUGINS} - {*plugins}))


@pytest.mark.parametrize("root", ROOTS)
def test_together_they_say_what_each_says_alone(root: str) -> None:
    core = told(judged(root).findings)
    together = told(judged(root, *PLUGINS).findings)
    alone = Counter(
        itertools.chain.from_iterable(
            (told(judged(root, name).findings) - core).elements() for name in PLUGINS
        )
    )
    assert together - core == alone
    # What the core says is still said, but for what a reader of a plugin settles.
    assert not [key for key in core - together if not str(key[0]).startswith("ALF2")]


@pytest.mark.parametrize("root", ROOTS)
def test_no_rule_fails_on_real_data(root: str) -> None:
    report = judged(root, *PLUGINS)
    assert [each.message for each in report.findings if each.code.startswith("ALF9")] == []
    assert {origin.name for origin in report.plugins} >= {f"alfcheck-{name}" for name in PLUGINS}
