"""The report for people, and rules explained: grouped, collapsed, exact, and harmless to a terminal."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_samples import (
    HOSTILE,
    LAB,
    OWN,
    RULES,
    SESSION,
    a_finding,
    a_report,
    a_row,
    a_rule,
    findings,
    law,
    reports,
)

from alfcheck.model import Example, Finding, Severity
from alfcheck.report import LedgerRow, Report, Waiver
from alfcheck.reporters.base import Reporter, Style
from alfcheck.reporters.builtin import REPORTERS
from alfcheck.reporters.explain import explain_rule, list_rules, rules_json
from alfcheck.reporters.groups import MAX_EXAMPLES, files_of, group
from alfcheck.reporters.safe import cells, crop, safe, wrap

TEXT = {reporter.name: reporter.render for reporter in REPORTERS}["text"]
ANSI = re.compile(r"\x1b\[[0-9;]*m")
widths = st.integers(1, 200)


def shown(report: Report, **style: Any) -> str:
    return "".join(TEXT(report, Style(**style)))


def many(count: int, **changes: Any) -> list[Finding]:
    return [a_finding(f"{SESSION}/probe{number:03}/a.b.npy", **changes) for number in range(count)]


def test_formats() -> None:
    assert [reporter.name for reporter in REPORTERS] == ["text", "json", "jsonl"]
    assert all(isinstance(reporter, Reporter) and reporter.description for reporter in REPORTERS)


def test_a_finding_is_told_with_its_place_its_rule_and_the_way_out() -> None:
    report = a_report(a_finding(), rows=(a_row(f"{SESSION}/alf/a.b.npy", "fail"), a_row("x")))
    assert shown(report) == (
        "error ALF303 fault-alf303: 1 finding in 1 file\n"
        "  What ALF303 finds.\n"
        "  contract ibl.trials@1.0.0, column choice, check isin\n"
        "    lab/Subjects/mouse/2020-01-31/001/alf/a.b.npy\n"
        "      3 of 512 values of choice are not one of -1, 0, 1 (rows 17, 40, 41: 7.5)\n"
        "  fix: mend the values of choice\n"
        "  see alfcheck explain ALF303\n"
        "\n"
        "release, in 1.7 s, by alfcheck 0.1.0\n"
        "sessions   2\n"
        "files      2\n"
        "datasets   2: 1 pass, 1 fail\n"
        "1 error in 1 file; 1 of 2 datasets pass\n"
    )


def test_a_clean_run_is_short_and_complete() -> None:
    rows = (
        *(a_row(f"a{number}.b.npy") for number in range(3)),
        a_row("movie.mp4", "unchecked"),
        *(LedgerRow(name, "", "", "", "ignored", "outside any session", (), 1, None) for name in "xy"),
        LedgerRow("z", "", "", "", "ignored", ".alfcheckignore:3", (), 1, None),
    )
    assert shown(a_report(rows=rows, release_id="ab12")) == (
        "release, in 1.7 s, by alfcheck 0.1.0\n"
        "sessions   2\n"
        "files      7\n"
        "datasets   4: 3 pass, 1 unchecked\n"
        "ignored    3: 2 outside any session, 1 .alfcheckignore:3\n"
        "release    ab12\n"
        "no findings; 3 of 4 datasets pass\n"
    )


def test_repeats_are_collapsed_and_the_fix_is_told_once() -> None:
    text = shown(a_report(*many(503)))
    assert "ALF303 fault-alf303: 503 findings in 503 files" in text
    assert "… and 498 more files\n" in text
    assert text.count("a.b.npy") == MAX_EXAMPLES
    assert text.count("fix: ") == text.count("see alfcheck explain ALF303") == 1
    assert text.count("3 of 512 values") == 1
    assert text.endswith("503 errors in 503 files; 0 of 0 datasets pass\n")


def test_messages_that_differ_in_numbers_are_one_kind_and_each_example_has_its_own() -> None:
    found = [
        replace(each, message=f"{number} of 512 values are not in order (rows {number})")
        for number, each in enumerate(many(20), 1)
    ]
    text = shown(a_report(*found))
    assert "… and 15 more files" in text
    assert [f"{number} of 512" in text for number in range(1, 7)] == [True] * 5 + [False]


@pytest.mark.parametrize(
    ("per_file", "files", "more"),
    [
        (2, 8, "… and 11 more findings in these files and 3 more files"),
        (2, 3, "… and 1 more finding in these files"),
        (1, 5, None),
        (1, 6, "… and 1 more file"),
    ],
)
def test_what_is_not_shown_is_counted_exactly(per_file: int, files: int, more: str | None) -> None:
    found = [replace(each, rows=(row,)) for each in many(files) for row in range(per_file)]
    lines = [line.strip() for line in shown(a_report(*found)).splitlines() if "… and" in line]
    assert lines == ([more] if more else [])


def test_contract_column_and_check_tell_kinds_apart() -> None:
    found = [*many(3), *many(2, column="feedback"), *many(1, check="le")]
    text = shown(a_report(*found))
    assert "contract ibl.trials@1.0.0, column choice, check isin: 3 findings in 3 files" in text
    assert "contract ibl.trials@1.0.0, column feedback, check isin: 2 findings in 2 files" in text
    assert "contract ibl.trials@1.0.0, column choice, check le\n" in text
    assert "6 findings in 3 files" in text


def test_a_thousand_kinds_are_no_thousand_paragraphs() -> None:
    names = many(1000, contract=None, column=None, check=None, rows=())
    named = [replace(each, message=f"folder 'f{chr(97 + n % 26)}{n}' is bad") for n, each in enumerate(names)]
    text = shown(a_report(*named))
    assert "… and 995 more files" in text
    columns = [replace(each, column=f"c{number:03}") for number, each in enumerate(names)]
    text = shown(a_report(*columns))
    assert "… and 990 more kinds of this fault: 990 findings in 990 files" in text
    assert len(text.splitlines()) < 50


def test_rules_are_in_order_of_weight() -> None:
    found = [
        a_finding(severity=Severity.INFO, code="ALF101"),
        a_finding(severity=Severity.WARNING, code="ALF101"),
        a_finding(severity=Severity.UNVERIFIED, code="ALF901"),
        a_finding(severity=Severity.ERROR, code="ALF401"),
        a_finding(severity=Severity.ERROR, code="ALF303"),
    ]
    heads = [line.split(" fault")[0] for line in shown(a_report(*found)).splitlines() if " fault-" in line]
    assert heads == ["error ALF303", "error ALF401", "unverified ALF901", "warning ALF101", "info ALF101"]
    assert shown(a_report(*found)).endswith(
        "2 errors in 1 file, 1 unverified in 1 file, 1 warning in 1 file, 1 info in 1 file; "
        "0 of 0 datasets pass\n"
    )


def test_waivers_come_first_and_mark_what_they_excuse() -> None:
    waived = (Waiver("ALF101", "ignored", 12), Waiver("LAB101", "lowered to warning", 1))
    lowered = a_finding(code="LAB101", severity=Severity.WARNING, waived="lowered to warning")
    found = lowered, a_finding(code="LAB101")
    lines = shown(a_report(*found, waived=waived)).splitlines()
    assert lines[0].startswith("Rules switched off or lowered")
    assert lines[1:3] == [
        "  ALF101 fault-alf101: ignored, 12 findings",
        "  LAB101 fault-lab101: lowered to warning, 1 finding",
    ]
    assert "warning LAB101 fault-lab101: 1 finding in 1 file, waived" in lines
    assert "error LAB101 fault-lab101: 1 finding in 1 file" in lines


def test_a_finding_of_many_datasets_says_how_many() -> None:
    datasets = tuple(f"{SESSION}/alf/a{number}.b.npy" for number in range(240))
    refused = a_finding("backup/mouse", datasets=datasets)
    assert "    backup/mouse (240 files)\n" in shown(a_report(refused))
    assert "1 error in 240 files;" in shown(a_report(refused))
    unequal = a_finding(datasets[0], datasets=datasets[:3])
    assert f"    {datasets[0]} and 2 more datasets\n" in shown(a_report(unequal))


def test_carets_stay_below_the_fault_and_only_the_first_are_drawn() -> None:
    message = "no ALF name\nalf/trials choice.npy\n          ^\nname: expected a dot"
    text = shown(a_report(*many(4, message=message, contract=None, column=None, check=None, rows=())))
    assert (
        text.count("        alf/trials choice.npy\n                  ^\n        name: expected a dot\n") == 2
    )
    assert text.count("no ALF name") == 1
    assert text.count("a.b.npy") == 4


def test_fixes_that_differ_stand_with_their_places() -> None:
    found = [replace(each, fix=f"rename it to {number}") for number, each in enumerate(many(3))]
    text = shown(a_report(*found))
    assert [f"      fix: rename it to {number}\n" in text for number in range(3)] == [True] * 3


@pytest.mark.parametrize("fixes", [[""], ["", ""], ["", "rename it"], ["", None]])
def test_what_has_no_fix_has_no_line_for_it(fixes: list[str | None]) -> None:
    found = [replace(each, fix=fix) for each, fix in zip(many(len(fixes)), fixes, strict=False)]
    kinds = [replace(each, column=str(number)) for number, each in enumerate(found)]
    for each in (found, kinds):
        lines = [line.strip() for line in shown(a_report(*each)).splitlines() if "fix:" in line]
        assert lines == [f"fix: {fix}" for fix in fixes if fix]


def test_rows_are_told_when_the_message_does_not() -> None:
    text = shown(a_report(a_finding(message="values are odd", rows=(1, 2), count=9)))
    assert "values are odd (rows 1, 2 of 9 in all)\n" in text
    text = shown(a_report(a_finding(message="a value is odd", rows=(4,), count=1)))
    assert "a value is odd (row 4)\n" in text


def test_who_said_it_is_told_unless_it_is_alfcheck() -> None:
    assert "1 finding in 1 file (alfcheck-mylab 1.2)\n" in shown(a_report(a_finding(origin=LAB)))
    assert "check isin (alfcheck-mylab 1.2)\n" in shown(a_report(a_finding(), a_finding(origin=LAB)))
    report = a_report(a_finding(), plugins=(LAB, OWN))
    assert "(alfcheck" not in shown(report)
    assert "by alfcheck 0.1.0, alfcheck-mylab 1.2\n" in shown(report)


def test_a_partial_run_calls_nothing_passed() -> None:
    text = shown(a_report(a_finding(), rows=(a_row("x", "unchecked"),), partial=True))
    assert text.startswith("Only some rules ran")
    assert text.endswith("1 error in 1 file; only some rules ran\n")
    assert "datasets   1: 1 unchecked\n" in text


def test_what_is_not_alf_and_notices_are_told() -> None:
    rows = (LedgerRow("s/x", SESSION, "", "", "rejected", "", ("ALF101",), 1, None),)
    text = shown(a_report(rows=rows, notices=("foreign.pqt lies beside the index",)))
    assert "not ALF    1: files that are no datasets\n" in text
    assert "note       foreign.pqt lies beside the index\n" in text


def test_many_reasons_are_counted_not_listed() -> None:
    rows = tuple(
        LedgerRow(f"x{number}", "", "", "", "ignored", f"reason {number:02}", (), 1, None)
        for number in range(20)
    )
    assert "12 for 12 other reasons\n" in shown(a_report(rows=rows), width=500)


def test_lines_keep_to_the_width_and_paths_stay_whole() -> None:
    message = "a word " * 60 + "\n" + "x" * 300 + "y\n" + " " * 300 + "^\n" + "further words " * 30
    path = "p" * 150
    text = shown(a_report(a_finding(path, message=message, fix="mend " * 50)), width=60)
    assert [line for line in text.splitlines() if len(line) > 60] == [f"    {path}"]
    drawn, caret = next(
        pair for pair in zip(text.splitlines(), text.splitlines()[1:], strict=False) if "^" in pair[1]
    )
    assert drawn[caret.index("^")] == "y"


@law
@given(reports, st.randoms())
def test_the_order_of_findings_makes_no_difference(report: Report, chance: random.Random) -> None:
    shuffled = list(report.findings)
    chance.shuffle(shuffled)
    assert shown(replace(report, findings=tuple(shuffled))) == shown(report)


@law
@given(reports, widths)
def test_nothing_in_the_data_acts_on_the_terminal(report: Report, width: int) -> None:
    text = shown(report, width=width)
    assert text.endswith("\n")
    assert text.replace("\n", "").isprintable()
    coloured = shown(report, width=width, colour=True)
    assert ANSI.sub("", coloured) == text


@law
@given(reports)
def test_the_last_line_counts_exactly(report: Report) -> None:
    last = shown(report).splitlines()[-1]
    for severity, noun in ((Severity.ERROR, "errors?"), (Severity.WARNING, "warnings?")):
        found = [each for each in report.findings if each.severity is severity]
        files = {path for each in found for path in files_of(each)}
        told = re.search(rf"(\d+) {noun} in (\d+) files?", last)
        assert (tuple(map(int, told.groups())) if told else (0, 0)) == (len(found), len(files))


@law
@given(st.lists(findings, max_size=40))
def test_groups_hold_every_finding_once(found: list[Finding]) -> None:
    groups = group(found)
    kinds = [each for rule in groups for kind in (*rule.kinds, *rule.rest) for each in kind.findings]
    assert sorted(map(repr, kinds)) == sorted(map(repr, found))
    assert len({(rule.severity, rule.code) for rule in groups}) == len(groups)


@given(st.text() | st.sampled_from(HOSTILE))
def test_safe_text_is_one_line_that_shows_all(text: str) -> None:
    made = safe(text)
    assert made.isprintable()
    assert safe(made) == made
    if text.isprintable() and text.isascii():
        assert made == text


@pytest.mark.parametrize(
    "char", "\x00\x1b\x7f\x9b\u00a0\u200b\u202e\u2066\u3164\ufe0f\ufeff\U000e0041\ud800\n"
)
def test_what_cannot_be_seen_is_escaped(char: str) -> None:
    assert re.fullmatch(r"a\\(n|u[0-9a-f]{4}|U[0-9a-f]{8})b", safe(f"a{char}b"))


@given(st.text(), widths)
def test_wrapping_loses_no_word(text: str, room: int) -> None:
    text = safe(text)
    lines = list(wrap(text, room))
    assert " ".join(lines).split() == text.split()
    assert all(cells(line) <= room or " " not in line.strip() for line in lines)


@given(st.text(min_size=1).map(safe), st.data(), st.integers(20, 80))
def test_a_cropped_line_keeps_its_caret(text: str, data: st.DataObject, room: int) -> None:
    at = data.draw(st.integers(0, len(text) - 1))
    carets = " " * cells(text[:at]) + "^"
    line, below = crop(text, carets, room)
    assert cells(line) <= room
    assert len(below) <= room
    width = cells(below[:-1])
    if cells(text[at]) == 1 and "…" not in text:
        assert any(char == text[at] and cells(line[:n]) == width for n, char in enumerate(line))


RULE = a_rule(
    good=(Example("s/2020-01-01/001/a.b.json", b'{"a": 1}', "a number"),),
    bad=(
        Example(
            "s/2020-01-01/001/a.b.json", b'{"a": NaN}\n', "no JSON", (Example("s/2020-01-01/001/a.c.npy"),)
        ),
        Example("s/2020-01-01/001/a.d.npy", b"\x93NUMPY", "a link", link_to="../\x1b[31m"),
    ),
)


def test_a_rule_explained() -> None:
    text = explain_rule(RULE, LAB, Style())
    expected = (
        "ALF303 fault-alf303 (error)",
        "What ALF303 finds.",
        "Why it matters\n  It matters.",
        "What to do\n  Mend it.",
        "(--ignore ALF303)",
        'Accepted\n  s/2020-01-01/001/a.b.json\n      a number\n      | {"a": 1}\n',
        'Found\n  s/2020-01-01/001/a.b.json\n      no JSON\n      | {"a": NaN}\n',
        "  beside it: s/2020-01-01/001/a.c.npy\n",
        "  s/2020-01-01/001/a.d.npy -> ../\\u001b[31m\n      a link\n",
        "Looks at: contract. Since 0.1.0, from alfcheck-mylab 1.2.",
    )
    assert [part for part in expected if part not in text] == []


def test_whether_a_rule_can_be_waived_is_told() -> None:
    assert "cannot be switched off or lowered" in explain_rule(a_rule(safety=True), OWN, Style(width=200))
    unverified = a_rule("ALF901", severity=Severity.UNVERIFIED)
    assert "It cannot be switched off" in explain_rule(unverified, OWN, Style())


def test_colours_change_nothing_else() -> None:
    pairs = [(rule, OWN) for rule in RULES.values()]
    for plain, coloured in (
        (explain_rule(RULE, OWN, Style()), explain_rule(RULE, OWN, Style(colour=True))),
        ("".join(list_rules(pairs, Style())), "".join(list_rules(pairs, Style(colour=True)))),
    ):
        assert "\x1b" not in plain
        assert plain != coloured
        assert ANSI.sub("", coloured) == plain


def test_rules_in_a_table() -> None:
    pairs = [(a_rule("LAB101", summary="Word " * 20 + "end."), LAB), (a_rule("ALF101"), OWN)]
    lines = "".join(list_rules(pairs, Style(width=90))).splitlines()
    assert lines[0].split() == ["code", "name", "severity", "plugin", "summary"]
    assert lines[1].split() == ["ALF101", "fault-alf101", "error", "alfcheck", "What", "ALF101", "finds."]
    assert (
        len({line.index(word) for line, word in zip(lines, ("summary", "What", "Word"), strict=False)}) == 1
    )
    assert max(map(len, lines)) <= 90
    assert lines[-1].strip().endswith("end.")


def test_an_empty_table_of_rules() -> None:
    assert "".join(list_rules([], Style())).split() == ["code", "name", "severity", "plugin", "summary"]


def test_rules_for_programs() -> None:
    document = json.loads(rules_json([(RULE, LAB), (a_rule("ALF101"), OWN)]))
    assert [rule["code"] for rule in document["rules"]] == ["ALF101", "ALF303"]
    rule = document["rules"][1]
    assert rule["origin"] == {"name": "alfcheck-mylab", "version": "1.2"}
    assert rule["severity"] == "error"
    assert rule["target"] == "contract"
    assert rule["safety"] is False
    assert rule["bad"][0]["beside"][0]["path"] == "s/2020-01-01/001/a.c.npy"
