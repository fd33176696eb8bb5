"""Large files of one JSON document a line: judged as they pass, line by line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from release_fixtures import SESSION

import alfcheck
from alfcheck.pipeline import opening, values

PATH = f"{SESSION}/raw_behavior_data/_iblrig_taskData.raw.jsonable"
TRIAL = {
    "trial_num": 1,
    "contrast": 0.25,
    "behavior_data": {"States timestamps": {f"state{n}": [[0.25, 0.5]] for n in range(60)}},
}
SOUND = json.dumps(TRIAL).encode()
FAULTY = json.dumps(TRIAL | {"contrast": 7}).encode()

LOOK = """
import sys
from pathlib import Path
import alfcheck

report = alfcheck.check(sys.argv[1])
assert not report.findings, report.findings
assert "jsonschema" not in sys.modules
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(int(status["VmHWM"].split()[0]) // 1024)
"""


def write(root: Path, lines: int, faulty: tuple[int, ...] = (), end: bytes = b"\n") -> Path:
    path = root / PATH
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join((FAULTY if line in faulty else SOUND) + end for line in range(lines)))
    return path


def test_a_large_file_names_the_lines_that_are_wrong(tmp_path: Path) -> None:
    lines = opening.SMALL // len(SOUND) + 1000
    assert write(tmp_path, lines, (4, lines - 2)).stat().st_size > opening.SMALL
    (finding,) = alfcheck.check(tmp_path).findings
    assert (finding.code, finding.rows, finding.count) == ("ALF312", (4, lines - 2), 2)
    assert f"line 5: $.contrast is 7; expected at most 1; line {lines - 1}: $.contrast" in finding.message


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("small", [0, opening.SMALL])
def test_lines_are_counted_alike_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: bytes, small: int
) -> None:
    monkeypatch.setattr(opening, "SMALL", small)
    monkeypatch.setattr(values, "PIECE", 3 * 8 * len(SOUND))
    write(tmp_path, 40, (2, 3, 17, 39), end)
    (finding,) = alfcheck.check(tmp_path).findings
    assert finding.rows == (2, 3, 17, 39)
    assert all(f"line {line}: " in finding.message for line in (3, 4, 18, 40))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems tell otherwise how much memory was taken")
def test_it_takes_no_more_memory_than_a_piece_and_no_jsonschema(tmp_path: Path) -> None:
    """Sound lines are looked at quickly, in large files too."""
    peaks = []
    for count in (1, 4):
        root = tmp_path / str(count)
        write(root, count * (opening.SMALL // len(SOUND) + 1000))
        told = subprocess.run(
            [sys.executable, "-c", LOOK, str(root)], capture_output=True, text=True, check=False
        )
        assert told.returncode == 0, told.stderr
        peaks.append(int(told.stdout))
    assert peaks[1] - peaks[0] < 24, peaks
