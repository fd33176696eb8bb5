"""Rules about contents, objects and sessions: asked about what they ask for, and about nothing else."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pytest
from lab_plugins import Lab

import alfcheck
from alfcheck.errors import PluginError
from alfcheck.examples import encoded
from alfcheck.model import Finding, Verdict
from alfcheck.report import Report

SESSION = "mouse/2020-01-01/001"
TRIALS = {
    "alf/_ibl_trials.response_times.npy": [1.0, 2.0, 3.0],
    "alf/_ibl_trials.feedback_times.npy": [1.1, 2.1, 3.1],
}


@pytest.fixture
def data(tmp_path: Path) -> Data:
    return Data(tmp_path / "release")


class Data:
    """A release that grows."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def add(self, files: dict[str, Any], session: str = SESSION) -> Data:
        for path, value in files.items():
            target = self.root / session / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(encoded(path, value))
        return self

    def check(self, rules: str, **options: Any) -> Report:
        return alfcheck.check(self.root, plugins=(rules,), **options)


OFFER = "\n@alfcheck.hookimpl\ndef alfcheck_rules():\n    return [{}]\n"


def tell(asks: str, body: str, *, code: str = "LAB401", kind: str = "object_rule") -> str:
    """Write a plugin of one rule."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    head = f'@alfcheck.{kind}("{code}", "fault", {asks})\ndef check(it):\n    """It is at fault."""\n'
    return f"{head}{lines}\n{OFFER.format('check')}"


EARLY = tell(
    'object="trials", columns=["response_times", "feedback_times"]',
    'yield from it.where(it["feedback_times"] < it["response_times"], "early", column="feedback_times")',
)
TOLD = 'yield Problem(message=repr((sorted(it), it.rows)), severity="warning")'


def found(report: Report, code: str = "LAB401") -> list[Finding]:
    return [each for each in report.findings if each.code == code]


def said(report: Report, code: str = "LAB401") -> list[str]:
    return [each.message for each in found(report, code)]


# --- objects ------------------------------------------------------------------------------------------


def test_an_object_rule_names_rows_and_fails_the_column_s_file(data: Data, lab: Lab) -> None:
    data.add(TRIALS).add(
        {**TRIALS, "alf/_ibl_trials.feedback_times.npy": [0.9, 2.1, 2.9]}, "mouse/2020-01-01/002"
    )
    (each,) = found(data.check(lab.file(EARLY)))
    path = "mouse/2020-01-01/002/alf/_ibl_trials.feedback_times.npy"
    assert (each.path, each.datasets, each.rows, each.count) == (path, (path,), (0, 2), 2)
    assert "2 of 3 rows: early (rows 0, 2)" in each.message
    assert each.origin.name == "rules"


def test_a_table_and_separate_files_are_one_object(data: Data, lab: Lab) -> None:
    data.add({"alf/dogs.table.pqt": {"response_times": [1.0, 2.0], "feedback_times": [0.5, 2.5]}})
    dogs = EARLY.replace("trials", "dogs")
    assert found(data.check(lab.file(dogs)))[0].path.endswith("dogs.table.pqt")
    # A file beside the table holds the same column: it comes first.
    data.add({"alf/dogs.response_times.npy": [1.0, 2.0]})
    assert len(found(data.check(lab.file(dogs, "again.py")))) == 1


@pytest.mark.parametrize(
    ("files", "asked", "told"),
    [
        ({"alf/trials.intervals.npy": [[0.0, 1.0]]}, "intervals_*", "(['intervals_0', 'intervals_1'], 1)"),
        ({"alf/trials.intervals.npy": [[0.0, 1.0]]}, "intervals_1", "(['intervals_1'], 1)"),
        ({"alf/trials.table.pqt": {"a": [1], "b": [2]}}, "b", "(['b'], 1)"),
        ({"alf/trials.images.npy": np.zeros((2, 20))}, "images", "(['images'], 2)"),
        ({"alf/trials.images.npy": np.zeros((2, 3, 4))}, "images", "(['images'], 2)"),
        ({"alf/trials.metrics.pqt": {"a": [1], "b": [2]}}, "metrics.*", "(['metrics.a', 'metrics.b'], 1)"),
        ({"alf/trials.start_times_bpod.npy": [1.0]}, "start_times*", "(['start_times_bpod'], 1)"),
        ({"alf/trials.starts_bpod.npy": [1.0]}, "starts_bpod", "(['starts_bpod'], 1)"),
        ({"alf/trials.starts.part.npy": [1.0]}, "starts.part", "(['starts.part'], 1)"),
    ],
)
def test_columns_are_named_as_one_names_them(
    files: dict[str, Any], asked: str, told: str, data: Data, lab: Lab
) -> None:
    report = data.add(files).check(lab.file(tell(f'object="trials", columns=["{asked}"]', TOLD)))
    assert said(report) == [told]


def test_what_was_not_asked_for_is_not_seen(data: Data, lab: Lab) -> None:
    source = tell('object="trials", columns=["response_times"]', 'it["feedback_times"]\nreturn []')
    report = data.add(TRIALS).check(lab.file(source))
    (each,) = found(report, "ALF901")
    assert "'feedback_times' among those that the rule asked for (response_times)" in each.message


def test_a_rule_whose_columns_are_not_all_there_is_not_asked(data: Data, lab: Lab) -> None:
    data.add({"alf/trials.response_times.npy": [1.0]})
    rules = lab.file(tell('object="trials", columns=["response_times", "feedback_times"]', TOLD))
    assert not found(data.check(rules))
    rules = lab.file(
        tell('object="trials", columns=["response_times"], optional=["feedback_times"]', TOLD), "other.py"
    )
    assert said(data.check(rules)) == ["(['response_times'], 1)"]


def test_a_column_that_failed_is_not_there(data: Data, lab: Lab) -> None:
    rules = lab.file(tell('object="trials", columns=["response_times", "feedback_times"]', TOLD))
    assert said(data.add(TRIALS).check(rules)) == ["(['feedback_times', 'response_times'], 3)"]
    data.add({"alf/_ibl_trials.feedback_times.npy": b"no numpy"})
    assert not said(data.check(rules))


def test_columns_of_unequal_rows_are_only_seen_by_who_asks_for_them(data: Data, lab: Lab) -> None:
    data.add({"alf/dogs.times.npy": [1.0, 2.0], "alf/dogs.names.npy": [1.0, 2.0, 3.0]})
    asks = 'object="dogs", columns=["times", "names"]'
    assert not found(data.check(lab.file(tell(asks, TOLD))))
    report = data.check(lab.file(tell(asks + ", aligned=False", TOLD), "other.py"))
    assert said(report) == ["(['names', 'times'], 3)"]


def test_one_row_broadcasts_and_an_optional_column_that_does_not_fit_is_left_out(
    data: Data, lab: Lab
) -> None:
    data.add({"alf/dogs.a.npy": [5.0, 2.0, 3.0], "alf/dogs.b.npy": [1.0], "alf/dogs.c.npy": [1.0, 2.0]})
    asks = 'object="dogs", columns=["a", "b"], optional=["c"]'
    body = 'yield from it.where(it["a"] > it["b"] * 4, " ".join(it), column="a")'
    (each,) = found(data.check(lab.file(tell(asks, body))))
    assert (each.rows, each.message) == ((0,), "1 of 3 rows: a b (row 0)")
    batch = tell(asks, body, kind="object_batch_rule")
    assert found(data.check(lab.file(batch, "batch.py")))[0].rows == (0,)


@pytest.mark.parametrize("mask", ["[0]", "np.array([[True]])", "[True, False]", "it['a'] * 1", "None"])
def test_what_is_no_mask_is_refused(mask: str, data: Data, lab: Lab) -> None:
    data.add({"alf/dogs.a.npy": [5.0, 2.0, 3.0]})
    for number, kind in enumerate(("object_rule", "object_batch_rule")):
        source = "import numpy as np\n" + tell(
            'object="dogs", columns=["a"]', f'yield from it.where({mask}, "x")', kind=kind
        )
        (each,) = found(data.check(lab.file(source, f"rules{number}.py")), "ALF901")
        assert "where() takes a vector of 3 rows of truth values" in each.message


def test_a_column_that_failed_is_not_taken_for_missing(data: Data, lab: Lab) -> None:
    data.add({"alf/dogs.a.npy": [1.0, 2.0], "alf/dogs.b.npy": [1.0, 2.0]})
    absent = 'if "b" not in it:\n    yield Problem(message="there is no b", severity="warning")'
    first = tell('object="dogs", columns=["a"], optional=["b"]', absent).partition("\n@alfcheck.hookimpl")[0]
    second = tell('object="dogs", columns=["b"]', 'yield Problem(message="bad")', code="LAB402")
    second = second.replace("def check", "def bad").replace("[check]", "[check, bad]")
    report = data.check(lab.file(first + "\n" + second.replace('"fault"', '"bad"')))
    assert [each.code for each in report.findings] == ["LAB402"]


@pytest.mark.parametrize(
    ("namespace", "told"), [("'lab'", ["['a']"]), ("''", ["['b']"]), ("None", ["['a', 'b']"])]
)
def test_a_rule_may_be_about_one_namespace(namespace: str, told: list[str], data: Data, lab: Lab) -> None:
    data.add({"alf/_lab_dogs.a.npy": [1.0], "alf/dogs.b.npy": [1.0]})
    body = 'yield Problem(message=str(sorted(it)), severity="warning")'
    asks = f'object="dogs", columns=["*"], namespace={namespace}'
    assert said(data.check(lab.file(tell(asks, body)))) == told
    body = 'yield Problem(message=str(sorted(it.object("dogs"))), severity="warning")'
    report = data.check(lab.file(session_rule(f'columns=["dogs.*"], namespace={namespace}', body), "s.py"))
    assert said(report, "LAB501") == told


def test_arrays_are_read_only(data: Data, lab: Lab) -> None:
    source = tell('object="trials", columns=["response_times"]', 'it["response_times"][0] = 7.0\nreturn []')
    report = data.add(TRIALS).check(lab.file(source))
    (each,) = found(report, "ALF901")
    assert "read-only" in each.message
    assert report.verdicts[f"{SESSION}/alf/_ibl_trials.response_times.npy"] is Verdict.UNVERIFIED
    assert report.verdicts[f"{SESSION}/alf/_ibl_trials.feedback_times.npy"] is not Verdict.UNVERIFIED


def test_every_view_is_asked_about_and_what_stands_is_not_blamed(data: Data, lab: Lab) -> None:
    data.add(TRIALS).add({"alf/#2020-02-02#/_ibl_trials.feedback_times.npy": [1.2, 2.2, 3.2]})
    assert not found(data.check(lab.file(EARLY)))
    data.add({"alf/_ibl_trials.feedback_times.npy": [0.1, 0.1, 0.1]})
    (each,) = found(data.check(lab.file(EARLY, "again.py")))
    assert each.datasets == (f"{SESSION}/alf/_ibl_trials.feedback_times.npy",)


def test_what_stands_behind_a_failure_is_asked_about_too(data: Data, lab: Lab) -> None:
    newest = {
        f"alf/#2020-02-02#/_ibl_trials.{name}_times.npy": [1.0, 2.0, 3.0] for name in ("response", "feedback")
    }
    data.add({**TRIALS, "alf/_ibl_trials.feedback_times.npy": [0.1, 2.1, 3.1], **newest})
    # As published, the two newest hide the two old ones, which are judged as a view of their own.
    assert len(found(data.check(lab.file(EARLY)))) == 1
    # The newest responses cannot be read: the old ones stand beside the newest feedback.
    data.add({"alf/#2020-02-02#/_ibl_trials.response_times.npy": b"no numpy"})
    data.add({"alf/_ibl_trials.response_times.npy": [5.0, 5.0, 5.0]})
    paths = {path for each in found(data.check(lab.file(EARLY, "again.py"))) for path in each.datasets}
    assert f"{SESSION}/alf/#2020-02-02#/_ibl_trials.feedback_times.npy" in paths


def test_a_problem_may_name_the_datasets_that_fail(data: Data, lab: Lab) -> None:
    body = 'yield Problem(message="bad", datasets=(it.path("response_times"),))'
    report = data.add(TRIALS).check(lab.file(tell('object="trials", columns=["*_times"]', body)))
    assert found(report)[0].datasets == (f"{SESSION}/alf/_ibl_trials.response_times.npy",)
    body = 'yield Problem(message="bad")'
    report = data.check(lab.file(tell('object="trials", columns=["*_times"]', body), "other.py"))
    assert found(report)[0].datasets == tuple(sorted(f"{SESSION}/{path}" for path in TRIALS))


def test_collections_are_asked_about_apart(data: Data, lab: Lab) -> None:
    for probe in ("probe00", "probe01"):
        data.add({f"alf/{probe}/spikes.times.npy": [1.0]})
    told = 'yield Problem(message=it.collection, severity="warning")'
    report = data.check(lab.file(tell('object="spikes", columns=["times"]', told)))
    assert said(report) == ["alf/probe00", "alf/probe01"]
    report = data.check(
        lab.file(tell('object="spikes", columns=["times"], collection="alf/probe01"', told), "other.py")
    )
    assert said(report) == ["alf/probe01"]


def test_a_large_file_is_read_whole_for_a_rule(data: Data, lab: Lab) -> None:
    values = np.arange(1_200_000, dtype=float)  # over 8 MiB, which is streamed
    values[-1] = -1.0
    data.add({"alf/dogs.times.npy": values})
    body = 'yield from it.where(it["times"] < 0, "negative")'
    (each,) = found(data.check(lab.file(tell('object="dogs", columns=["times"]', body))))
    assert each.rows == (1_199_999,)


def test_what_is_too_large_for_a_rule_is_unverified(
    data: Data, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alfcheck.pipeline.tables.WHOLE", 2**20)
    values = np.sort(np.random.default_rng(0).random(2_400_000))
    data.add({"alf/dogs.table.pqt": {"times": values}, "alf/cats.times.npy": [1.0]})
    report = data.check(lab.file(tell('object="?*s", columns=["times"]', "return []")))
    (each,) = found(report, "ALF905")
    assert "LAB401" in each.message
    assert "19 MiB" in each.message
    assert each.origin.name == "rules"
    assert report.verdicts[f"{SESSION}/alf/dogs.table.pqt"] is Verdict.UNVERIFIED
    assert report.verdicts[f"{SESSION}/alf/cats.times.npy"] is not Verdict.UNVERIFIED


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_large_array_is_a_memory_map(
    order: Literal["C", "F"], data: Data, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alfcheck.pipeline.tables.WHOLE", 2**20)
    values = np.arange(1_200_000, dtype=float).reshape(-1, 2)
    data.add({"alf/dogs.intervals.npy": np.asarray(values, order=order)})
    body = """\
