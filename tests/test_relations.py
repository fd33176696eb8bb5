"""Rows and references: what the datasets of a session say of one another."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from release_fixtures import Content, codes, found, named, plugin, verdicts, write

import alfcheck
from alfcheck.grammar import parse_dataset
from alfcheck.model import Dataset, Severity
from alfcheck.relations import Claim, Member, Pointer, compose, judge_rows, pointers, row_count, views
from alfcheck.report import Report


def parsed(*paths: str) -> dict[str, Dataset]:
    out = {}
    for path in paths:
        dataset = parse_dataset(path)
        assert isinstance(dataset, Dataset)
        out[path] = dataset
    return out


def members(**rows: int | None) -> list[Member]:
    """Make the members of an object ``x``, by attribute."""
    return [
        Member(f"x.{name}.npy", Dataset("", "", "", "x", name, "", "", "npy"), count)
        for name, count in rows.items()
    ]


def blamed(given: list[Member], settled: tuple[str, ...] = ()) -> list[set[str]]:
    return [
        {path.split(".")[1] for path in problem.datasets}
        for problem in judge_rows(given, "lab.x@1.0.0", settled)
    ]


class TestViews:
    """An object as ONE composes it, at the last revision and at every other."""

    def test_without_revisions_there_is_one(self) -> None:
        datasets = parsed("alf/x.a.npy", "alf/x.b.npy", "alf/y.a.npy", "x.a.npy")
        assert [(view.collection, view.object, view.members) for view in views(datasets)] == [
            ("", "x", ("x.a.npy",)),
            ("alf", "x", ("alf/x.a.npy", "alf/x.b.npy")),
            ("alf", "y", ("alf/y.a.npy",)),
        ]

    def test_each_revision_has_its_own(self) -> None:
        datasets = parsed("x.a.npy", "x.b.npy", "#r1#/x.a.npy", "#r2#/x.b.npy")
        assert [(view.revision, view.members) for view in views(datasets)] == [
            (None, ("#r1#/x.a.npy", "#r2#/x.b.npy")),
            ("", ("x.a.npy", "x.b.npy")),
            ("r1", ("#r1#/x.a.npy", "x.b.npy")),
        ]

    def test_revisions_are_compared_as_text(self) -> None:
        """As ONE orders them: 9 comes after 10."""
        assert compose(parsed("#10#/x.a.npy", "#9#/x.a.npy"), None) == ("#9#/x.a.npy",)

    def test_namespace_extra_and_extension_tell_datasets_apart(self) -> None:
        datasets = parsed("x.a.npy", "x.a.p1.npy", "_ns_x.a.npy", "x.a.csv", "#r#/x.a.npy")
        assert compose(datasets, None) == ("#r#/x.a.npy", "_ns_x.a.npy", "x.a.csv", "x.a.p1.npy")


class TestRowCount:
    """The reference is the object's table, else the count of a strict majority."""

    @pytest.mark.parametrize(
        ("rows", "count"),
        [
            ({"a": 5}, 5),
            ({"a": 5, "b": 5, "c": 4}, 5),
            ({"a": 5, "b": 4}, None),
            ({"a": 5, "b": 5, "c": 4, "d": 4}, None),
            ({"a": 5, "b": 5, "c": 4, "d": 3}, None),
            ({"a": 4, "b": 4, "table": 5}, 5),
            ({"a": 1, "b": 1}, 1),
            ({"a": 1, "b": 1, "c": 7}, 7),
            ({"a": 0, "b": 0, "c": 1}, 0),
            ({"a": None}, None),
            ({"a": None, "b": 3}, 3),
            ({}, None),
        ],
    )
    def test_count(self, rows: dict[str, int | None], count: int | None) -> None:
        assert row_count(members(**rows)).rows == count

    def test_a_dispute_is_no_absence(self) -> None:
        assert row_count(members(a=5, b=4)).disputed
        assert not row_count(members(a=None)).disputed

    def test_what_is_exempt_does_not_count(self) -> None:
        given = [*members(a=5), *(each._replace(exempt=True) for each in members(b=4, c=4))]
        assert row_count(given).rows == 5

    def test_parts_of_one_attribute_do_not_count(self) -> None:
        part = Dataset("", "", "", "x", "p", "", "p0", "npy")
        parts = [Member(f"x.p.{name}.npy", part._replace(extra=name), 2) for name in ("p0", "p1", "p2")]
        assert row_count([*members(a=6), *parts]).rows == 6
        assert blamed([*members(a=6), *parts]) == []

    def test_beside_a_file_without_extra_part_each_counts(self) -> None:
        """Not pieces, but datasets of their own, as they are for ONE."""
        other = Member("x.a.v2.npy", Dataset("", "", "", "x", "a", "", "v2", "npy"), 7)
        assert row_count([*members(a=10, b=10), other]).rows == 10
        assert blamed([*members(a=10, b=10), other]) == [{"a"}]
        (problem,) = judge_rows([*members(a=10, b=10), other], None)
        assert problem.datasets == ("x.a.v2.npy",)
        assert problem.message.startswith("x.a.v2 has 7 rows")


