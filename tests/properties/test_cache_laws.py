"""Laws of the cache: what comes from it is what would be found, whatever befalls data, rules and options."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

sys.path.insert(0, str(Path(__file__).parents[1]))

from cached_runs import TICK, cached, own_cache, same
from release_fixtures import npy
from report_samples import findings, texts

import alfcheck
from alfcheck.cache import decode, encode, session_key
from alfcheck.errors import NothingToCheck
from alfcheck.model import Entry, FileResult, SessionFiles, SessionResult

RELAXED = settings(deadline=None, max_examples=200, suppress_health_check=list(HealthCheck))
STEPS = settings(
    deadline=None, max_examples=10, stateful_step_count=10, suppress_health_check=list(HealthCheck)
)

PATHS = ("mouse/2020-01-01/001", "mouse/2020-01-01/002", "rat/2020-01-01/001")
NAMES = (
    "alf/spikes.times.npy",
    "alf/spikes.clusters.npy",
    "alf/clusters.depths.npy",
    "alf/#2020-01-02#/spikes.times.npy",
    "alf/spike times.npy",
    "alf/trials.choice.npy",
    "notes.txt",
)
CONTENTS = (
    npy(np.array([0.0, 1.0, 2.0])),
    npy(np.array([0.0, 2.0, 1.0])),
    npy(np.array([0, 1, 2])),
    npy(np.array([0.0, 1.0])),
    b"",
)
CONFIGS = (
    "",
    'ignore = ["ALF3"]\n',
    'ignore = ["ALF4"]\nstrict = true\n',
    '[severity]\nALF1 = "error"\nALF2 = "warning"\n',
    '[severity]\nALF2 = "warning"\n[severity."mouse/**"]\nALF2 = "off"\n',
    'require = ["ibl.behaviour"]\n',
    "[plugins.rules]\nleast = 2\n",
)
HEAD = """\
from __future__ import annotations
from pathlib import Path
import alfcheck
from alfcheck import Problem

@alfcheck.hookimpl
def alfcheck_settings():
    yield alfcheck.Setting(name="least", kind=int, default=3, doc="rows")

@alfcheck.hookimpl
def alfcheck_rules():
    return [RULE] if RULE else []

RULE = None
"""
RULES = (
    "",
    """
@alfcheck.name_rule("LAB101", "listed-object", severity="error", why="a test", fix="mend it")
def RULE(dataset, path):
    '''An object is in the list.'''
    if dataset.object in Path(__file__).with_name("words.txt").read_text().split():
        yield Problem(message="is in the list")
""",
    """
@alfcheck.content_rule("LAB201", "too-few", datasets=["*.npy"], severity="error", why="a test", fix="mend it")
def RULE(file, settings):
    '''A file has few rows.'''
    if file.rows is not None and file.rows < settings["least"]:
        yield Problem(message=f"has {file.rows} rows")
""",
    """
@alfcheck.session_rule("LAB501", "many", severity="warning", why="a test", fix="mend it")
def RULE(session):
    '''A session has many files.'''
    if len(session.datasets) > 2:
        yield Problem(message=f"has {len(session.datasets)} files of {sum(session.sizes.values())} bytes")
