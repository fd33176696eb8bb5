"""The grammar: what it reads, what it refuses, and how it explains."""

from __future__ import annotations

import csv
import time
import unicodedata
from pathlib import Path

import pytest

from alfcheck.grammar import (
    explain_refusal,
    parse_dataset,
    parse_session,
    refusal_problem,
    render,
    render_session,
)
from alfcheck.model import Dataset, Refusal, SessionPath, Severity
from alfcheck.rules import layout, names

FACTS = Path(__file__).parents[2] / "shared" / "facts"

# Path: the parts, as ONE reads them too.
LEGAL = {
    "spikes.times.npy": ("", "", "", "spikes", "times", "", "", "npy"),
    "2p.raw.part01.tiff": ("", "", "", "2p", "raw", "", "part01", "tiff"),
    "_ibl_trials.goCue_times_bpod.csv": ("", "", "ibl", "trials", "goCue_times", "bpod", "", "csv"),
    "_my_lab_trials.choice.npy": ("", "", "my", "lab_trials", "choice", "", "", "npy"),
    "a.b_times_times.npy": ("", "", "", "a", "b_times", "times", "", "npy"),
    "channels._phy_ids.csv": ("", "", "", "channels", "_phy_ids", "", "", "csv"),
    "trials.stim_on_times.npy": ("", "", "", "trials", "stim", "on_times", "", "npy"),
    "alf/probe-00/ks2.1/spikes.times.npy": ("alf/probe-00/ks2.1", "", "", "spikes", "times", "", "", "npy"),
    "#v1.0.0#/spikes.times.npy": ("", "v1.0.0", "", "spikes", "times", "", "", "npy"),
    "alf/#2024-06-01#/spikes.times.a-1.b.npy": (
        "alf",
        "2024-06-01",
        "",
        "spikes",
        "times",
        "",
        "a-1.b",
        "npy",
    ),
    "spik\u00e9s.times.npy": ("", "", "", "spik\u00e9s", "times", "", "", "npy"),
    ".hidden/spikes.times.npy": (".hidden", "", "", "spikes", "times", "", "", "npy"),
}

# Path: code, the text above the carets, the nearest legal path.
REFUSED = {
    "README.md": ("ALF101", "", None),
    "trials choice.npy": ("ALF101", " ", "trials.choice.npy"),
    "spike train.times.npy": ("ALF101", " ", "spikeTrain.times.npy"),
    "spike-train.times.npy": ("ALF101", "-", "spikeTrain.times.npy"),
    "spikes.times": ("ALF101", "", "spikes.times.npy"),
    "spikes.times (1).npy": ("ALF101", " (1)", "spikes.times.npy"),
    "spikes.times - Copy.npy": ("ALF101", " - ", "spikes.times.npy"),
    "spikes.times,npy": ("ALF101", ",", "spikes.times.npy"),
    "spikes.times.npy ": ("ALF101", " ", "spikes.times.npy"),
    "spikes.times.np+y": ("ALF101", "+", "spikes.times.npy"),
    "spikes.times..npy": ("ALF101", ".", "spikes.times.npy"),
    "spikes.t\u00efmes.npy": ("ALF101", "\u00ef", "spikes.times.npy"),
    "spikes.times_ephys-clock.npy": ("ALF101", "-", "spikes.times_ephysClock.npy"),
    "a\\\\b.c.npy": ("ALF101", "\\\\", "aB.c.npy"),
    "_trials.choice.npy": ("ALF102", "_trials", "trials.choice.npy"),
    "_ibl_.choice.npy": ("ALF102", "_", None),
    "__ibl_trials.choice.npy": ("ALF102", "__", "_ibl_trials.choice.npy"),
    "_\u00efbl_trials.choice.npy": ("ALF102", "\u00efbl", "_ibl_trials.choice.npy"),
    "trials_.choice.npy": ("ALF102", "_", "trials.choice.npy"),
    "trials.goCue_times_.npy": ("ALF102", "_", "trials.goCue_times.npy"),
    "a.b_times__x.npy": ("ALF102", "__", "a.b_times_x.npy"),
    "x.y...npy": ("ALF102", ".", "x.y.npy"),
    "x.y.-.npy": ("ALF102", "-", "x.y.npy"),
    "alf/probe 00/spikes.times.npy": ("ALF103", " ", "alf/probe_00/spikes.times.npy"),
    "alf/../spikes.times.npy": ("ALF103", "..", "alf/spikes.times.npy"),
    "alf//spikes.times.npy": ("ALF103", "/", "alf/spikes.times.npy"),
    "s2/2020-01-01/001/spikes.times.npy": ("ALF103", "2020-01-01/001", None),
    "alf/probe 00/spike train.times.npy": ("ALF103", " ", "alf/probe_00/spikeTrain.times.npy"),
    "alf/##/spikes.times.npy": ("ALF104", "##", "alf/spikes.times.npy"),
    "alf/a#/spikes.times.npy": ("ALF104", "a#", "alf/#a#/spikes.times.npy"),
    "alf/#a#/#b#/spikes.times.npy": ("ALF104", "#a#", "alf/a/#b#/spikes.times.npy"),
    "alf/#a#/sub/spikes.times.npy": ("ALF104", "#a#", "alf/sub/#a#/spikes.times.npy"),
    "a.b" + ".x" * 24 + ".npy": ("ALF105", ".x" * 24 + ".npy", "a.b." + "-".join("x" * 24) + ".npy"),
    "spike\u0301s.times.npy": ("ALF110", "e\u0301", "spik\u00e9s.times.npy"),
    "dur\\xe9e.times.npy": ("ALF111", "\\xe9", "dur\u00e9e.times.npy"),
    "spikes.times.npy\n": ("ALF112", "\n", "spikes.times.npy"),
    "spikes.\u202etimes.npy": ("ALF112", "\u202e", "spikes.times.npy"),
    "spi\u200bkes.times.npy": ("ALF112", "\u200b", "spikes.times.npy"),
    "spikes.times.npy.part": ("ALF113", ".part", "spikes.times.npy"),
    "spikes.times.npy.TMP": ("ALF113", ".TMP", "spikes.times.npy"),
    "spikes.times.npy~": ("ALF113", "~", "spikes.times.npy"),
    "#spikes.times.npy#": ("ALF113", "#", "spikes.times.npy"),
    "alf/spikes.times-checkpoint.npy": ("ALF113", "-checkpoint", "alf/spikes.times.npy"),
    "spikes.times.x-checkpoint.npy": ("ALF113", "-checkpoint", "spikes.times.x.npy"),
    ".__ibl_trials.choice.npy": ("ALF113", "._", "_ibl_trials.choice.npy"),
    ".spikes.times.npy.swp": ("ALF113", ".swp", "spikes.times.npy"),
    ".spikes.times.npy.a8Xk2Q": ("ALF113", ".a8Xk2Q", "spikes.times.npy"),
    ".~lock.probes.insertion.csv#": ("ALF113", ".~lock.", "probes.insertion.csv"),
    ".nfs00000000012": ("ALF113", ".nfs00000000012", None),
}

