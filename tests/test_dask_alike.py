"""What another machine sees, its versions, and the processes beside a Dask worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from alfcheck.executors.dask import foremen
from alfcheck.executors.dask.answers import Done, Refused
from alfcheck.executors.dask.devices import Devices
from alfcheck.executors.dask.likeness import Likeness, other_files, other_versions
from alfcheck.executors.worker import Piece, Told
from alfcheck.model import Entry, SessionFiles
from alfcheck.pipeline.options import Options
from alfcheck.plugins import Request, load_ruleset
from alfcheck.watch import Bars


def test_devices_are_what_they_are_called_here(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "a.b.npy").write_bytes(b"x")
    entry = listed(tmp_path, "s/a.b.npy")
    here = entry.device
    entries = (entry._replace(device=here + 7), Entry("s/gone.b.npy", 1, 2, 3, 4, here + 9))
    piece = Piece((SessionFiles("s", entries),), Bars({}))
    (session,) = Devices(str(tmp_path)).known_here(piece).sessions
    assert session.entries == (entry, entries[1])


def test_only_a_file_that_is_still_the_same_tells_of_its_device(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    for name in "abc":
        (tmp_path / "s" / f"{name}.b.npy").write_bytes(b"x")
    same = listed(tmp_path, "s/c.b.npy")
    (tmp_path / "s" / "b.b.npy").unlink()
    (tmp_path / "s" / "b.b.npy").symlink_to("/dev/null")
    other = same._replace(device=same.device + 7)
    entries = (other._replace(path="s/b.b.npy"), other._replace(path="s/a.b.npy", size=2), other)
    piece = Piece((SessionFiles("s", entries),), Bars({}))
    (session,) = Devices(str(tmp_path)).known_here(piece).sessions
    assert {entry.device for entry in session.entries} == {same.device}


def listed(root: Path, path: str) -> Entry:
    stat = (root / path).stat()
    return Entry(path, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino, stat.st_dev)


def test_a_file_that_changed_is_no_other_tree(tmp_path: Path) -> None:
    for name in "abcd":
        (tmp_path / name).write_bytes(b"x")
    sample = tuple(listed(tmp_path, name) for name in "abcd")
    likeness = Likeness((), {}, str(tmp_path), sample)
    for name in "ab":
        (tmp_path / name).write_bytes(b"changed")
    assert other_files(likeness) == ""
    (tmp_path / "c").unlink()
    assert other_files(likeness) == f"{tmp_path}/a has the size 7 there, 1 here"


DIES_ONCE = """
import os
try:
    os.mkdir({folder!r})
except FileExistsError:
    from alfcheck.executors.dask.foreman import main
    main()
os._exit(1)
"""


@pytest.mark.parametrize("dies", ["once", "always"])
def test_a_process_beside_a_worker_may_die_once_at_the_start(
    dies: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = DIES_ONCE.format(folder=str(tmp_path / "died")) if dies == "once" else "import os; os._exit(1)"
    monkeypatch.setattr(foremen, "_PROGRAM", program)
    request = Request()
    told = Told(request, Options(str(tmp_path), names_only=True), load_ruleset(request).fingerprint)
    ours = foremen.Foremen(told, 0, str(tmp_path))
    try:
        answer = ours.do(None)
    finally:
        ours.leave()
    assert isinstance(answer, Done if dies == "once" else Refused), answer


def test_plugins_are_found_from_where_the_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever started the Dask worker did it in another folder."""
    (tmp_path / "rules.py").write_text("import alfcheck\n")
    request = Request(("./rules.py",))
    with monkeypatch.context() as patch:
        patch.chdir(tmp_path)
        ruleset = load_ruleset(request)
    told = Told(request, Options(str(tmp_path), names_only=True), ruleset.fingerprint)
    for folder, kind in ((tmp_path, Done), (tmp_path / "none", Refused)):
        ours = foremen.Foremen(told, 0, str(folder))
        try:
            assert isinstance(ours.do(None), kind)
        finally:
            ours.leave()


def test_versions_that_differ_are_named_on_both_sides() -> None:
    ours, theirs = {"numpy": "2", "pint": "1"}, {"numpy": "1", "pint": "1", "PANDERA_X": "0"}
    assert other_versions(ours, theirs) == ("numpy 1 there, 2 here", "PANDERA_X 0 there, none here")