assert not it["intervals_1"].flags.writeable
yield Problem(message=repr((it.rows, it["intervals_0"][-1], it["intervals_1"][0])), severity="warning")"""
    source = tell('object="dogs", columns=["intervals_*"]', body)
    more = tell(
        'datasets=["dogs.*"]', 'it["intervals"][7] = 0.0\nreturn []', code="LAB201", kind="content_rule"
    )
    assert said(data.check(lab.file(source))) == ["(600000, np.float64(1199998.0), np.float64(1.0))"]
    report = data.check(lab.file(more, "more.py"))
    assert "read-only" in found(report, "ALF901")[0].message


def test_a_large_array_that_changes_under_a_rule_is_unverified(data: Data, lab: Lab) -> None:
    data.add({"alf/dogs.times.npy": np.zeros(1_200_000)})
    path = data.root / SESSION / "alf/dogs.times.npy"
    body = f"""\
import os
os.utime({str(path)!r}, ns=(1, 1))
yield from it.where(it["times"] == 0, "zero")"""
    for number, source in enumerate(
        (
            tell('object="dogs", columns=["times"]', body),
            tell('datasets=["dogs.*"]', body, code="LAB201", kind="content_rule"),
            session_rule('columns=["dogs.times"]', body.replace('it["times"]', 'it.object("dogs")["times"]')),
        )
    ):
        os.utime(path)
        report = data.check(lab.file(source, f"rules{number}.py"))
        assert [each.code for each in report.findings] == ["ALF903"]
        assert report.verdicts[f"{SESSION}/alf/dogs.times.npy"] is Verdict.UNVERIFIED


COUNTED = """
from alfcheck import Column, Content, Kind
import pandera.pandas as pa

