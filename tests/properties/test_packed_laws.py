"""What is packed is what it was: sessions, results, the ledger, and the tables that are written of them."""

from __future__ import annotations

import copy
import io
import pickle
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from itertools import chain

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_samples import a_finding
from report_samples import rows as any_rows

from alfcheck import arrays
from alfcheck.entering import ledger_of
from alfcheck.index import IndexDataset, IndexSession, build_tables, parquet_bytes
from alfcheck.ledger import Ledger, LedgerRow
from alfcheck.model import (
    Entry,
    FileResult,
    Finding,
    Ignored,
    Scan,
    SessionFiles,
    SessionResult,
    Severity,
    Status,
    Verdict,
)
from alfcheck.publish.existing import holds_same
from alfcheck.reporters.files import pieces
from alfcheck.verdict import verdict_of

texts = st.text(max_size=6) | st.sampled_from(["a.b.npy", "alf/a.b.npy", "x\0y", "\0", "a\ud800"])
paths = st.builds("s/1/{}".format, texts) | texts
numbers = st.integers(0, 2**40) | st.integers(-(2**63), 2**130)
entries = st.lists(st.builds(Entry, paths, *[numbers] * 5), max_size=4).map(tuple)
md5s = st.none() | st.integers(0, 2**128 - 1).map("{:032x}".format) | texts
results = st.lists(st.builds(FileResult, paths, numbers, texts, st.booleans(), md5s), max_size=4).map(tuple)


# Sessions and results


@given(st.just("s/1") | texts, entries)
def test_a_session_gives_back_its_files(path: str, files: tuple[Entry, ...]) -> None:
    session = SessionFiles(path, files)
    assert session.path == path
    assert session.entries == files
    assert session.paths == tuple(entry.path for entry in files)
    assert session.count == len(files)
    assert session.size == sum(entry.size for entry in files)
    assert session.changed == max((max(each.mtime_ns, each.ctime_ns) for each in files), default=0)
    assert all(type(entry) is Entry for entry in session.entries)


@given(st.just("s/1") | texts, results, st.dictionaries(texts, texts, max_size=2))
def test_a_result_gives_back_its_files(
    path: str, files: tuple[FileResult, ...], info: dict[str, str]
) -> None:
    result = SessionResult(path, files, (a_finding(),), info)
    assert (result.path, result.files, result.findings, result.info) == (path, files, (a_finding(),), info)
    assert (result.paths, result.sizes, result.types, result.md5s) == (
        tuple(each.path for each in files),
        tuple(each.size for each in files),
        tuple(each.dataset_type for each in files),
        tuple(each.md5 for each in files),
    )
    if not any("\0" in each.dataset_type for each in files):
        assert result.has_datasets == any(each.dataset_type for each in files)


@given(st.sampled_from(["s/1", "s"]), entries, st.sampled_from(["s/1", "s"]), entries)
def test_packed_values_are_equal_as_what_they_are_made_of(
    path: str, files: tuple[Entry, ...], other: str, others: tuple[Entry, ...]
) -> None:
    one, two = SessionFiles(path, files), SessionFiles(other, others)
    assert (one == two) == ((path, files) == (other, others))
    assert one == SessionFiles(path, list(files))
    assert hash(one) == hash(SessionFiles(path, files))


@given(entries, results)
def test_packed_values_travel(files: tuple[Entry, ...], told: tuple[FileResult, ...]) -> None:
    session, result = (
        SessionFiles("s/1", files),
        SessionResult("s/1", told, (a_finding(),), {"projects": "p"}),
    )
    for each in (session, result):
        there = pickle.loads(pickle.dumps(each))  # noqa: S301
        assert there == each == copy.deepcopy(each)
        assert repr(there) == repr(each)


@given(entries, st.data())
def test_a_result_made_of_columns_is_that_made_of_files(
    files: tuple[Entry, ...], data: st.DataObject
) -> None:
    session = SessionFiles("s/1", files)
    exactly = {"min_size": len(files), "max_size": len(files)}
    types, readable, hashes = (data.draw(st.lists(each, **exactly)) for each in (texts, st.booleans(), md5s))
    made = SessionResult.of_columns(session, (types, readable, hashes), (), {})
    rows = zip(session.paths, (entry.size for entry in files), types, readable, hashes, strict=True)
    expected = SessionResult("s/1", [FileResult(*row) for row in rows], (), {})
    assert made == expected
    assert made.is_of(session)
    assert expected.is_of(session)
    assert not expected.is_of(SessionFiles("s/2", files))


