"""The tables that ONE opens: ids, revisions, types, bytes, and ids that are kept."""

from __future__ import annotations

import csv
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from one.alf.cache import load_tables, make_parquet_db
from one.api import One

from alfcheck.errors import ConfigError
from alfcheck.index import (
    IdMap,
    IndexDataset,
    IndexSession,
    Tables,
    build_tables,
    dataset_id,
    parquet_bytes,
    read_ids,
    release_id_of,
    session_id,
    union_sessions,
)
from alfcheck.index.ids import NAMESPACE
from alfcheck.index.rows import default_revisions

WHEN = datetime(2025, 3, 4, 5, 6, 7)
COMPARE = Path(__file__).parents[2] / "shared" / "tools" / "compare_index.py"
NAMES = ("alf/_ibl_trials.choice.npy", "alf/probe00/spikes.times.npy", "alf/probe00/#v1#/spikes.times.npy")


def a_session(
    subject: str = "s1", number: int = 1, lab: str = "lab", names: tuple[str, ...] = NAMES
) -> IndexSession:
    datasets = [IndexDataset(name, 10 + place, f"{place:032x}") for place, name in enumerate(names)]
    return IndexSession(lab, subject, date(2020, 1, 31), number, datasets)


def build(*sessions: IndexSession, hashes: bool = False, ids: IdMap | None = None) -> Tables:
    return build_tables(sessions, ids=ids, hashes=hashes, date_created=WHEN)


def write(folder: Path, tables: Tables) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sessions.pqt").write_bytes(parquet_bytes(tables.sessions))
    (folder / "datasets.pqt").write_bytes(parquet_bytes(tables.datasets))
    return folder


def write_tree(root: Path, *sessions: IndexSession) -> Path:
    for session in sessions:
        for dataset in session.datasets:
            path = root / session.path / dataset.rel_path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x" * dataset.size)
    return root


@given(st.text(), st.text())
def test_ids_are_version_3_uuids_of_the_path(session: str, rel_path: str) -> None:
    session, rel_path = (text.encode(errors="replace").decode() for text in (session, rel_path))
    assert session_id(session) == str(uuid.uuid3(NAMESPACE, session))
    assert dataset_id(session, rel_path) == str(uuid.uuid3(NAMESPACE, f"{session}/{rel_path}"))


def test_ids_never_change() -> None:
    assert session_id("lab/Subjects/s1/2020-01-31/001") == "80648811-a974-3639-a042-0b4cad18a77c"
    assert dataset_id("s1/2020-01-31/001", "alf/spikes.times.npy") == "1de398b7-5bf0-33f6-890c-eda2c98ac67b"


@pytest.mark.parametrize(
    ("sessions", "hashes", "release_id"),
    [
        (2, False, "0062fef965c441e5a134bef03aa84e90"),
        (2, True, "5715fd7443f74489b8dfdccfd721b812"),
        (0, False, "fd78dd01a5ac7eca24899bef18db289f"),
    ],
)
def test_ids_of_releases_never_change(sessions: int, hashes: bool, release_id: str) -> None:
    both = (a_session(), a_session("s2", lab=""))
    assert build(*both[:sessions], hashes=hashes).release_id == release_id


