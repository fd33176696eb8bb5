"""Real files of other labs, as they are and with the namespace taken off their names.

None of them is Cortexlab's, so that in place no rule or contract of this plugin has a say. Without namespaces
they look like Cortexlab's, and what is found then must be what tells the two apart. Copies are made below a
folder of their own.

    python tests/corpus_views.py    print the findings as lines of corpus_truths.tsv, without reasons
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import alfcheck
from alfcheck import Finding, Report
from alone import OTHERS

__all__ = ["CORPUS", "IN_PLACE", "NAMELESS", "own", "said", "said_nameless"]

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus"
IN_PLACE = ("behaviour_ibllib", "ephys_phylib", "ephys_spikeinterface", "photometry", "rig")
NAMELESS = ("behaviour_ibllib", "photometry", "rig")

_SESSION = "1"


def said(folder: str, *disabled: str) -> Report:
    """Check a folder of the corpus in place."""
    return alfcheck.check(CORPUS / folder, disabled=(*OTHERS, *disabled))


def said_nameless(folder: str, scratch: Path) -> Report:
    """Check a copy of a folder in which no file has a namespace, and session numbers have three digits."""
    for source in sorted((CORPUS / folder).rglob("*")):
        parts = source.relative_to(CORPUS / folder).parts
        if source.is_file() and "raw" not in source.name:
            parts = tuple("001" if part == _SESSION else part for part in parts)
            target = scratch / Path(*parts[:-1]) / source.name.removeprefix("_ibl_")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    return alfcheck.check(scratch, disabled=OTHERS)


def own(report: Report) -> list[Finding]:
    """Give what this plugin's rules and contracts found."""
    return [found for found in report.findings if found.origin.name == "alfcheck-cortexlab"]


def line(folder: str, found: Finding) -> tuple[str, ...]:
    """Give a finding as a line of the truths."""
    return (folder, found.path, found.code, str(found.severity), found.column or "", str(found.count))


def _lines() -> Iterator[tuple[str, ...]]:
    for folder in IN_PLACE:
        yield from (line(folder, found) for found in own(said(folder)))
    for folder in NAMELESS:
        with tempfile.TemporaryDirectory() as scratch:
            report = said_nameless(folder, Path(scratch))
            yield from (line(f"{folder}, no namespace", found) for found in own(report))


if __name__ == "__main__":
    for each in _lines():
        sys.stdout.write("\t".join(each) + "\n")
