"""The programs that are measured: how each is started, and how they take turns."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from timing import Measured, Run, require, run, scratch

__all__ = ["ALFCHECK", "Program", "Rounds", "check", "prepared", "release", "take_turns", "worker"]

WORKERS = Path(__file__).parent / "workers"
ALFCHECK = (sys.executable, "-m", "alfcheck")


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One program: its command, which is given an empty folder to write to, and what comes before each run.

    ``short`` says that it runs for parts of a second: then it is run more often, and nothing looks at it
    meanwhile. ``slow`` says that it is a peer that takes minutes. ``indexes`` is how many datasets must be in
    the index that it writes.
    """

    name: str
    command: Callable[[Path], list[str]]
    before: Callable[[], object] | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    short: bool = False
    slow: bool = False
    indexes: int | None = None


@dataclass(frozen=True, slots=True)
class Rounds:
    """How often each program is run: slow peers may be run less often."""

    all: int = 5
    slow: int = 5
    short: int = 15

    def of(self, program: Program) -> int:
        """Give how often a program is run."""
        return self.slow if program.slow else self.all


def release(root: Path, *more: str, cache: bool = False) -> Callable[[Path], list[str]]:
    """Give the command that releases a tree into the folder that it is given."""
    extra = [] if cache else ["--no-cache"]
    return lambda out: [*ALFCHECK, "release", str(root), "--out", str(out), *extra, *more]


def check(path: Path, *more: str) -> Callable[[Path], list[str]]:
    """Give the command that checks a tree or a session."""
    return lambda _: [*ALFCHECK, "check", str(path), "--no-cache", *more]


def worker(name: str, *arguments: str, out: bool = False) -> Callable[[Path], list[str]]:
    """Give the command that runs one of the workers, with the folder to write to last if it wants one."""
    command = [sys.executable, str(WORKERS / f"{name}.py"), *arguments]
    return lambda folder: [*command, str(folder)] if out else command


def take_turns(programs: Sequence[Program], rounds: Rounds) -> dict[str, Measured]:
    """Run each program in turn, over and over, so that a machine that slows down slows all of them."""
    measured = {each.name: Measured(each.name) for each in programs}
    for turn in range(max(rounds.of(each) for each in programs)):
        for program in programs:
            if turn < rounds.of(program) and not measured[program.name].failed:
                _run(program, measured[program.name], rounds)
    return measured


def _run(program: Program, measured: Measured, rounds: Rounds) -> None:
    for _ in range(-(-rounds.short // rounds.all) if program.short else 1):
        if program.before is not None:
            program.before()
        with scratch("out") as out:
            done = run(program.command(Path(out)), program.env, memory=not program.short)
            measured.runs.append(done if done.exit_code not in (0, 1) else _indexed(done, program, Path(out)))
        print(f"  {program.name}: {measured.runs[-1].seconds:.3f} s", file=sys.stderr, flush=True)


def _indexed(done: Run, program: Program, out: Path) -> Run:
    """Let a run fail that did not index what it should have."""
    if program.indexes is None:
        return done
    rows = prepared(worker("count_rows", str(out / "datasets.pqt"))(out))["rows"]
    if rows == program.indexes:
        return done
    return replace(done, exit_code=-1, error=f"{rows} datasets are in the index, not {program.indexes}")


def prepared(command: list[str], env: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Run a program that is not measured, and give what it says; raises `SystemExit` if it fails."""
    return dict(require(run(command, env, memory=False), command).printed)
