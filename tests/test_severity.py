"""Severity by configuration: by code and its beginning, by glob, told first, and never beyond safety."""

from __future__ import annotations

import json
import pickle
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lab_plugins import Lab

import alfcheck
from alfcheck.cli import run
from alfcheck.errors import ConfigError, UsageError
from alfcheck.model import Severity, Status, Verdict
from alfcheck.pipeline.weights import Place, Weights
from alfcheck.report import Waiver
from alfcheck.scan import glob_test

SESSION = "mouse/2020-01-01/001"
OTHER = "rat/2020-01-02/001"
Make = Callable[..., Path]


@pytest.fixture(autouse=True)
def _no_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path_factory.getbasetemp()))


def lay(root: Path) -> Path:
    """A release in which two rules find something in both of two collections (ALF120, ALF401)."""
    for session in (SESSION, OTHER):
        for collection in ("alf", "raw_video_data"):
            folder = root / session / collection
            folder.mkdir(parents=True)
            np.save(folder / "spike.times.npy", np.arange(3.0))
            np.save(folder / "spike.sizes.npy", np.arange(4.0))
            np.save(folder / "dogs.times.npy", np.arange(3.0))
    return root


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return lay(tmp_path / "release")


def write(root: Path, text: str) -> Path:
    path = root / "alfcheck.toml"
    path.write_text(text, encoding="utf-8")
    return path


def weights(report: alfcheck.Report, code: str) -> dict[str, set[str]]:
    """Give the severities of a rule's findings by collection."""
    found: dict[str, set[str]] = {}
    for each in report.findings:
        if each.code == code:
            found.setdefault(each.path.split("/")[3], set()).add(str(each.severity))
    return found


def the(report: alfcheck.Report, code: str) -> Severity:
    (severity,) = {each.severity for each in report.findings if each.code == code}
    return severity


# The rule that a singular object name breaks, and that of unequal rows.
NAME, ROWS = "ALF120", "ALF401"


def test_the_release_is_as_the_tests_below_take_it(tree: Path) -> None:
    report = alfcheck.check(tree)
    assert weights(report, NAME) == {"alf": {"warning"}, "raw_video_data": {"warning"}}
    assert weights(report, ROWS) == {"alf": {"warning"}, "raw_video_data": {"warning"}}
    assert Counter(report.verdicts.values()) == {Verdict.WARN: 8, Verdict.PASS: 4}


# --- by code -------------------------------------------------------------------------------------------


def test_off_is_what_ignore_does(tree: Path) -> None:
    write(tree, f'severity = {{ {NAME} = "off" }}')
    by_severity = alfcheck.check(tree)
    write(tree, f'ignore = ["{NAME}"]')
    by_ignore = alfcheck.check(tree)
    assert by_severity.waived == by_ignore.waived == (Waiver(NAME, "ignored", 8),)
    assert by_severity.findings == by_ignore.findings
    assert by_severity.verdicts == by_ignore.verdicts


def test_the_longest_beginning_wins(tree: Path) -> None:
    write(tree, 'severity = { ALF12 = "info", ALF = "error", ALF120 = "warning" }')
    report = alfcheck.check(tree)
    assert (the(report, NAME), the(report, ROWS)) == (Severity.WARNING, Severity.ERROR)
    write(tree, 'severity = { ALF = "error", ALF12 = "off" }')
    report = alfcheck.check(tree)
    assert (the(report, NAME), the(report, ROWS)) == (Severity.INFO, Severity.ERROR)
    assert report.waived == (Waiver(NAME, "ignored", 8),)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('severity = { ALF199 = "off" }', "severity.ALF199"),
        ('[severity."alf/**"]\nALF199 = "off"', 'severity."alf/**".ALF199'),
    ],
)
def test_a_code_that_nobody_offers_is_refused(text: str, key: str, tree: Path) -> None:
    write(tree, text)
    with pytest.raises(UsageError, match=re.escape(f"alfcheck.toml: {key}: there is no rule 'ALF199'")):
        alfcheck.check(tree)


# --- by glob -------------------------------------------------------------------------------------------