@given(st.lists(texts.filter(lambda text: "\0" not in text), max_size=4), st.data())
def test_a_session_made_of_columns_is_that_made_of_entries(names: list[str], data: st.DataObject) -> None:
    columns = [data.draw(st.lists(numbers, min_size=len(names), max_size=len(names))) for _ in range(5)]
    files = (Entry(f"s/1/{name}", *row) for name, *row in zip(names, *columns, strict=True))
    made = SessionFiles.of_columns("s/1", names, [*chain.from_iterable(columns)])
    assert made == SessionFiles("s/1", files)


def test_what_sessions_have_in_common_is_there_once() -> None:
    def of(path: str) -> SessionFiles:
        return SessionFiles(
            path, [Entry(f"{path}/alf/{name}", 1, 2, 3, 4, 5) for name in ("a.b.npy", "a.c.npy")]
        )

    one, two = (len(pickle.dumps([of(f"s/{place}") for place in range(count)])) for count in (100, 200))
    assert (two - one) / 200 < 100, "bytes for each further file that a worker is handed"


def test_packed_values_are_frozen() -> None:
    session = SessionFiles("s/1", (Entry("s/1/a.b.npy", 1, 2, 3, 4, 5),))
    with pytest.raises(AttributeError, match="_replace"):
        session.path = "s/2"
    with pytest.raises(AttributeError, match="_replace"):
        del session.path
    assert session._replace(path="s").entries == session.entries
    assert session._replace(entries=()).count == 0
    with pytest.raises(TypeError):
        session._replace(names=())


# The ledger

free_rows = st.builds(
    LedgerRow,
    paths,
    st.sampled_from(["", "s/1", "s"]),
    texts,
    texts,
    texts,
    texts,
    st.lists(texts, max_size=2).map(tuple),
    numbers,
    md5s,
)


@given(st.lists(free_rows, max_size=8))
def test_a_ledger_gives_back_its_rows(rows: list[LedgerRow]) -> None:
    ledger = Ledger(rows)
    assert ledger.rows == tuple(ledger) == tuple(rows)
    assert len(ledger) == len(rows)
    assert ledger == Ledger(tuple(rows))
    assert ledger.count() == Counter((row.verdict, row.status, row.reason) for row in rows)
    assert all(type(row) is LedgerRow for row in ledger)


FOLDERS = ("s/1", "s/1-", "s/10", "s/1.", "t/1")
NAMES = ("a.b.npy", "alf/a.b.npy", "alf-/a.b.npy", "zzz")


@st.composite
def releases(draw: st.DrawFn) -> tuple[Scan, list[SessionResult], list[Finding]]:
    free = [f"{folder}/{name}" for folder in (*FOLDERS, "s", "r") for name in NAMES] + [
        *FOLDERS,
        "README",
        "z",
    ]
    places = draw(st.permutations(free))
    ignored = tuple(sorted(Ignored(path, 3, "why") for path in places[: draw(st.integers(0, 6))]))
    rest = places[len(ignored) :]
    refused = tuple(sorted(Entry(path, 0, 1, 1, 1, 1) for path in rest[: draw(st.integers(0, 4))]))
    rest = rest[len(refused) :]
    found = []
    for folder in draw(st.permutations(FOLDERS)):
        own = sorted(path for path in rest if path.startswith(f"{folder}/"))
        types, flags = draw(st.sampled_from([("a.b", True), ("", False), ("a.b", False)]))
        files = tuple(FileResult(path, 5, types, flags, draw(md5s)) for path in own)
        found.append(SessionResult(folder, files, (), {}))
    blamed = st.lists(st.sampled_from(free), max_size=3).map(tuple)
    findings = st.builds(
        a_finding, st.sampled_from(free), datasets=blamed, severity=st.sampled_from(Severity)
    )
    return Scan((), ignored, refused), found, draw(st.lists(findings, max_size=4))


def entered(
    scan: Scan, found: Sequence[SessionResult], findings: Sequence[Finding], strict: bool, partial: bool
) -> list[LedgerRow]:
    """Enter file by file, which is what the ledger says."""

    def own(path: str) -> list[Finding]:
        return [each for each in findings if path in (each.datasets or (each.path,))]

    def codes(path: str) -> tuple[str, ...]:
        return tuple(sorted({each.code for each in own(path)}))

    rows = [LedgerRow(each.path, "", "", "", "ignored", "why", (), each.size, None) for each in scan.ignored]
    for each in scan.refused:
        rows.append(LedgerRow(each.path, "", "", "", "rejected", "", codes(each.path), each.size, None))
    for result in found:
        for file in result.files:
            verdict: Verdict | str = ""
            if file.dataset_type:
                verdict = verdict_of(own(file.path), readable=file.readable, partial=partial)
            good = {Verdict.PASS, Verdict.WARN} | (set() if strict else {Verdict.UNCHECKED})
            status = Status.INDEXED if verdict in good else Status.REJECTED
            silent = verdict and status is Status.REJECTED and not codes(file.path)
            reason = "unchecked, and --strict indexes only what was checked" if silent else ""
            told = (file.dataset_type, verdict, status, reason, codes(file.path))
            rows.append(LedgerRow(file.path, result.path, *told, file.size, file.md5))
    return sorted(rows, key=lambda row: row.path)


