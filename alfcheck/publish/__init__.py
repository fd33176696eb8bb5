"""What is written: index and report, so that ONE sees the old release or the new one at every instant.

The steps, what a reader sees between them, and what happens when one fails: ``docs/publishing.md``.
"""

from __future__ import annotations

from alfcheck.publish.dates import ReleaseDate, release_date
from alfcheck.publish.existing import some_sessions
from alfcheck.publish.lock import LOCK_NAME, Lock, locked
from alfcheck.publish.run import Published, open_output, publish, publish_report
from alfcheck.publish.standing import Standing, read_note, standing_of
from alfcheck.publish.steps import PREFIX, REPORT_NAME, STEPS, ReportFile, recover

__all__ = [
    "LOCK_NAME",
    "PREFIX",
    "REPORT_NAME",
    "STEPS",
    "Lock",
    "Published",
    "ReleaseDate",
    "ReportFile",
    "Standing",
    "locked",
    "open_output",
    "publish",
    "publish_report",
    "read_note",
    "recover",
    "release_date",
    "some_sessions",
    "standing_of",
]
