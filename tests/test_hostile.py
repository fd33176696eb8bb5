"""A tree made to harm whoever looks at it: nothing is run, nothing hangs or swells, nothing is injected."""

from __future__ import annotations

import html
import io
import json
import os
import pickle
import re
import socket
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from release_fixtures import SESSION, Content, codes, found, named, npy, verdicts, write

import alfcheck
from alfcheck.report import Report

SOUND: dict[str, Content] = {"alf/spikes.times.npy": [0.1, 0.2], "alf/spikes.amps.npy": [1e-4, 2e-4]}
SECONDS = 60
MEGABYTES = 600


def header(shape: str, descr: str = "'<f8'", order: str = "False") -> bytes:
    """Write the header of a npy file that may promise anything."""
    text = f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


class Canary:
    """An object whose unpickling leaves a file behind."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return os.mkdir, (str(self._path),)


def zipped(name: str, *parts: bytes, times: int = 1) -> bytes:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(name, "w", force_zip64=True) as member,
    ):
        for part in parts[:-1]:
            member.write(part)
        for _ in range(times):
            member.write(parts[-1])
    return stream.getvalue()


def repeated_parquet(groups: int, rows: int) -> bytes:
    """Write a table of many equal values, which parquet keeps in next to nothing."""
    stream = io.BytesIO()
    table = pa.table({"times": pa.array(np.zeros(rows))})
    with pq.ParquetWriter(stream, table.schema.with_metadata({"made": "by hand"})) as writer:
        for _ in range(groups):
            writer.write_table(table.replace_schema_metadata({"made": "by hand"}))
    return stream.getvalue()


def laughs() -> str:
    """Write a billion laughs: each line is ten times the one before."""
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    return "\n".join(lines) + "\n"


def pickles(canary: Path) -> dict[str, Content]:
    pickled = pickle.dumps(Canary(canary), protocol=4)
    member = header("(1,)", "'|O'") + pickled
    structured = header("(1,)", "[('a', '|O'), ('b', '<f8')]") + pickled
    return {
        "alf/clusters.depths.npy": header("(1,)", "'|O'") + pickled,
        "alf/clusters.amps.npy": pickled,
        "alf/clusters.channels.npy": pickle.dumps(Canary(canary), protocol=0),
        "alf/clusters.waveforms.npz": zipped("arr_0.npy", member),
        "alf/clusters.metrics.npy": structured,
        "alf/clusters.uuids.npy": header(f"__import__('os').mkdir({str(canary)!r})"),
        "alf/clusters.notes.yaml": f"!!python/object/apply:os.mkdir [{canary}]\n",
        "alf/clusters.more.yml": f"a: !!python/name:os.system\nb: !!python/object/new:os.mkdir [{canary}]\n",
    }


@cache
def bombs() -> dict[str, Content]:
    zeros = bytes(1 << 24)
    return {
        "bomb/a.rows.npy": header("(1000000000000000,)"),
        "bomb/b.rows.npy": header("(0, 1000000000000)"),
        "bomb/c.rows.npy": header("(3,)", "'<U1000000000'"),
        "bomb/d.rows.npy": header("(" + "1, " * 1000 + ")"),
        "bomb/e.rows.npy": header("(" * 50 + "3," + ")" * 50),
        "bomb/f.rows.npz": zipped("arr_0.npy", header("(83886080,)"), zeros, times=40),
        "bomb/g.rows.npz": zipped("arr_0.npy", header("(1000000000000000,)"), zeros),
        "bomb/h.tree.json": b"[" * 100_000 + b"]" * 100_000,
        "bomb/i.tree.json": b'{"a":' * 100_000,
        "bomb/j.number.json": b"9" * 1_000_000,
        "bomb/k.lines.jsonable": b"[" * 100_000 + b"\n",
        "bomb/l.laughs.yaml": laughs(),
        "bomb/m.tree.yaml": "[" * 20_000,
        "bomb/n.wide.csv": "a," * 1_000_000 + "a\n",
        "bomb/o.line.csv": b"a\n" + b"1" * (64 << 20),
        "bomb/p.quote.tsv": b'a\tb\n"' + b"x\n" * (4 << 20),
        "bomb/q.table.pqt": repeated_parquet(6, 5_000_000),
        "bomb/r.rows.npy": bytes(1 << 20),
        "bomb/s.table.pqt": b"PAR1" + b"\xff" * 1000 + (1 << 31).to_bytes(4, "little") + b"PAR1",
    }


NAMES = (
    "alf/spikes.\x1b[2J\x1b[31mtimes.npy",
    "alf/spikes.times\n::error::injected.npy",
    "alf/spikes.times\r\x08\x07.npy",
    "alf/<img src=x onerror=alert(1)>.times.npy",
    "alf/spikes.times.<script>.npy",
    "alf/spikes.\u202etimes.npy",
    "alf/spikes.\u2028\u0085times.npy",
    "alf/`rm -rf`.$(id).npy",
    "alf/%0A::warning::x.times.npy",
    "alf/[bold red]spikes[/].times.npy",
    "alf/spikes.times.npy\x9b31m",
)


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """All of it in one release, beside a sound session."""
    root = write(tmp_path / "release", {**SOUND, **pickles(tmp_path / "canary"), **bombs()})
    for number, name in enumerate(NAMES, 1):
        target = root / "m\x1b[7mouse" / "2020-01-02" / f"{number:03d}" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(npy([1.0]))
    raw = os.fsencode(root / SESSION / "alf") + b"/spikes.t\xffmes.npy"
    with open(raw, "wb") as file:
        file.write(npy([1.0]))
    alf = root / SESSION / "alf"
    os.mkfifo(alf / "spikes.depths.npy")
    (alf / "spikes.templates.npy").symlink_to("/etc/passwd")
    (alf / "spikes.samples.npy").symlink_to("spikes.samples.npy")
    (alf / "loop").symlink_to("..")
    (root / "mouse" / "again").symlink_to(root)
    return root


# A process begins with the peak of the one that it was forked from: a small one stands between.
MEASURE = """
import os, subprocess, sys
process = subprocess.Popen([sys.executable, "-m", "alfcheck", *sys.argv[2:]], stderr=subprocess.STDOUT)
_, status, usage = os.wait4(process.pid, 0)
with open(sys.argv[1], "w") as file:
    file.write(f"{os.waitstatus_to_exitcode(status)} {usage.ru_maxrss}")
