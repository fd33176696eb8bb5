"""The generator's releases are what they say: clean ones are clean, faults are where they should be."""

from __future__ import annotations

import fnmatch
import hashlib
import io
import itertools
import json
import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from one.alf import spec
from one.alf.cache import make_parquet_db
from one.alf.path import rel_path_parts
from one.api import One

from alfcheck.demo import (
    FAULTS,
    SIGNATURES,
    Demo,
    Fault,
    Planted,
    Signature,
    fault_named,
    plan,
    plant,
    plant_fault,
    signature_named,
    write_demo,
    write_expectations,
    write_faulty_release,
    write_planned,
    write_release,
    write_session,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

# ONE warns of its own builder's tables, which lack a column, and pandas of ONE.
pytestmark = [
    pytest.mark.filterwarnings("ignore:No default revision"),
    pytest.mark.filterwarnings("ignore:Multiple revisions"),
    pytest.mark.filterwarnings("ignore:The (copy|inplace) keyword"),
]
SESSION = "northlab/Subjects/northlab_001/2023-01-09/001"
KINDS = [fault.kind for fault in FAULTS]
EXPECTED_KINDS = re.findall(
    r"\S+",
    """
    wrong-value wrong-value-in-table wrong-dtype wrong-columns missing-value reversed-interval unsorted-times
    reference-past-end negative-reference too-few-rows too-many-rows
    truncated empty header-only random-bytes object-array bare-pickle text-in-npy cut-parquet broken-json
    latin1-csv link-out dangling-link link-loop fifo
    revision-not-last two-revisions slow-name decomposed-unicode not-utf8 control-character trailing-newline
    half-written swap-file checkpoint appledouble space
    unpadded-number impossible-date extra-parents lab-without-subjects duplicate-session
    """,
)


def paths_of(root: Path) -> Iterator[str]:
    """Give every file, link and FIFO under a folder, as text relative to it."""
    for top, _, names in os.walk(root):
        for name in names:
            yield os.path.relpath(os.path.join(top, name), root)


def snapshot(root: Path) -> dict[str, tuple[Any, ...]]:
    """Give what stands at each path: a link's target, a file's date and contents."""
    found: dict[str, tuple[Any, ...]] = {}
    for path in paths_of(root):
        full = root / path
        info = full.lstat()
        if stat.S_ISLNK(info.st_mode):
            found[path] = ("link", os.readlink(full))
        elif stat.S_ISREG(info.st_mode):
            found[path] = ("file", info.st_mtime_ns, hashlib.md5(full.read_bytes()).hexdigest())
        else:
            found[path] = ("other",)
    return found


def session_of(path: str) -> str:
    """Give the part of a path up to the session's number."""
    match = re.match(r".*?/\d{4}-\d\d-\d\d/\d+(?=/)", path)
    assert match is not None
    return match.group()


def sound_datasets(root: Path, demo: Demo) -> set[str]:
    """Count with ONE's own grammar, by hand: regular files in sessions that nothing excludes."""
    folders = tuple(path for path in demo.excluded if path.endswith("/"))
    sound = set()
    for path in paths_of(root):
        in_session = path.count("/") > 2 and not path.startswith(folders) and path not in demo.excluded
        if in_session and not path.endswith(".npy-old") and spec.is_valid(Path(path).name):
            sound.add(path)
    return sound


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("clean")
    write_release(root, sessions=2 * len(SIGNATURES))
    return root


@pytest.fixture(scope="module")
def client(clean: Path, tmp_path_factory: pytest.TempPathFactory) -> One:
    tables = tmp_path_factory.mktemp("tables")
    make_parquet_db(clean, out_dir=tables)
    return One(cache_dir=clean, tables_dir=tables, mode="local")


class TestCleanRelease:
    def test_every_file_in_a_session_is_a_dataset(self, clean: Path) -> None:
        paths = list(paths_of(clean))
        datasets = [path for path in paths if path != "README.txt"]
        assert len(datasets) == 15 * 2 * len(SIGNATURES) == len(paths) - 1
        for path in datasets:
            parts = path.split("/")
            assert spec.is_session_path("/".join(parts[:5]))
            assert rel_path_parts("/".join(parts[5:])) is not None

    def test_one_lists_all_of_it(self, client: One) -> None:
        assert len(client.search()) == 2 * len(SIGNATURES)
        assert sum(len(client.list_datasets(eid)) for eid in client.search()) == 30 * len(SIGNATURES)

    def test_one_loads_every_object_with_equal_rows(self, client: One) -> None:
        loaded = set()
        for eid in client.search():
            parts = [rel_path_parts(path) for path in client.list_datasets(eid)]
            for collection, name in {(part[0] or "", part[3]) for part in parts}:
                loaded.add(name)
                found = client.load_object(eid, name, collection=collection, check_hash=False)
                assert found.check_dimensions == 0, (eid, collection, name)
        assert loaded >= {"trials", "wheel", "spikes", "clusters", "templates", "channels"}

    def test_one_searches_it(self, client: One) -> None:
        assert len(client.search(lab="northlab")) == 6
        assert len(client.search(subject="northlab_001", date_range=["2023-01-09", "2023-01-09"])) == 2
        assert len(client.search(datasets="spikes.times.npy")) == 8

    def test_plain_layout_has_no_labs(self, tmp_path: Path) -> None:
        write_release(tmp_path, sessions=8, layout="plain")
        assert all(spec.is_session_path(path.relative_to(tmp_path)) for path in tmp_path.glob("*/*/*"))
        assert len(list(tmp_path.glob("*/*/*"))) == 8

    def test_no_two_sessions_share_subject_date_and_number(self) -> None:
        paths = [each.path for each in plan([SIGNATURES[0]] * 6000, labs=("ab", "abc"))]
        assert len({tuple(path.split("/")[-3:]) for path in paths}) == 6000


def columns_of(folder: Path, stem: str) -> dict[str, Any]:
    """Give the columns of an object by attribute, as flat arrays where they are (n, 1)."""
    columns = {}
    for path in folder.glob(f"*{stem}.*.npy"):
        values = np.load(path, allow_pickle=False)
        columns[path.name.split(".")[1]] = values[:, 0] if values.shape[1:] == (1,) else values
    for path in folder.glob(f"*{stem}.table.pqt"):
        columns.update({name: values.to_numpy() for name, values in pd.read_parquet(path).items()})
    return columns


@pytest.fixture(params=SIGNATURES, ids=lambda signature: signature.name)
def session(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = tmp_path / SESSION
    assert len(write_session(folder, np.random.default_rng(3), signature=request.param)) == 15
    return folder


class TestCleanValues:
    def test_trials_are_consistent(self, session: Path) -> None:
        trials = columns_of(session / "alf", "trials")
        if "choice" not in trials:
            return
        side = np.where(np.isnan(trials["contrastLeft"]), -1, 1)
        assert (np.isnan(trials["contrastLeft"]) != np.isnan(trials["contrastRight"])).all()
        assert ((trials["choice"] == side) == (trials["feedbackType"] == 1)).all()
        if "rewardVolume" in trials:
            assert ((trials["rewardVolume"] > 0) == (trials["feedbackType"] == 1)).all()

    def test_times_are_in_order(self, session: Path) -> None:
        trials = columns_of(session / "alf", "trials")
        if "intervals" in trials:
            assert (np.diff(trials["intervals"].ravel()) > 0).all()
        in_order = [name for name in ("goCue_times", "response_times", "feedback_times") if name in trials]
        for before, after in itertools.pairwise(in_order):
            assert (trials[before] <= trials[after]).all()
        for name, values in columns_of(session / "alf", "wheel").items():
            assert name != "timestamps" or (np.diff(values, axis=0) > 0).all()
        for place in ("alf", "alf/probe00"):
            spikes = columns_of(session / place, "spikes")
            assert not spikes or (np.diff(spikes["times"]) >= 0).all()

    def test_references_lead_somewhere(self, session: Path) -> None:
        for place in ("alf", "alf/probe00"):
            spikes, clusters, channels, templates = (
                columns_of(session / place, name) for name in ("spikes", "clusters", "channels", "templates")
            )
            rows = {
                name: len(next(iter(values.values())))
                for name, values in (("clusters", clusters), ("channels", channels), ("templates", templates))
                if values
            }
            for source, target in ((spikes, "clusters"), (spikes, "templates"), (clusters, "channels")):
                if target in source and target in rows:
                    assert source[target].min() >= 0
                    assert source[target].max() < rows[target]

    def test_column_vectors_are_fortran_float64(self, tmp_path: Path) -> None:
        write_session(tmp_path / SESSION, np.random.default_rng(0), signature=signature_named("columns"))
        for path in (tmp_path / SESSION / "alf").glob("*.npy"):
            values = np.load(path, allow_pickle=False)
            assert values.ndim == 2
            assert values.flags.f_contiguous
            assert values.dtype == (bool if "included" in path.name else np.float64)

    def test_settings_name_their_session(self, tmp_path: Path) -> None:
        write_session(tmp_path / SESSION, np.random.default_rng(0), mtime=1_600_000_000)
        path = tmp_path / SESSION / "raw_behavior_data/_iblrig_taskSettings.raw.json"
        settings = json.loads(path.read_text())
        assert [settings[key] for key in ("SUBJECT_NAME", "SESSION_DATE", "SESSION_NUMBER")] == [
            "northlab_001",
            "2023-01-09",
            "001",
        ]
        assert 1_600_000_000 <= path.stat().st_mtime < 1_600_000_015


class TestDeterminism:
    def test_the_same_seed_gives_the_same_bytes_and_dates(self, tmp_path: Path) -> None:
        for name in ("a", "b"):
            write_release(tmp_path / name, sessions=10, seed=5)
        assert snapshot(tmp_path / "a") == snapshot(tmp_path / "b")

    def test_another_seed_gives_other_values(self, tmp_path: Path) -> None:
        for seed in (1, 2):
            write_release(tmp_path / str(seed), sessions=1, seed=seed)
        assert snapshot(tmp_path / "1") != snapshot(tmp_path / "2")

    def test_faults_too(self, tmp_path: Path) -> None:
        first, second = (write_faulty_release(tmp_path / name, seed=5) for name in ("a", "b"))
        assert first == second
        assert snapshot(tmp_path / "a") == snapshot(tmp_path / "b")


def spoilt(root: Path, kind: str) -> tuple[Planted, dict[str, Any], dict[str, Any]]:
    """Write one session, plant one fault, and give the tree before and after."""
    fault = fault_named(kind)
    write_planned(root, plan([signature_with(fault)]), seed=0)
    before = snapshot(root)
    return plant_fault(root, SESSION, fault, np.random.default_rng(0)), before, snapshot(root)


def signature_with(fault: Fault) -> Signature:
    return next(each for each in SIGNATURES if fault.needs in each.build(np.random.default_rng(0)))


def load(root: Path, path: str) -> Any:
    return np.load(io.BytesIO((root / path).read_bytes()), allow_pickle=False)


class TestFaults:
    def test_every_kind_is_there_once(self) -> None:
        assert len(KINDS) == len(set(KINDS))
        assert sorted(KINDS) == sorted(EXPECTED_KINDS)

    @pytest.mark.parametrize("kind", KINDS)
    def test_it_changes_what_it_names_and_nothing_else(self, kind: str, tmp_path: Path) -> None:
        planted, before, after = spoilt(tmp_path, kind)
        gone = before.keys() - after.keys()
        changed = {path for path in before.keys() & after.keys() if before[path] != after[path]}
        new = {
            path.encode(errors="surrogateescape").decode(errors="backslashreplace")
            for path in after.keys() - before
        }
        named = set(planted.excluded + planted.not_datasets)
        folders = tuple(path for path in named if path.endswith("/"))
        if folders:
            assert not changed
            assert all(path.startswith(folders) for path in new)
            assert planted.damage.datasets == len(new) == 15
            assert planted.damage.sessions == 1
        else:
            assert not gone
            assert changed | new == named
            assert planted.damage.datasets == len(changed)
            assert planted.damage.sessions == 0
        assert all(code.startswith("ALF") for code in planted.codes)
        assert planted.description.endswith(".")

    @pytest.mark.parametrize("kind", KINDS)
    def test_excluded_are_datasets_to_one_and_the_others_are_not(self, kind: str, tmp_path: Path) -> None:
        planted, _, _ = spoilt(tmp_path, kind)
        for path in planted.excluded:
            if path.endswith("/"):
                assert spec.is_session_path(path)
            else:
                assert spec.is_valid(path.rsplit("/", 1)[-1])
        for path in planted.not_datasets:
            assert not spec.is_valid(path.rsplit("/", 1)[-1].replace(".x" * 22, ".x" * 5))

    def test_dates_do_not_give_a_fault_away(self, tmp_path: Path) -> None:
        planted, before, after = spoilt(tmp_path, "wrong-value")
        (path,) = planted.excluded
        assert before[path][1] == after[path][1]

    def test_a_session_without_the_file_is_refused(self, tmp_path: Path) -> None:
        write_planned(tmp_path, plan([signature_named("table")]), seed=0)
        with pytest.raises(LookupError, match=r"spikes\.times\.npy"):
            plant_fault(tmp_path, SESSION, fault_named("missing-value"), np.random.default_rng(0))

    def test_planting_refuses_when_sessions_run_out(self, tmp_path: Path) -> None:
        planned = plan([signature_named("singles")])
        write_planned(tmp_path, planned, seed=0)
        faults = [fault_named("empty"), fault_named("truncated")]
        with pytest.raises(LookupError, match="no session is left"):
            plant(tmp_path, planned, faults, np.random.default_rng(0))


class TestWhatFaultsDo:
    def only(self, root: Path, kind: str) -> str:
        planted, _, _ = spoilt(root, kind)
        (path,) = planted.excluded
        return path

    def test_wrong_value(self, tmp_path: Path) -> None:
        assert (load(tmp_path, self.only(tmp_path, "wrong-value")) == 7).sum() == 1

    def test_wrong_value_in_table(self, tmp_path: Path) -> None:
        frame = pd.read_parquet(tmp_path / self.only(tmp_path, "wrong-value-in-table"))
        assert (frame["choice"] == 7).sum() == 1

    def test_wrong_dtype_and_columns(self, tmp_path: Path) -> None:
        assert load(tmp_path / "a", self.only(tmp_path / "a", "wrong-dtype")).dtype.kind == "U"
        assert load(tmp_path / "b", self.only(tmp_path / "b", "wrong-columns")).shape[1] == 3

    def test_missing_and_unsorted_times(self, tmp_path: Path) -> None:
        assert np.isnan(load(tmp_path / "a", self.only(tmp_path / "a", "missing-value"))).sum() == 1
        assert (np.diff(load(tmp_path / "b", self.only(tmp_path / "b", "unsorted-times"))) < 0).any()

    def test_reversed_interval(self, tmp_path: Path) -> None:
        assert (np.diff(load(tmp_path, self.only(tmp_path, "reversed-interval")), axis=1) < 0).sum() == 1

    @pytest.mark.parametrize("kind", ["reference-past-end", "negative-reference"])
    def test_references(self, tmp_path: Path, kind: str) -> None:
        path = self.only(tmp_path, kind)
        rows = len(load(tmp_path, path.replace("spikes.clusters", "clusters.depths")))
        values = load(tmp_path, path)
        wrong = values[(values < 0) | (values >= rows)]
        assert len(wrong) == 1
        assert wrong[0] == -3 if kind == "negative-reference" else wrong[0] > rows

    @pytest.mark.parametrize(("kind", "extra"), [("too-few-rows", -1), ("too-many-rows", 1)])
    def test_rows(self, tmp_path: Path, kind: str, extra: int) -> None:
        path = self.only(tmp_path, kind)
        assert (
            len(load(tmp_path, path))
            == len(load(tmp_path, path.replace("probabilityLeft", "choice"))) + extra
        )

    @pytest.mark.parametrize(
        "kind",
        ["truncated", "empty", "header-only", "random-bytes", "object-array", "bare-pickle", "text-in-npy"],
    )
    def test_numpy_refuses(self, tmp_path: Path, kind: str) -> None:
        with pytest.raises((ValueError, EOFError)):
            load(tmp_path, self.only(tmp_path, kind))

    def test_tables_and_texts_cannot_be_read(self, tmp_path: Path) -> None:
        with pytest.raises(Exception, match=r"[Pp]arquet|footer"):
            pd.read_parquet(tmp_path / "a" / self.only(tmp_path / "a", "cut-parquet"))
        with pytest.raises(json.JSONDecodeError):
            json.loads((tmp_path / "b" / self.only(tmp_path / "b", "broken-json")).read_text())
        with pytest.raises(UnicodeDecodeError):
            (tmp_path / "c" / self.only(tmp_path / "c", "latin1-csv")).read_text(encoding="utf-8")

    def test_links(self, tmp_path: Path) -> None:
        out = tmp_path / "a" / self.only(tmp_path / "a", "link-out")
        assert out.exists()
        assert not out.resolve().is_relative_to(tmp_path)
        gone = tmp_path / "b" / self.only(tmp_path / "b", "dangling-link")
        assert gone.is_symlink()
        assert not gone.exists()
        with pytest.raises(OSError, match=r"[Ll]oop|levels|symbolic links"):
            os.stat(tmp_path / "c" / self.only(tmp_path / "c", "link-loop"))
        assert stat.S_ISFIFO(os.lstat(tmp_path / "d" / self.only(tmp_path / "d", "fifo")).st_mode)


class TestFaultyReleases:
    def test_each_session_holds_one_fault(self, tmp_path: Path) -> None:
        demo = write_faulty_release(tmp_path)
        assert [planted.kind for planted in demo.planted] == KINDS
        assert len({planted.session for planted in demo.planted}) == len(FAULTS)

    def test_counts_are_those_of_the_tree(self, tmp_path: Path) -> None:
        for name, write in (("demo", write_demo), ("all", write_faulty_release)):
            root = tmp_path / name
            demo = write(root)
            sound = sound_datasets(root, demo)
            assert len(sound) == demo.datasets
            assert len({session_of(path) for path in sound}) == demo.sessions

    def test_the_demo_is_small_and_mostly_sound(self, tmp_path: Path) -> None:
        demo = write_demo(tmp_path / "once")
        assert demo.sessions == 22
        assert demo.datasets > 300
        assert len(demo.planted) >= 15
        assert write_demo(tmp_path / "again") == demo

    def test_plain_layout(self, tmp_path: Path) -> None:
        demo = write_faulty_release(tmp_path, layout="plain")
        assert len(sound_datasets(tmp_path, demo)) == demo.datasets

    def test_expectations_match_the_paths_that_they_stand_for(self, tmp_path: Path) -> None:
        demo = write_faulty_release(tmp_path / "release")
        lines, expected = write_expectations(demo, tmp_path / "expected")
        patterns = lines.read_text(encoding="utf-8").splitlines()
        assert len(patterns) == len(demo.excluded)
        assert all(
            fnmatch.fnmatchcase(path, line) for path, line in zip(demo.excluded, patterns, strict=True)
        )
        assert json.loads(expected.read_text()) == {"datasets": demo.datasets, "sessions": demo.sessions}