def read(source):
    return Content(Kind.ARRAY, (Column("", "uint8"),), rows=source.size)

def contract(check):
    return alfcheck.Contract(
        id="lab.clips",
        version="1.0.0",
        match=alfcheck.Match(object="clips"),
        terms={"raw": alfcheck.Terms()},
        schema=lambda: pa.DataFrameSchema({"raw": pa.Column(None, check)}),
    )

@alfcheck.hookimpl
def alfcheck_readers():
    return [Reader("clips", ("clip",), read)]

@alfcheck.hookimpl
def alfcheck_contracts():
    return [contract(CHECK)]
"""


@pytest.mark.parametrize(
    ("check", "verdict"), [("None", Verdict.PASS), ("pa.Check.ge(0)", Verdict.UNVERIFIED)]
)
def test_what_a_reader_only_counts_is_not_passed_by_checks_of_values(
    check: str, verdict: Verdict, data: Data, lab: Lab
) -> None:
    rule = tell('object="clips", columns=["raw"]', "raise ValueError")
    data.add({"alf/clips.raw.clip": b"12345"})
    report = data.check(lab.file(rule + COUNTED.replace("CHECK", check)))
    assert report.verdicts[f"{SESSION}/alf/clips.raw.clip"] is verdict
    assert [each.code for each in report.findings] == ["ALF905"] * (verdict is Verdict.UNVERIFIED)


# --- rules for many tables at once ----------------------------------------------------------------------

BATCH = tell(
    'object="trials", columns=["response_times", "feedback_times"]',
    'yield from it.where(it["feedback_times"] < it["response_times"], "early", column="feedback_times")',
    kind="object_batch_rule",
)


def test_a_rule_for_a_batch_says_what_one_for_a_table_says(data: Data, lab: Lab) -> None:
    for number in range(1, 8):
        early = [1.1, 2.1 - (number % 3 == 0), 3.1 - (number % 2)]
        data.add({**TRIALS, "alf/_ibl_trials.feedback_times.npy": early}, f"mouse/2020-01-01/{number:03}")
    together, apart = data.check(lab.file(BATCH)), data.check(lab.file(EARLY, "apart.py"))

    def bare(report: Report) -> list[tuple[object, ...]]:
        return [(each.path, each.message, each.rows, each.count) for each in found(report)]

    assert bare(together) == bare(apart) != []


def test_a_table_that_a_batch_rule_fails_on_is_alone_unverified(data: Data, lab: Lab) -> None:
    for number in range(1, 4):
        data.add({"alf/dogs.times.npy": [float(number)]}, f"mouse/2020-01-01/{number:03}")
    body = 'assert not (it["times"] == 2).any(), "two"\nyield from it.where(it["times"] == 3, "three")'
    report = data.check(lab.file(tell('object="dogs", columns=["times"]', body, kind="object_batch_rule")))
    verdicts = [report.verdicts[f"mouse/2020-01-01/{number:03}/alf/dogs.times.npy"] for number in range(1, 4)]
    assert verdicts == [Verdict.PASS, Verdict.UNVERIFIED, Verdict.FAIL]


@pytest.mark.parametrize(
    "answer",
    [
        "[Problem(message='x')]",
        "[(7, Problem(message='x'))]",
        "[(-1, Problem(message='x'))]",
        "[('0', 1)]",
        "[(0, 1)]",
    ],
)
def test_a_batch_rule_must_give_numbers_and_problems(answer: str, data: Data, lab: Lab) -> None:
    source = tell('object="trials", columns=["response_times"]', f"return {answer}", kind="object_batch_rule")
    report = data.add(TRIALS).check(lab.file(source))
    assert len(found(report, "ALF901")) == 1


# --- contents -----------------------------------------------------------------------------------------


def content(pattern: str, body: str) -> str:
    return tell(f'datasets=["{pattern}"]', body, code="LAB201", kind="content_rule")


@pytest.mark.parametrize(
    ("pattern", "is_asked"),
    [
        ("dogs.times.npy", True),
        ("dogs.*", True),
        ("alf/dogs.times.npy", True),
        ("alf/*", True),
        ("*.wav", False),
        ("raw/*", False),
    ],
)
@pytest.mark.parametrize("folder", ["alf", "alf/#2020-01-01#"])
def test_a_content_rule_is_asked_about_the_paths_that_match(
    pattern: str, is_asked: bool, folder: str, data: Data, lab: Lab
) -> None:
    data.add({f"{folder}/dogs.times.npy": [1.0, -1.0]})
    report = data.check(lab.file(content(pattern, 'yield from it.where(it["times"] < 0, "negative")')))
    paths = [each.path for each in found(report, "LAB201")]
    assert paths == ([f"{SESSION}/{folder}/dogs.times.npy"] if is_asked else [])


def test_a_content_rule_sees_documents_and_cannot_change_them(data: Data, lab: Lab) -> None:
    data.add({"alf/dogs.names.json": {"names": ["rex"]}})
    change = (
        'it.document["names"].append("fido")\n'
        'yield Problem(message=str(it.document["names"]), severity="warning")'
    )
    both = content("*.json", change) + content("*.json", change).replace("LAB201", "LAB202").replace(
        "def check", "def other"
    ).replace("return [check]", "return [check, other]").replace('"fault"', '"fault-2"')
    report = data.check(lab.file(both))
    assert said(report, "LAB202") == ["['rex', 'fido']"]
    assert said(report, "LAB201") in ([], ["['rex', 'fido']"])


def test_a_content_rule_is_not_asked_about_what_could_not_be_read(data: Data, lab: Lab) -> None:
    report = data.add({"alf/dogs.times.npy": b"no numpy"}).check(lab.file(content("*", "raise ValueError")))
    assert not found(report, "ALF901")


# --- sessions -----------------------------------------------------------------------------------------


def session_rule(asks: str, body: str) -> str:
    return tell(asks, body, code="LAB501", kind="session_rule")


def test_a_session_rule_sees_tables_documents_names_and_sizes(data: Data, lab: Lab) -> None:
    data.add({**TRIALS, "alf/wheel.times.npy": [1.0], "alf/notes.text.json": {"a": 1}}).add(
        {"alf/clip.raw.mp4": b"1234"}
    )
    body = """\
