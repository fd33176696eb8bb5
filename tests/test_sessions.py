"""Contracts about sessions: when they apply, what is missing, what is there instead, what is counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alfcheck.contracts.model import Condition, SessionTerms, Wanted
from alfcheck.grammar import parse_dataset
from alfcheck.model import Dataset, Problem, Severity
from alfcheck.sessions import Document, Seen, judge_session, needs_of, without_revision

DESCRIPTION = "_ibl_experiment.description.yaml"
SETTINGS = "raw_behavior_data/_iblrig_taskSettings.raw.json"
LABEL = "lab.rig@1.0.0"


def dataset(path: str) -> Dataset:
    parsed = parse_dataset(path)
    assert isinstance(parsed, Dataset)
    return parsed


def seen(*files: str, documents: Mapping[str, Any] | None = None, **more: Any) -> Seen:
    """A session with these datasets; a document that is an exception is one that cannot be relied on."""
    read = [
        Document(path, dataset(path), *(("", str(value)) if isinstance(value, Exception) else (value,)))
        for path, value in (documents or {}).items()
    ]
    return Seen((*files, *(documents or {})), documents=tuple(read), **more)


def required(*patterns: str, **more: Any) -> Wanted:
    return Wanted(kind="required" if len(patterns) == 1 else "any_of", patterns=patterns, **more)


def optional(pattern: str, **more: Any) -> Wanted:
    return Wanted(kind="optional", patterns=(pattern,), **more)


def judged(there: Seen, *lines: Wanted, **when: Any) -> list[Problem]:
    return list(judge_session(SessionTerms(when=Condition(**when), datasets=lines), there, LABEL))


def told(problems: Iterable[Problem]) -> list[tuple[str | None, str]]:
    return [(problem.code, problem.message) for problem in problems]


def applies(there: Seen, **when: Any) -> bool | Severity | None:
    """Whether a contract applies: yes, no, or how much it weighs that nobody knows."""
    problems = judged(there, required("never/there.npy"), **when)
    if not problems:
        return False
    assert len(problems) == 1
    return True if problems[0].code == "ALF501" else problems[0].severity


# --- what is missing -----------------------------------------------------------------------------------


def test_a_session_that_has_everything_is_not_told_of() -> None:
    there = seen("alf/_ibl_trials.table.pqt", "alf/_ibl_wheel.position.npy")
    assert judged(there, required("alf/_ibl_trials.table.pqt"), required("alf/*wheel.position.npy")) == []


def test_a_missing_dataset_is_told_once_with_what_is_there_instead() -> None:
    (problem,) = judged(
        seen("alf/trials.intervals.csv", "alf/spikes.times.npy"),
        required("alf/_ibl_trials.intervals.npy", description="Start and end."),
    )
    assert problem.code == "ALF501"
    assert problem.message == (
        "no alf/_ibl_trials.intervals.npy (Start and end); found alf/trials.intervals.csv"
    )
    assert problem.datasets == ()
    assert (problem.contract, problem.check) == (LABEL, "required")
    assert problem.expected == "alf/_ibl_trials.intervals.npy"


def test_a_pattern_is_told_as_one() -> None:
    assert told(judged(seen("a.b.npy"), required("alf*/_ibl_trials.table.pqt"))) == [
        ("ALF501", "no dataset matches alf*/_ibl_trials.table.pqt; nothing like it is there")
    ]


def test_one_of_several_is_enough() -> None:
    either = required("alf/_ibl_trials.table.pqt", "alf/_ibl_trials.intervals.npy")
    assert judged(seen("alf/_ibl_trials.intervals.npy"), either) == []
    (problem,) = judged(seen("alf/spikes.times.npy"), either)
    assert problem.expected == "alf/_ibl_trials.table.pqt or alf/_ibl_trials.intervals.npy"


def test_what_is_optional_is_not_missed() -> None:
    assert judged(seen("alf/a.b.npy"), optional("alf/licks.times.npy")) == []
    assert judged(seen("alf/a.b.npy"), optional("alf/licks.times.npy", count=(2, 2))) == []


@pytest.mark.parametrize(
    ("there", "near"),
    [
        ("alf/trials.intervals.npy", True),  # another namespace
        ("alf/_lab_trials.intervals.npy", True),
        ("alf/_ibl_trials.intervals.csv", True),  # another extension
        ("alf/task_00/_ibl_trials.intervals.npy", True),  # another folder
        ("_ibl_trials.intervals.npy", True),
        ("alf/_ibl_trials.interval.npy", True),  # another spelling
        ("alf/_ibl_trial.intervals.npy", True),
        ("alf/_ibl_Trials.Intervals.npy", True),
        ("alf/_ibl_trials.intervals.part01.npy", False),
        ("alf/_ibl_trials.table.pqt", True),  # the table may hold it
        ("alf/_ibl_trials.choice.npy", False),
        ("alf/_ibl_wheel.position.npy", False),
    ],
)
def test_what_is_like_it(there: str, near: bool) -> None:
    (problem,) = judged(seen(there), required("alf/_ibl_trials.intervals.npy"))
    assert problem.message.endswith(f"; found {there}" if near else "; nothing like it is there")


def test_for_a_missing_table_the_files_of_its_object_are_named() -> None:
    there = seen("alf/_ibl_trials.choice.npy", "alf/_ibl_trials.intervals.npy", "alf/_ibl_wheel.position.npy")
    (problem,) = judged(there, required("alf/_ibl_trials.table.pqt"))
    assert problem.message.endswith("; found alf/_ibl_trials.choice.npy, alf/_ibl_trials.intervals.npy")


def test_what_is_no_dataset_may_be_what_was_meant() -> None:
    (problem,) = judged(
        seen(others=("alf/_ibl_wheel.positon.npy ",)), required("alf/_ibl_wheel.position.npy")
    )
    assert problem.message.endswith("; found alf/_ibl_wheel.positon.npy ")


def test_what_another_line_asks_for_is_not_what_was_meant() -> None:
    there = seen("alf/probe01/spikes.times.npy", "alf/probe00/spikes.depths.npy")
    lines = [required(f"alf/probe0{number}/spikes.times.npy") for number in range(2)]
    (problem,) = judged(there, *lines)
    assert problem.message == "no alf/probe00/spikes.times.npy; nothing like it is there"


def test_at_most_three_are_named_the_nearest_first() -> None:
    files = [f"alf/probe0{number}/spikes.times.npy" for number in range(5)]
    (problem,) = judged(seen(*files, "alf/spikes.times.csv"), required("alf/spikes.times.npy"))
    assert problem.message == (
        "no alf/spikes.times.npy; found alf/probe00/spikes.times.npy, alf/probe01/spikes.times.npy, "
        "alf/probe02/spikes.times.npy"
    )


def test_two_revisions_are_one_dataset() -> None:
    assert without_revision("alf/probe00/#2020-01-01#/spikes.times.npy") == "alf/probe00/spikes.times.npy"
    assert without_revision("#a#/spikes.times.npy") == "spikes.times.npy"
    assert without_revision("alf/a#b/spikes.times.npy") == "alf/a#b/spikes.times.npy"


@pytest.mark.parametrize("unseen", ["alf/probe00/spikes.times.npy", "alf/probe00", "alf"])
@pytest.mark.parametrize(
    "pattern", ["alf/probe00/spikes.times.npy", "alf/probe*/*spikes.times.npy", "*spikes.times.npy"]
)
def test_what_could_not_be_looked_at_is_not_missing(unseen: str, pattern: str) -> None:
    """It is told of by itself: content that was not fetched, a folder that cannot be listed."""
    assert judged(seen("a.b.npy", unseen=(unseen,)), required(pattern)) == []
    assert (
        judged(seen("a.b.npy", unseen=(unseen,)), required("alf/probe01/spikes.times.csv")) or unseen == "alf"
    )


# --- counts --------------------------------------------------------------------------------------------

ONE, TWO = "raw/_spikeglx_a.imec0.ap.cbin", "raw/_spikeglx_b.imec0.ap.cbin"


@pytest.mark.parametrize(
    ("files", "count", "expected"),
    [
        ([], (1, 1), "ALF501"),
        ([ONE], (1, 1), None),
        ([ONE, TWO], (1, 1), "exactly 1"),
        ([ONE], (2, None), "2 or more"),
        ([ONE, TWO], (0, 1), "at most 1"),
        ([], (0, 1), None),
        ([ONE], (0, 0), "none"),
        ([ONE], (2, 3), "2 to 3"),
        ([ONE, TWO], (2, 3), None),
    ],
)
def test_counts(files: list[str], count: tuple[int, int | None], expected: str | None) -> None:
    problems = judged(seen(*files), required("raw/*.ap.cbin", count=count))
    if expected is None:
        assert problems == []
    elif expected == "ALF501":
        assert [problem.code for problem in problems] == ["ALF501"]
    else:
        (problem,) = problems
        assert problem.code == "ALF502"
        assert problem.expected == f"{expected} of raw/*.ap.cbin"
        assert f"raw/*.ap.cbin, where the contract asks for {expected}: {ONE}" in problem.message


def test_what_is_optional_is_counted_where_it_is() -> None:
    (problem,) = judged(seen(ONE, TWO), optional("raw/*.ap.cbin", count=(1, 1)))
    assert problem.code == "ALF502"
    assert problem.message.startswith("2 files match raw/*.ap.cbin, where the contract asks for exactly 1")


# --- for each ------------------------------------------------------------------------------------------


def test_each_collection_is_asked_once() -> None:
    there = seen(
        "raw_ephys_data/probe00/a.b.npy", "raw_ephys_data/probe01/a.b.npy", "alf/probe01/spikes.times.npy"
    )
    line = required("alf/{probe}*/spikes.times.npy", each="raw_ephys_data/{probe}")
    assert [problem.expected for problem in judged(there, line)] == ["alf/probe00*/spikes.times.npy"]


def test_without_such_a_collection_nothing_is_asked() -> None:
    line = required("alf/{probe}/spikes.times.npy", each="raw_ephys_data/{probe}")
    assert judged(seen("raw_ephys_data/a.b.npy", "alf/a.b.npy"), line) == []


def test_the_word_may_be_a_part_of_a_folder_and_stand_twice() -> None:
    line = required("alf/FOV_{n}/mpci.times.{n}.npy", each="alf/FOV_{n}")
    there = seen("alf/FOV_00/mpci.times.00.npy", "alf/FOV_01/deep/mpci.times.00.npy", "alf/FOV_/a.b.npy")
    assert [problem.expected for problem in judged(there, line)] == ["alf/FOV_01/mpci.times.01.npy"]


def test_a_folder_counts_that_only_holds_folders() -> None:
    line = required("alf/{probe}/*/spikes.times.npy", each="alf/{probe}")
    assert len(judged(seen("alf/probe00/pykilosort/clusters.amps.npy"), line)) == 1
    assert judged(seen("alf/probe00/pykilosort/spikes.times.npy"), line) == []


def test_a_word_is_no_pattern() -> None:
    line = required("alf/{probe}/spikes.times.npy", each="raw/{probe}")
    there = Seen(("raw/p*/a.b.npy", "raw/[p]/a.b.npy", "alf/p00/spikes.times.npy", "alf/p/spikes.times.npy"))
    assert [problem.expected for problem in judged(there, line)] == [
        "alf/[p]/spikes.times.npy",
        "alf/p*/spikes.times.npy",
    ]


# --- conditions ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "holds"),
    [
        ("raw_ephys_data*", True),
        ("raw_ephys_data", True),
        ("*/probe00", True),
        ("raw_video*", False),
        ("*", True),
    ],
)
def test_a_collection(pattern: str, holds: bool) -> None:
    assert applies(seen("raw_ephys_data/probe00/a.b.npy"), collection=pattern) is holds


@pytest.mark.parametrize(
    ("documents", "answer"),
    [
        ({DESCRIPTION: {"tasks": [{"_iblrig_tasks_biasedChoiceWorld": {"collection": "x"}}]}}, True),
        ({DESCRIPTION: {"tasks": [{"passiveChoiceWorld": {}}, {"biasedChoiceWorld": {}}]}}, True),
        ({DESCRIPTION: {"tasks": {"biasedChoiceWorld": {}}}}, True),  # as older ones are
        ({DESCRIPTION: {"tasks": ["biasedChoiceWorld"]}}, True),
        ({DESCRIPTION: {"tasks": [{"passiveChoiceWorld": {}}]}}, False),
        ({DESCRIPTION: {"tasks": []}}, False),
        ({DESCRIPTION: {"devices": {}}}, False),
        ({DESCRIPTION: {"tasks": 7}}, False),
        ({DESCRIPTION: None}, Severity.UNVERIFIED),
        ({DESCRIPTION: ["biasedChoiceWorld"]}, Severity.UNVERIFIED),
        ({DESCRIPTION: OSError("could not be read")}, Severity.UNVERIFIED),
        ({SETTINGS: {"PYBPOD_PROTOCOL": "_iblrig_tasks_biasedChoiceWorld"}}, True),
        ({SETTINGS: {"PYBPOD_PROTOCOL": "passiveChoiceWorld"}}, False),
        ({SETTINGS: {"PYBPOD_PROTOCOL": 7}}, Severity.WARNING),
        ({SETTINGS: {}}, Severity.WARNING),
        ({}, Severity.WARNING),
        # One that says yes is enough; one that says no is not, beside one that cannot be read.
        ({DESCRIPTION: OSError("x"), SETTINGS: {"PYBPOD_PROTOCOL": "biasedChoiceWorld"}}, True),
        ({DESCRIPTION: OSError("x"), SETTINGS: {"PYBPOD_PROTOCOL": "other"}}, Severity.UNVERIFIED),
    ],
)
def test_a_protocol(documents: dict[str, Any], answer: object) -> None:
    assert applies(seen("alf/a.b.npy", documents=documents), protocol="*biasedChoiceWorld*") == answer


DEVICES = {
    "cameras": {"left": {"collection": "raw_video_data"}},
    "neuropixel": {"probe00": {}},
    "widefield": {},
}


@pytest.mark.parametrize(
    ("path", "holds"),
    [
        ("cameras", True),
        ("cameras/left", True),
        ("cameras/*", True),
        ("cameras/right", False),
        ("Cameras", False),
        ("neuropixel", True),
        ("widefield", False),  # of which there is none
        ("microphone", False),
        ("cameras/left/collection/x", False),
    ],
)
def test_a_device(path: str, holds: bool) -> None:
    assert applies(seen("a.b.npy", documents={DESCRIPTION: {"devices": DEVICES}}), device=path) is holds


@pytest.mark.parametrize(
    ("documents", "answer"),
    [
        ({}, Severity.WARNING),
        ({SETTINGS: {"PYBPOD_PROTOCOL": "x"}}, Severity.WARNING),
        ({DESCRIPTION: {"devices": None}}, False),
        ({DESCRIPTION: {"devices": ["cameras"]}}, False),
        ({DESCRIPTION: "cameras"}, Severity.UNVERIFIED),
        ({DESCRIPTION: OSError("was rejected itself")}, Severity.UNVERIFIED),
    ],
)
def test_a_device_of_which_nobody_can_say(documents: dict[str, Any], answer: object) -> None:
    assert applies(seen("a.b.npy", documents=documents), device="cameras") == answer


@pytest.mark.parametrize(
    ("path", "pattern", "holds"),
    [
        ("tasks/0", "*", True),
        ("tasks/0", "biased*", True),
        ("tasks/0/biased/collection", "raw_*", True),
        ("tasks/*/biased/collection", "raw_*", True),
        ("tasks/1", "*", False),
        ("projects", "ibl_a", True),
        ("projects", "ibl_c", False),
        ("version", "1", True),
        ("flag", "true", True),
        ("none", "null", True),
        ("tasks/0/biased/collection/x", "*", False),
        ("", "*", False),
    ],
)
def test_a_document(path: str, pattern: str, holds: bool) -> None:
    value = {
        "tasks": [{"biased": {"collection": "raw_behavior_data"}}],
        "projects": ["ibl_a", "ibl_b"],
        "version": 1,
        "flag": True,
        "none": None,
    }
    there = seen("a.b.npy", documents={DESCRIPTION: value})
    for name in (
        "_ibl_experiment.description",
        DESCRIPTION,
        "*experiment.description*",
        f"*/{DESCRIPTION}"[2:],
    ):
        assert applies(there, document=(name, path, pattern)) is holds
    assert applies(there, document=("other.document", path, pattern)) is Severity.WARNING


def test_all_conditions_must_hold_and_what_does_not_is_certain() -> None:
    there = seen("raw/a.b.npy")
    assert applies(there, collection="raw", protocol="*") is Severity.WARNING
    assert applies(there, collection="none", protocol="*") is False


def test_a_line_may_have_a_condition() -> None:
    there = seen("alf/a.b.npy", documents={DESCRIPTION: {"devices": DEVICES}})
    lines = [
        required(f"alf/_ibl_{camera}Camera.times.npy", when=Condition(device=f"cameras/{camera}"))
        for camera in ("left", "right")
    ]
    assert [problem.expected for problem in judged(there, *lines)] == ["alf/_ibl_leftCamera.times.npy"]


def test_what_is_in_doubt_is_told_once_for_the_contract() -> None:
    lines = [
        required(f"alf/_ibl_{camera}Camera.times.npy", when=Condition(device=f"cameras/{camera}"))
        for camera in ("left", "right", "left")
    ]
    (problem,) = judged(seen("alf/a.b.npy"), *lines)
    assert problem.code == "ALF503"
    assert problem.severity is Severity.WARNING
    assert problem.message == (
        f"{LABEL} depends on the device cameras/left and the device cameras/right, which is not known: the "
        f"session has no {DESCRIPTION}, which would tell; what it asks for then was not looked for"
    )


def test_where_no_document_is_to_be_read_nothing_is_told_of_what_depends_on_one() -> None:
    there = seen("alf/a.b.npy", reads=False)
    lines = [
        required("alf/x.y.npy"),
        required("alf/_ibl_leftCamera.times.npy", when=Condition(device="cameras/left")),
    ]
    assert [problem.expected for problem in judged(there, *lines)] == ["alf/x.y.npy"]
    for when in ({"protocol": "*"}, {"device": "x"}, {"document": ("a", "b", "c")}):
        assert judged(there, *lines, **when) == []


# --- which documents are needed ------------------------------------------------------------------------


def test_only_what_conditions_ask_for_is_needed() -> None:
    files = [DESCRIPTION, SETTINGS, "alf/probes.description.json", "alf/spikes.times.npy"]

    def needed(line: Condition, when: Condition = Condition()) -> list[str]:  # noqa: B008
        needs = needs_of(SessionTerms(when=when, datasets=(required("x.y.npy", when=line),)))
        assert bool(needs) == (line != Condition(collection="alf") or when != Condition())
        return [path for path in files if needs.covers(path, dataset(path))]

    assert needed(Condition(collection="alf")) == []
    assert needed(Condition(protocol="*")) == [DESCRIPTION, SETTINGS]
    assert needed(Condition(device="cameras")) == [DESCRIPTION]
    assert needed(Condition(document=("probes.description", "0", "*"))) == ["alf/probes.description.json"]
    assert needed(Condition(collection="alf"), Condition(device="x")) == [DESCRIPTION]


# --- laws ----------------------------------------------------------------------------------------------

NAMES = st.sampled_from(
    [
        f"{folder}/{name}"
        for folder in ("alf", "alf/probe00", "raw")
        for name in ("a.b.npy", "a.c.npy", "d.b.csv")
    ]
)
SESSIONS = st.sets(NAMES, max_size=9).map(sorted)


@given(SESSIONS, st.lists(NAMES, max_size=5))
def test_each_line_that_nothing_matches_is_told_once(files: list[str], asked: list[str]) -> None:
    problems = judged(Seen(tuple(files)), *(required(name) for name in asked))
    assert [problem.expected for problem in problems] == [name for name in asked if name not in files]


@given(SESSIONS, NAMES)
def test_what_is_named_instead_is_there_and_is_not_it(files: list[str], name: str) -> None:
    for problem in judged(Seen(tuple(files)), required(name)):
        named = problem.message.partition("; found ")[2]
        assert set(named.split(", ") if named else []) <= set(files)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(JSON, st.text(max_size=8), st.text(max_size=8))
def test_no_document_and_no_pattern_brings_it_down(value: object, path: str, pattern: str) -> None:
    there = seen("a.b.npy", documents={DESCRIPTION: {"tasks": value, "devices": value}, SETTINGS: value})
    judged(there, required(pattern), protocol=pattern)
    judged(there, required(pattern, each=path), device=path)
    judged(there, required(pattern), document=(pattern, path, pattern))


# --- sessions of any size ------------------------------------------------------------------------------


def test_of_many_collections_the_first_are_told_one_by_one() -> None:
    there = Seen(tuple(f"alf/probe{number:03}/a.b.npy" for number in range(50)))
    problems = judged(there, required("alf/{probe}/spikes.times.npy", each="alf/{probe}"))
    assert len(problems) == 20
    assert problems[0].expected == "alf/probe000/spikes.times.npy"
    assert problems[-1].message.endswith("; and so in 30 other collections")


def test_more_collections_than_are_looked_at_leave_the_rest_in_doubt() -> None:
    there = Seen(tuple(f"alf/p{number:04}/spikes.times.npy" for number in range(1_001)))
    (problem,) = judged(there, required("alf/{probe}/spikes.times.npy", each="alf/{probe}"))
    assert (problem.code, problem.severity) == ("ALF503", Severity.UNVERIFIED)
    assert "each of the 1001 collections that fit alf/{probe}" in problem.message
