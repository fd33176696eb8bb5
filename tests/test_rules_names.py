"""The rules on names and layout, through their own examples and through ONE."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from alfcheck.grammar import parse_dataset, parse_session
from alfcheck.model import Dataset, Example, Problem, Refusal, Rule, Severity, Target
from alfcheck.rules import layout, names

REFUSED = [rule for rule in names.RULES if rule.check is None]
NAME_RULES = [rule for rule in names.RULES if rule.check is not None]
BY_CODE = {rule.code: rule for rule in (*names.RULES, *layout.RULES)}


def _split(path: str) -> tuple[str, str]:
    """Cut a path after the session's number, legal or not."""
    folders = path.split("/")
    date = next(index for index, folder in enumerate(folders) if folder[:2] == "20")
    if date + 1 < len(folders) and folders[date + 1].startswith("mouse"):
        date += 2
    return "/".join(folders[: date + 2]), "/".join(folders[date + 2 :])


def _codes(example: Example) -> set[str]:
    """Give the codes that an example's paths yield."""
    files = {_split(each.path)[1]: each.path for each in _all(example)}
    session = parse_session(_split(example.path)[0])
    if isinstance(session, Refusal):
        return {session.code}
    codes, datasets = set(), {}
    for inside, whole in files.items():
        dataset = parse_dataset(inside)
        if isinstance(dataset, Refusal):
            codes.add(dataset.code)
            continue
        datasets[inside] = dataset
        codes |= {rule.code for rule in NAME_RULES if rule.check and list(rule.check(dataset, whole))}
    return codes | {rule.code for rule in layout.RULES if rule.check and list(rule.check(datasets))}


def _all(example: Example) -> Iterator[Example]:
    yield example
    for each in example.beside:
        yield from _all(each)


@pytest.mark.parametrize("rule", BY_CODE.values(), ids=lambda rule: rule.code)
def test_bad_examples_yield_the_code_and_good_ones_nothing(rule: Rule) -> None:
    assert rule.good
    assert rule.bad
    for example in rule.bad:
        assert rule.code in _codes(example), example.path
    for example in rule.good:
        assert _codes(example) <= {"ALF128"} - {rule.code}, example.path


def test_codes_are_the_fixed_list() -> None:
    numbers = [int(code[3:]) for code in BY_CODE]
    assert numbers == sorted({*range(101, 114), *range(120, 130), *range(130, 133)})
    for rule in BY_CODE.values():
        is_error = 102 <= int(rule.code[3:]) <= 113
        assert rule.severity is (Severity.ERROR if is_error else Severity.WARNING)
        assert rule.safety is is_error
        assert rule.target is (Target.LAYOUT if rule.code >= "ALF130" else Target.NAME)
        assert (rule.check is None) is (rule.code <= "ALF113")


def _problems(code: str, path: str, session: str = "mouse/2020-01-01/001") -> list[Problem]:
    dataset = parse_dataset(path)
    assert isinstance(dataset, Dataset)
    check = BY_CODE[code].check
    assert check is not None
    return list(check(dataset, f"{session}/{path}"))


@pytest.mark.parametrize(
    "object_",
    [
        "wheel",
        "face",
        "eye",
        "leftCamera",
        "taskData",
        "whitening",
        "experiment",
        "sync",
        "wheelData",
        "photometryROI",
    ],
)
def test_objects_without_plural_are_not_called_singular(object_: str) -> None:
    assert _problems("ALF120", f"{object_}.raw.npy") == []


@pytest.mark.parametrize(
    ("code", "path", "expected"),
    [
        ("ALF120", "alf/spike.times.npy", "spikes"),
        ("ALF120", "wheelMove.intervals.npy", "wheelMoves"),
        ("ALF121", "_phy_spikes_subset.times.npy", "spikesSubset"),
        ("ALF124", "Spikes.times.npy", "spikes"),
        ("ALF124", "spikes.times.Npy", "npy"),
        ("ALF126", "channels._phy_ids.csv", "ids"),
        ("ALF127", "trials.stim_on_times.npy", "stimOn_times"),
        ("ALF127", "trials.goCue_timestamps.npy", "goCue_times"),
        ("ALF127", "trials.go_cue_intervals.npy", "goCue_intervals"),
    ],
)
def test_rule_says_what_is_expected(code: str, path: str, expected: str) -> None:
    (problem,) = _problems(code, path)
    assert problem.expected == expected


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("ALF124", "ROIMotionEnergy.position.npy"),
        ("ALF124", "bodyCamera.GPIO.bin"),
        ("ALF127", "bodyCamera.frame_counter.bin"),
        ("ALF127", "spikes.times_ephysClock.npy"),
        ("ALF127", "channels.brainLocationIds_ccf_2017.npy"),
        ("ALF129", "2p.raw.part01.tiff"),
        ("ALF122", "console.times.npy"),
        ("ALF122", "alf/_ibl_con.times.npy"),
        ("ALF125", "alf/probe.00/spikes.times.npy"),
    ],
)
def test_rule_lets_sound_names_pass(code: str, path: str) -> None:
    assert _problems(code, path) == []


