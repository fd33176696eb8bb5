"""The kit for authors of plugins: it passes what is sound, and says what is wrong with what is not."""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from testing_plugins import GOOD, SUITE, WRONG, Wrong, spoilt

import alfcheck
import alfcheck.testing
from alfcheck.errors import ContractError
from alfcheck.examples import encoded
from alfcheck.grammar import parse_dataset, parse_session, render, render_session
from alfcheck.model import Dataset, Refusal, Rule
from alfcheck.plugins import load_ruleset
from alfcheck.testing import (
    ExampleWarning,
    ReleaseMaker,
    SmallRelease,
    assert_findings,
    check_rule,
    strategies,
)
from alfcheck.testing.odd_data import AS_GIVEN, FEW, one_session, variations

DOGS: Mapping[str, object] = {"alf/dogs.times.npy": [3.0, 1.0]}
DOG: Mapping[str, object] = {"alf/dog.times.npy": [3.0, 1.0]}


def passes(*given: object, **named: object) -> list[alfcheck.Problem]:
    """A check that finds nothing."""
    return []


@alfcheck.name_rule(
    "LAB101", "singular-dog", fix="write dogs", good=[alfcheck.example(DOGS)], bad=[alfcheck.example(DOG)]
)
def singular(dataset: Dataset, path: str) -> list[alfcheck.Problem]:
    """A dog has no plural.

    All objects have.
    """
    return [alfcheck.Problem(message="it is called dog")] if dataset.object == "dog" else []


@alfcheck.object_rule("LAB401", "dog-out-of-order", object="dogs", columns=["times"])
def disorder(dogs: alfcheck.ObjectTable) -> list[alfcheck.Problem]:
    """Dogs are out of order."""
    return list(dogs.where(dogs["times"][1:] < dogs["times"][:-1], "out of order", column="times"))


class TestReleases:
    def test_a_release_of_a_few_lines(self, alf_release: ReleaseMaker) -> None:
        release = alf_release({"alf/_ibl_trials.choice.npy": [1, -1, 0]})
        release.add({"alf/_ibl_trials.choice.npy": [1, 7]}, session="mouse/2020-01-02/001")
        report = release.check()
        assert report.session_count == 2
        assert_findings(report, ["ALF303 mouse/2020-01-02/001/alf/_ibl_trials.choice.npy"])
        assert release.check("mouse/2020-01-01/001").findings == ()

    def test_each_call_begins_another_one(self, alf_release: ReleaseMaker) -> None:
        one, other = alf_release(DOGS), alf_release(DOG, session="lab/Subjects/dog/2020-01-01/002")
        assert one.files == ("mouse/2020-01-01/001/alf/dogs.times.npy",)
        assert other.files == ("lab/Subjects/dog/2020-01-01/002/alf/dog.times.npy",)

    def test_an_object_is_a_file_an_attribute(self, alf_release: ReleaseMaker) -> None:
        release = alf_release().add_object(
            "licks",
            {"intervals": [[0, 1], [2, 3]], "table.pqt": {"size": [1, -1]}},
            namespace="mylab",
            revision="2021-01-01",
        )
        folder = "mouse/2020-01-01/001/alf/#2021-01-01#"
        assert release.files == (f"{folder}/_mylab_licks.intervals.npy", f"{folder}/_mylab_licks.table.pqt")
        assert {str(verdict) for verdict in release.check().verdicts.values()} == {"pass"}

    def test_it_is_published_and_opened(self, alf_release: ReleaseMaker) -> None:
        from one.api import One

        release = alf_release({"alf/spikes.times.npy": [0.5, 1.0]})
        assert release.release().release_id
        one = One(cache_dir=release.root, mode="local")
        (eid,) = one.search(subject="mouse")
        assert list(one.load_object(eid, "spikes", attribute="times")["times"]) == [0.5, 1.0]

    def test_plugins_and_settings_go_where_check_takes_them(
        self, alf_release: ReleaseMaker, tmp_path: Path
    ) -> None:
        rules = tmp_path / "alfcheck_dogs.py"
        rules.write_text(GOOD, encoding="utf-8")
        release = alf_release({"alf/dogs.times.npy": [1.0, 9.0], "alf/dogs.ends.npy": [1.5, 8.5]})
        options = {"plugins": str(rules)}
        assert_findings(release.check(**options), ["LAB401 alf/dogs.ends.npy"], codes="LAB")
        patient = release.check(**options, settings={"alfcheck_dogs": {"slack": 1.0}})
        assert_findings(patient, [], codes="LAB")

    @pytest.mark.parametrize("path", ["../alf/dogs.times.npy", "/etc/dogs.times.npy"])
    def test_nothing_is_written_elsewhere(self, alf_release: ReleaseMaker, path: str) -> None:
        with pytest.raises(ValueError, match="leads out of the release"):
            alf_release({path: [1]})

    @pytest.mark.parametrize(
        ("path", "value", "told"),
        [
            ("alf/dogs.times.npy", [None, "a", 1], "since objects need a pickle"),
            ("alf/dogs.video.mp4", [1], "give bytes or a text"),
            ("alf/dogs.table.pqt", [1], "a table is made of a mapping of columns, not of a list"),
        ],
    )
    def test_what_cannot_be_written_is_told(self, path: str, value: object, told: str) -> None:
        with pytest.raises(TypeError, match=told):
            encoded(path, value)

    def test_lines_of_documents(self) -> None:
        assert encoded("alf/dogs.notes.jsonable", [{"a": 1}, 2]) == b'{"a": 1}\n2\n'


