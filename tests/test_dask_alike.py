"""What another machine sees: the numbers of its devices, and its versions."""

from __future__ import annotations

from pathlib import Path

from alfcheck.executors.dask.devices import Devices
from alfcheck.executors.dask.likeness import other_versions
from alfcheck.executors.worker import Piece
from alfcheck.model import Entry, SessionFiles
from alfcheck.watch import Bars


def test_devices_are_what_they_are_called_here(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "a.b.npy").write_bytes(b"x")
    here = (tmp_path / "s" / "a.b.npy").stat().st_dev
    entries = (Entry("s/a.b.npy", 1, 2, 3, 4, here + 7), Entry("s/gone.b.npy", 1, 2, 3, 4, here + 9))
    piece = Piece((SessionFiles("s", entries),), Bars({}))
    (session,) = Devices(str(tmp_path)).known_here(piece).sessions
    assert session.entries == (entries[0]._replace(device=here), entries[1])


def test_versions_that_differ_are_named_on_both_sides() -> None:
    ours, theirs = {"numpy": "2", "pint": "1"}, {"numpy": "1", "pint": "1", "PANDERA_X": "0"}
    assert other_versions(ours, theirs) == ("numpy 1 there, 2 here", "PANDERA_X 0 there, none here")
