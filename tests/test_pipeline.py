"""The map over sessions: faults of rules and of the system, files that change, and files that are large."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from release_fixtures import SESSION, Content, codes, found, named, plugin, verdicts, write

import alfcheck
from alfcheck.demo import FAULTS, write_faulty_release, write_release
from alfcheck.executors import batches
from alfcheck.model import Severity
from alfcheck.pipeline import opening, values
from alfcheck.readers import npz
from alfcheck.report import Report

TIMES = "alf/spikes.times.npy"
AMPS = "alf/spikes.amps.npy"
LICKS = "alf/licks.times.npy"
FILES: dict[str, Content] = {TIMES: [0.1, 0.2, 0.3], AMPS: [1e-4, 2e-4, 1e-4], LICKS: [0.5, 0.7]}


def release_of(tmp_path: Path, files: dict[str, Content] | None = None) -> Path:
    return write(tmp_path / "release", FILES if files is None else files)


class TestRulesOfOthers:
    """A rule, a check or a reader that fails is a finding, and never the end of the run."""

    @pytest.mark.parametrize("target", ["NAME", "LAYOUT", "RELEASE"])
    @pytest.mark.parametrize(
        ("body", "told"),
        [
            ("raise ValueError('not my day')", "ValueError: not my day"),
            ("raise SystemExit(0)", "SystemExit: 0"),
            ("return None", "TypeError"),
            ("return ['text']", "it gave a str where a Problem is due"),
            ("return [alfcheck.Problem(message='m', code='LAB999')]", "the code LAB999, which no rule has"),
            (
                "yield alfcheck.Problem(message='m', severity=alfcheck.Severity.INFO); 1 / 0",
                "division by zero",
            ),
        ],
    )
    def test_a_rule_that_fails_is_a_finding(self, tmp_path: Path, target: str, body: str, told: str) -> None:
        source = f"""
            def check(*subject):
                {body}

            RULE = alfcheck.Rule(
                code="LAB101", name="fails", target=alfcheck.Target.{target},
                severity=alfcheck.Severity.ERROR, summary="s", why="w", fix="f", check=check,
            )

            @alfcheck.hookimpl
            def alfcheck_rules():
                return [RULE]
        """
        report = alfcheck.check(release_of(tmp_path), plugins=(plugin(tmp_path, source),))
        findings = found(report, "ALF901")
        assert findings
        assert all(told in each.message and "LAB101" in each.message for each in findings)
        assert {each.origin.name for each in findings} == {"rules"}
        assert named(findings) == set(FILES)
        assert set(verdicts(report).values()) == {"unverified"}
        assert report.exit_code() == 3

    def test_a_reader_that_fails_is_a_finding(self, tmp_path: Path) -> None:
        source = """
            def read(source):
                raise ZeroDivisionError("by me")

            @alfcheck.hookimpl
            def alfcheck_readers():
                return [alfcheck.Reader(name="wave", extensions=("wav",), read=read)]
        """
        root = release_of(tmp_path, {**FILES, "raw/microphone.sound.wav": b"RIFF"})
        report = alfcheck.check(root, plugins=(plugin(tmp_path, source),))
        (finding,) = found(report, "ALF901")
        assert "wave" in finding.message
        assert "ZeroDivisionError: by me" in finding.message
        assert verdicts(report)["raw/microphone.sound.wav"] == "unverified"
        assert verdicts(report)[TIMES] == "pass"

    def test_a_check_that_fails_is_a_finding(self, tmp_path: Path) -> None:
        source = CONTRACT.format(column="pa.Column(None, pa.Check(lambda column: 1 / 0, name='mine'))")
        report = alfcheck.check(release_of(tmp_path), plugins=(plugin(tmp_path, source),))
        (finding,) = found(report, "ALF901")
        assert named([finding]) == {LICKS}
        assert finding.check == "mine"
        assert verdicts(report)[LICKS] == "unverified"
        assert verdicts(report)[TIMES] == "pass"


CONTRACT = """
    import pandera.pandas as pa

    CONTRACT = alfcheck.Contract(
        id="lab.licks", version="1.2.0", match=alfcheck.Match(object="licks"),
        terms={{"times": alfcheck.Terms(), "size": alfcheck.Terms()}},
        schema=lambda: pa.DataFrameSchema({{"times": {column}}}, strict=True),
    )

    @alfcheck.hookimpl
    def alfcheck_contracts():
        return [CONTRACT]