SESSIONS = {
    "mouse/2020-01-01/001": ("", "mouse", "2020-01-01", "001"),
    "cortexlab/Subjects/m-1.x/2020-01-01/000": ("cortexlab", "m-1.x", "2020-01-01", "000"),
    "Subjects/2020-02-29/999": ("", "Subjects", "2020-02-29", "999"),
}

REFUSED_SESSIONS = {
    "s/2020-01-01/1": ("ALF106", "1", "s/2020-01-01/001"),
    "s/2020-01-01/00\uff11": ("ALF106", "00\uff11", "s/2020-01-01/001"),
    "s/2020-01-01/1000": ("ALF106", "1000", None),
    "s/2020-01-01/00a": ("ALF106", "00a", None),
    "s/2020-02-30/001": ("ALF107", "2020-02-30", None),
    "s/0020-01-01/001": ("ALF107", "0020-01-01", None),
    "s/2020_01_01/1": ("ALF107", "2020_01_01", "s/2020-01-01/001"),
    "s/20200131/001": ("ALF107", "20200131", "s/2020-01-31/001"),
    "s/31-01-2020/001": ("ALF107", "31-01-2020", "s/2020-01-31/001"),
    "s/02-01-2020/001": ("ALF107", "02-01-2020", None),
    "lab/s/2020-01-01/001": ("ALF108", "lab", "lab/Subjects/s/2020-01-01/001"),
    "Subjects/s/2020-01-01/001": ("ALF108", "Subjects", None),
    "lab/subjects/s/2020-01-01/001": ("ALF108", "subjects", "lab/Subjects/s/2020-01-01/001"),
    "x/lab/Subjects/s/2020-01-01/001": ("ALF108", "x", "lab/Subjects/s/2020-01-01/001"),
    "lab/Subjects/x/s/2020-01-01/001": ("ALF108", "x", "lab/Subjects/s/2020-01-01/001"),
    "a/b/s/2020-01-01/001": ("ALF108", "a/b", "s/2020-01-01/001"),
    "2020-01-01/001": ("ALF108", "2020-01-01/001", None),
    "s/2020-01-01/001/alf": ("ALF108", "/alf", "s/2020-01-01/001"),
    "s/2020-01-01/001/alf/2020-01-02/001": ("ALF103", "alf/2020-01-02/001", "s/2020-01-01/001"),
    "my mouse/2020-01-01/001": ("ALF109", " ", "my_mouse/2020-01-01/001"),
    "my-lab/Subjects/s/2020-01-01/001": ("ALF109", "-", "my_lab/Subjects/s/2020-01-01/001"),
    "mare\u0301e/2020-01-01/001": ("ALF110", "e\u0301", "mar\u00e9e/2020-01-01/001"),
    "s\\xff/2020-01-01/001": ("ALF111", "\\xff", "s\u00ff/2020-01-01/001"),
    "s\x07/2020-01-01/001": ("ALF112", "\x07", "s/2020-01-01/001"),
}