trials = it.object("trials")
yield Problem(severity="warning", message=repr((
    it.subject, it.date, it.number, sorted(trials), trials.rows,
    it.object("wheel")["times"].tolist(), list(it.documents.values()), len(it.datasets),
    it.sizes["alf/clip.raw.mp4"],
)))"""
    asks = 'columns=["trials.*_times", "wheel.times"], datasets=["notes.text.json"]'
    report = data.check(lab.file(session_rule(asks, body)))
    (each,) = found(report, "LAB501")
    assert each.message == repr(
        ("mouse", "2020-01-01", "001", ["feedback_times", "response_times"], 3, [1.0], [{"a": 1}], 5, 4)
    )
    assert len(each.datasets) == 4  # what it saw: not the video
    assert (
        found(data.add({"alf/wheel.times.npy": b"x"}).check(lab.file(session_rule(asks, body), "b.py"))) == []
    )


def test_a_session_rule_sees_the_object_of_each_collection(data: Data, lab: Lab) -> None:
    for probe in ("probe00", "probe01"):
        data.add({f"alf/{probe}/spikes.times.npy": [1.0]})
    body = (
        'places = [each.collection for each in it.objects("spikes")]\n'
        'yield Problem(message=" ".join(places), severity="warning")'
    )
    report = data.check(lab.file(session_rule('columns=["spikes.times"]', body)))
    assert said(report, "LAB501") == ["alf/probe00 alf/probe01"]


def test_a_document_may_be_optional(data: Data, lab: Lab) -> None:
    data.add({"alf/notes.text.json": {"a": 1}})
    body = 'yield Problem(message=" ".join(sorted(it.documents)), severity="warning")'
    rules = lab.file(session_rule('datasets=["notes.*"], optional_datasets=["more.*"]', body))
    assert said(data.check(rules), "LAB501") == ["alf/notes.text.json"]
    data.add({"alf/more.text.json": {"b": 1}})
    assert said(data.check(rules), "LAB501") == ["alf/more.text.json alf/notes.text.json"]
    (data.root / SESSION / "alf/notes.text.json").unlink()
    assert not said(data.check(rules), "LAB501")


@pytest.mark.parametrize("names_only", [False, True])
def test_a_rule_about_names_alone_needs_no_file(names_only: bool, data: Data, lab: Lab) -> None:
    body = (
        'if not any(each.object == "wheel" for each in it.datasets.values()):\n'
        '    yield Problem(message="no wheel")'
    )
    report = data.add(TRIALS).check(lab.file(session_rule("", body)), names_only=names_only)
    (each,) = found(report, "LAB501")
    # An error of a session as a whole is one of all its datasets.
    assert each.datasets == tuple(f"{SESSION}/{path}" for path in sorted(TRIALS))
    assert (set(report.verdicts.values()), report.exit_code()) == ({Verdict.FAIL}, 1)
    report = data.check(lab.file(session_rule("severity='warning'", body), "w.py"), names_only=names_only)
    (each,) = found(report, "LAB501")
    assert (each.path, each.datasets, report.exit_code()) == (SESSION, (), 0)


def test_a_session_rule_that_fails_leaves_what_it_saw_unverified(data: Data, lab: Lab) -> None:
    data.add({**TRIALS, "alf/wheel.times.npy": [1.0]})
    report = data.check(lab.file(session_rule('columns=["wheel.times"]', 'raise ValueError("x")')))
    unverified = [path for path, verdict in report.verdicts.items() if verdict is Verdict.UNVERIFIED]
    assert unverified == [f"{SESSION}/alf/wheel.times.npy"]
    report = data.check(lab.file(session_rule("", 'raise ValueError("x")'), "names.py"))
    assert set(report.verdicts.values()) == {Verdict.UNVERIFIED}


def test_what_a_session_rule_fails_takes_its_object_along(data: Data, lab: Lab) -> None:
    """What stands when a session rule has rejected something is what rules about objects are asked about."""
    data.add({**TRIALS, "alf/#2020-02-02#/_ibl_trials.feedback_times.npy": [9.1, 9.1, 9.1]})
    data.add({"alf/#2020-02-02#/_ibl_trials.goCue_times.npy": [5.0, 5.0, 5.0]})
    body = """\