class TestFindings:
    @pytest.fixture
    def report(self, alf_release: ReleaseMaker, tmp_path: Path) -> alfcheck.Report:
        rules = tmp_path / "alfcheck_dogs.py"
        rules.write_text(GOOD, encoding="utf-8")
        dogs = {"alf/dogs.times.npy": [0.0, 9.0, 0.0], "alf/dogs.ends.npy": [1.5, 2.5, 3.5]}
        return alf_release({**DOG, **dogs}).check(plugins=str(rules))

    def test_those_that_are_expected(self, report: alfcheck.Report) -> None:
        expected: list[str | Mapping[str, object]] = [
            "LAB101 alf/dog.times.npy",
            "LAB401 mouse/2020-01-01/001/alf/dogs.ends.npy",
            {
                "code": "LAB402",
                "path": "alf/dogs.times.npy",
                "rows": [0, 2],
                "count": 2,
                "message": "at zero",
            },
        ]
        assert_findings(report, expected, codes="LAB")
        assert_findings(report, reversed(expected), codes=["LAB1", "LAB4"])

    def test_the_difference_has_a_line_for_each(self, report: alfcheck.Report) -> None:
        expected = ["LAB101 alf/cat.times.npy", {"code": "LAB402", "rows": [1]}, "LAB401 alf/dogs.ends.npy"]
        with pytest.raises(AssertionError) as caught:
            assert_findings(report, expected, codes="LAB")
        assert str(caught.value) == (
            "the findings among LAB are not those that were expected (1 of them are):\n"
            "  missing     LAB101 alf/cat.times.npy\n"
            "  missing     LAB402 with rows = [1]\n"
            "              but there is one with rows = (0, 2)\n"
            "  unexpected  LAB101 mouse/2020-01-01/001/alf/dog.times.npy (error): it is called dog\n"
            "  unexpected  LAB402 mouse/2020-01-01/001/alf/dogs.times.npy (error): 2 of 3 rows: "
            "begins at zero (rows 0, 2)"
        )

    def test_each_counts_once(self, report: alfcheck.Report) -> None:
        with pytest.raises(AssertionError, match=r"missing     LAB101 alf/dog\.times\.npy"):
            assert_findings(report, ["LAB101 alf/dog.times.npy"] * 2, codes="LAB1")

    def test_the_looser_does_not_take_what_the_stricter_needs(self, report: alfcheck.Report) -> None:
        assert_findings(report, [{"code": "LAB402"}, {"path": "alf/dogs.ends.npy"}], codes="LAB4")
        assert_findings(report, [{"path": "alf/dogs.ends.npy"}, {"severity": "error"}], codes="LAB4")

    @pytest.mark.parametrize(
        ("expected", "told"), [("LAB101", "write code and path"), ({"pth": "a"}, "'path' meant")]
    )
    def test_what_cannot_be_expected_is_told(
        self, report: alfcheck.Report, expected: str | dict[str, str], told: str
    ) -> None:
        with pytest.raises(ValueError, match=told):
            assert_findings(report, [expected])

    @pytest.mark.parametrize("codes", ["LBA", ["LAB", "LAB9"], "LAB4011"])
    def test_codes_of_no_rule_are_refused(self, report: alfcheck.Report, codes: str | list[str]) -> None:
        """Among them nothing is found, whatever the report holds."""
        wrong = codes if isinstance(codes, str) else codes[-1]
        with pytest.raises(ValueError, match=rf"codes='{wrong}': no rule .* begin with ALF, LAB$"):
            assert_findings(report, [], codes=codes)
        with pytest.raises(ValueError, match="codes is empty"):
            assert_findings(report, [], codes=[])