class TestJudgedRows:
    """Those that differ are named; without a majority all are."""

    def test_the_minority_is_named(self) -> None:
        assert blamed(members(a=5, b=5, c=4, d=6, e=5, f=5)) == [{"c"}, {"d"}]

    def test_without_a_majority_all_are(self) -> None:
        assert blamed(members(a=5, b=4, c=1)) == [{"a", "b"}]

    def test_the_table_is_right(self) -> None:
        assert blamed(members(a=5, b=5, table=4)) == [{"a"}, {"b"}]

    def test_two_tables_that_differ_are_no_reference(self) -> None:
        other = Member("_ns_x.table.pqt", Dataset("", "", "ns", "x", "table", "", "", "pqt"), 3)
        assert blamed([*members(a=4, b=4, table=4), other]) == [{"table"}]

    @pytest.mark.parametrize("rows", [{"a": 5, "b": 5}, {"a": 5, "b": 1}, {"a": 0, "b": 0}, {"a": None}])
    def test_agreement_is_silent(self, rows: dict[str, int | None]) -> None:
        assert blamed(members(**rows)) == []

    def test_no_rows_are_not_five(self) -> None:
        assert blamed(members(a=5, b=5, c=0)) == [{"c"}]

    def test_weight_and_contract(self) -> None:
        (problem,) = judge_rows(members(a=5, b=5, c=4), None)
        assert (problem.severity, problem.contract) == (Severity.WARNING, None)
        (problem,) = judge_rows(members(a=5, b=5, c=4), "lab.x@1.0.0")
        assert (problem.severity, problem.contract) == (Severity.ERROR, "lab.x@1.0.0")
        assert problem.message == "x.c has 4 rows where 2 of the object's 3 datasets have 5"

    def test_what_stands_by_default_is_not_failed_by_what_it_superseded(self) -> None:
        assert blamed(members(a=5, b=4), settled=("x.a.npy",)) == [{"b"}]
        assert blamed(members(a=5, table=4), settled=("x.a.npy",)) == [{"table"}]