@given(releases(), st.booleans(), st.booleans())
def test_files_are_entered_one_by_one_and_in_order(
    release: tuple[Scan, list[SessionResult], list[Finding]], strict: bool, partial: bool
) -> None:
    scan, found, findings = release
    ledger = ledger_of(scan, found, findings, strict=strict, partial=partial)
    assert [*ledger] == entered(scan, found, findings, strict, partial)


def test_a_root_inside_a_session_is_entered_with_what_is_ignored_in_it() -> None:
    result = SessionResult(".", [FileResult(path, 1, "", False, None) for path in ("a.b.npy", "x/y")], (), {})
    scan = Scan((), (Ignored(".DS_Store", 1, "why"), Ignored("m", 1, "why")))
    assert [row.path for row in ledger_of(scan, [result], ())] == [".DS_Store", "a.b.npy", "m", "x/y"]


# What is written of it


written_rows = any_rows.filter(lambda row: "\ud800" not in row.reason + row.path)


@given(st.lists(written_rows, max_size=12), st.integers(1, 5))
def test_a_ledger_is_written_piece_by_piece(rows: list[LedgerRow], most: int) -> None:
    ledger = Ledger(rows)
    whole, parts = pa.concat_tables(pieces(ledger)), [*pieces(ledger, most)]
    assert pa.concat_tables(parts).equals(whole)
    assert all(part.num_rows <= most for part in parts)
    assert [LedgerRow(**{**row, "codes": tuple(row["codes"])}) for row in whole.to_pylist()] == rows


index_names = st.lists(
    st.sampled_from(["a.b.npy", "alf/a.b.npy", "#v#/a.b.npy", "é.c.npy"]), max_size=4, unique=True
)


@settings(deadline=None)  # files are written
@given(st.lists(index_names, max_size=5), st.booleans(), st.integers(1, 4))
def test_an_index_is_written_piece_by_piece(
    tmp_path_factory: pytest.TempPathFactory, sessions: list[list[str]], hashes: bool, most: int
) -> None:
    own = [
        IndexSession("", f"s{number}", date(2020, 1, 31), 1, [IndexDataset(n, 7, "0" * 32) for n in names])
        for number, names in enumerate(sessions)
    ]
    tables = build_tables(own, hashes=hashes, date_created=datetime(2025, 1, 1))
    parts = [*tables.pieces(most)]
    assert pa.concat_tables(parts).combine_chunks().equals(tables.datasets)
    assert all(part.num_rows <= most for part in parts)
    file = io.BytesIO()
    tables.write_datasets(file)
    assert file.getvalue() == parquet_bytes(tables.datasets)
    path = tmp_path_factory.mktemp("index") / "datasets.pqt"
    pq.write_table(tables.datasets, path, row_group_size=2)
    assert holds_same(path, tables.pieces(most))
    for other in (
        own[:-1],
        [*own, IndexSession("", "t", date(2020, 1, 1), 1, [IndexDataset("a.b.npy", 1, "1")])],
    ):
        changed = build_tables(other, hashes=hashes, date_created=datetime(2025, 1, 1))
        assert holds_same(path, changed.pieces(most)) == (changed.release_id == tables.release_id)


scalars = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)


@settings(deadline=None)  # pyarrow imports pandas when it is first given a list
@given(st.lists(st.none() | scalars), st.lists(st.booleans()), st.lists(st.integers(0, 2**64 - 1)))
def test_arrays_are_those_of_pyarrow(words: list[str | None], flags: list[bool], sizes: list[int]) -> None:
    for made, expected in (
        (arrays.texts(words), pa.array(words, pa.string())),
        (arrays.flags(flags), pa.array(flags, pa.bool_())),
        (arrays.numbers(sizes, pa.uint64()), pa.array(sizes, pa.uint64())),
    ):
        made.validate(full=True)
        assert made.equals(expected)
        assert made.null_count == expected.null_count


@given(st.lists(st.lists(scalars, max_size=3)), st.lists(st.dates()))
def test_arrays_of_lists_and_dates_are_those_of_pyarrow(words: list[list[str]], dates: list[date]) -> None:
    made = arrays.lists(words)
    made.validate(full=True)
    assert made.equals(pa.array(words, pa.list_(pa.string())))
    assert arrays.days(dates).equals(pa.array(dates, pa.date32()))