"""


def test_a_check_of_ones_own(tmp_path: Path) -> None:
    source = CONTRACT.format(column="pa.Column(None, pa.Check(lambda c: c.mean() < 0.1, name='early'))")
    report = alfcheck.check(release_of(tmp_path), plugins=(plugin(tmp_path, source),))
    (finding,) = found(report, "ALF310")
    assert (finding.contract, finding.column, finding.check) == ("lab.licks@1.2.0", "times", "early")
    assert finding.origin.name == "rules"
    assert verdicts(report)[LICKS] == "fail"
    assert report.exit_code() == 1


def test_a_strict_contract(tmp_path: Path) -> None:
    table = pd.DataFrame({"times": [0.5, 0.7], "mood": [1, 2]})
    source = CONTRACT.format(column="pa.Column(None)")
    root = release_of(tmp_path, {"alf/licks.table.pqt": table})
    report = alfcheck.check(root, plugins=(plugin(tmp_path, source),))
    (finding,) = found(report, "ALF311")
    assert (finding.column, finding.contract) == ("mood", "lab.licks@1.2.0")
    assert verdicts(report) == {"alf/licks.table.pqt": "fail"}


class TestUnreadable:
    """What the system does not give is unverified, and nothing else suffers."""

    @pytest.mark.parametrize("number", [errno.EACCES, errno.EIO, errno.EMFILE])
    def test_a_file_that_cannot_be_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
    ) -> None:
        true_open = os.open

        def refuse(path: Any, *args: Any, **kwargs: Any) -> int:
            if os.fspath(path).endswith(TIMES):
                raise OSError(number, os.strerror(number))
            return true_open(path, *args, **kwargs)

        monkeypatch.setattr(os, "open", refuse)
        report = alfcheck.check(release_of(tmp_path))
        self.assert_unreadable(report, errno.errorcode[number])

    @pytest.mark.parametrize("small", [opening.SMALL, 0], ids=["whole", "in pieces"])
    def test_a_disk_that_fails_meanwhile(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: int
    ) -> None:
        monkeypatch.setattr(opening, "SMALL", small)
        root = release_of(tmp_path)
        inode = (root / SESSION / TIMES).stat().st_ino
        true_read = os.read

        def fail(descriptor: int, count: int) -> bytes:
            if os.fstat(descriptor).st_ino == inode:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return true_read(descriptor, count)

        monkeypatch.setattr(os, "read", fail)
        # Of a large file, the hash is read before its header.
        self.assert_unreadable(alfcheck.release(root, hashes=True), "EIO")
        assert not (root / "datasets.pqt").exists()

    def assert_unreadable(self, report: Report, name: str) -> None:
        (finding,) = report.findings
        assert finding.code == "ALF902"
        assert name in finding.message
        assert verdicts(report) == {TIMES: "unverified", AMPS: "pass", LICKS: "pass"}
        assert report.exit_code() == 3


# Rules on names run after the tree was listed and before a file is opened.
MEDDLING = """
    import os, pathlib
    done = []

    def check(dataset, path):
        if not done:
            done.append(path)
            target = pathlib.Path({target!r})
            {action}
        return ()

    RULE = alfcheck.Rule(
        code="LAB101", name="meddles", target=alfcheck.Target.NAME,
        severity=alfcheck.Severity.ERROR, summary="s", why="w", fix="f", check=check,
    )

    @alfcheck.hookimpl
    def alfcheck_rules():
        return [RULE]