"""


def run_command(told: Path, *arguments: str) -> tuple[int, str, float, float]:
    """Run the command; give its exit code, what it printed, seconds, and its memory's peak in MB."""
    begun = time.monotonic()
    command = [sys.executable, "-c", MEASURE, str(told), *arguments]
    printed = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True).stdout
    code, peak = map(int, told.read_text().split())
    scale = 2**20 if sys.platform == "darwin" else 2**10
    return code, printed.decode(), time.monotonic() - begun, peak / scale


def assert_plain(text: str) -> None:
    """Nothing in a text is acted upon by a terminal, or turns the direction of writing."""
    controls = re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", text)
    assert not controls
    assert not [line for line in text.splitlines() if line.startswith("::")]


def test_the_run_ends_within_bounds(hostile: Path, tmp_path: Path) -> None:
    # What is not read here is unverified, which is no fault of the rest.
    code, printed, seconds, megabytes = run_command(tmp_path / "told", "check", str(hostile), "-j", "1")
    assert code in (1, 3), printed[-3000:]
    assert "Traceback" not in printed
    assert seconds < SECONDS
    assert megabytes < MEGABYTES
    assert not (tmp_path / "canary").exists()
    assert_plain(printed)


def test_a_release_of_it_holds_what_is_sound(hostile: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    arguments = ("release", str(hostile), "--out", str(output), "--partial", "--hash", "-j", "1")
    code, printed, seconds, megabytes = run_command(tmp_path / "told", *arguments)
    assert code in (1, 3), printed[-3000:]
    assert seconds < SECONDS
    assert megabytes < MEGABYTES
    assert not (tmp_path / "canary").exists()
    assert_plain(printed)
    report = json.loads((output / "alfcheck-report" / "report.json").read_text(encoding="utf-8"))
    assert not report["summary"]["findings"].get("ALF901")
    listed = pq.read_table(output / "datasets.pqt").column("rel_path").to_pylist()
    assert {"alf/spikes.times.npy", "alf/spikes.amps.npy"} <= set(listed)
    assert not [path for path in listed if path.startswith("alf/clusters")]
    for line in (output / "alfcheck-report" / "findings.jsonl").read_text(encoding="utf-8").split("\n"):
        assert line == "" or json.loads(line)


@pytest.mark.parametrize("path", sorted(pickles(Path("x"))))
def test_code_is_never_run(tmp_path: Path, path: str) -> None:
    canary = tmp_path / "canary"
    report = alfcheck.check(write(tmp_path / "release", {**SOUND, path: pickles(canary)[path]}))
    assert verdicts(report)[path] == "fail"
    assert verdicts(report)["alf/spikes.times.npy"] == "pass"
    assert not canary.exists()


def test_the_canaries_would_sing(tmp_path: Path) -> None:
    """Else the test above shows nothing."""
    files = pickles(tmp_path / "canary")
    for path in ("alf/clusters.depths.npy", "alf/clusters.amps.npy", "alf/clusters.channels.npy"):
        data = files[path]
        assert isinstance(data, bytes)
        np.load(io.BytesIO(data), allow_pickle=True)
        (tmp_path / "canary").rmdir()


# Much in little room is no fault, if it can be read in pieces.
LARGE = {"bomb/f.rows.npz", "bomb/q.table.pqt"}


@pytest.mark.parametrize("path", sorted(set(bombs()) - LARGE))
def test_a_bomb_is_refused(tmp_path: Path, path: str) -> None:
    begun = time.monotonic()
    report = alfcheck.check(write(tmp_path, {**SOUND, path: bombs()[path]}))
    assert time.monotonic() - begun < SECONDS / 2
    assert "ALF901" not in codes(report)
    assert verdicts(report)[path] in ("fail", "unverified"), codes(report)
    assert verdicts(report)["alf/spikes.times.npy"] == "pass"


def test_what_is_only_large_is_no_bomb(tmp_path: Path) -> None:
    path = "bomb/q.table.pqt"
    report = alfcheck.check(write(tmp_path, {path: bombs()[path]}))
    assert verdicts(report) == {path: "pass"}


def place(kind: str, path: Path) -> None:
    if kind == "socket":
        server = socket.socket(socket.AF_UNIX)
        here = os.getcwd()
        os.chdir(path.parent)  # names of sockets must be short
        try:
            server.bind(path.name)
        finally:
            os.chdir(here)
            server.close()
    elif kind == "FIFO":
        os.mkfifo(path)
    else:
        try:
            os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 5))
        except PermissionError:
            pytest.skip("only root may make a device")


