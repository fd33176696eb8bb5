"""The reports for programs: one JSON document, or a line of JSON for each finding.

Both are ASCII: whatever reads them, whatever the locale, no name in the data can act on it. The JSON
Schemas are in `alfcheck.schema`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from alfcheck.report import SCHEMA_VERSION
from alfcheck.reporters.base import Style

if TYPE_CHECKING:
    from alfcheck.model import Finding
    from alfcheck.report import Report

__all__ = ["FINDINGS_KIND", "finding_document", "render_json", "render_jsonl"]

FINDINGS_KIND = "alfcheck-findings"


def finding_document(finding: Finding) -> dict[str, Any]:
    """Give a finding as what JSON can hold, its keys in the order of the documentation."""
    return {
        "code": finding.code,
        "rule": finding.rule,
        "severity": str(finding.severity),
        "path": finding.path,
        "message": finding.message,
        "contract": finding.contract,
        "column": finding.column,
        "check": finding.check,
        "expected": finding.expected,
        "rows": finding.rows,
        "count": finding.count,
        "datasets": finding.datasets,
        "origin": finding.origin._asdict(),
        "fix": finding.fix,
        "waived": finding.waived,
    }


def render_json(report: Report, style: Style) -> Iterator[str]:
    """Write the document ``report.json``, one finding at a time."""
    head = json.dumps(_whole(_head(report)), indent=2)
    yield head.removesuffix("\n}") + ',\n  "findings": ['
    for place, finding in enumerate(report.findings):
        yield ("," if place else "") + "\n    " + _line(finding_document(finding))
    yield "\n  ]\n}\n" if report.findings else "]\n}\n"


def render_jsonl(report: Report, style: Style) -> Iterator[str]:
    """Write ``findings.jsonl``: a header, then a line for each finding.

    The header's ``count`` is the number of lines that follow, so that a file that was cut off shows it.
    """
    header = {
        "schema_version": SCHEMA_VERSION,
        "kind": FINDINGS_KIND,
        "alfcheck_version": report.alfcheck_version,
        "release_id": report.release_id,
        "root": report.root,
        "started": report.started,
        "count": len(report.findings),
        "summary": report.summary,
    }
    yield _line(header) + "\n"
    for finding in report.findings:
        yield _line(finding_document(finding)) + "\n"


def _head(report: Report) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "alfcheck_version": report.alfcheck_version,
        "release_id": report.release_id,
        "plugins": [each._asdict() for each in report.plugins],
        "ruleset": report.fingerprint,
        "contracts": list(report.contracts),
        "waived": [asdict(each) for each in report.waived],
        "settings": {plugin: dict(values) for plugin, values in report.settings.items()},
        "root": report.root,
        "started": report.started,
        "seconds": round(report.seconds, 3),
        "summary": report.summary,
    }


def _line(document: dict[str, Any]) -> str:
    text = json.dumps(document)
    # Half of a surrogate pair is no Unicode: many readers refuse a document that holds one.
    return text if "\\ud" not in text else json.dumps(_whole(document))


def _whole(value: Any) -> Any:
    """Write halves of surrogate pairs, which a message may quote from a file, as their escapes."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(item) for item in value]
    return value