class TestPointers:
    """An attribute that names an object of its collection counts that object's rows."""

    def test_by_name(self) -> None:
        datasets = parsed("alf/spikes.clusters.npy", "alf/clusters.depths.npy", "clusters.amps.npy")
        assert pointers(views(datasets), datasets, {}) == (
            Pointer("alf/spikes.clusters.npy", Claim("clusters"), ("alf/clusters.depths.npy",)),
        )

    def test_a_target_that_is_not_there_is_not_judged(self) -> None:
        datasets = parsed("alf/spikes.clusters.npy", "alf/probe00/clusters.depths.npy")
        assert pointers(views(datasets), datasets, {}) == ()

    def test_an_object_does_not_count_its_own_rows_by_name(self) -> None:
        datasets = parsed("spikes.spikes.npy", "spikes.times.npy")
        assert pointers(views(datasets), datasets, {}) == ()

    def test_a_claim_may_aim_anywhere(self) -> None:
        datasets = parsed("tree.parents.npy", "tree.depths.npy")
        claim = Claim("tree", "lab.tree@1.0.0", -1)
        assert pointers(views(datasets), datasets, {"tree.parents.npy": (claim,)}) == (
            Pointer("tree.parents.npy", claim, ("tree.depths.npy", "tree.parents.npy")),
        )

    def test_a_claim_replaces_the_rule_of_names(self) -> None:
        datasets = parsed("spikes.clusters.npy", "clusters.depths.npy")
        claim = Claim("clusters", "alf.spikes@1.0.0")
        got = pointers(views(datasets), datasets, {"spikes.clusters.npy": (claim,)})
        assert [pointer.claim for pointer in got] == [claim]

    def test_a_claim_looks_in_the_collections_around(self) -> None:
        claims = {"a/b/x.y.npy": (Claim("z", "lab.x@1.0.0"),)}
        for nearest in ("a/b/", "a/", ""):
            datasets = parsed("a/b/x.y.npy", f"{nearest}z.d.npy", "z.far.npy", "c/z.d.npy")
            (pointer,) = pointers(views(datasets), datasets, claims)
            assert f"{nearest}z.d.npy" in pointer.members
            assert ("z.far.npy" in pointer.members) == (not nearest)

    def test_a_claim_about_a_length_leaves_the_rule_of_names(self) -> None:
        datasets = parsed("x.z.npy", "z.d.npy")
        claim = Claim("z", "lab.x@1.0.0", measures="z.rows")
        got = pointers(views(datasets), datasets, {"x.z.npy": (claim,)})
        assert [pointer.claim for pointer in got] == [claim, Claim("z")]

    def test_the_columns_of_a_table_are_attributes(self) -> None:
        datasets = parsed("spikes.table.pqt", "clusters.depths.npy", "templates.amps.npy")
        got = pointers(views(datasets), datasets, {})
        assert [(each.claim.target, each.claim.column) for each in got] == [
            ("clusters", "clusters"),
            ("templates", "templates"),
        ]

    def test_the_target_is_composed_at_the_same_revision(self) -> None:
        datasets = parsed(
            "s.c.npy", "#r2#/s.c.npy", "c.d.npy", "#r1#/c.d.npy", "#r2#/c.d.npy", "#r3#/c.d.npy"
        )
        assert {(each.path, each.members) for each in pointers(views(datasets), datasets, {})} == {
            ("#r2#/s.c.npy", ("#r3#/c.d.npy",)),
            ("s.c.npy", ("c.d.npy",)),
        }


SPIKES = {"alf/spikes.times.npy": [0.1, 0.2, 0.3], "alf/spikes.clusters.npy": [0, 2, 1]}
CLUSTERS = {"alf/clusters.depths.npy": [1.0, 2.0, 3.0], "alf/clusters.amps.npy": [1e-4, 2e-4, 1e-4]}


def checked(root: Path, *parts: dict[str, Content], **options: object) -> Report:
    files: dict[str, Content] = {}
    for part in parts:
        files.update(part)
    return alfcheck.check(write(root, files), **options)