@pytest.mark.parametrize("path", LEGAL)
def test_legal_path_is_read_to_its_parts(path: str) -> None:
    dataset = parse_dataset(path)
    assert dataset == Dataset(*LEGAL[path])
    assert render(dataset) == path


@pytest.mark.parametrize("path", REFUSED)
def test_refused_path_shows_fault_and_way_out(path: str) -> None:
    _assert_refused(parse_dataset(path), *REFUSED[path])


@pytest.mark.parametrize("path", SESSIONS)
def test_legal_session_is_read_to_its_parts(path: str) -> None:
    session = parse_session(path)
    assert session == SessionPath(*SESSIONS[path])
    assert render_session(session) == path


@pytest.mark.parametrize("path", REFUSED_SESSIONS)
def test_refused_session_shows_fault_and_way_out(path: str) -> None:
    _assert_refused(parse_session(path), *REFUSED_SESSIONS[path])


def _assert_refused(refusal: object, code: str, wrong: str, nearest: str | None) -> None:
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.nearest) == (code, nearest)
    assert refusal.text[refusal.start : refusal.end] == wrong


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("a\\xe9\n\u0301 b/x.y.part", "ALF111"),
        ("a\ne\u0301 b/x.y.npy.part", "ALF112"),
        ("e\u0301 b/x.y.npy.part", "ALF110"),
        ("a b/x.y" + ".x" * 30 + ".part", "ALF113"),
        ("a b/x.y" + ".x" * 30 + ".npy", "ALF105"),
        ("a b/#/x y.npy", "ALF103"),
        ("x y.npy", "ALF101"),
    ],
)
def test_worst_fault_is_reported(path: str, code: str) -> None:
    refusal = parse_dataset(path)
    assert isinstance(refusal, Refusal)
    assert refusal.code == code


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        ("spikes.ti mes.npy", ["spikes.ti mes.npy", "         ^"]),
        ("spikes.times", ["spikes.times", "            ^"]),
        ("\u5c16\u5cf0 x.times.npy", ["\u5c16\u5cf0 x.times.npy", "    ^"]),
        ("e\u0301spike\u0301.times.npy", ["e\u0301spike\u0301.times.npy", "^"]),
        ("a\x1bb.times.npy\n", ["a\\u001bb.times.npy\\n", " ^^^^^^"]),
        ("\u202ea.times.npy", ["\\u202ea.times.npy", "^^^^^^"]),
    ],
)
def test_carets_stand_below_the_fault(path: str, lines: list[str]) -> None:
    refusal = parse_dataset(path)
    assert isinstance(refusal, Refusal)
    assert explain_refusal(refusal).split("\n")[:2] == lines


def test_explanation_says_what_is_expected_and_what_is_nearest() -> None:
    refusal = parse_dataset("alf/trials choice.npy")
    assert isinstance(refusal, Refusal)
    assert explain_refusal(refusal).split("\n") == [
        "alf/trials choice.npy",
        "          ^",
        "object: expected an object's name in letters and digits, such as 'spikes'",
        "nearest valid name: alf/trials.choice.npy",
    ]


def test_misread_name_says_what_one_reads() -> None:
    refusal = parse_dataset("_trials.choice.npy")
    assert isinstance(refusal, Refusal)
    assert "ONE reads namespace 'trial', object 's'" in refusal.expected


def test_problem_names_the_whole_path_to_use() -> None:
    refusal = parse_dataset("alf/trials choice.npy")
    assert isinstance(refusal, Refusal)
    problem = refusal_problem(refusal, "mouse/2020-01-01/001")
    assert problem.fix == "rename it to mouse/2020-01-01/001/alf/trials.choice.npy"
    assert problem.message.split("\n", 1)[1] == explain_refusal(refusal)
    assert problem.expected == refusal.expected


@pytest.mark.parametrize(
    ("path", "severity"),
    [
        ("my data/spikes.times.npy", None),
        ("my data/README.txt", Severity.WARNING),
        ("a#/notes.txt", Severity.WARNING),
    ],
)
def test_bad_folder_without_datasets_is_a_warning(path: str, severity: Severity | None) -> None:
    refusal = parse_dataset(path)
    assert isinstance(refusal, Refusal)
    assert refusal.code in ("ALF103", "ALF104")
    assert refusal_problem(refusal).severity is severity