class TestCheckRule:
    def test_one_that_is_sound(self) -> None:
        check_rule(singular)

    @pytest.mark.filterwarnings("ignore::alfcheck.testing.ExampleWarning")
    @pytest.mark.parametrize("code", ["ALF103", "ALF117", "ALF120", "ALF205", "ALF303", "ALF402", "ALF601"])
    def test_those_that_are_built_in(self, code: str) -> None:
        rule = load_ruleset().rules[code].rule
        if rule.bad:
            check_rule(rule)
        else:
            with pytest.raises(AssertionError, match="it has no bad example"):
                check_rule(rule)

    def test_without_a_bad_example(self) -> None:
        told = r"LAB401 dog-out-of-order: its examples are not true\n  it has no bad example: give .* bad="
        with pytest.raises(AssertionError, match=told):
            check_rule(disorder)

    def test_one_that_takes_settings(self, tmp_path: Path) -> None:
        rules = tmp_path / "alfcheck_dogs.py"
        rules.write_text(GOOD, encoding="utf-8")
        namespace: dict[str, Rule] = {}
        exec(compile(GOOD, str(rules), "exec"), namespace)
        rule = namespace["ends_early"]
        check_rule(rule, settings={"slack": 0.1})
        check_rule(rule, plugin=str(rules))
        with pytest.raises(AssertionError, match=r"rule LAB401 takes settings: give them with settings"):
            check_rule(rule)
        with pytest.raises(AssertionError, match=r"LAB401 was not found"):
            check_rule(rule, plugin=str(rules), settings={"slack": 100.0})
        with pytest.raises(AssertionError, match=r"there is no key 'slck'.*'slack'"):
            check_rule(rule, plugin=str(rules), settings={"slck": 1.0})

    def test_an_example_that_shows_too_much(self) -> None:
        bad = alfcheck.example({**DOG, "alf/_ibl_trials.choice.npy": [7]})
        made = alfcheck.name_rule("LAB101", "a-dog", good=singular.good, bad=[bad])(singular_check)
        with pytest.warns(ExampleWarning, match=r"breaks other rules too(.|\n)*ALF303"):
            check_rule(made)
        with pytest.raises(AssertionError, match=r"breaks other rules too(.|\n)*ALF303"):
            check_rule(made, alone=True)

    def test_one_that_no_plugin_may_offer(self) -> None:
        made = alfcheck.name_rule("ALF999", "a-dog", bad=singular.bad)(singular_check)
        with pytest.raises(AssertionError, match="ALF999 belongs to alfcheck"):
            check_rule(made)

    def test_a_function_is_no_rule(self) -> None:
        with pytest.raises(
            TypeError, match="check_rule takes a Rule, as the decorators give it, not a function"
        ):
            check_rule(passes)  # type: ignore[arg-type]

    def test_an_example_without_a_session_is_told(self) -> None:
        bad = alfcheck.Example("README.md", b"")
        made = alfcheck.name_rule("LAB101", "a-dog", good=singular.good, bad=[bad])(singular_check)
        with pytest.raises(
            AssertionError, match=r"bad example 1, README.md: could not be checked: NothingToCheck"
        ):
            check_rule(made)