@pytest.mark.parametrize(
    "path", ["aux/spikes.times.npy", "Nul.x.npy", "COM1.times.npy", "lpt\u00b9.x.npy", "con.d/x.y.npy"]
)
def test_windows_devices_are_found_in_any_part(path: str) -> None:
    assert len(_problems("ALF122", path)) == 1


def test_path_rules_look_at_the_session_too() -> None:
    assert len(_problems("ALF122", "x.y.npy", "subj./2020-01-01/001")) == 1
    assert len(_problems("ALF125", "x.y.npy", ".subj/2020-01-01/001")) == 1
    assert len(_problems("ALF128", "x.y.npy", "s\u00fcbj/2020-01-01/001")) == 1
    assert len(_problems("ALF129", "x.y.npy", "-/2020-01-01/001")) == 1


def test_length_is_counted_from_the_root() -> None:
    session = "mouse/2020-01-01/001"
    longest = "a" * (200 - len(session) - 1 - len(".times.npy")) + ".times.npy"
    assert _problems("ALF123", longest, session) == []
    assert len(_problems("ALF123", f"a{longest}", session)) == 1
    assert len(_problems("ALF123", "\u5c16" * 82 + ".times.npy", session)) == 0
    assert len(_problems("ALF123", "\u5c16" * 170 + ".times.npy", session)) == 2


def _layout(code: str, *paths: str) -> list[tuple[str, ...]]:
    datasets = {}
    for path in paths:
        dataset = parse_dataset(path)
        assert isinstance(dataset, Dataset)
        datasets[path] = dataset
    check = BY_CODE[code].check
    assert check is not None
    return [problem.datasets for problem in check(datasets)]


@pytest.mark.parametrize(
    ("paths", "is_duplicate"),
    [
        (("alf/a.b.npy", "alf/a.b.csv"), True),
        (("alf/a.b.npy", "alf/_x_a.b.npy"), True),
        (("alf/a.b.npy", "alf/#1#/a.b.csv"), True),
        (("alf/a.b_x.npy", "alf/a.b_x.csv"), True),
        (("alf/a.b.npy", "alf/#1#/a.b.npy", "alf/#2#/a.b.npy"), False),
        (("alf/a.b.npy", "alf/a.b.x.npy"), False),
        (("alf/a.b.npy", "alf/a.b_x.npy"), False),
        (("alf/a.b.npy", "alf/p/a.b.csv"), False),
        (("alf/a.b.npy", "alf/c.b.npy"), False),
    ],
)
def test_duplicates_are_what_one_stumbles_over(
    tmp_path: Path, paths: tuple[str, ...], is_duplicate: bool
) -> None:
    """load_object fails on the newest revision of each file of the folder exactly where the rule warns."""
    found = _layout("ALF130", *paths)
    assert found == ([tuple(sorted(paths))] if is_duplicate else [])
    assert (
        _one_fails(tmp_path, [path for path in paths if path.startswith("alf/") and "/p/" not in path])
        is is_duplicate
    )


def _one_fails(root: Path, paths: list[str]) -> bool:
    import numpy as np
    from one.alf.io import load_object

    newest = {path.rpartition("/")[2]: path for path in sorted(paths)}
    files = []
    for path in newest.values():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".npy":
            np.save(file, np.arange(3))
        else:
            file.write_text("x\n1\n2\n3\n", encoding="utf-8")
        files.append(file)
    objects = {file.name.split(".")[0] for file in files}
    try:
        load_object([file for file in files if file.name.split(".")[0].endswith("a")] or files)
    except AssertionError:
        return bool(objects)
    return False


def test_case_collisions_are_named_once() -> None:
    assert _layout("ALF131", "alf/a.b.npy", "alf/A.b.npy", "alf/c.d.npy") == [("alf/A.b.npy", "alf/a.b.npy")]
    assert _layout("ALF131", "Alf/a.b.npy", "alf/c.d.npy") == [("Alf/a.b.npy", "alf/c.d.npy")]
    assert _layout("ALF131", "Alf/a.b.npy", "alf/a.b.npy") == [("Alf/a.b.npy", "alf/a.b.npy")]
    assert _layout("ALF131", "alf/a.b.npy", "alf/#A#/a.b.npy", "alf/#a#/a.b.npy") == [
        ("alf/#A#/a.b.npy", "alf/#a#/a.b.npy")
    ]
    assert _layout("ALF131", "alf/a.b.npy", "alg/A.b.npy") == []


def test_metadata_need_their_dataset() -> None:
    assert _layout("ALF132", "alf/a.b.metadata.json") == [("alf/a.b.metadata.json",)]
    assert _layout("ALF132", "alf/a.b.metadata.json", "a.b.npy") == [("alf/a.b.metadata.json",)]
    assert _layout("ALF132", "alf/a.b.metadata.json", "alf/_x_a.b.npy") == [("alf/a.b.metadata.json",)]
    assert _layout("ALF132", "alf/a.b.metadata.json", "alf/a.b.npy") == []
    assert _layout("ALF132", "alf/a.b_x.metadata.json", "alf/a.b.npy") == []
    assert _layout("ALF132", "a.metadata.json") == []