"""

ACTIONS = {
    "appended": "target.open('ab').write(b'more')",
    "truncated": "os.truncate(target, 100)",
    "rewritten": "target.write_bytes(bytes(target.stat().st_size))",
    "replaced": "new = target.parent / 'n'; new.write_bytes(target.read_bytes()); os.replace(new, target)",
    "deleted": "target.unlink()",
    "touched": "os.utime(target, ns=(1, 1))",
    "a link": "target.unlink(); target.symlink_to(os.__file__)",
    "a FIFO": "target.unlink(); os.mkfifo(target)",
    "a folder": "target.unlink(); target.mkdir()",
}


@pytest.mark.parametrize("small", [opening.SMALL, 0], ids=["whole", "in pieces"])
@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
def test_a_file_that_changes_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: str, small: int
) -> None:
    monkeypatch.setattr(opening, "SMALL", small)
    root = release_of(tmp_path)
    source = MEDDLING.format(target=str(root / SESSION / TIMES), action=action)
    report = alfcheck.check(root, plugins=(plugin(tmp_path, source),))
    assert_changed(report)


def assert_changed(report: Report, path: str = TIMES) -> None:
    (finding,) = report.findings
    assert finding.code == "ALF903"
    assert named([finding]) == {path}
    assert verdicts(report)[path] == "unverified"
    assert {verdict for other, verdict in verdicts(report).items() if other != path} == {"pass"}
    assert report.exit_code() == 3


@pytest.mark.parametrize("change", [b"more", b""], ids=["longer", "shorter"])
@pytest.mark.parametrize("small", [opening.SMALL, 0], ids=["whole", "in pieces"])
def test_a_file_that_changes_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: bytes, small: int
) -> None:
    monkeypatch.setattr(opening, "SMALL", small)
    root = release_of(tmp_path)
    target = root / SESSION / TIMES
    inode, size = target.stat().st_ino, target.stat().st_size
    true_read = os.read

    def meddle(descriptor: int, count: int) -> bytes:
        if os.fstat(descriptor).st_ino == inode:
            os.truncate(target, size - 8)
            with target.open("ab") as file:
                file.write(change)
        return true_read(descriptor, count)

    monkeypatch.setattr(os, "read", meddle)
    report = alfcheck.release(root, hashes=True, partial=True)
    assert_changed(report)
    assert {row.md5 for row in report.ledger if row.path.endswith(TIMES)} == {None}
    assert f"{SESSION}/{TIMES}" not in set(pd.read_parquet(root / "datasets.pqt")["rel_path"])


READER = """
    import numpy as np, os

    def pieces(size):
        yield {{"": np.array([1.0])}}
        os.truncate({target!r}, 5)
        {then}

    def read(source):
        {first}
        return alfcheck.Content(alfcheck.Kind.ARRAY, (alfcheck.Column("", "float64"),), 3, pieces=pieces)

    @alfcheck.hookimpl
    def alfcheck_readers():
        return [alfcheck.Reader(name="slow", extensions=("slow",), read=read)]
"""
BAD = "raise alfcheck.BadContent(alfcheck.Problem(code='ALF203', message='cut short'))"


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("pass", "yield {'': np.array([-1.0, np.nan])}"),
        ("pass", BAD),
        ("list(pieces(0))", "pass"),
        (f"os.truncate(TARGET, 5); {BAD}", "pass"),
    ],
    ids=["values", "a fault of them", "header", "a fault of it"],
)
def test_what_was_found_in_a_file_that_changed_is_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str, then: str
) -> None:
    """Neither its values nor its rows, nor where they point, say anything of the file."""
    monkeypatch.setattr(opening, "SMALL", 4)
    path = "alf/spikes.times.slow"
    root = release_of(tmp_path, {AMPS: [1e-4, 2e-4], "alf/spikes.depths.npy": [1.0, 2.0], path: b"0" * 99})
    target = str(root / SESSION / path)
    source = READER.format(target=target, first=first.replace("TARGET", repr(target)), then=then)
    assert_changed(alfcheck.check(root, plugins=(plugin(tmp_path, source),)), path)


PAIRS = """
    import numpy as np, os
    import pandera.pandas as pa

    passes = []

    def pieces(size):
        passes.append(size)
        yield {{"": np.array([5.0])}}
        if len(passes) > 1:
            os.truncate({target!r}, 5)
        yield {{"": np.array([6.0])}}

    def read(source):
        return alfcheck.Content(alfcheck.Kind.ARRAY, (alfcheck.Column("", "float64"),), 2, pieces=pieces)

    @alfcheck.hookimpl
    def alfcheck_readers():
        return [alfcheck.Reader(name="slow", extensions=("slow",), read=read)]

    def columns():
        return pa.DataFrameSchema({{"start": pa.Column(None), "stop": pa.Column(None)}})

    @alfcheck.hookimpl
    def alfcheck_contracts():
        relation = alfcheck.Relation(
            "order", ("start", "stop"), lambda: pa.Check(lambda f: f["start"] <= f["stop"]), "start <= stop"
        )
        terms = {{"start": alfcheck.Terms(), "stop": alfcheck.Terms()}}
        return [alfcheck.Contract(
            id="lab.pairs", version="1.0.0", match=alfcheck.Match(object="pairs"),
            terms=terms, schema=columns, relations=(relation,),
        )]
"""


def test_a_file_that_changes_between_its_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns of two files are brought together in a second pass: only the file that changed is doubted."""
    monkeypatch.setattr(opening, "SMALL", 4)
    path = "alf/pairs.start.slow"
    root = release_of(tmp_path, {"alf/pairs.stop.npy": [1.0, 2.0], path: b"0" * 99})
    source = PAIRS.format(target=str(root / SESSION / path))
    assert_changed(alfcheck.check(root, plugins=(plugin(tmp_path, source),)), path)