@pytest.mark.parametrize("kind", ["FIFO", "socket", "device"])
def test_what_is_no_file_is_never_opened(tmp_path: Path, kind: str) -> None:
    root = write(tmp_path, SOUND)
    place(kind, root / SESSION / "alf" / "spikes.depths.npy")
    (root / SESSION / "alf" / "spikes.clusters.npy").symlink_to("spikes.depths.npy")
    report = alfcheck.check(root)
    assert codes(report) == {"ALF117"}
    assert named(found(report, "ALF117")) == {"alf/spikes.depths.npy", "alf/spikes.clusters.npy"}
    assert set(verdicts(report)) == set(SOUND)
    assert report.exit_code() == 1


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("/etc/passwd", "ALF114"),
        ("../../../../../outside.npy", "ALF114"),
        ("/proc/self/mem", "ALF114"),
        ("/dev/zero", "ALF114"),
        ("spikes.depths.npy", "ALF115"),
        ("gone.npy", "ALF115"),
        ("..", "ALF116"),
    ],
)
def test_links_are_not_trusted(tmp_path: Path, target: str, code: str) -> None:
    (tmp_path / "outside.npy").write_bytes(npy([1.0, 2.0]))
    root = write(tmp_path / "release", SOUND)
    (root / SESSION / "alf" / "spikes.depths.npy").symlink_to(target)
    report = alfcheck.check(root)
    assert codes(report) == {code}
    assert "root:" not in " ".join(finding.message for finding in report.findings)
    assert set(verdicts(report)) == set(SOUND)


def test_loops_of_folders_end(tmp_path: Path) -> None:
    root = write(tmp_path, SOUND)
    for folder in (root, root / "mouse", root / SESSION, root / SESSION / "alf"):
        (folder / "up").symlink_to(root)
        (folder / "here").symlink_to(".")
    report = alfcheck.check(root)
    assert codes(report) == {"ALF116"}
    assert len(report.ledger) == len(SOUND) + 8


@pytest.mark.skipif(not hasattr(os, "mkfifo") or os.open not in os.supports_dir_fd, reason="needs POSIX")
@pytest.mark.parametrize(("margin", "code"), [(5, "ALF119"), (-20, "ALF118")])
def test_paths_beyond_what_the_system_can_name(tmp_path: Path, margin: int, code: str) -> None:
    """A file or a folder that lies so deep that no call can name it whole: unverified, never lost."""
    root = write(tmp_path, SOUND)
    limit = os.pathconf(root, "PC_PATH_MAX") - margin
    descriptor = os.open(root / SESSION, os.O_RDONLY)
    length = len(str(root / SESSION))
    try:
        while length < limit:
            name = "d" * min(200, max(limit - length - 1, 1))
            os.mkdir(name, dir_fd=descriptor)
            below = os.open(name, os.O_RDONLY, dir_fd=descriptor)
            os.close(descriptor)
            descriptor, length = below, length + len(name) + 1
        file = os.open("spikes.depths.npy", os.O_CREAT | os.O_WRONLY, dir_fd=descriptor)
        os.close(file)
    finally:
        os.close(descriptor)
    report = alfcheck.check(root)
    assert codes(report) == {code}
    assert report.exit_code() == 3
    assert set(verdicts(report)) == set(SOUND)


@pytest.fixture(scope="module")
def odd_names(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("names")
    for number, name in enumerate(NAMES, 1):
        write(root, {name: npy([1.0])}, f"mouse/2020-01-01/{number:03d}")
    return root


@pytest.mark.parametrize("format_name", ["text", "json", "jsonl"])
def test_names_cannot_inject(odd_names: Path, tmp_path: Path, format_name: str) -> None:
    code, printed, _, _ = run_command(
        tmp_path / "told", "check", str(odd_names), "-j", "1", "--format", format_name
    )
    assert code == 1
    assert_plain(printed)
    if format_name == "json":
        paths = {finding["path"] for finding in json.loads(printed)["findings"]}
        assert {path.split("/001/")[1] for path in paths if "/001/" in path} == {NAMES[0]}


def test_no_such_name_is_indexed_that_a_shell_or_page_would_run(odd_names: Path) -> None:
    report: Report = alfcheck.check(odd_names)
    listed = [row.path for row in report.ledger if row.status == "indexed"]
    assert not [path for path in listed if html.escape(path) != path or re.search(r"[\x00-\x1f`$]", path)]
