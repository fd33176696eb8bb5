"""Contract files for the tests of the command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from alfcheck.cli import run

__all__ = ["LICKS", "PYTHON", "SESSIONS", "Go", "go", "write"]

Go = Callable[..., tuple[int, str, str]]

LICKS = """\
alfcheck: 1
id: lab.licks
version: 1.0.0
owner: a lab
description: When the tongue was out.
match:
  object: licks
  namespace: ""
  collection: "alf*"
  extensions: [npy, pqt]
rows:
  agree: true
  except: [bouts]
columns:
  times:
    description: Start of each lick.
    unit: s
    dtype: floating
    shape: [rows]
    ge: 0
    sorted: true
    source: the manual
  side:
    dtype: integer
    missing: -1
    isin: [0, 1]
  bouts:
    dtype: number
    nullable: true
relations:
  later:
    check: times > 0
    when: side == 1
    severity: warning
"""

SESSIONS = """\
alfcheck: 1
id: lab.sessions
version: 1.0.0
description: What a session should have.
session:
  when: {protocol: "*licks*"}
  datasets:
    - required: alf/licks.times.npy
"""

PYTHON = """
import alfcheck
from alfcheck import Contract, Match, Terms


def schema():
    import pandera.pandas as pa

    early = pa.Check(lambda column: column < 1e9, name="early")
    return pa.DataFrameSchema({"times": pa.Column(None, [early])})


@alfcheck.hookimpl
def alfcheck_contracts():
    return [
        Contract(
            id="lab.python",
            version="1.0.0",
            match=Match(object="flashes"),
            terms={"times": Terms("When.", "s", dtypes=("floating",))},
            schema=schema,
        )
    ]
"""


@pytest.fixture
def go(capsys: pytest.CaptureFixture[str]) -> Go:
    """Run the command in this process; give exit code, standard output and standard error."""

    def call(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run(list(map(str, arguments)))
        return code, *capsys.readouterr()

    return call


def write(path: Path, text: str) -> Path:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
