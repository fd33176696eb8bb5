"""The cache: what comes from it, what does not, and that its faults cost time and nothing else."""

from __future__ import annotations

import os
import pickle
import resource
import shutil
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cached_runs import TICK, CachedRun, cached, own_cache, same
from lab_plugins import Lab

import alfcheck
from alfcheck.cache import FOLDER, LIMIT, NAME, Row, Store, open_store
from alfcheck.caching import judges
from alfcheck.caching.judges import judges_of
from alfcheck.cli import run as run_command
from alfcheck.errors import UsageError
from alfcheck.executors import batches
from alfcheck.model import Severity
from alfcheck.plugins import Request, load_ruleset

FLAG = """
def flag(file):
    yield Problem(message="{said}")

@alfcheck.hookimpl
def alfcheck_rules():
    return [rule("LAB201", flag, target=Target.CONTENT, asks=alfcheck.Asks(datasets=("*spikes.times.npy",)))]
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path) -> Iterator[Path]:
    with own_cache(tmp_path / "cache") as folder:
        yield folder


def fresh(*paths: Path, **options: Any) -> alfcheck.Report:
    return alfcheck.check(*paths, **options)


def session_of(path: Path) -> str:
    return "/".join(path.parts[-(path.parts[::-1].index("alf") + 4) :][:3])


def times(root: Path) -> Path:
    return sorted(root.rglob("spikes.times.npy"))[0]


def change(path: Path, data: bytes) -> None:
    """Change a file in place so that neither size nor time of modification tell."""
    before = path.stat()
    time.sleep(TICK)
    path.write_bytes(data[: before.st_size].ljust(before.st_size, b"\0"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = path.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def holds(root: Path, **options: Any) -> CachedRun:
    """Check with the cache, and see that it is as without."""
    found = cached(root, **options)
    assert same(found.report, fresh(root, **options))
    return found


# --- what comes from it ----------------------------------------------------------------------------------


def test_sessions_that_have_not_changed_are_not_checked_again(faulty_release: Path) -> None:
    first = holds(faulty_release)
    assert len(first.checked) == first.report.session_count
    again = holds(faulty_release)
    doubtful = {each.path for each in first.report.findings if each.code.startswith("ALF9")}
    assert len(again.checked) <= len(doubtful)
    assert again.report.notices == first.report.notices


def test_without_being_asked_nothing_is_kept(clean_release: Path, cache: Path) -> None:
    """A function that is called from Python leaves nothing behind; the command is another matter."""
    fresh(clean_release)
    assert not cache.exists()


@pytest.mark.parametrize(
    "edit",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-3]),
        lambda path: os.utime(path, ns=(1, 1)),
        lambda path: change(path, b"no array"),
        lambda path: path.unlink(),
        lambda path: path.rename(path.with_name("spikes.samples.npy")),
        lambda path: path.with_name("spikes.amps2.npy").write_bytes(b""),
        lambda path: (path.rename(path.with_name("old")), shutil.copy2(path.with_name("old"), path)),
        lambda path: path.with_name(".alfcheckignore").write_text("spikes.*\n"),
        lambda path: (path.rename(path.with_name("notes.txt")), path.symlink_to("notes.txt")),
    ],
    ids=["cut", "touched", "same-size-and-time", "gone", "renamed", "added", "replaced", "hidden", "linked"],
)
def test_a_session_with_a_change_is_checked_again_alone(
    edit: Callable[[Path], object], own_release: Path
) -> None:
    holds(own_release)
    path = times(own_release)
    time.sleep(TICK)
    edit(path)
    found = holds(own_release)
    assert [each.split("/")[-3:] for each in found.checked] == [[*session_of(path).split("/")]]
    assert holds(own_release).checked == ()


def test_what_is_no_more_is_forgotten(own_release: Path, cache: Path) -> None:
    cached(own_release)
    first = times(own_release).parents[1]
    first.rename(first.with_name("009"))
    assert len(holds(own_release).checked) == 1
    store = open_store(cache, 2**20)
    assert store.contents().sessions == 3
    store.close()


def test_a_session_alone_is_known_from_the_whole_and_forgets_nothing(own_release: Path) -> None:
    assert len(holds(own_release).checked) == 3
    assert cached(times(own_release).parents[1]).checked == ()
    assert cached(times(own_release)).checked == ()
    assert holds(own_release).checked == ()


def test_hashes_come_from_it(own_release: Path, tmp_path: Path) -> None:
    one = alfcheck.release(own_release, hashes=True, cache=True, out=tmp_path / "out")
    path = times(own_release)
    change(path, path.read_bytes()[::-1])
    two = alfcheck.release(own_release, hashes=True, cache=True, out=tmp_path / "out")
    other = alfcheck.release(own_release, hashes=True, out=tmp_path / "other")
    assert same(two, other)
    assert {row.md5 for row in one.ledger} & {row.md5 for row in two.ledger}
    assert None not in {row.md5 for row in two.ledger if row.dataset_type}


def test_workers_fill_it_too(own_release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MAX_FILES", 1)
    report = alfcheck.check(own_release, cache=True, jobs=2)
    assert same(report, fresh(own_release))
    assert holds(own_release).checked == ()


def test_progress_counts_what_is_known(own_release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    cached(own_release)
    times(own_release).unlink()
    cached(own_release, progress=lambda done, total: told.append((done, total)))
    assert told == [(3, 3)]


def test_what_was_found_before_an_end_is_kept(own_release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MAX_FILES", 1)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cached(own_release, progress=stop)
    assert len(holds(own_release).checked) == 2


# --- who judges, and how ---------------------------------------------------------------------------------


def test_other_options_find_anew(faulty_release: Path, tmp_path: Path) -> None:
    config = tmp_path / "alfcheck.toml"
    config.write_text('[severity]\nALF2 = "warning"\n')
    kinds: list[dict[str, Any]] = [
        {},
        {"select": ("ALF2",)},
        {"ignore": ("ALF3",)},
        {"config": config},
        {"disabled": ("schemas",)},
        {"names_only": True},
        {"strict": True},
    ]
    for options in (*kinds, *kinds):
        holds(faulty_release, **options)


def test_required_contracts_are_asked_of_whole_sessions(own_release: Path, tmp_path: Path) -> None:
    """What is there and could not be looked at matters to what is missing."""
    config = tmp_path / "alfcheck.toml"
    config.write_text('require = ["ibl.behaviour"]\n')
    assert len(holds(own_release, config=config).checked) == 3
    path = times(own_release)
    assert len(cached(path, config=config).checked) == 1
    assert holds(own_release, config=config).checked == ()
    os.mkfifo(path.with_name("_ibl_trials.stimOn_times.npy"))
    assert len(holds(own_release, config=config).checked) == 1


def test_a_changed_rule_is_asked_again(own_release: Path, lab: Lab) -> None:
    for said in ("one", "two", "one"):
        plugin = lab.file(FLAG.format(said=said))
        report = holds(own_release, plugins=(plugin,)).report
        assert {each.message for each in report.findings if each.code == "LAB201"} == {said}
        assert holds(own_release, plugins=(plugin,)).checked == ()


@pytest.mark.parametrize("name", ["helper.py", "said.txt", "SAID", "data/lists/said.txt"])
def test_a_change_beside_a_rule_is_seen(name: str, own_release: Path, lab: Lab) -> None:
    reads = "from . import helper\nSAID = helper.SAID\n"
    if not name.endswith(".py"):
        path = " / ".join(map(repr, name.split("/")))
        reads = f"from pathlib import Path\nSAID = (Path(__file__).parent / {path}).read_text()\n"
        (lab.folder / name).parent.mkdir(parents=True, exist_ok=True)
    plugin = lab.file(reads + FLAG.replace('"{said}"', "SAID"))
    for said in ("one", "two"):
        time.sleep(TICK)
        (lab.folder / name).write_text(f'SAID = "{said}"\n' if name.endswith(".py") else said)
        report = holds(own_release, plugins=(plugin,)).report
        assert {each.message for each in report.findings if each.code == "LAB201"} == {said}
    assert holds(own_release, plugins=(plugin,)).checked == ()


def test_what_could_not_be_looked_at_is_tried_again(own_release: Path, lab: Lab) -> None:
    plugin = lab.file(FLAG.replace('yield Problem(message="{said}")', "1 / 0"))
    report = cached(own_release, plugins=(plugin,)).report
    failed = {each.path.rpartition("/alf/")[0] for each in report.findings if each.code == "ALF901"}
    assert len(failed) == 1
    assert {*holds(own_release, plugins=(plugin,)).checked} == failed


def test_a_plugin_that_was_changed_since_it_was_imported_is_not_believed(
    own_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python reads a module once: the bytes on the disk may be of a rule that never ran."""
    monkeypatch.setattr(judges, "_BEGAN", 0)
    monkeypatch.setattr(judges, "MARGIN", 0)
    assert not judges_of(load_ruleset()).settled(time.time_ns())
    for _ in range(2):
        assert len(holds(own_release).checked) == 3


