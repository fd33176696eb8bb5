"""Reports to render: small ones by hand, and any that there can be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from alfcheck.model import Finding, Origin, Rule, Severity, Status, Target, Verdict
from alfcheck.report import Ledger, LedgerRow, Report, Waiver

law = settings(deadline=None, max_examples=60)
"""For tests that draw whole reports."""

OWN = Origin("alfcheck", "0.1.0")
LAB = Origin("alfcheck-mylab", "1.2")
SESSION = "lab/Subjects/mouse/2020-01-31/001"


def a_rule(code: str = "ALF303", **changes: Any) -> Rule:
    rule = Rule(
        code=code,
        name=f"fault-{code.lower()}",
        target=Target.CONTRACT,
        severity=Severity.ERROR,
        summary=f"What {code} finds.",
        why="It matters.",
        fix="Mend it.",
    )
    return replace(rule, **changes)


RULES = {code: a_rule(code) for code in ("ALF101", "ALF303", "ALF401", "ALF901", "LAB101")}


def a_finding(path: str = f"{SESSION}/alf/a.b.npy", code: str = "ALF303", **changes: Any) -> Finding:
    finding = Finding(
        code=code,
        rule=RULES[code].name,
        severity=Severity.ERROR,
        path=path,
        message="3 of 512 values of choice are not one of -1, 0, 1 (rows 17, 40, 41: 7.5)",
        origin=OWN,
        datasets=(path,),
        contract="ibl.trials@1.0.0",
        column="choice",
        check="isin",
        expected="one of -1, 0, 1",
        rows=(17, 40, 41),
        count=3,
        fix="mend the values of choice",
    )
    return replace(finding, **changes)


def a_row(path: str, verdict: str = Verdict.PASS, **changes: Any) -> LedgerRow:
    row = LedgerRow(path, SESSION, "a.b", str(verdict), str(Status.INDEXED), "", (), 136, None)
    return row._replace(**changes)


def a_report(*findings: Finding, rows: tuple[LedgerRow, ...] = (), **changes: Any) -> Report:
    report = Report(
        root="release",
        started="2025-03-04T05:06:07Z",
        seconds=1.7,
        alfcheck_version="0.1.0",
        plugins=(OWN,),
        fingerprint="0123456789abcdef",
        contracts=("ibl.trials@1.0.0",),
        waived=(),
        findings=findings,
        ledger=Ledger(rows),
        session_count=2,
        rules=RULES,
    )
    return replace(report, **changes)


# Names and messages that want to act on whoever shows them, beside all other text.
HOSTILE = (
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;http://evil\x07link\x1b]8;;\x07",
    "a\nb",
    "a\r::error::b",
    "\u202egpj.npy",
    "zero\u200bwidth\u2066",
    "\x9b2J",
    "line\u2028end\x85",
    "\u3164\ufe0f\U000e0041",
    "</script><b>",
    "half \ud800",
)
texts = st.text(max_size=30) | st.sampled_from(HOSTILE)
words = texts.filter(bool)
origins = st.builds(Origin, st.sampled_from(["alfcheck", "alfcheck-mylab"]) | words, words)
codes = st.sampled_from([*RULES, "XYZ999"])
counts = st.integers(0, 2**40)
paths = st.sampled_from([f"{SESSION}/alf/{name}.npy" for name in ("a.b", "a.c", "d.e")]) | words
messages = texts | st.lists(texts, min_size=2, max_size=4).map("\n".join) | st.just("name\n  x  \n  ^^\nmore")

findings = st.builds(
    Finding,
    code=codes,
    rule=words,
    severity=st.sampled_from(Severity),
    path=paths,
    message=messages,
    origin=origins,
    datasets=st.lists(paths, max_size=4, unique=True).map(tuple),
    contract=st.none() | words,
    column=st.none() | words,
    check=st.none() | words,
    expected=st.none() | texts,
    rows=st.lists(counts, max_size=5).map(tuple),
    count=counts,
    fix=st.none() | texts,
    waived=st.none() | words,
)
rows = st.builds(
    LedgerRow,
    path=paths,
    session=st.just(SESSION),
    dataset_type=st.just("a.b"),
    verdict=st.sampled_from(["", *map(str, Verdict)]),
    status=st.sampled_from([str(status) for status in Status]),
    reason=texts,
    codes=st.lists(codes, max_size=3).map(tuple),
    size=st.integers(0, 2**64 - 1),
    md5=st.none() | st.just("0" * 32),
)
reports = st.builds(
    Report,
    root=words,
    started=st.just("2025-03-04T05:06:07Z"),
    seconds=st.floats(0, 1e6),
    alfcheck_version=st.just("0.1.0"),
    plugins=st.lists(origins, max_size=3).map(tuple),
    fingerprint=st.just("0123456789abcdef"),
    contracts=st.lists(words, max_size=3).map(tuple),
    waived=st.lists(st.builds(Waiver, codes, words, counts), max_size=3).map(tuple),
    settings=st.dictionaries(
        words, st.dictionaries(words, st.booleans() | counts | words | st.lists(words, max_size=2).map(tuple))
    ),
    findings=st.lists(findings, max_size=12).map(
        lambda found: tuple(sorted(found, key=lambda each: each.sort_key))
    ),
    ledger=st.lists(rows, max_size=12).map(lambda found: Ledger(tuple(found))),
    session_count=counts,
    rules=st.just(RULES),
    partial=st.booleans(),
    release_id=st.none() | st.just("ab" * 16),
    notices=st.lists(texts, max_size=2).map(tuple),
)