def test_a_glob_is_matched_from_the_session(tree: Path) -> None:
    write(tree, f'[severity."raw_*_data/**"]\n{NAME} = "off"')
    report = alfcheck.check(tree)
    assert weights(report, NAME) == {"alf": {"warning"}, "raw_video_data": {"info"}}
    assert report.waived == (Waiver(NAME, "ignored in raw_*_data/**", 4),)
    excused = {each.path for each in report.findings if each.waived == "ignored in raw_*_data/**"}
    assert {path.split("/")[3] for path in excused} == {"raw_video_data"}


def test_a_glob_is_matched_from_the_root(tree: Path) -> None:
    write(tree, f'[severity."rat/**"]\n{NAME} = "info"')
    report = alfcheck.check(tree)
    found = {each.path.split("/")[0]: str(each.severity) for each in report.findings if each.code == NAME}
    assert found == {"mouse": "warning", "rat": "info"}
    assert report.waived == (Waiver(NAME, "lowered to info in rat/**", 4),)


@pytest.mark.parametrize(
    ("glob", "where"),
    [
        ("alf", "alf"),
        ("alf/", "alf"),
        ("/alf", "alf"),
        ("**/alf/spike.*", "alf"),
        ("alf/*.times.npy", "alf"),
        ("mouse/*/001/alf/", "alf"),
        ("video/", ""),
        ("spike", ""),
    ],
)
def test_globs_mean_what_they_mean_in_alfcheckignore(glob: str, where: str, tree: Path) -> None:
    write(tree, f"[severity.'{glob}']\n{NAME} = 'error'")
    raised = weights(alfcheck.check(tree), NAME)
    assert {collection for collection, found in raised.items() if "error" in found} == ({where} - {""})


def test_what_a_glob_says_goes_over_what_is_said_of_all_files(tree: Path) -> None:
    write(tree, f'[severity]\n{NAME} = "error"\n[severity."alf/**"]\nALF12 = "info"')
    assert weights(alfcheck.check(tree), NAME) == {"alf": {"info"}, "raw_video_data": {"error"}}


def test_the_last_glob_that_says_something_wins(tree: Path) -> None:
    first, last = f'[severity."alf/"]\n{NAME} = "error"\n', f'[severity."**"]\n{NAME} = "info"\n'
    silent = f'[severity."*.npy"]\n{ROWS} = "info"\n'
    write(tree, first + last + silent)
    assert weights(alfcheck.check(tree), NAME) == {"alf": {"info"}, "raw_video_data": {"info"}}
    write(tree, last + first + silent)
    assert weights(alfcheck.check(tree), NAME) == {"alf": {"error"}, "raw_video_data": {"info"}}


def test_of_several_datasets_lowering_must_fit_all_and_raising_one(tree: Path) -> None:
    """Unequal rows are told of both files."""
    write(tree, f'[severity."spike.times.*"]\n{ROWS} = "off"')
    assert the(alfcheck.check(tree), ROWS) is Severity.WARNING
    write(tree, f'[severity."spike.*"]\n{ROWS} = "off"')
    assert the(alfcheck.check(tree), ROWS) is Severity.INFO
    write(tree, f'[severity."spike.times.*"]\n{ROWS} = "off"\n[severity."spike.sizes.*"]\n{ROWS} = "info"')
    report = alfcheck.check(tree)
    assert report.waived == (Waiver(ROWS, "lowered to info in spike.sizes.*", 4),)
    write(tree, f'[severity."spike.times.*"]\n{ROWS} = "error"')
    report = alfcheck.check(tree)
    assert the(report, ROWS) is Severity.ERROR
    assert Counter(report.verdicts.values())[Verdict.FAIL] == 8


def test_ignore_goes_over_globs(tree: Path) -> None:
    write(tree, f'ignore = ["ALF12"]\n[severity."**"]\n{NAME} = "error"')
    assert alfcheck.check(tree).waived == (Waiver(NAME, "ignored", 8),)


INFORM = """
@alfcheck.name_rule("LAB101", "dogs", severity="info")
def dogs(dataset, path):
    "Tell of dogs."
    if dataset.object == "dogs":
        yield Problem(message="a dog")

@alfcheck.hookimpl
def alfcheck_rules():
    return [dogs]
"""