class TestWholeFiles:
    """A check that looks at a whole file gets it at once, as a map if it is an array, or is not run."""

    TABLE = "alf/licks.times.csv"

    SOURCE = CONTRACT.format(column="pa.Column(None, pa.Check(lambda c: c.iloc[-1] > 0.6, name='ends late'))")

    @pytest.fixture
    def report(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, whole: int, held: bool
    ) -> Report:
        monkeypatch.setattr(opening, "SMALL", 0)
        monkeypatch.setattr(values, "PIECE", 16)
        monkeypatch.setattr(values, "WHOLE", whole)
        if not held:
            monkeypatch.setattr(opening, "HELD_FILES", 0)
        times = np.arange(100.0) / 10
        root = release_of(tmp_path, {path: pd.DataFrame({"times": times}) if path != LICKS else times})
        return alfcheck.check(root, plugins=(plugin(tmp_path, self.SOURCE),))

    @pytest.mark.parametrize("held", [True, False])
    @pytest.mark.parametrize(("path", "whole"), [(TABLE, 1 << 16), (LICKS, 1 << 16), (LICKS, 0)])
    def test_it_gets_the_whole(self, report: Report) -> None:
        assert not report.findings

    @pytest.mark.parametrize("held", [True, False])
    @pytest.mark.parametrize(("path", "whole"), [(TABLE, 300), (TABLE, 100)])
    def test_a_check_that_wants_too_much(self, report: Report, whole: int) -> None:
        (finding,) = report.findings
        assert finding.code == "ALF905"
        assert finding.severity is Severity.UNVERIFIED
        assert verdicts(report) == {self.TABLE: "unverified"}
        assert report.exit_code() == 3
        assert f"of memory or more; it may have {whole} bytes" in finding.message

    def test_what_unpacks_to_more_than_it_may_have(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The size of a compressed file says little: nothing is judged by its first piece."""
        monkeypatch.setattr(opening, "SMALL", 0)
        monkeypatch.setattr(npz, "WHOLE", 0)
        monkeypatch.setattr(values, "WHOLE", 1 << 16)
        stream = tmp_path / "licks.npz"
        np.savez_compressed(stream, np.r_[np.zeros(100_000), 1.0])
        root = release_of(tmp_path, {"alf/licks.times.npz": stream.read_bytes()})
        assert (root / SESSION / "alf/licks.times.npz").stat().st_size < 1 << 16
        report = alfcheck.check(root, plugins=(plugin(tmp_path, self.SOURCE),))
        assert codes(report) == {"ALF905"}


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    roots = {name: tmp_path_factory.mktemp(name) for name in ("clean", "faulty")}
    write_release(roots["clean"], sessions=8)
    write_faulty_release(roots["faulty"], FAULTS)
    write(roots["faulty"], LARGE)
    return roots


_ROWS = 1200
_RNG = np.random.default_rng(3)
_CLUSTERS = _RNG.integers(0, 5, _ROWS)
_CLUSTERS[[17, 700, 701, 1199]] = (9, 7, -2, 6)
_TIMES = np.sort(_RNG.uniform(0, 100, _ROWS))
_TIMES[[300, 700, 1100]] = 0.0

# Faults before, at and across the ends of pieces, in every kind of file that comes in pieces.
LARGE: dict[str, Content] = {
    "alf/big/spikes.times.npy": _TIMES,
    "alf/big/spikes.clusters.npy": _CLUSTERS,
    "alf/big/clusters.depths.npy": np.arange(5.0),
    "alf/big/clusters.channels.csv": pd.DataFrame({"channels": [0, 1, 2, 3, 400]}),
    "alf/big/clusters.waveformsChannels.npy": np.array([[0, 1, -1]] * 4 + [[8, 9, 3]]),
    "alf/big/channels.rawInd.npy": np.r_[np.arange(300), 5, 6],
    "alf/big/events.table.pqt": pd.DataFrame({"clusters": _CLUSTERS, "times": _TIMES}),
    "alf/big/_ibl_trials.contrastLeft.npy": np.where(np.arange(_ROWS) % 500 == 7, 1.0, np.nan),
    "alf/big/_ibl_trials.contrastRight.npy": np.where(np.arange(_ROWS) % 250 == 7, 0.5, np.nan),
    "alf/big/things.times.csv": pd.DataFrame({"times": ["x", *map(str, range(500))]}),
    "alf/big/notes.list.json": b"[" + b"1," * 3000 + b"NaN]",
}


def told(report: Report) -> tuple[object, ...]:
    return (report.findings, tuple(report.ledger))


@pytest.mark.parametrize(
    "limits",
    [
        {"SMALL": 0},
        {"SMALL": 64, "HELD_FILES": 2},
        {"HELD_BYTES": 3000, "HELD_FILES": 0},
    ],
    ids=["all large", "few held open", "little held"],
)
@pytest.mark.parametrize("piece", [1, 1000])
@pytest.mark.parametrize("name", ["clean", "faulty"])
def test_large_files_are_judged_as_small_ones(
    releases: dict[str, Path], monkeypatch: pytest.MonkeyPatch, name: str, piece: int, limits: dict[str, int]
) -> None:
    """Findings, counts, rows, verdicts and hashes are those of the files read whole."""
    whole = alfcheck.release(releases[name], hashes=True, partial=True)
    assert bool(whole.findings) == (name == "faulty")
    for limit, value in limits.items():
        monkeypatch.setattr(opening, limit, value)
    monkeypatch.setattr(values, "PIECE", piece)
    monkeypatch.setattr(opening, "PIECE", 1000)
    in_pieces = alfcheck.release(releases[name], hashes=True, partial=True)
    assert told(in_pieces) == told(whole)


@pytest.mark.parametrize("name", ["alf/spikes.times.npy", "raw/camera.raw.mp4"])
def test_a_pointer_is_known_however_much_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(opening, "HELD_BYTES", 0)
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 9\n"
    report = alfcheck.check(release_of(tmp_path, {AMPS: [1e-4], name: pointer}))
    assert codes(report) == {"ALF213"}
    assert verdicts(report) == {AMPS: "pass", name: "unverified"}


def test_the_large_files_have_the_faults_meant(releases: dict[str, Path]) -> None:
    report = alfcheck.check(releases["faulty"])
    own = {
        (finding.code, finding.path.rpartition("/")[2], finding.rows, finding.count)
        for finding in report.findings
        if finding.path.startswith(f"{SESSION}/alf/big/") and finding.severity is not Severity.INFO
    }
    assert own >= {
        ("ALF305", "spikes.times.npy", (300, 700, 1100), 3),
        ("ALF402", "spikes.clusters.npy", (17, 700, 701, 1199), 4),
        ("ALF402", "clusters.channels.csv", (4,), 1),
        ("ALF402", "events.table.pqt", (17, 700, 701, 1199), 4),
        ("ALF306", "channels.rawInd.npy", (300, 301), 2),
        ("ALF307", "_ibl_trials.contrastLeft.npy", (7, 507, 1007), 3),
        ("ALF301", "things.times.csv", (), 1),
        ("ALF212", "notes.list.json", (), 1),
    }


@pytest.mark.parametrize("size", [1, 40, 200])
def test_batches_do_not_matter(releases: dict[str, Path], monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    together = alfcheck.check(releases["faulty"])
    monkeypatch.setattr(batches, "MAX_FILES", size)
    assert told(alfcheck.check(releases["faulty"])) == told(together)


class TestSelection:
    """What is not selected costs no I/O, and nothing passes that was not judged."""

    def test_names_alone_open_no_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        root = release_of(tmp_path, {**FILES, "alf/spike.times.npy": b"no array"})

        opened = os.open

        def refuse(path: str, flags: int, *args: Any, **kwargs: Any) -> int:
            if flags & os.O_DIRECTORY:  # which fails for a file
                return opened(path, flags, *args, **kwargs)
            raise AssertionError("a file was opened")

        for options in ({"names_only": True}, {"select": ("ALF1",)}):
            with monkeypatch.context() as patch:
                patch.setattr(os, "open", refuse)
                report = alfcheck.check(root, **options)
            assert codes(report) == {"ALF120"}
            assert set(verdicts(report).values()) == {"unchecked"}

    def test_content_alone_runs_no_contract(self, tmp_path: Path) -> None:
        root = release_of(tmp_path, {TIMES: [0.2, 0.1], AMPS: [1e-4], LICKS: b"no array"})
        report = alfcheck.check(root, select=("ALF2",))
        assert codes(report) == {"ALF201"}
        assert verdicts(report) == {TIMES: "unchecked", AMPS: "unchecked", LICKS: "fail"}

    def test_references_alone_still_count_rows(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {"alf/clusters.depths.npy": [1.0], "alf/spikes.clusters.npy": [0, 1]}
        assert codes(alfcheck.check(release_of(tmp_path, files), select=("ALF402",))) == {"ALF402"}
