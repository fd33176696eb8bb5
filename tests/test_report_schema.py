"""The reports for programs: they keep to their published schemas, and say all that was found."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from jsonschema import Draft202012Validator
from report_samples import LAB, a_finding, a_report, a_row, law, reports

from alfcheck.model import Finding, Origin, Severity, Status
from alfcheck.report import SCHEMA_VERSION, LedgerRow, Report, Waiver
from alfcheck.reporters.base import Style
from alfcheck.reporters.builtin import REPORTERS
from alfcheck.reporters.files import report_files
from alfcheck.schema import load

FORMATS = {reporter.name: reporter.render for reporter in REPORTERS}
KEYS = [
    *("schema_version", "alfcheck_version", "release_id", "plugins", "ruleset", "contracts", "waived"),
    *("settings", "root", "started", "seconds", "summary", "findings"),
]
FINDING_KEYS = [
    *("code", "rule", "severity", "path", "message", "contract", "column", "check", "expected", "rows"),
    *("count", "datasets", "origin", "fix", "waived"),
]


def render(name: str, report: Report) -> str:
    return "".join(FORMATS[name](report, Style()))


def valid(name: str, document: Any) -> None:
    schema = load(name)
    Draft202012Validator(schema).validate(document)


def read_back(document: dict[str, Any]) -> Finding:
    values = {
        **document,
        "severity": Severity(document["severity"]),
        "origin": Origin(**document["origin"]),
        "rows": tuple(document["rows"]),
        "datasets": tuple(document["datasets"]),
    }
    return Finding(**values)


def whole(text: Any) -> Any:
    """What is no Unicode (halves of surrogate pairs) is written as its escape."""
    return text.encode("utf-8", "backslashreplace").decode() if isinstance(text, str) else text


def whole_finding(finding: Finding) -> Finding:
    changes = {name: whole(getattr(finding, name)) for name in Finding.__slots__ if name != "severity"}
    changes["origin"] = Origin(*map(whole, finding.origin))
    changes["datasets"] = tuple(map(whole, finding.datasets))
    return replace(finding, **changes)


def edge_cases() -> Iterator[Any]:
    yield pytest.param(a_report(), id="no findings")
    yield pytest.param(a_report(a_finding(), release_id="ab" * 16), id="release")
    waived = (Waiver("ALF303", "ignored", 1), Waiver("ALF401", "lowered to info", 0))
    excused = a_finding(severity=Severity.INFO, waived="ignored")
    yield pytest.param(a_report(excused, waived=waived), id="waivers")
    yield pytest.param(a_report(a_finding("ALF101/1", "ALF101"), partial=True), id="partial")
    bare = a_finding(contract=None, column=None, check=None, expected=None, rows=(), fix=None, datasets=())
    yield pytest.param(a_report(bare), id="bare finding")
    hostile = a_finding('a\\xff"</script>\n\x1b[2J\u202e\ud800', message="\ud83d\n\x00", origin=LAB)
    yield pytest.param(a_report(hostile, a_finding("\U0001f42d.npy")), id="hostile")


@pytest.mark.parametrize("name", ["findings", "report"])
def test_schemas_are_schemas_and_refuse_what_they_do_not_name(name: str) -> None:
    schema = load(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    for part in objects(schema):
        assert part["additionalProperties"] is False or "propertyNames" in part
        assert set(part.get("required", ())) == set(part.get("properties", ()))


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for value in schema.values():
            yield from objects(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from objects(value)


def test_both_schemas_say_the_same_of_a_finding() -> None:
    shared = load("report")["$defs"]
    assert {name: load("findings")["$defs"][name] for name in shared} == shared


def test_load_refuses_a_schema_that_there_is_not() -> None:
    with pytest.raises(ValueError, match="findings, report"):
        load("../report")


def test_load_gives_a_copy_that_can_be_changed() -> None:
    load("report").clear()
    assert load("report")


@pytest.mark.parametrize("report", [*edge_cases()])
def test_documents_keep_to_their_schema(report: Report) -> None:
    valid("report", json.loads(render("json", report)))
    for line in render("jsonl", report).splitlines():
        valid("findings", json.loads(line))


@law
@given(reports)
def test_report_json_says_what_was_found(report: Report) -> None:
    text = render("json", report)
    document = json.loads(text)
    valid("report", document)
    assert text.isascii()
    assert list(document) == KEYS
    assert [read_back(each) for each in document["findings"]] == [*map(whole_finding, report.findings)]
    assert document["summary"] == json.loads(json.dumps(report.summary))
    assert document["waived"] == [
        {"code": each.code, "action": whole(each.action), "count": each.count} for each in report.waived
    ]
    assert document["plugins"] == [
        {"name": whole(each.name), "version": whole(each.version)} for each in report.plugins
    ]
    assert document["seconds"] == pytest.approx(report.seconds, abs=0.001)


@law
@given(reports)
def test_findings_jsonl_is_a_header_and_a_line_for_each_finding(report: Report) -> None:
    header, *lines = [json.loads(line) for line in render("jsonl", report).splitlines()]
    for line in (header, *lines):
        valid("findings", line)
    assert header["schema_version"] == SCHEMA_VERSION
    assert header["release_id"] == report.release_id
    assert header["count"] == len(lines) == len(report.findings)
    assert [read_back(line) for line in lines] == [*map(whole_finding, report.findings)]


@law
@given(reports)
def test_a_finding_is_the_same_in_both_documents(report: Report) -> None:
    lines = render("jsonl", report).splitlines()[1:]
    assert [json.loads(line) for line in lines] == json.loads(render("json", report))["findings"]
    assert all(list(json.loads(line)) == FINDING_KEYS for line in lines)


def test_report_json_begins_and_ends_like_this() -> None:
    text = render("json", a_report(a_finding(), a_finding("x.y.npy")))
    assert text.startswith(
        '{\n  "schema_version": "1.0",\n  "alfcheck_version": "0.1.0",\n  "release_id": null,\n'
    )
    assert text.endswith(', "fix": "mend the values of choice", "waived": null}\n  ]\n}\n')
    assert render("json", a_report()).endswith('\n  "findings": []\n}\n')


@pytest.mark.parametrize(
    "change",
    [
        {"extra": 1},
        {"findings": [{}]},
        {"root": None},
        {"schema_version": "2.0"},
        {"started": "2025-03-04T05:06:07"},
        {"seconds": -1},
        {"waived": [{"code": "ALF1", "action": "", "count": 0}]},
        {"summary": {}},
    ],
)
def test_the_schema_refuses_another_document(change: dict[str, Any]) -> None:
    document = json.loads(render("json", a_report(a_finding())))
    assert not Draft202012Validator(load("report")).is_valid({**document, **change})


@pytest.mark.parametrize("key", FINDING_KEYS)
def test_the_schema_refuses_a_finding_with_a_part_missing(key: str) -> None:
    line = json.loads(render("jsonl", a_report(a_finding())).splitlines()[1])
    del line[key]
    assert not Draft202012Validator(load("findings")).is_valid(line)


def test_findings_come_in_pieces() -> None:
    many = tuple(a_finding(f"m{number}/a.b.npy") for number in range(1000))
    for name in ("json", "jsonl"):
        pieces = FORMATS[name](a_report(*many), Style())
        assert max(map(len, pieces)) < 2000


def written(report: Report) -> dict[str, bytes]:
    found = {}
    for name, write in report_files(report).items():
        file = io.BytesIO()
        write(file)
        assert not file.closed
        found[name] = file.getvalue()
    return found


ROWS = (
    LedgerRow("README.txt", "", "", "", "ignored", "outside any session", (), 3, None),
    a_row("s/a.b.npy", "fail", status=str(Status.REJECTED), codes=("ALF201", "ALF303"), size=2**64 - 1),
    a_row("s/\\xff.c.npy", md5="0" * 32),
)


def test_the_report_folder() -> None:
    report = a_report(a_finding(), rows=ROWS)
    files = written(report)
    assert set(files) == {"report.json", "findings.jsonl", "ledger.parquet"}
    assert files["report.json"].decode() == render("json", report)
    assert files["findings.jsonl"].decode() == render("jsonl", report)
    assert files == written(report)


@pytest.mark.parametrize("rows", [ROWS, ()])
def test_the_ledger_read_back_is_what_was_written(rows: tuple[LedgerRow, ...]) -> None:
    table = pq.read_table(io.BytesIO(written(a_report(rows=rows))["ledger.parquet"]))
    assert table.column_names == list(LedgerRow._fields)
    assert str(table.schema.field("size").type) == "uint64"
    assert table.schema.field("codes").type.value_type == "string"
    assert table.schema.metadata[b"schema_version"] == SCHEMA_VERSION.encode()
    assert [LedgerRow(**{**row, "codes": tuple(row["codes"])}) for row in table.to_pylist()] == list(rows)


def test_formats_cost_little_to_import() -> None:
    code = (
        "import sys, alfcheck.reporters.builtin, alfcheck.reporters.explain, alfcheck.reporters.files;"
        "print([name for name in ('pandas', 'numpy', 'pyarrow', 'pandera', 'rich') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