def test_only_what_was_excused_is_warn_at_best(tree: Path, lab: Lab) -> None:
    """A pass elsewhere stays a pass, although the same rule tells something there."""
    lab.install(INFORM)
    dogs = {path for path, verdict in alfcheck.check(tree).verdicts.items() if verdict is Verdict.PASS}
    assert len(dogs) == 4
    write(tree, '[severity."alf/"]\nLAB101 = "off"')
    report = alfcheck.check(tree)
    assert report.waived == (Waiver("LAB101", "ignored in alf/", 2),)
    assert {report.verdicts[path] for path in dogs if "/alf/" in path} == {Verdict.WARN}
    assert {report.verdicts[path] for path in dogs if "/raw_video_data/" in path} == {Verdict.PASS}


def test_waivers_come_first_with_the_glob(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tree, f'[severity."raw_*_data/**"]\n{NAME} = "off"')
    assert run(["check", str(tree)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Rules switched off or lowered")
    assert lines[1].startswith(f"  {NAME} ")
    assert lines[1].endswith(": ignored in raw_*_data/**, 4 findings")
    assert any(line.startswith(f"info {NAME}") and line.endswith(", waived") for line in lines)
    assert any(line.startswith(f"warning {NAME}") and "waived" not in line for line in lines)


@pytest.mark.parametrize("where", ["**", "alf/", "spikes.times.npy"])
def test_safety_cannot_be_lowered_by_a_glob(where: str, tree: Path) -> None:
    path = tree / SESSION / "alf" / "spikes.times.npy"
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    rel = path.relative_to(tree).as_posix()
    (code,) = {each.code for each in alfcheck.check(tree).findings if each.path == rel}
    write(tree, f'[severity."{where}"]\n{code} = "off"')
    report = alfcheck.check(tree)
    assert report.verdicts[rel] is Verdict.FAIL
    assert code not in report.waived_codes


def test_it_is_the_same_in_other_processes(tree: Path) -> None:
    write(
        tree, f'[severity."raw_*_data/**"]\n{NAME} = "error"\n{ROWS} = "off"\n[severity."rat/"]\nALF = "info"'
    )
    one, two = alfcheck.check(tree), alfcheck.check(tree, jobs=2)
    assert one.findings == two.findings
    assert (one.ledger, one.waived) == (two.ledger, two.waived)


def test_what_is_raised_by_a_glob_drops_out_of_what_others_are_compared_with(tree: Path) -> None:
    """The map must know what the fold will decide: here the revision behind what fails is judged."""
    folder = tree / SESSION / "alf" / "#2021-01-01#"
    folder.mkdir()
    np.save(folder / "spike.times.npy", np.arange(9.0))
    write(tree, f"[severity.'#2021-01-01#/']\n{NAME} = 'error'")
    report = alfcheck.check(tree)
    fallen = f"{SESSION}/alf/#2021-01-01#/spike.times.npy"
    assert report.verdicts[fallen] is Verdict.FAIL
    told = [each.datasets for each in report.findings if each.code == ROWS and each.path.startswith(SESSION)]
    assert (f"{SESSION}/alf/spike.sizes.npy", f"{SESSION}/alf/spike.times.npy") in told


# --- globs that are none -------------------------------------------------------------------------------

WRONG = [
    ("", "can match nothing"),
    ("/", "can match nothing"),
    ("a//b", "can match nothing: it has an empty part"),
    ("../alf", "can match nothing"),
    ("./alf", "can match nothing"),
    ("!alf", "begins with '!'"),
    ("alf/[", "is no pattern that gitignore's syntax knows"),
    ("x" * 1001, "has more than 1000 characters"),
]


@pytest.mark.parametrize(("glob", "expected"), WRONG)
def test_a_glob_that_can_match_nothing_is_refused(glob: str, expected: str, tree: Path) -> None:
    write(tree, f"[severity.'{glob}']\n{NAME} = 'off'")
    with pytest.raises(ConfigError) as raised:
        alfcheck.check(tree)
    message = str(raised.value)
    assert expected in message
    assert f'alfcheck.toml: severity."{glob}" ' in message


def test_no_glob_makes_the_run_hang() -> None:
    """It may lie in a release: matching takes no more than linear time."""
    test = glob_test("*a*a*a*a*a*a*a*a*a*a*a*b")
    assert not test("a" * 200_000)
    assert not glob_test("**/a/**/a/**/a/**/a/**/b")("a/" * 2000 + "c")


# --- laws ----------------------------------------------------------------------------------------------

CODES = st.sampled_from(["ALF", "ALF1", "ALF12", NAME, ROWS, "ALF4", "ALF130", "LAB101"])
LEVELS = st.sampled_from([Severity.ERROR, Severity.WARNING, Severity.INFO, "off"])
BY_CODE = st.dictionaries(CODES, LEVELS, max_size=3).map(lambda found: tuple(found.items()))
GLOBS = st.sampled_from(
    ["**", "alf/**", "raw_*_data/", "spike.*", "*.times.npy", "mouse/", "/rat", "nowhere/**"]
)
PATHS = st.sampled_from(
    [
        f"{session}/{rel}"
        for session in (SESSION, OTHER)
        for rel in ("alf/spike.times.npy", "raw_x_data/dogs.a.npy")
    ]
)
PLACES = st.lists(PATHS, min_size=1, max_size=3, unique=True).map(
    lambda paths: [Place(path, path.rpartition("/")[0].rpartition("/")[0]) for path in paths]
)
SEVERITIES = st.sampled_from([Severity.ERROR, Severity.WARNING, Severity.INFO])
IGNORED = st.lists(st.sampled_from(["ALF1", ROWS]), max_size=1).map(tuple)
WEIGHTS = st.builds(
    Weights,
    IGNORED,
    BY_CODE,
    st.lists(st.tuples(GLOBS, BY_CODE), max_size=3, unique_by=lambda each: each[0]).map(tuple),
)
Found = tuple[Severity, str]


@given(BY_CODE, CODES, SEVERITIES, PLACES, st.booleans())
def test_a_glob_that_matches_everything_is_the_plain_severity(
    levels: tuple[tuple[str, Severity], ...], code: str, severity: Severity, places: list[Place], safety: bool
) -> None:
    plain = Weights((), levels).weigh(code, severity, places, safety=safety)
    globbed = Weights((), (), (("**", levels),)).weigh(code, severity, places, safety=safety)
    assert (globbed[0], globbed[1].removesuffix(" in **")) == plain


@given(WEIGHTS, CODES, SEVERITIES, PLACES)
def test_of_several_places_the_heaviest_holds(
    weights: Weights, code: str, severity: Severity, places: Sequence[Place]
) -> None:
    order = ["ignored", "info", "warning", "error"]

    def rank(found: Found) -> int:
        return 0 if found[1].startswith("ignored") else order.index(str(found[0]))

    alone = [weights.weigh(code, severity, [place], safety=False) for place in places]
    assert rank(weights.weigh(code, severity, places, safety=False)) == max(map(rank, alone))


@given(WEIGHTS, CODES, PLACES)
def test_safety_and_what_could_not_be_verified_stay(
    weights: Weights, code: str, places: Sequence[Place]
) -> None:
    assert weights.weigh(code, Severity.ERROR, places, safety=True) == (Severity.ERROR, "")
    assert weights.weigh(code, Severity.UNVERIFIED, places, safety=False) == (Severity.UNVERIFIED, "")


@given(WEIGHTS)
def test_weights_travel(weights: Weights) -> None:
    assert pickle.loads(pickle.dumps(weights)) == weights  # noqa: S301 - our own bytes


def toml(weights: Weights) -> str:
    lines = [f"ignore = {json.dumps(list(weights.ignore))}", "[severity]"]
    lines += [f'{code} = "{level}"' for code, level in weights.severity if not code.startswith("LAB")]
    for glob, levels in weights.globs:
        lines.append(f'[severity."{glob}"]')
        lines += [f'{code} = "{level}"' for code, level in levels if not code.startswith("LAB")]
    return "\n".join(lines)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(WEIGHTS)
def test_verdicts_follow_from_findings_and_ledger(weights: Weights) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = lay(Path(folder) / "release")
        write(root, toml(weights))
        report = alfcheck.check(root)
    for row in report.ledger:
        about = [each for each in report.findings if row.path in each.datasets]
        severities = {each.severity for each in about}
        excused = any(each.waived for each in about)
        expected = (
            Verdict.FAIL
            if Severity.ERROR in severities
            else Verdict.WARN
            if Severity.WARNING in severities or excused
            else Verdict.PASS
        )
        assert (row.status == Status.IGNORED) or row.verdict == expected
    counted = Counter((each.code, each.waived) for each in report.findings if each.waived)
    assert counted == {(each.code, each.action): each.count for each in report.waived}
