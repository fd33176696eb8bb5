"""The end of a release: index and report are made and published, as far as they do not stand already."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from alfcheck.cache import digest_of
from alfcheck.judging import judging_contracts
from alfcheck.mapping import SessionMap
from alfcheck.publish import (
    Published,
    ReportFile,
    Standing,
    publish,
    publish_report,
    read_note,
    some_sessions,
    standing_of,
)
from alfcheck.report import Report
from alfcheck.reporters.files import report_files
from alfcheck.scan import path_text

if TYPE_CHECKING:
    from alfcheck.index import IdMap
    from alfcheck.plugins import Ruleset
    from alfcheck.publish import Lock, ReleaseDate

__all__ = ["Infos", "Output", "known_standing"]

Infos = Mapping[str, Mapping[str, str]]

LEDGER = "ledger.parquet"


def known_standing(mapping: SessionMap, folder: Path) -> Standing | None:
    """Give what a run like this one published in a folder, if that is known; it may not stand any more."""
    note = mapping.recall(_named(folder))
    return read_note(note) if note is not None else None


@dataclass(frozen=True, slots=True)
class Output:
    """Where a release is written, with which ids and date; ``standing`` is what may stand there already."""

    folder: Path
    ids: IdMap | None
    when: ReleaseDate
    lock: Lock
    standing: Standing | None

    def publish(self, report: Report, infos: Infos, ruleset: Ruleset, mapping: SessionMap) -> Report:
        """Publish a release, and give the report with its id and with what is to be told."""
        made_of = _made_of(mapping.run, report, infos) if self._may_stand else ""
        done = self._again(report, made_of) or self._anew(report, infos, ruleset, mapping, made_of)
        return replace(report, release_id=done.release_id, notices=(*report.notices, *done.warnings))

    @property
    def _may_stand(self) -> bool:
        # Kept ids may have changed, and a date that was asked for is written.
        return self.ids is None and not self.when.fixed

    def _again(self, report: Report, made_of: str) -> Published | None:
        """Publish a report beside the index that stands, if that is what this release would write."""
        standing = self.standing
        if standing is None or not made_of or standing.made_of != made_of:
            return None
        kept = standing.report_files(self.folder)
        if kept is None or not standing.has_index(self.folder):
            return None
        report = replace(report, release_id=standing.release_id)
        files: dict[str, ReportFile] = {**report_files(report), **kept}
        return publish_report(self.folder, standing.release_id, files)

    def _anew(
        self, report: Report, infos: Infos, ruleset: Ruleset, mapping: SessionMap, made_of: str
    ) -> Published:
        from alfcheck.index import build_tables
        from alfcheck.indexing import index_sessions
        from alfcheck.plugins.promises import promises

        promised = self._promised(report.contracts, ruleset)
        tables = build_tables(
            index_sessions(report.ledger, infos),
            ids=self.ids,
            hashes=mapping.options.hashes,
            date_created=self.when.when,
            contracts=promises(promised),
        )
        report = replace(report, release_id=tables.release_id)
        files: dict[str, ReportFile] = {**report_files(report), **promised}
        done = publish(self.folder, tables, files, lock=self.lock, fixed_date=self.when.fixed)
        if made_of:
            # Whether a note can be made or not, the release is published.
            with suppress(OSError):
                known, again = some_sessions(tables.sessions), (LEDGER, *promised)
                standing = standing_of(self.folder, made_of, done.release_id, report.contracts, known, again)
                mapping.remember(_named(self.folder), standing.note())
        return done

    def _promised(self, labels: tuple[str, ...], ruleset: Ruleset) -> dict[str, bytes]:
        """Give the files of the contracts: to write them anew takes longer than to see that they stand."""
        from alfcheck.plugins.promises import FOLDER, promise_files

        standing = self.standing
        if standing is not None and standing.contracts == labels:
            kept = standing.report_files(self.folder, f"{FOLDER}/")
            if kept is not None:
                return kept
        return promise_files(judging_contracts(labels, ruleset))


def _named(folder: Path) -> str:
    return path_text(str(folder.resolve()))


def _made_of(run: bytes | None, report: Report, infos: Infos) -> str:
    """Digest all that decides about the index, the ledger and the contracts beside it; empty without a cache.

    `run` stands for the root, the options, and for the code of alfcheck, of plugins and libraries.
    """
    if run is None:
        return ""
    said = json.dumps([{path: dict(info) for path, info in infos.items() if info}, report.contracts])
    return digest_of((run.hex(), report.ledger.digest(), said)).hex()