@pytest.mark.parametrize("is_slow", [False, True])
def test_slow_names_begin_where_one_needs_milliseconds(is_slow: bool) -> None:
    """ONE needs about 90 ns for each way to cut the name; refused is what has more than 20,000 ways."""
    path = "a.b" + ".x" * (14 if is_slow else 9) + ".npy"
    assert isinstance(parse_dataset(path), Refusal) is is_slow


@pytest.mark.parametrize(
    "unit",
    [
        "_",
        "a",
        "a.",
        ".x",
        "a/",
        "../",
        "#",
        "~",
        "-checkpoint",
        "_times",
        "e\u0301",
        "\\x",
        "\\xe9",
        "\n",
        " ",
        "(1)",
        "00",
    ],
)
@pytest.mark.parametrize("parse", [parse_dataset, parse_session])
def test_no_path_takes_long(parse: object, unit: str) -> None:
    """Time grows with the length only: a hundred times what a file system holds takes a moment."""
    assert callable(parse)
    for path in (unit * 20_000, "a.b" + unit * 20_000 + "!", "_" + unit * 20_000 + ".b.npy"):
        start = time.perf_counter()
        parse(path)
        assert time.perf_counter() - start < 1.5


def _cases() -> list[tuple[str, bool, str]]:
    """Give text, whether it is a session, and the strict verdict of each collected name."""
    if not (FACTS / "names.tsv").is_file():
        return []
    with (FACTS / "names.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
    return [
        (_unescaped(row[0]), row[3].startswith("[session]"), row[2])
        for row in rows
        if "is_valid takes" not in row[3]
    ]


def _unescaped(text: str) -> str:
    return text.encode("latin-1", "backslashreplace").decode("unicode_escape")


# Where the verdict differs from a strict reader of ALF's documentation: `docs/names.md` says why.
REFUSED_INSTEAD_OF_WARNED = {
    "cortexlab/Subjects/mouse_001/2021-05-27/1",
    "subj/2020-01-01/01",
    "spikes.times.npy.part",
    "spikes.times.npy.tmp",
}
WARNED_INSTEAD_OF_REFUSED = {"_my_lab_trials.intervals.npy"}
NOT_WARNED = {"spikes.times.npy.gz"}


@pytest.mark.skipif(not _cases(), reason="the collected names are not here")
def test_every_collected_name_has_its_verdict() -> None:
    """Each name that was collected from documentation and data is refused, warned of, or taken silently."""
    wrong = {text: _verdict(text, is_session) for text, is_session, _ in _cases()}
    for text, _, verdict in _cases():
        if text in REFUSED_INSTEAD_OF_WARNED:
            verdict = "reject"
        elif text in WARNED_INSTEAD_OF_REFUSED:
            verdict = "warn"
        elif text in NOT_WARNED:
            verdict = "accept"
        if wrong[text] == verdict:
            del wrong[text]
    assert wrong == {}


def _verdict(text: str, is_session: bool) -> str:
    if isinstance(parse_session(text) if is_session else parse_dataset(text), Refusal):
        return "reject"
    session, path = (text, "spikes.times.npy") if is_session else ("mouse/2020-01-01/001", text)
    dataset = parse_dataset(path)
    assert isinstance(dataset, Dataset)
    problems = [p for rule in names.RULES if rule.check for p in rule.check(dataset, f"{session}/{path}")]
    problems += [p for rule in layout.RULES if rule.check for p in rule.check({path: dataset})]
    return "warn" if problems else "accept"


@pytest.mark.skipif(not (FACTS / "real_names.txt").is_file(), reason="the real names are not here")
def test_real_names_are_legal() -> None:
    """All names that a lab has registered are taken; the rules find underscores and one old namespace."""
    lines = (FACTS / "real_names.txt").read_text(encoding="utf-8").splitlines()
    codes = set()
    for path in (line for line in lines if line and not line.startswith("#")):
        dataset = parse_dataset(path)
        assert isinstance(dataset, Dataset), path
        codes |= {rule.code for rule in names.RULES if rule.check and list(rule.check(dataset, path))}
    assert codes == {"ALF121", "ALF126"}


def test_composed_and_decomposed_names_differ() -> None:
    """Only the composed spelling is legal, in Latin and in Korean."""
    for name in ("mar\u00e9e", "\ud55c\uad6d"):
        assert isinstance(parse_dataset(f"{name}.times.npy"), Dataset)
        refusal = parse_dataset(f"{unicodedata.normalize('NFD', name)}.times.npy")
        assert isinstance(refusal, Refusal)
        assert (refusal.code, refusal.nearest) == ("ALF110", f"{name}.times.npy")
