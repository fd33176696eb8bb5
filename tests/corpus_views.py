"""Real files as alfcheck is shown them, and what it says of them: for test_corpus.py and docs/real-data.md.

The corpus is never written to. What lies in no legal session is copied into one in a temporary folder under
its own name, and what has no legal name once more under one, so that the content of every file is judged.

    python tests/corpus_views.py            print the findings as lines of corpus_truths.tsv, without reasons
    python tests/corpus_views.py --update   write the measured part of docs/real-data.md
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import alfcheck
from alfcheck.api import RunOptions, prepare
from alfcheck.contracts.plan import Planner
from alfcheck.grammar.strict import read_dataset
from alfcheck.model import Dataset
from alfcheck.report import LedgerRow, Report

HERE = Path(__file__).resolve().parent
CORPUS = HERE.parents[1] / "shared" / "corpus"
DOCS = HERE.parent / "docs" / "real-data.md"
BEGIN, END = "<!-- measured -->", "<!-- end of what was measured -->"

WHOLE = "corpus"
IN_PLACE = ("behaviour_ibllib", "ephys_phylib", "ephys_spikeinterface", "photometry", "rig", "rig/Subjects")
PADDED = "rig, number padded"
KEPT = "fixtures, in a session"
RENAMED = "fixtures, renamed"

_RIG = "Subjects/test_mouse/2018-10-02/1"
_SESSION = "fixture/2020-01-01/001"
_VERDICTS = ("pass", "warn", "unchecked", "unverified", "fail")


@dataclass(frozen=True, slots=True)
class View:
    """A root as alfcheck is given it; `origins` say what a copy is called below the folder `base`."""

    name: str
    root: Path
    base: str
    origins: Mapping[str, str]

    def origin(self, path: str) -> str:
        """Give a path of this root as it is called below `base`."""
        return self.origins.get(path, path)


@dataclass(frozen=True, slots=True)
class Said:
    """A view, and what alfcheck said of it."""

    view: View
    report: Report

    def findings(self) -> list[tuple[str, ...]]:
        """Give root, path, code, severity, column and count of each finding."""
        return [
            (
                self.view.name,
                self.view.origin(found.path),
                found.code,
                str(found.severity),
                found.column or "",
                str(found.count),
            )
            for found in self.report.findings
        ]

    def datasets(self) -> Iterator[tuple[str, LedgerRow, Dataset]]:
        """Give the datasets with their paths below the corpus."""
        for row in self.report.ledger:
            parsed = read_dataset(row.path.removeprefix(f"{row.session}/")) if row.verdict else None
            if parsed is not None:
                yield str(PurePosixPath(self.view.base, self.view.origin(row.path))), row, parsed


def corpus_files(folder: str = ".") -> list[str]:
    """Give the data files below a folder of the corpus, relative to it."""
    found = (CORPUS / folder).rglob("*") if folder != "." else CORPUS.glob("*/**/*")
    return sorted(path.relative_to(CORPUS / folder).as_posix() for path in found if path.is_file())


def views(scratch: Path) -> Iterator[View]:
    """Give all views; copies are made below `scratch`."""
    yield View(WHOLE, CORPUS, ".", {})
    for folder in IN_PLACE:
        yield View(folder, CORPUS / folder, folder, {})
    padded = {path: f"rig/{path.replace(_RIG, _RIG[:-1] + '001')}" for path in corpus_files("rig")}
    yield _copy(PADDED, "rig", scratch / "padded", padded)
    fixtures = corpus_files("fixtures")
    yield _copy(KEPT, "fixtures", scratch / "kept", {path: f"{_SESSION}/{path}" for path in fixtures})
    nameless = {path: f"{_SESSION}/{_legal(path)}" for path in fixtures if read_dataset(path) is None}
    yield _copy(RENAMED, "fixtures", scratch / "renamed", nameless)


def _legal(path: str) -> str:
    """Call `qc/camera_times.npy` `qc/camera.times.npy`, and `qc/wheel.npy` `qc/wheel.content.npy`."""
    pure = PurePosixPath(path)
    words = re.findall(r"[0-9a-zA-Z]+", pure.stem)
    attribute = words.pop() if words[-1] == "times" else "content"
    object_ = words[0] + "".join(word[0].upper() + word[1:] for word in words[1:])
    return str(pure.with_name(f"{object_}.{attribute}{pure.suffix}"))


def _copy(name: str, base: str, root: Path, paths: Mapping[str, str]) -> View:
    for origin, path in paths.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(CORPUS / base / origin, root / path)
    return View(name, root, base, {path: origin for origin, path in paths.items()})


def measure(scratch: Path) -> list[Said]:
    """Check every view."""
    return [Said(view, alfcheck.check(view.root)) for view in views(scratch)]


def tables(said: list[Said]) -> str:
    """Write the measured part of docs/real-data.md."""
    judged, read, unread = _coverage(said)
    lines = [
        *_counts(said),
        "",
        "| contract | files of these dataset types |",
        "|---|---|",
        *judged,
        "",
        "| named by no contract | |",
        "|---|---|",
        *read,
        "",
        "| unchecked: no reader | |",
        "|---|---|",
        *unread,
    ]
    return "\n".join(lines)


def _counts(said: list[Said]) -> Iterator[str]:
    yield f"| root | sessions | files | {' | '.join(_VERDICTS)} | no dataset | ignored | findings |"
    yield "|---" * (len(_VERDICTS) + 6) + "|"
    for one in said:
        verdicts = Counter(row.verdict for row in one.report.ledger)
        ignored = Counter(row.status for row in one.report.ledger)["ignored"]
        codes = Counter(finding.code for finding in one.report.findings)
        cells = (
            one.view.name,
            one.report.session_count,
            len(one.report.ledger),
            *(verdicts[verdict] for verdict in _VERDICTS),
            verdicts[""] - ignored,
            ignored,
            ", ".join(f"{count} {code}" for code, count in sorted(codes.items())) or "none",
        )
        yield f"| {' | '.join(map(str, cells))} |"


def _coverage(said: list[Said]) -> tuple[list[str], list[str], list[str]]:
    """Say which contract judged what, what was read and judged by none, and what no reader knows."""
    planner = Planner(prepare(RunOptions(), HERE).ruleset.contracts)
    judged: dict[str, Counter[str]] = defaultdict(Counter)
    read: dict[str, Counter[str]] = defaultdict(Counter)
    unread: dict[str, Counter[str]] = defaultdict(Counter)
    for one in said:
        for path, row, dataset in one.datasets():
            namespace = f"_{dataset.namespace}_" if dataset.namespace else ""
            known = one.view.name != RENAMED
            name = f"{namespace}{row.dataset_type}" if known else PurePosixPath(path).name
            contracts = planner.covering(dataset)
            for contract in contracts:
                judged[contract.label][name] += 1
            if not contracts:
                target = unread if row.verdict == "unchecked" else read
                target[dataset.extension][name] += 1
    return _rows(judged), _rows(read), _rows(unread)


def _rows(found: Mapping[str, Counter[str]]) -> list[str]:
    return [f"| `{key}` | {_listed(names)} |" for key, names in sorted(found.items())]


def _listed(names: Counter[str]) -> str:
    return ", ".join(
        f"`{name}`" + (f" × {count}" if count > 1 else "") for name, count in sorted(names.items())
    )


def update(text: str, said: list[Said]) -> str:
    """Give `text` with its measured part replaced."""
    start, rest = text.split(BEGIN, 1)
    return f"{start}{BEGIN}\n\n{tables(said)}\n\n{END}{rest.split(END, 1)[1]}"


def main() -> None:
    """Print the findings, or update the documentation."""
    with tempfile.TemporaryDirectory() as scratch:
        said = measure(Path(scratch))
        if "--update" in sys.argv:
            DOCS.write_text(update(DOCS.read_text(encoding="utf-8"), said), encoding="utf-8")
        else:
            print("\n".join("\t".join(found) for one in said for found in one.findings()))


if __name__ == "__main__":
    main()