trials = it.object("trials")
if (trials["feedback_times"] > 9).any():
    yield Problem(message="late", datasets=(trials.path("feedback_times"),))"""
    late = session_rule('columns=["trials.feedback_times"]', body)
    late = (
        late.replace("def check", "def late").replace("[check]", "[late, check]").replace('"fault"', '"late"')
    )
    after = tell(
        'object="trials", columns=["goCue_times", "feedback_times"]',
        'late = it["feedback_times"] < it["goCue_times"]\n'
        'yield from it.where(late, "late", column="goCue_times")',
    ).partition("\n@alfcheck.hookimpl")[0]
    report = data.check(lab.file(f"{after}\n{late}"))
    newest = f"{SESSION}/alf/#2020-02-02#"
    assert found(report, "LAB501")[0].datasets == (f"{newest}/_ibl_trials.feedback_times.npy",)
    # The older feedback times stand beside the newest cues, which nobody saw together before.
    assert found(report)[0].datasets == (f"{newest}/_ibl_trials.goCue_times.npy",)


# --- what is not asked for is not read ------------------------------------------------------------------

WATCH = """
import os, sys
opened = set()
sys.addaudithook(lambda event, args: opened.add(str(args[0])) if event == "open" else None)
import alfcheck
report = alfcheck.check(sys.argv[1], plugins=(sys.argv[2],), select=("LAB",))
print("\\n".join(sorted(os.path.basename(path) for path in opened if sys.argv[1] in path)))
print([each.code for each in report.findings])
"""


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (EARLY, ["_ibl_trials.feedback_times.npy", "_ibl_trials.response_times.npy"]),
        (content("*.json", "return []"), ["notes.text.json"]),
        (session_rule('columns=["wheel.times"]', "return []"), ["wheel.times.npy"]),
        (session_rule("", "return []"), []),
        (tell('object="wheel", columns=["*_1"]', "return []"), ["wheel.position.npy", "wheel.times.npy"]),
        (tell('object="wheel", columns=["po*_1"]', "return []"), ["wheel.position.npy"]),
    ],
    ids=["object", "content", "session", "names", "component", "part"],
)
def test_only_what_is_asked_for_is_opened(source: str, expected: list[str], data: Data, lab: Lab) -> None:
    data.add({**TRIALS, "alf/wheel.times.npy": [1.0], "alf/notes.text.json": {}})
    data.add({"alf/wheel.position.npy": np.zeros(1000), "alf/dogs.times.npy": np.zeros(1000)})
    done = subprocess.run(
        [sys.executable, "-c", WATCH, str(data.root), lab.file(source)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert [line for line in done.stdout.splitlines()[:-1] if line] == expected


# --- examples of plain values ---------------------------------------------------------------------------


def test_an_example_is_made_of_plain_values() -> None:
    made = alfcheck.example({"alf/a.b.npy": [1, 2], "alf/c.d.pqt": {"x": [1]}}, "a note")
    assert made.path == f"{SESSION}/alf/a.b.npy"
    assert np.load(io.BytesIO(made.content())).tolist() == [1, 2]
    (other,) = made.beside
    assert pd.read_parquet(io.BytesIO(other.content())).to_dict("list") == {"x": [1]}


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("a.b.csv", {"x": [1], "y": [2]}, b"x,y\n1,2\n"),
        ("a.b.tsv", {"x": [1], "y": [2]}, b"x\ty\n1\t2\n"),
        ("a.b.json", {"x": 1}, b'{"x": 1}'),
        ("a.b.yaml", {"x": 1}, b"x: 1\n"),
        ("a.b.mp4", b"raw", b"raw"),
        ("a.b.txt", "text", b"text"),
    ],
)
def test_values_are_encoded_by_their_extension(path: str, value: object, expected: bytes) -> None:
    assert encoded(path, value) == expected


def test_a_value_of_no_known_kind_is_refused() -> None:
    with pytest.raises(TypeError, match=r"clip\.raw\.mp4: give bytes"):
        encoded("clip.raw.mp4", [1])


# --- decorators -------------------------------------------------------------------------------------------


def test_what_is_not_said_comes_from_the_docstring() -> None:
    @alfcheck.name_rule("LAB101", "no-dogs", severity="warning")
    def rule(dataset: alfcheck.Dataset, path: str) -> list[alfcheck.Problem]:
        """A dog is in the data.

        Dogs are welcome
        elsewhere.
        """
        return []

    assert (rule.summary, rule.why) == ("A dog is in the data.", "Dogs are welcome elsewhere.")
    assert (rule.severity, rule.target) == ("warning", "name")


@pytest.mark.parametrize(
    ("decorator", "expected"),
    [
        (alfcheck.name_rule("LAB101", "x"), "must take (dataset, path)"),
        (alfcheck.object_rule("LAB101", "x", object="a", columns=["b"]), "must take one argument"),
    ],
)
def test_a_function_that_cannot_be_called_is_refused(decorator: Any, expected: str) -> None:
    def check() -> None:
        pass

    with pytest.raises(TypeError) as raised:
        decorator(check)
    assert expected in str(raised.value)
    assert "LAB101" in str(raised.value)


def test_columns_must_be_a_list() -> None:
    with pytest.raises(TypeError, match="columns must be a list of texts"):
        alfcheck.object_rule("LAB101", "x", object="a", columns="b")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"severty": "info"}, "LAB401: this kind of rule takes no 'severty'; is 'severity' meant?"),
        ({"colection": "alf"}, "takes no 'colection'"),
        ({"severity": "fatal"}, "LAB401: the severity is one of error, warning, info, not 'fatal'"),
    ],
)
def test_what_a_decorator_does_not_know_is_refused(words: dict[str, Any], expected: str) -> None:
    with pytest.raises((TypeError, ValueError)) as raised:
        alfcheck.object_rule("LAB401", "x", object="a", columns=["b"], **words)(lambda it: [])
    assert expected in str(raised.value)


def test_a_session_rule_must_name_objects(data: Data, lab: Lab) -> None:
    with pytest.raises(PluginError, match=r"LAB501 asks for the column 'x': write object\.column"):
        data.add(TRIALS).check(lab.file(session_rule('columns=["x"]', "return []")))


def test_two_decorators_are_one_too_many() -> None:
    once = alfcheck.content_rule("LAB201", "x", datasets=["*"])(lambda file: [])
    with pytest.raises(TypeError, match="LAB201"):
        alfcheck.content_rule("LAB202", "y", datasets=["*"])(once)  # type: ignore[arg-type]