def test_a_file_of_rules_is_read_in_each_run(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = lab.file(FLAG.format(said="one"))
    monkeypatch.setattr(judges, "MARGIN", 0)
    found = judges_of(load_ruleset(Request((plugin,))))
    assert Path(plugin) in found.afresh
    later = time.time_ns() + 10**9
    monkeypatch.setattr(judges, "_BEGAN", later)
    assert found.settled(later)
    assert not found.settled(Path(plugin).stat().st_mtime_ns)


def test_a_plugin_that_changes_during_the_run_leaves_nothing(own_release: Path, lab: Lab) -> None:
    plugin = lab.file(FLAG.format(said="one"))

    def edit(*_: object) -> None:
        Path(plugin).write_text(Path(plugin).read_text() + "\n")

    found = cached(own_release, plugins=(plugin,), progress=edit)
    assert any("changed during the run" in notice for notice in found.report.notices)
    assert len(holds(own_release, plugins=(plugin,)).checked) == 3


# --- what is too fresh -----------------------------------------------------------------------------------


def test_a_file_that_may_change_within_the_grain_of_the_clock_is_not_believed(
    own_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached(own_release)
    shutil.rmtree(Path(os.environ[FOLDER]))
    monkeypatch.setattr(judges, "_BEGAN", time.time_ns() + 10**15)
    # The whole release was written within what is now taken for the grain of the clock.
    monkeypatch.setattr(judges, "MARGIN", 10**12)
    for _ in range(2):
        assert len(holds(own_release).checked) == 3


# --- its faults ------------------------------------------------------------------------------------------


def garbage(cache: Path) -> None:
    (cache / NAME).write_bytes(b"\0\1garbage" * 1000)


def torn(cache: Path) -> None:
    data = bytearray((cache / NAME).read_bytes())
    data[4096:] = b"\xaa" * (len(data) - 4096)
    (cache / NAME).write_bytes(data)


def cut(cache: Path) -> None:
    os.truncate(cache / NAME, 5000)


def emptied(cache: Path) -> None:
    os.truncate(cache / NAME, 0)


def pragma(text: str) -> Callable[[Path], None]:
    def change(cache: Path) -> None:
        connection = sqlite3.connect(cache / NAME)
        connection.execute(text)
        connection.commit()
        connection.close()

    return change


def pickled(cache: Path) -> None:
    """Whoever could write to the file put a pickle into each row, with its right seal or without."""
    connection = sqlite3.connect(cache / NAME)
    connection.execute("UPDATE sessions SET data = ?", (pickle.dumps(Bomb()),))
    connection.commit()
    connection.close()


class Bomb:
    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (42,)


FAULTS: dict[str, Callable[[Path], None]] = {
    "garbage": garbage,
    "torn": torn,
    "cut": cut,
    "emptied": emptied,
    "pickled": pickled,
    "newer": pragma("PRAGMA user_version = 99"),
    "no table": pragma("DROP TABLE sessions"),
    "other table": pragma("ALTER TABLE sessions RENAME COLUMN data TO stuff"),
    "numbers": pragma("UPDATE sessions SET data = 7"),
    "other seals": pragma("UPDATE sessions SET seal = x'00'"),
    "no runs": pragma("DELETE FROM runs"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_broken_cache_costs_time(fault: Callable[[Path], None], own_release: Path, cache: Path) -> None:
    cached(own_release)
    fault(cache)
    found = holds(own_release)
    assert len(found.checked) == 3
    assert len(found.report.notices) <= 1
    # A fault that only shows when the file is used costs the run in which it does.
    holds(own_release)
    assert holds(own_release).checked == ()


def test_a_locked_cache_costs_time(own_release: Path, cache: Path) -> None:
    cached(own_release)
    other = sqlite3.connect(cache / NAME, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    found = holds(own_release)
    assert len(found.checked) == 3
    assert [notice for notice in found.report.notices if "another run holds it" in notice]
    other.execute("ROLLBACK")
    other.close()
    assert holds(own_release).checked == ()


def test_a_cache_that_another_reads_is_read(own_release: Path, cache: Path) -> None:
    cached(own_release)
    other = sqlite3.connect(cache / NAME, isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT * FROM sessions").fetchone()
    assert holds(own_release).checked == ()
    other.close()


def test_a_cache_that_cannot_be_written_is_read(
    own_release: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached(own_release)
    connect = sqlite3.connect

    def read_only(path: Path, **options: Any) -> sqlite3.Connection:
        return connect(f"file:{path}?mode=ro", uri=True, **options)

    monkeypatch.setattr(sqlite3, "connect", read_only)
    monkeypatch.setattr("alfcheck.cache.store.SELDOM", -1)
    found = holds(own_release)
    assert (found.checked, found.report.notices) == ((), ())
    times(own_release).unlink()
    found = holds(own_release)
    assert len(found.checked) == 1
    assert [notice for notice in found.report.notices if "readonly" in notice]


def test_a_full_disk_costs_time(own_release: Path, cache: Path) -> None:
    cached(own_release)
    for path in own_release.rglob("*.npy"):
        os.utime(path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        found = holds(own_release)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert len(found.checked) == 3
    assert len(found.report.notices) == 1
    assert len(holds(own_release).checked) == 3
    assert holds(own_release).checked == ()


def test_a_database_of_another_program_is_left_alone(own_release: Path, cache: Path) -> None:
    cache.mkdir(0o700)
    connection = sqlite3.connect(cache / NAME)
    connection.execute("CREATE TABLE theirs (x)")
    connection.commit()
    connection.close()
    before = (cache / NAME).read_bytes()
    found = holds(own_release)
    assert "another program" in "".join(found.report.notices)
    assert (cache / NAME).read_bytes() == before


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="there are no such rights here")
def test_only_the_owner_reads_and_writes(own_release: Path, cache: Path) -> None:
    cached(own_release)
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert stat.S_IMODE((cache / NAME).stat().st_mode) == 0o600
    cache.chmod(0o777)
    found = holds(own_release)
    assert len(found.checked) == 3
    assert "chmod go-w" in "".join(found.report.notices)


def test_places_that_will_not_do(own_release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("x")
    for folder, told in (
        (tmp_path / "file", "File exists"),
        (tmp_path / "file" / "below", "Not a directory"),
        (own_release / ".cache", "lies in the data"),
    ):
        monkeypatch.setenv(FOLDER, str(folder))
        assert told in "".join(holds(own_release).report.notices)
    assert not (own_release / ".cache").exists()


def test_a_limit_that_is_none(own_release: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LIMIT, "0")
    assert holds(own_release).report.notices == ()
    assert not cache.exists()
    monkeypatch.setenv(LIMIT, "much")
    with pytest.raises(UsageError, match=r"ALFCHECK_CACHE_LIMIT is 'much'; give a whole number"):
        cached(own_release)


# --- the store -------------------------------------------------------------------------------------------


def row(number: int, size: int = 10_000) -> Row:
    return Row(f"mouse/2020-01-01/{number:03}", b"k" * 20, os.urandom(size))


def found_in(store: Store, run: bytes, rows: list[Row]) -> set[str]:
    return {path for path, _ in store.find(run, {each.path: each.key for each in rows})}


def test_what_was_used_longest_ago_goes_first(cache: Path) -> None:
    limit = 2**20
    store = open_store(cache, limit)
    rows = [row(number) for number in range(20)]
    for run, now in ((b"a", 1), (b"b", 2), (b"c", 3), (b"d", 4)):
        assert store.keep(run, rows, now)
    store.note_use(b"a", 1000)
    assert store.keep(b"e", rows, 1001)
    kept = {run for run in (b"a", b"b", b"c", b"d", b"e") if found_in(store, run, rows)}
    assert kept == {b"a", b"c", b"d", b"e"}
    assert store.contents().size <= limit
    store.close()
    assert (cache / NAME).stat().st_size <= limit


def test_one_run_is_kept_as_far_as_there_is_room(cache: Path) -> None:
    store = open_store(cache, 2**20)
    rows = [row(number) for number in range(200)]
    assert not store.keep(b"a", rows, 1)
    assert 50 < len(found_in(store, b"a", rows)) < 100
    assert store.contents().size <= 2**20
    store.close()


def test_notes_are_of_one_run_and_go_with_it(cache: Path) -> None:
    store = open_store(cache, 2**20)
    store.remember(b"a", "one", b"first", 1)
    store.remember(b"a", "one", b"second", 1)
    asked = ((b"a", "one"), (b"a", "two"), (b"b", "one"))
    assert [store.recall(run, about) for run, about in asked] == [b"second", None, None]
    store.remember(b"a", "two", bytes(2**20), 1)  # there is no room for it
    assert [store.recall(run, about) for run, about in asked] == [b"second", None, None]
    assert not store.keep(b"c", [row(number) for number in range(200)], 2)
    assert store.recall(b"a", "one") is None
    store.close()


def test_a_lower_limit_gives_back_room(cache: Path) -> None:
    store = open_store(cache, 2**22)
    assert store.keep(b"a", [row(number) for number in range(300)], 1)
    store.close()
    store = open_store(cache, 2**20)
    assert store.keep(b"b", [row(1)], 2)
    store.close()
    assert (cache / NAME).stat().st_size <= 2**20


def test_two_processes_share_it(cache: Path) -> None:
    one, two = open_store(cache, 2**20), open_store(cache, 2**20)
    assert one.keep(b"a", [row(1)], 1)
    assert two.keep(b"a", [row(2)], 2)
    rows = [row(1), row(2)]
    assert len(found_in(one, b"a", rows)) == len(found_in(two, b"a", rows)) == 2
    one.close()
    two.close()


# --- the command -----------------------------------------------------------------------------------------


def go(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    capsys.readouterr()
    code = run_command(list(map(str, arguments)))
    return code, *capsys.readouterr()


def test_the_command_uses_it_unless_told_not_to(
    own_release: Path, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert go(capsys, "check", own_release, "--no-cache")[0] == 0
    assert not cache.exists()
    assert go(capsys, "check", own_release)[0] == 0
    assert (cache / NAME).is_file()
    change(times(own_release), b"no array")
    assert go(capsys, "check", own_release)[0] == 1
    assert go(capsys, "release", own_release, "--no-cache")[0] == 1


def test_info_and_clear(own_release: Path, cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = go(capsys, "cache", "info")
    assert (code, "nothing is kept" in out, cache.exists()) == (0, True, False)
    cached(own_release)
    (cache / "mine.txt").write_text("x")
    code, out, _ = go(capsys, "cache", "info")
    assert code == 0
    assert str(cache) in out
    assert "sessions  3" in out
    code, out, _ = go(capsys, "cache", "clear")
    assert (code, "removed" in out, [path.name for path in cache.iterdir()]) == (0, True, ["mine.txt"])
    assert "there was nothing" in go(capsys, "cache", "clear")[1]
    garbage(cache)
    code, _, err = go(capsys, "cache", "info")
    assert (code, "alfcheck cache clear" in err) == (2, True)


def test_two_commands_at_once(own_release: Path, environment: dict[str, str], cache: Path) -> None:
    environment[FOLDER] = str(cache)
    del environment[LIMIT]
    command = [sys.executable, "-m", "alfcheck", "check", str(own_release), "--format", "jsonl"]
    both = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [each.communicate()[0].count("\n") for each in both] == [1, 1]
    assert [each.returncode for each in both] == [0, 0]
    assert Severity.ERROR not in {each.severity for each in holds(own_release).report.findings}