class TestRowsOfARelease:
    """The same through the whole program."""

    def test_a_contract_makes_it_an_error(self, tmp_path: Path) -> None:
        report = checked(tmp_path, SPIKES, {"alf/spikes.amps.npy": [1e-4] * 4})
        (finding,) = found(report, "ALF401")
        assert finding.severity is Severity.ERROR
        assert finding.contract == "alf.spikes@2.0.0"
        assert finding.expected == "3 rows"
        assert verdicts(report)["alf/spikes.amps.npy"] == "fail"
        assert verdicts(report)["alf/spikes.times.npy"] == "pass"

    def test_without_a_contract_it_is_a_warning(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {f"alf/things.{name}.npy": [1.0, 2.0] for name in "ab"}
        report = checked(tmp_path, files, {"alf/things.c.npy": [1.0]}, {"alf/things.d.npy": [1.0] * 3})
        (finding,) = found(report, "ALF401")
        assert (finding.severity, finding.contract) == (Severity.WARNING, None)
        assert named([finding]) == {"alf/things.d.npy"}
        assert verdicts(report)["alf/things.d.npy"] == "warn"
        assert report.exit_code() == 0

    def test_no_majority_names_all(self, tmp_path: Path) -> None:
        report = checked(
            tmp_path, {"alf/clusters.depths.npy": [1.0] * 4, "alf/clusters.amps.npy": [1e-4] * 3}
        )
        (finding,) = found(report, "ALF401")
        assert named([finding]) == {"alf/clusters.depths.npy", "alf/clusters.amps.npy"}
        assert set(verdicts(report).values()) == {"fail"}

    def test_the_table_is_the_reference(self, tmp_path: Path) -> None:
        table = pd.DataFrame(
            {"intervals_0": [0.0], "intervals_1": [1.0], "choice": [1], "feedbackType": [1]}
        ).loc[[0, 0, 0]]
        files: dict[str, Content] = {
            "alf/_ibl_trials.table.pqt": table,
            "alf/_ibl_trials.repNum.npy": [1, 2],
            "alf/_ibl_trials.rewardVolume.npy": [1.5, 1.5],
            "alf/_ibl_trials.quiescencePeriod.npy": [0.5, 0.5],
        }
        report = checked(tmp_path, files)
        assert named(found(report, "ALF401")) == set(files) - {"alf/_ibl_trials.table.pqt"}

    def test_one_row_broadcasts(self, tmp_path: Path) -> None:
        assert not codes(checked(tmp_path, SPIKES, CLUSTERS, {"alf/spikes.amps.npy": [1e-4]}))

    def test_a_synchronisation_table_is_exempt(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {
            "alf/_ibl_wheel.position.npy": np.arange(50.0),
            "alf/_ibl_wheel.timestamps.npy": [[0, 0.5], [20, 3.0], [49, 9.0]],
        }
        assert not codes(checked(tmp_path, files))

    def test_a_third_column_makes_it_no_such_table(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {
            "alf/things.timestamps.npy": np.arange(9.0).reshape(3, 3),
            "alf/things.value.npy": np.arange(50.0),
        }
        assert "ALF401" in codes(checked(tmp_path, files))

    def test_what_a_contract_exempts(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {
            "alf/_ibl_trials.choice.npy": [1, -1, 1],
            "alf/_ibl_trials.itiDuration.npy": [0.5] * 2,
        }
        assert not codes(checked(tmp_path, files))

    def test_no_rows_are_sound(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {f"alf/licks.{name}.npy": np.empty(0) for name in ("times", "amps")}
        report = checked(tmp_path, files)
        assert not codes(report)
        assert set(verdicts(report).values()) == {"pass"}

    def test_a_sibling_that_failed_leaves_the_others_verdicts(self, tmp_path: Path) -> None:
        report = checked(tmp_path, SPIKES, CLUSTERS, {"alf/spikes.amps.npy": b"no array"})
        assert codes(report) == {"ALF201"}
        assert [path for path, verdict in verdicts(report).items() if verdict != "pass"] == [
            "alf/spikes.amps.npy"
        ]

    def test_parts_of_an_attribute_are_no_columns(self, tmp_path: Path) -> None:
        parts = {f"alf/spikes.waveforms.part{n}.npy": np.ones((1 + n, 4)) for n in range(3)}
        assert "ALF401" not in codes(checked(tmp_path, SPIKES, CLUSTERS, parts))

    def test_the_contract_counts_where_its_dataset_cannot_be_read(self, tmp_path: Path) -> None:
        """Else the warning would turn into an error once the file is mended."""
        files: dict[str, Content] = {
            "alf/spikes.times.npy": b"no array",
            "alf/spikes.mine.npy": [1.0, 2.0],
            "alf/spikes.yours.npy": [1.0, 2.0, 3.0],
        }
        (finding,) = found(checked(tmp_path, files), "ALF401")
        assert finding.severity is Severity.ERROR

    def test_a_document_has_no_rows(self, tmp_path: Path) -> None:
        assert not codes(checked(tmp_path, SPIKES, CLUSTERS, {"alf/spikes.notes.json": b"[1, 2]"}))


class TestRevisions:
    """Object checks run on the default view, and on each other."""

    def test_a_fault_that_only_an_older_revision_shows(self, tmp_path: Path) -> None:
        older: dict[str, Content] = {
            "alf/#2020-01-02#/spikes.times.npy": [0.1, 0.2],
            "alf/#2020-01-02#/spikes.clusters.npy": [0, 1],
            "alf/#2020-01-02#/spikes.amps.npy": [1e-4, 1e-4, 1e-4],
        }
        newer = {path.replace("-02#", "-03#"): [0.0, 1.0, 2.0] for path in older}
        report = checked(tmp_path, older, newer, CLUSTERS)
        assert named(found(report, "ALF401")) == {"alf/#2020-01-02#/spikes.amps.npy"}
        assert [path for path, verdict in verdicts(report).items() if verdict != "pass"] == [
            "alf/#2020-01-02#/spikes.amps.npy"
        ]

    def test_what_has_no_revision_is_a_view_too(self, tmp_path: Path) -> None:
        """ONE gives it for a revision before the first; and it is the faulty file that fails."""
        mended: dict[str, Content] = {
            "alf/_ibl_wheel.position.npy": [0.0, 1.0],
            "alf/#2020-01-02#/_ibl_wheel.position.npy": [0.0, 1.0, 2.0],
            "alf/_ibl_wheel.timestamps.npy": [0.1, 0.2, 0.3],
        }
        report = checked(tmp_path, mended)
        assert named(found(report, "ALF401")) == {"alf/_ibl_wheel.position.npy"}

    def test_the_default_view_is_judged_by_its_own(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {
            "alf/clusters.depths.npy": [1.0, 2.0],
            "alf/clusters.amps.npy": [1e-4, 1e-4],
            "alf/clusters.peakToTrough.npy": [0.5, 0.5],
            "alf/#2020-01-02#/clusters.depths.npy": [1.0, 2.0, 3.0],
        }
        assert named(found(checked(tmp_path, files), "ALF401")) == {"alf/#2020-01-02#/clusters.depths.npy"}

    def test_references_meet_the_target_of_their_revision(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {
            "alf/spikes.times.npy": [0.1, 0.2],
            "alf/spikes.clusters.npy": [0, 4],
            "alf/clusters.depths.npy": np.arange(5.0),
            "alf/#2020-01-02#/spikes.clusters.npy": [0, 1],
            "alf/#2020-01-02#/clusters.depths.npy": np.arange(2.0),
        }
        assert not codes(checked(tmp_path, files))
        files["alf/#2020-01-02#/spikes.clusters.npy"] = [0, 2]
        report = checked(tmp_path, files)
        # With the newer one gone, ONE gives the older one beside the newer target.
        assert named(found(report, "ALF402")) == {
            "alf/spikes.clusters.npy",
            "alf/#2020-01-02#/spikes.clusters.npy",
        }

    def test_an_older_reference_is_judged_as_well(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {
            "alf/spikes.clusters.npy": [0, 5],
            "alf/clusters.depths.npy": np.arange(5.0),
            "alf/#2020-01-02#/spikes.clusters.npy": [0, 1],
            "alf/#2020-01-02#/clusters.depths.npy": np.arange(9.0),
        }
        assert named(found(checked(tmp_path, files), "ALF402")) == {"alf/spikes.clusters.npy"}

    def test_an_older_target_does_not_fail_what_stands(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {
            "alf/spikes.clusters.npy": [0, 5],
            "alf/clusters.depths.npy": np.arange(5.0),
            "alf/#2020-01-02#/clusters.depths.npy": np.arange(6.0),
        }
        assert not codes(checked(tmp_path, files))


class TestReferencesOfARelease:
    """Errors where a contract claims them, otherwise warnings."""

    @pytest.mark.parametrize("value", [3, -1, 10**12])
    def test_a_claim_makes_it_an_error(self, tmp_path: Path, value: int) -> None:
        report = checked(tmp_path, SPIKES, CLUSTERS, {"alf/spikes.clusters.npy": [0, value, 1]})
        (finding,) = found(report, "ALF402")
        assert (finding.severity, finding.contract) == (Severity.ERROR, "alf.spikes@2.0.0")
        assert (finding.rows, finding.count, finding.column) == ((1,), 1, "clusters")
        assert str(value) in finding.message

    @pytest.mark.parametrize("value", [3, -1])
    def test_a_name_alone_makes_it_a_warning(self, tmp_path: Path, value: int) -> None:
        report = checked(tmp_path, CLUSTERS, {"alf/events.clusters.npy": [0, value]})
        (finding,) = found(report, "ALF402")
        assert (finding.severity, finding.contract) == (Severity.WARNING, None)
        assert verdicts(report)["alf/events.clusters.npy"] == "warn"

    def test_the_last_row_is_inside(self, tmp_path: Path) -> None:
        assert not codes(checked(tmp_path, SPIKES, CLUSTERS))

    def test_a_target_that_is_not_there(self, tmp_path: Path) -> None:
        report = checked(tmp_path, SPIKES, {"alf/spikes.clusters.npy": [0, 99, 1]})
        assert not codes(report)

    def test_a_target_without_rows_holds_nothing(self, tmp_path: Path) -> None:
        empty: dict[str, Content] = {"alf/clusters.depths.npy": np.empty(0)}
        (finding,) = found(checked(tmp_path, SPIKES, empty), "ALF402")
        assert finding.count == 3

    def test_a_target_with_an_extra_part_beside_it_still_counts(self, tmp_path: Path) -> None:
        channels: dict[str, Content] = {
            "alf/clusters.channels.npy": [0] * 5,
            "alf/clusters.channels.raw.npy": [0] * 5,
            "alf/spikes.clusters.npy": [0, 99],
        }
        (finding,) = found(checked(tmp_path, channels), "ALF402")
        assert named([finding]) == {"alf/spikes.clusters.npy"}

    def test_a_missing_value_that_the_contract_names(self, tmp_path: Path) -> None:
        channels: dict[str, Content] = {"alf/channels.rawInd.npy": [0, 1, 2]}
        good: dict[str, Content] = {"alf/clusters.waveformsChannels.npy": [[0, -1], [2, 1], [1, -1]]}
        assert not codes(checked(tmp_path, CLUSTERS, channels, good))
        bad: dict[str, Content] = {"alf/clusters.waveformsChannels.npy": [[0, -1], [2, 1], [3, 7]]}
        (finding,) = found(checked(tmp_path, CLUSTERS, channels, bad), "ALF402")
        assert (finding.rows, finding.count) == ((2,), 2)

    def test_floats_of_shape_n_1(self, tmp_path: Path) -> None:
        column = {"alf/spikes.clusters.npy": np.array([[0.0], [2.0], [1.0]])}
        assert not codes(checked(tmp_path, SPIKES, CLUSTERS, column))
        column = {"alf/spikes.clusters.npy": np.array([[0.0], [3.0], [1.0]])}
        (finding,) = found(checked(tmp_path, SPIKES, CLUSTERS, column), "ALF402")
        assert finding.rows == (1,)

    def test_half_a_row_is_outside(self, tmp_path: Path) -> None:
        floats = {"alf/spikes.clusters.npy": np.array([0.0, 0.5, np.inf])}
        (finding,) = found(checked(tmp_path, SPIKES, CLUSTERS, floats), "ALF402")
        assert finding.rows == (1, 2)

    def test_measures_under_the_name_of_an_object_are_no_references(self, tmp_path: Path) -> None:
        """Where no contract says that they are: fractions, and arrays with several values a row."""
        for values in ([0.0, 0.5, 9.0], [[0, 9], [1, 1]]):
            assert "ALF402" not in codes(checked(tmp_path, CLUSTERS, {"alf/events.clusters.npy": values}))

    def test_a_missing_number_points_nowhere(self, tmp_path: Path) -> None:
        report = checked(tmp_path, CLUSTERS, {"alf/events.clusters.npy": [0.0, np.nan, 3.0]})
        (finding,) = found(report, "ALF402")
        assert finding.rows == (2,)

    def test_text_is_no_reference(self, tmp_path: Path) -> None:
        assert not codes(checked(tmp_path, CLUSTERS, {"alf/events.clusters.npy": np.array(["a", "b"])}))

    def test_a_column_of_a_table_refers_like_an_attribute(self, tmp_path: Path) -> None:
        frame = pd.DataFrame({"times": [0.1, 0.2], "clusters": [0, 3], "mine": [7, 8]})
        (finding,) = found(checked(tmp_path, CLUSTERS, {"alf/spikes.table.pqt": frame}), "ALF402")
        assert (finding.severity, finding.contract) == (Severity.ERROR, "alf.spikes@2.0.0")
        assert (finding.rows, finding.column) == ((1,), "clusters")
        (finding,) = found(checked(tmp_path, CLUSTERS, {"alf/events.table.pqt": frame}), "ALF402")[:1]
        assert finding.severity is Severity.WARNING

    def test_a_column_with_gaps_refers_too(self, tmp_path: Path) -> None:
        frame = pd.DataFrame({"clusters": pd.array([0, None, 9], dtype="Int64")})
        (finding,) = found(checked(tmp_path, CLUSTERS, {"alf/events.table.pqt": frame}), "ALF402")
        assert finding.rows == (2,)

    def test_a_sample_is_of_distinct_rows(self, tmp_path: Path) -> None:
        channels: dict[str, Content] = {"alf/channels.rawInd.npy": [0, 1]}
        many: dict[str, Content] = {"alf/clusters.waveformsChannels.npy": np.full((3, 8), 5)}
        (finding,) = found(checked(tmp_path, CLUSTERS, channels, many), "ALF402")
        assert (finding.rows, finding.count) == ((0, 1, 2), 24)
        assert "rows 0, 1, 2:" in finding.message


def test_a_target_that_failed_leaves_a_claim_unverified(tmp_path: Path) -> None:
    broken: dict[str, Content] = {"alf/clusters.depths.npy": b"no array", "alf/clusters.amps.npy": b""}
    report = checked(tmp_path, SPIKES, broken)
    (finding,) = found(report, "ALF904")
    assert finding.severity is Severity.UNVERIFIED
    assert finding.contract == "alf.spikes@2.0.0"
    assert verdicts(report)["alf/spikes.clusters.npy"] == "unverified"
    assert verdicts(report)["alf/spikes.times.npy"] == "pass"
    assert report.exit_code() == 3


def test_a_target_that_failed_says_nothing_of_a_name_alone(tmp_path: Path) -> None:
    broken: dict[str, Content] = {"alf/clusters.depths.npy": b"no array"}
    report = checked(tmp_path, broken, {"alf/events.clusters.npy": [0, 1]})
    assert codes(report) == {"ALF201"}
    assert verdicts(report)["alf/events.clusters.npy"] == "pass"
    assert report.exit_code() == 1


def test_one_sound_dataset_of_the_target_is_enough(tmp_path: Path) -> None:
    report = checked(tmp_path, SPIKES, CLUSTERS, {"alf/clusters.amps.npy": b"no array"})
    assert codes(report) == {"ALF201"}
    assert verdicts(report)["alf/spikes.clusters.npy"] == "pass"


def test_a_target_without_a_prevailing_count_leaves_a_claim_unverified(tmp_path: Path) -> None:
    report = checked(tmp_path, SPIKES, CLUSTERS, {"alf/clusters.amps.npy": [1e-4] * 4})
    assert codes(report) == {"ALF401", "ALF904"}
    assert verdicts(report)["alf/spikes.clusters.npy"] == "unverified"


def test_a_target_whose_own_reference_is_wrong_still_counts(tmp_path: Path) -> None:
    """Whatever the names of the objects, and so the order in which they are looked at."""
    for name in ("spikes", "a", "z"):
        root = tmp_path / name
        chain: dict[str, Content] = {
            f"alf/{name}.clusters.npy": [0, 1],
            "alf/clusters.channels.npy": [0, 9],
            "alf/channels.rawInd.npy": [0, 1],
        }
        report = checked(root, chain)
        assert codes(report) == {"ALF402"}
        assert verdicts(report)[f"alf/{name}.clusters.npy"] == "pass"


def test_contracts_may_claim_by_pattern_and_within_an_object(tmp_path: Path) -> None:
    source = """
        import pandera.pandas as pa

        CONTRACT = alfcheck.Contract(
            id="lab.tree", version="1.0.0", match=alfcheck.Match(object="tree"),
            terms={
                "parents": alfcheck.Terms(references="tree", missing=-1),
                "link_*": alfcheck.Terms(references="leaves"),
            },
            schema=lambda: pa.DataFrameSchema({}),
        )

        @alfcheck.hookimpl
        def alfcheck_contracts():
            return [CONTRACT]
    """
    plugins = (plugin(tmp_path, source),)
    frame = pd.DataFrame({"parents": [-1, 0, 3], "link_a": [0, 1, 1], "link_b": [0, 1, 2]})
    files: dict[str, Content] = {"alf/tree.table.pqt": frame, "alf/leaves.area.npy": [1.0, 2.0]}
    report = checked(tmp_path / "release", files, plugins=plugins)
    told = {(finding.column, finding.rows, str(finding.severity)) for finding in found(report, "ALF402")}
    assert told == {("parents", (2,), "error"), ("link_b", (2,), "error")}
    assert {finding.origin.name for finding in found(report, "ALF402")} == {Path(plugins[0]).stem}