def test_nobody_waits_for_pandas_to_write_an_index() -> None:
    code = (
        "import sys, io; from datetime import date, datetime\n"
        "from alfcheck.index import IndexDataset, IndexSession, build_tables\n"
        "from alfcheck.ledger import Ledger, LedgerRow\n"
        "from alfcheck.reporters.files import write_ledger\n"
        "session = IndexSession('', 's', date(2020, 1, 1), 1, [IndexDataset('a.b.npy', 1)])\n"
        "build_tables([session], date_created=datetime(2025, 1, 1)).write_datasets(io.BytesIO())\n"
        "row = LedgerRow('a', 's', 'a.b', 'pass', 'indexed', '', ('X1',), 1, None)\n"
        "write_ledger(Ledger([row]), io.BytesIO())\n"
        "print('pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_dataset_ids_of_the_table_are_those_of_the_path() -> None:
    tables = build(a_session(), a_session("s2", lab=""))
    paths = {session_id(s.path): s.path for s in (a_session(), a_session("s2", lab=""))}
    for row in tables.datasets.to_pylist():
        assert row["id"] == dataset_id(paths[row["eid"]], row["rel_path"])


@pytest.mark.parametrize(
    ("paths", "chosen"),
    [
        (["a.b.npy", "#1#/a.b.npy"], [1]),
        (["x/#10#/a.b.npy", "x/#9#/a.b.npy", "x/a.b.npy"], [1]),
        (["x/#1#/a.b.npy", "y/#0#/a.b.npy", "x/a.c.npy"], [0, 1, 2]),
        (["#2#/a.b.npy", "#2#/a.c.npy", "#1#/a.b.npy"], [0, 1]),
        ([], []),
    ],
)
def test_default_revision_is_the_greatest_as_text(paths: list[str], chosen: list[int]) -> None:
    assert [place for place, flag in enumerate(default_revisions(paths)) if flag] == chosen


@given(
    st.sets(
        st.tuples(st.sampled_from("ab"), st.sampled_from(["", "1", "9", "10", "a"]), st.sampled_from("xy"))
    )
)
def test_exactly_one_revision_of_each_dataset_is_the_default(parts: set[tuple[str, str, str]]) -> None:
    paths = [
        f"{folder}/" + (f"#{revision}#/" if revision else "") + f"{name}.t.npy"
        for folder, revision, name in parts
    ]
    flags = default_revisions(paths)
    chosen = [part for part, flag in zip(parts, flags, strict=True) if flag]
    assert sorted((a, c) for a, _, c in chosen) == sorted({(a, c) for a, _, c in parts})
    assert all(
        revision == max(r for a, r, c in parts if (a, c) == (folder, name))
        for folder, revision, name in chosen
    )


def test_one_finds_and_loads_what_is_indexed(tmp_path: Path) -> None:
    sessions = (a_session(), a_session("s2", 2))
    write(write_tree(tmp_path, *sessions), build(*sessions))
    one = One(cache_dir=tmp_path, mode="local")
    assert sorted(map(str, one.search(subject="s2"))) == [session_id(sessions[1].path)]
    assert one.list_datasets(one.search(subject="s1")[0]) == sorted(NAMES)
    assert one.load_dataset(one.search()[0], "spikes.times.npy", download_only=True).parent.name == "#v1#"
    assert one.eid2path(session_id(sessions[0].path)) == tmp_path / sessions[0].path


@pytest.mark.skipif(not COMPARE.exists(), reason="the shared tools are not here")
@pytest.mark.parametrize("lab", ["lab", ""])
def test_no_difference_from_the_index_of_ones_own_builder(tmp_path: Path, lab: str) -> None:
    sessions = [a_session(subject, number, lab) for subject in ("s1", "s2", "ß_é") for number in (1, 20)]
    theirs, ours = (write_tree(tmp_path / name, *sessions) for name in ("theirs", "ours"))
    make_parquet_db(theirs)
    write(ours, build(*sessions))
    command = [sys.executable, str(COMPARE), str(ours), str(theirs), "--ignore", "hash,default_revision"]
    shown = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (shown.returncode, shown.stdout.splitlines()[-1]) == (0, "0 differences"), shown.stdout


@pytest.mark.skipif(not COMPARE.exists(), reason="the shared tools are not here")
def test_with_hashes_no_difference_from_ones_own_builder(tmp_path: Path) -> None:
    theirs = write_tree(tmp_path / "theirs", a_session())
    make_parquet_db(theirs, hash_files=True)
    md5s = dict(zip(*(load_tables(theirs)["datasets"][c] for c in ("rel_path", "hash")), strict=True))
    session = a_session()
    session = session._replace(datasets=[d._replace(md5=md5s[d.rel_path]) for d in session.datasets])
    write(write_tree(tmp_path / "ours", session), build(session, hashes=True))
    command = [
        sys.executable,
        str(COMPARE),
        str(tmp_path / "ours"),
        str(theirs),
        "--ignore",
        "default_revision",
    ]
    shown = subprocess.run(command, capture_output=True, text=True, check=False)
    assert shown.stdout.splitlines()[-1] == "0 differences", shown.stdout


def test_an_empty_index_can_be_opened(tmp_path: Path) -> None:
    write(tmp_path, build())
    one = One(cache_dir=tmp_path, mode="local")
    assert one.search() == []
    assert one.list_datasets() == []
    assert one.search(subject="s1") == []
    assert one.search(datasets="spikes.times.npy") == []


def test_a_session_without_datasets_is_left_out() -> None:
    tables = build(a_session(), a_session("s2", names=()))
    assert tables.sessions["subject"].to_pylist() == ["s1"]


def test_hash_is_every_md5_or_a_column_of_nulls() -> None:
    assert build(a_session()).datasets.schema.field("hash").type == pa.null()
    assert None not in build(a_session(), hashes=True).datasets["hash"].to_pylist()
    with pytest.raises(ValueError, match="no md5"):
        build(IndexSession("", "s", date(2020, 1, 1), 1, [IndexDataset("a.b.npy", 1)]), hashes=True)


@given(st.permutations([a_session(f"s{n}", n) for n in range(1, 5)]))
def test_same_rows_give_same_bytes_in_whatever_order(sessions: list[IndexSession]) -> None:
    shuffled = [s._replace(datasets=list(reversed(s.datasets))) for s in sessions]
    expected = build(*[a_session(f"s{n}", n) for n in range(1, 5)])
    tables = build(*shuffled)
    assert parquet_bytes(tables.sessions) == parquet_bytes(expected.sessions)
    assert parquet_bytes(tables.datasets) == parquet_bytes(expected.datasets)


def test_the_release_id_tells_rows_apart_and_not_dates() -> None:
    first = build(a_session())
    later = build_tables([a_session()], date_created=WHEN + timedelta(days=1))
    assert (
        later.release_id == first.release_id == release_id_of(first.sessions) == release_id_of(later.datasets)
    )
    assert parquet_bytes(later.datasets) != parquet_bytes(first.datasets)
    others = [
        build(a_session(names=NAMES[:2])),
        build(a_session(), hashes=True),
        build(a_session()._replace(projects="p")),
    ]
    assert len({tables.release_id for tables in (first, *others)}) == 4
    assert release_id_of(pa.table({"a": [1]})) is None


def test_no_path_of_the_machine_is_written(tmp_path: Path) -> None:
    folder = write(tmp_path, build(a_session()))
    assert not any(str(tmp_path).encode() in file.read_bytes() for file in folder.iterdir())


def test_the_union_follows_both_indexes() -> None:
    old, new = build(a_session("s1"), a_session("s2")), build(a_session("s2"), a_session("s3"))
    both = union_sessions(old.sessions, new)
    assert both["id"].to_pylist() == sorted(
        {*old.sessions["id"].to_pylist(), *new.sessions["id"].to_pylist()}
    )
    assert union_sessions(new.sessions, new).equals(new.sessions)
    assert release_id_of(both) == new.release_id


def test_in_the_union_the_new_row_of_an_id_stands() -> None:
    old, new = build(a_session()), build(a_session()._replace(task_protocol="t"))
    assert union_sessions(old.sessions, new)["task_protocol"].to_pylist() == ["t"]


def test_the_union_takes_an_index_of_ones_own_builder(tmp_path: Path) -> None:
    make_parquet_db(write_tree(tmp_path, a_session()))
    old = pq.read_table(tmp_path / "sessions.pqt")
    both = union_sessions(old, build(a_session()))
    assert both["subject"].to_pylist() == ["s1", "s1"]
    with pytest.raises(ValueError, match="no column"):
        union_sessions(pa.table({"a": [1]}), build())


def test_ids_of_ones_own_index_are_kept_but_not_those_that_sessions_share(tmp_path: Path) -> None:
    sessions = (a_session("s1"), a_session("s2", names=(*NAMES, "alf/extra.times.npy")))
    make_parquet_db(write_tree(tmp_path, *sessions))
    theirs = pq.read_table(tmp_path / "sessions.pqt")
    ids = read_ids(tmp_path)
    assert read_ids(tmp_path / "datasets.pqt") == ids
    tables = build(*sessions, ids=ids)
    assert tables.sessions["id"].to_pylist() == theirs["id"].to_pylist()
    kept = set(tables.datasets["id"].to_pylist()) & set(
        pq.read_table(tmp_path / "datasets.pqt")["id"].to_pylist()
    )
    assert len(kept) == 1
    assert ids.dropped == 6


def test_ids_of_our_own_index_are_kept(tmp_path: Path) -> None:
    eid, renamed = str(uuid.uuid4()), a_session()
    tables = build(renamed, ids=IdMap({renamed.path: eid}, {f"{renamed.path}/{NAMES[0]}": str(uuid.uuid1())}))
    again = build(renamed, ids=read_ids(write(tmp_path, tables)))
    assert again.release_id == tables.release_id
    assert again.sessions["id"].to_pylist() == [eid]


def a_csv(path: Path, *rows: tuple[str, ...], header: tuple[str, ...] = ("path", "id")) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def test_ids_of_a_csv_file_are_kept(tmp_path: Path) -> None:
    eid, did, session = str(uuid.uuid4()), str(uuid.uuid5(NAMESPACE, "x")), a_session()
    rows = (("lab/Subjects/s1/2020-01-31/1", eid.upper()), (f"{session.path}/{NAMES[0]}", did))
    ids = read_ids(a_csv(tmp_path / "ids.csv", *rows))
    tables = build(session, ids=ids)
    assert tables.sessions["id"].to_pylist() == [eid]
    assert did in tables.datasets["id"].to_pylist()


V4 = "0b6a1d4e-6a7d-4f0c-8f6e-2f1b8f2f6a11"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("s/2020-01-31/001", "nan")], "line 2: 'nan' is no UUID"),
        ([("s/2020-01-31/001", "")], "is no UUID"),
        ([("s/2020-01-31/001",)], "is no UUID"),
        ([("s/2020-01-31/001", V4.replace("-4f", "-5f"))], "version 5"),
        ([("s/2020-01-31/001", V4.replace("-8f", "-0f"))], "version 4, with which"),
        ([("/data/s/2020-01-31/001", V4)], "no path of a session"),
        ([("s/2020-01-31", V4)], "no path of a session"),
        ([("s/2020-01-31/001", V4), ("s/2020-01-31/1", str(uuid.uuid4()))], "line 3: .* further up"),
        ([("s/2020-01-31/001", V4), ("s/2020-01-31/002", V4)], "more than once"),
        ([("s/2020-01-31/001/a.b.npy", V4), ("s/2020-01-31/001/a.c.npy", V4)], "more than once"),
    ],
)
def test_ids_that_cannot_be_kept_are_refused(
    tmp_path: Path, rows: list[tuple[str, ...]], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        read_ids(a_csv(tmp_path / "ids.csv", *rows))


@given(st.binary(max_size=200))
def test_any_bytes_are_ids_or_a_refusal(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("ids") / "ids.csv"
    path.write_bytes(b"path,id\n" + data)
    with suppress(ConfigError):
        assert read_ids(path).dropped == 0


def test_an_index_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"sessions\.pqt"):
        read_ids(tmp_path)
    (tmp_path / "sessions.pqt").write_bytes(b"PAR1")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_ids(tmp_path)


def test_an_index_that_names_a_session_twice_is_refused(tmp_path: Path) -> None:
    tables = build(a_session())
    other = build(a_session(), ids=IdMap({a_session().path: V4}, {}))
    write(tmp_path, tables)
    pq.write_table(pa.concat_tables([tables.sessions, other.sessions]), tmp_path / "sessions.pqt")
    with pytest.raises(ConfigError, match="comes twice"):
        read_ids(tmp_path)


def test_two_sessions_never_get_the_same_id() -> None:
    moved = IdMap({a_session("new").path: session_id(a_session("old").path)}, {})
    with pytest.raises(ConfigError, match=r"new.*old|old.*new"):
        build(a_session("old"), a_session("new"), ids=moved)
    with pytest.raises(ValueError, match="comes twice"):
        build(a_session(), a_session())


def test_a_large_index_is_built_in_a_moment() -> None:
    names = tuple(f"alf/probe00/object.attribute{n}.npy" for n in range(15))
    sessions = [a_session(f"s{n // 10}", n % 10 + 1, names=names) for n in range(5000)]
    start = time.process_time()
    tables = build(*sessions)
    assert time.process_time() - start < 3
    assert tables.datasets.num_rows == 75_000