""",
)
OPTIONS: tuple[dict[str, Any], ...] = (
    {"hashes": True},
    {"hashes": False},
    {"select": ("ALF1", "ALF3")},
    {"select": ()},
)


class Cached(RuleBasedStateMachine):
    """Data, rules and options that change; after each change the cache is compared with none."""

    counts: ClassVar[Counter[str]] = Counter()

    @initialize(names=st.lists(st.sampled_from(NAMES), min_size=2, max_size=4, unique=True))
    def begin(self, names: list[str]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="alfcheck-cache-"))
        self.stack = ExitStack()
        self.stack.callback(shutil.rmtree, self.folder)
        self.stack.enter_context(own_cache(self.folder / "cache"))
        self.root = self.folder / "data"
        self.options: dict[str, Any] = {}
        for session in PATHS:
            for name in names:
                self._put(session, name, CONTENTS[0])
        (self.folder / "words.txt").write_text("clusters")
        self.configure(0)
        self.change_rules(0)

    def _put(self, session: str, name: str, data: bytes) -> None:
        path = self.root / session / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def _files(self) -> list[Path]:
        return sorted(path for path in self.root.rglob("*") if path.is_file())

    def _pick(self, data: st.DataObject) -> Path:
        time.sleep(TICK)
        return data.draw(st.sampled_from(self._files()))

    @rule(session=st.sampled_from(PATHS), name=st.sampled_from(NAMES), content=st.sampled_from(CONTENTS))
    def write(self, session: str, name: str, content: bytes) -> None:
        time.sleep(TICK)
        self._put(session, name, content)
        self.compare()

    @rule(data=st.data())
    def touch(self, data: st.DataObject) -> None:
        os.utime(self._pick(data))
        self.compare()

    @rule(data=st.data(), byte=st.integers(0, 255), by_name=st.booleans())
    def replace_unseen(self, data: st.DataObject, byte: int, by_name: bool) -> None:
        """Put another content in place, of the same size and with the same time of modification."""
        path = self._pick(data)
        before, content = path.stat(), bytearray(path.read_bytes())
        if content:
            content[data.draw(st.integers(0, len(content) - 1))] = byte
        target = path.with_name("new") if by_name else path
        target.write_bytes(content)
        os.utime(target, ns=(before.st_atime_ns, before.st_mtime_ns))
        target.replace(path)
        self.compare()

    @rule(data=st.data(), name=st.sampled_from(NAMES))
    def rename(self, data: st.DataObject, name: str) -> None:
        path = self._pick(data)
        path.replace(path.with_name(name.rpartition("/")[2]))
        self.compare()

    @rule(one=st.sampled_from(PATHS), other=st.sampled_from((*PATHS, "rat/2020-01-01/2")))
    def exchange_sessions(self, one: str, other: str) -> None:
        first, second, aside = self.root / one, self.root / other, self.root / "aside"
        if first.is_dir():
            second.parent.mkdir(parents=True, exist_ok=True)
            first.rename(aside)
            if second.is_dir():
                second.rename(first)
            aside.rename(second)
            self.compare()

    @precondition(lambda self: len(self._files()) > 2)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        self._pick(data).unlink()
        self.compare()

    @rule(data=st.data(), other=st.data())
    def link(self, data: st.DataObject, other: st.DataObject) -> None:
        path, target = self._pick(data), self._pick(other)
        if path != target:
            path.unlink()
            path.symlink_to(os.path.relpath(target, path.parent))
            self.compare()

    @rule(pattern=st.sampled_from(("", "*.txt\n", "spikes.*\n", "002/\n")))
    def hide(self, pattern: str) -> None:
        (self.root / ".alfcheckignore").write_text(pattern)
        self.compare()

    @rule(number=st.integers(0, len(CONFIGS) - 1))
    def configure(self, number: int) -> None:
        path = self.folder / "alfcheck.toml"
        path.write_text(CONFIGS[number])
        self.options["config"] = path
        self.compare()

    @rule(number=st.integers(0, len(RULES) - 1))
    def change_rules(self, number: int) -> None:
        path = self.folder / "rules.py"
        path.write_text(HEAD + RULES[number])
        self.options["plugins"] = (str(path),)
        self.compare()

    @rule(word=st.sampled_from(("clusters", "spikes", "trials spikes")))
    def change_list(self, word: str) -> None:
        """Change what a rule looks into, and no rule."""
        time.sleep(TICK)
        (self.folder / "words.txt").write_text(word)
        self.compare()

    @rule(options=st.sampled_from(OPTIONS))
    def choose(self, options: dict[str, Any]) -> None:
        self.options.update(options)
        self.compare()

    @rule(session=st.sampled_from(PATHS))
    def check_one(self, session: str) -> None:
        if any(self.root.joinpath(session).rglob("*.npy")):
            self.compare(session)

    @rule()
    def check_again(self) -> None:
        self.compare()

    @rule(garbage=st.binary(max_size=20), place=st.integers(0, 40_000))
    def spoil(self, garbage: bytes, place: int) -> None:
        with open(self.folder / "cache" / "sessions.sqlite", "r+b") as file:
            file.seek(place)
            file.write(garbage)
        self.compare()

    def compare(self, below: str = "") -> None:
        """The law: the report with the cache is the report without."""
        if "plugins" not in self.options:
            return
        where = self.root / below
        try:
            expected = alfcheck.check(where, **self.options)
        except NothingToCheck:
            return
        found = cached(where, **self.options)
        assert same(found.report, expected), (found.report.findings, expected.findings)
        self.counts["sessions"] += found.report.session_count
        self.counts["checked"] += len(found.checked)

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.stack.close()


def test_cached_equals_fresh() -> None:
    Cached.counts.clear()
    run_state_machine_as_test(Cached, settings=STEPS)
    # Nothing is shown by a cache that never knows anything.
    assert 4 * Cached.counts["checked"] < 3 * Cached.counts["sessions"], Cached.counts


# --- what is written -------------------------------------------------------------------------------------

ENTRIES = st.lists(
    st.tuples(texts, *[st.integers(0, 2**62)] * 5).map(lambda values: Entry(*values)), min_size=1, max_size=5
)


@st.composite
def _results(draw: st.DrawFn) -> tuple[SessionFiles, SessionResult]:
    session = SessionFiles(draw(texts), tuple(draw(ENTRIES)))
    md5 = st.none() | st.just("0" * 32)
    files = tuple(
        FileResult(entry.path, entry.size, draw(texts), draw(st.booleans()), draw(md5))
        for entry in session.entries
    )
    found = tuple(draw(st.lists(findings, max_size=5)))
    return session, SessionResult(session.path, files, found, draw(st.dictionaries(texts, texts, max_size=2)))


@RELAXED
@given(_results())
def test_what_is_written_is_read(given_result: tuple[SessionFiles, SessionResult]) -> None:
    session, result = given_result
    again = decode(encode(result), session)
    assert again == result
    assert again is not None
    assert {type(file) for file in again.files} == {FileResult}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)
SESSION = SessionFiles("mouse/2020-01-01/001", (Entry("mouse/2020-01-01/001/a.b.npy", 1, 2, 3, 4, 5),))


NEARLY = st.tuples(
    st.just(["a.b"]), st.just("1"), JSON, st.lists(st.lists(JSON, min_size=16, max_size=16), max_size=2), JSON
)


@RELAXED
@given(st.binary(max_size=50) | (JSON | NEARLY).map(lambda told: b"j" + json.dumps(told).encode()))
def test_whatever_is_read_is_a_result_or_nothing(data: bytes) -> None:
    """Whoever can write to the file may have put anything there."""
    found = decode(data, SESSION)
    assert found is None or [file.path for file in found.files] == [entry.path for entry in SESSION.entries]
    if found is not None:
        assert found.files[0].md5 is None or isinstance(found.files[0].md5, str)
        assert encode(found)


@RELAXED
@given(ENTRIES, st.data())
def test_any_change_of_a_file_is_another_key(entries: list[Entry], data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(entries) - 1))
    place = data.draw(st.integers(1, 5))
    values = list(entries[number])
    values[place] = data.draw(st.integers(0, 2**62).filter(lambda value: value != values[place]))
    other = [*entries[:number], Entry(*values), *entries[number + 1 :]]
    one, two = (SessionFiles("mouse", tuple(each)) for each in (entries, other))
    assert session_key(one, b"run") != session_key(two, b"run")
    assert session_key(one, b"run") != session_key(one, b"other")
    assert session_key(one, b"run") != session_key(one._replace(entries=one.entries[:-1]), b"run")
    assert session_key(one, b"run") == session_key(one, b"run") != session_key(one, b"run", ("more",))