def singular_check(dataset: Dataset, path: str) -> list[alfcheck.Problem]:
    """Find dogs."""
    assert singular.check is not None
    return list(singular.check(dataset, path))


class TestStrategies:
    @given(strategies.dataset_paths())
    def test_dataset_paths_are_legal_and_written_back(self, path: str) -> None:
        parsed = parse_dataset(path)
        assert isinstance(parsed, Dataset)
        assert render(parsed) == path

    @given(
        strategies.dataset_paths(
            objects=["dogs"], attributes=["times"], collections=["alf"], extensions=["npy"]
        )
    )
    def test_what_is_given_is_chosen_from(self, path: str) -> None:
        parsed = parse_dataset(path)
        assert isinstance(parsed, Dataset)
        assert (parsed.collection, parsed.object, parsed.attribute, parsed.extension) == (
            "alf",
            "dogs",
            "times",
            "npy",
        )

    @given(strategies.illegal_paths())
    def test_illegal_paths_are_refused(self, path: str) -> None:
        assert isinstance(parse_dataset(path), Refusal)

    @given(st.data(), st.sampled_from([None, True, False, "mylab"]))
    def test_session_paths_are_legal_and_written_back(
        self, data: st.DataObject, lab: str | bool | None
    ) -> None:
        path = data.draw(strategies.session_paths(lab))
        parsed = parse_session(path)
        assert not isinstance(parsed, Refusal)
        assert render_session(parsed) == path
        assert lab in (None, parsed.lab, bool(parsed.lab))

    @pytest.mark.parametrize(
        "ids",
        [("alf.spikes",), ("alf.clusters", "alf.spikes"), ("ibl.wheel", "ibl.trials"), ("alf.events",)],
        ids=" ".join,
    )
    def test_sessions_keep_their_contracts(
        self, ids: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        by_id = {contract.id: contract for contract in load_ruleset().contracts}

        @few
        @given(strategies.sessions(*(by_id[each] for each in ids)))
        def hold(files: dict[str, bytes]) -> None:
            release = ReleaseMaker(tmp_path_factory.mktemp("made"))(files)
            assert no_errors(release) == []

        hold()

    def test_datasets_keep_their_contract(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        contract = next(each for each in load_ruleset().contracts if each.id == "ibl.trials")

        @few
        @given(strategies.datasets(contract))
        def hold(dataset: tuple[str, bytes]) -> None:
            release = ReleaseMaker(tmp_path_factory.mktemp("made"))(dict([dataset]))
            assert no_errors(release) == []

        hold()

    def test_contracts_may_be_files_and_python(self, tmp_path: Path) -> None:
        file = tmp_path / "licks.yaml"
        columns = "columns:\n  times: {dtype: number, shape: [rows], ge: 5}\n"
        file.write_text(f"alfcheck: 1\nid: lab.licks\nversion: 1.0.0\nmatch: {{object: licks}}\n{columns}")
        loaded = alfcheck.contract_file(file).load()
        for contract in (file, loaded):
            found = strategies.sessions(contract, others=(), rows=st.just(4))

            @few
            @given(found)
            def hold(files: dict[str, bytes]) -> None:
                assert list(files) in (["alf/licks.times.npy"], ["alf/licks.table.pqt"])

            hold()
        with pytest.raises(TypeError, match="the contracts that the sessions are to satisfy"):
            strategies.sessions()

    def test_a_contract_that_nothing_keeps_is_named(self) -> None:
        import pandera.pandas as pa

        rare = [pa.Check.str_matches("^[a-z]{8}$"), pa.Check.str_contains("quagmire")]
        never = alfcheck.Contract(
            id="lab.licks",
            version="1.0.0",
            match=alfcheck.Match(object="licks"),
            terms={"label": alfcheck.Terms(dtypes=("string",), shapes=(("rows",),))},
            schema=lambda: pa.DataFrameSchema({"label": pa.Column(None, rare)}),
        )

        @few
        @given(strategies.sessions(never))
        def hold(files: dict[str, bytes]) -> None:
            raise AssertionError(files)

        with pytest.raises(ContractError, match=r"lab\.licks@1\.0\.0: column label"):
            hold()


few = settings(max_examples=4, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def no_errors(release: SmallRelease) -> list[str]:
    """Give the findings that a sound session must not have."""
    return [str(each) for each in release.check().findings if each.severity in ("error", "unverified")]


class Outcome(NamedTuple):
    """How a test ended, and what it said."""

    status: str
    text: str


def run_pytest(folder: Path, *arguments: str) -> tuple[dict[str, Outcome], str]:
    """Run the tests of a folder in a process of their own; give outcomes by file and name, and the output."""
    result = folder / "result.xml"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        f"--junitxml={result}",
        *arguments,
    ]
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    outcomes = {}
    for case in ElementTree.parse(result).getroot().iter("testcase"):
        file = case.get("classname", "").split(".")[0]
        ends = [end for end in case if end.tag in ("failure", "error", "skipped")]
        outcomes[f"{file} {case.get('name')}"] = Outcome(
            ends[0].tag if ends else "passed", f"{ends[0].get('message')}\n{ends[0].text}" if ends else ""
        )
    return outcomes, done.stdout


def unlike(outcomes: Mapping[str, Outcome], file: str, due: Wrong) -> list[str]:
    """Say what is otherwise than it must be with a plugin that is wrong."""
    texts = [
        each.text for name, each in outcomes.items() if name.startswith(file) and each.status != "passed"
    ]
    if len(texts) != 1:
        return [f"{len(texts)} tests failed", *texts]
    return [f"{told!r} is not in: {texts[0]}" for told in due.told if told not in texts[0]]


class TestSuite:
    def test_a_sound_plugin_passes(self, tmp_path: Path) -> None:
        (tmp_path / "alfcheck_mylab.py").write_text(GOOD, encoding="utf-8")
        (tmp_path / "test_mylab.py").write_text(SUITE, encoding="utf-8")
        outcomes, said = run_pytest(tmp_path, "--strict-markers", "-W", "error::UserWarning")
        assert {outcome.status for outcome in outcomes.values()} == {"passed"}, said
        rules = ("LAB101", "LAB201", "LAB401", "LAB402", "LAB501")
        assert {f"test_mylab test_rule_examples_are_true[{code}]" for code in rules} <= outcomes.keys()
        assert "test_mylab test_reader_survives_odd_bytes[licks]" in outcomes

    def test_what_is_not_offered_is_left_out(self, tmp_path: Path) -> None:
        one_rule = spoilt(
            ("return [singular_dog, no_owner, ends_early, at_zero, many]", "return [at_zero]"),
            ("@alfcheck.hookimpl\ndef alfcheck_contracts", "def contracts"),
            ("@alfcheck.hookimpl\ndef alfcheck_readers", "def readers"),
        )
        (tmp_path / "alfcheck_mylab.py").write_text(one_rule, encoding="utf-8")
        (tmp_path / "test_mylab.py").write_text(SUITE, encoding="utf-8")
        outcomes, said = run_pytest(tmp_path, "--strict-markers")
        assert {outcome.status for outcome in outcomes.values()} == {"passed"}, said
        assert "skipped" not in said
        assert "5 deselected" in said

    def test_plugins_that_are_wrong_fail(self, tmp_path: Path) -> None:
        """Each fails the test that is for its fault, with words that help."""
        tests = []
        for number, each in enumerate(WRONG):
            (tmp_path / f"alfcheck_mylab{number}.py").write_text(each.source, encoding="utf-8")
            suite = SUITE.replace("alfcheck_mylab", f"alfcheck_mylab{number}") + each.suite
            (tmp_path / f"test_mylab{number}.py").write_text(suite, encoding="utf-8")
            tests.append(f"test_mylab{number}.py" + (f"::TestMyLab::{each.test}" if each.test else ""))
        outcomes, _ = run_pytest(tmp_path, *tests, "--continue-on-collection-errors")
        assert {
            each.name: unlike(outcomes, f"test_mylab{number} ", each) for number, each in enumerate(WRONG)
        } == {each.name: [] for each in WRONG}

    def test_pytest_loads_nothing_heavy_for_others(self, tmp_path: Path) -> None:
        (tmp_path / "test_other.py").write_text(
            "import sys\n\ndef test_nothing():\n"
            "    heavy = ('numpy', 'pandas', 'alfcheck.api', 'alfcheck.model')\n"
            "    assert 'alfcheck.testing.plugin' in sys.modules\n"
            "    assert [name for name in heavy if name in sys.modules] == []\n"
        )
        # Other plugins of pytest may load what they like.
        outcomes, said = run_pytest(tmp_path, "-p", "no:hypothesispytest")
        assert {outcome.status for outcome in outcomes.values()} == {"passed"}, said


class TestOddData:
    FILES: Mapping[str, bytes] = {
        path: encoded(path, value)
        for path, value in {
            "alf/dogs.times.npy": [1.0, 2.0],
            "alf/dogs.table.pqt": {"name": ["a", "b"], "size": [1, 2]},
            "alf/dogs.list.csv": {"name": ["a", "b"]},
            "alf/dogs.notes.json": {"owner": "me"},
            "alf/dogs.rig.yaml": {"owner": "me"},
            "alf/dogs.video.mp4": b"video",
        }.items()
    }

    def test_each_variation_changes_something_and_names_nothing_new(self) -> None:
        found = dict(variations(self.FILES))
        assert found.pop(AS_GIVEN) == self.FILES
        assert all(files != self.FILES and files.keys() <= self.FILES.keys() for files in found.values())
        assert {"no rows", "texts", "null for documents", "without alf/dogs.video.mp4"} <= found.keys()
        assert list(dict(variations(self.FILES, FEW))) == list(FEW)

    def test_a_broken_file_stays_as_it_is(self) -> None:
        broken = dict.fromkeys(self.FILES, b"\x00broken\xff")
        changed = [files for name, files in variations(broken) if not name.startswith("without ")]
        assert changed == [broken]

    def test_files_of_one_session_can_be_moved(self) -> None:
        found = one_session(
            {"lab/Subjects/m/2020-01-01/001/alf/a.b.c": b"", "lab/Subjects/m/2020-01-01/001/d": b""}
        )
        assert found == ("lab/Subjects/m/2020-01-01", {"alf/a.b.c": b"", "d": b""})
        assert one_session({"m/2020-01-01/001/a": b"", "n/2020-01-01/001/a": b""}) is None
        assert one_session({"README.md": b""}) is None


def test_the_page_tells_of_all_that_there_is() -> None:
    page = (Path(__file__).parents[1] / "docs" / "testing-plugins.md").read_text(encoding="utf-8")
    tests = [name for name in dir(alfcheck.testing.RuleSuite) if name.startswith("test_")]
    names = (*tests, *alfcheck.testing.__all__, *strategies.__all__)
    assert [name for name in names if name not in page] == []
