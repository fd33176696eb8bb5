"""What the stages hand to one another: a batch of sessions on its way."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence, Sized
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import islice, takewhile
from operator import or_
from typing import NamedTuple

from alfcheck.contracts.calling import watched_schema
from alfcheck.contracts.joins import Join
from alfcheck.contracts.model import Contract
from alfcheck.contracts.plan import Plan, Planner
from alfcheck.model import (
    Dataset,
    Entry,
    Origin,
    Problem,
    Refusal,
    Rule,
    SessionFiles,
    SessionPath,
    Severity,
    Target,
)
from alfcheck.pipeline.asking import Asking
from alfcheck.pipeline.hashing import Digest
from alfcheck.pipeline.noting import Note
from alfcheck.pipeline.options import Options, Required
from alfcheck.pipeline.tally import Tally
from alfcheck.pipeline.weights import Place
from alfcheck.plugins import Ruleset
from alfcheck.readers.base import Content, Kind, Reader
from alfcheck.relations import Pointer, View
from alfcheck.sessions import Needs, needs_of, without_revision

__all__ = ["Batch", "Context", "FileWork", "Layout", "Note", "Options", "Planned", "Required", "SessionWork"]


KEPT_NAMES = 20_000
"""Names that are remembered with what they say; a release has a few hundred, as a rule."""

KEPT_TOGETHER = 60_000
"""Names in all sets of names that are remembered with what they say together."""


class Planned(NamedTuple):
    """The plan of the last file of a name, and what of its content it was made for."""

    columns: tuple[tuple[str, str, tuple[int, ...]], ...]
    kind: Kind
    scalar: bool
    plan: Plan


class NameResult(NamedTuple):
    """What a session-relative path alone says: its dataset, if it is one, and what is wrong."""

    dataset: Dataset | None
    notes: tuple[Note, ...]
    dataset_type: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """What the names of a session say together. Sessions with the same names share one.

    ``notes`` are pairs of the session-relative paths concerned and the note. ``sized`` are the views in which
    named dimensions may be compared, ``tabled`` those in which a table may be compared with files.
    ``blended`` tells whether it matters to the views what the columns of tables are called.
    """

    names: tuple[NameResult, ...]
    notes: tuple[tuple[tuple[str, ...], Note], ...]
    views: tuple[View, ...]
    pointers: tuple[Pointer, ...]
    sized: tuple[View, ...] = ()
    tabled: tuple[View, ...] = ()
    blended: bool = False


@dataclass(slots=True)
class FileWork:
    """One file on its way through the stages."""

    entry: Entry
    rel: str
    dataset: Dataset | None = None
    dataset_type: str = ""
    reader: Reader | None = None
    content: Content | None = None
    held: int | None = None
    plan: Plan | None = None
    tallies: list[Tally] = field(default_factory=list)
    md5: str | None = None
    digest: Digest | None = None
    notes: list[Note] = field(default_factory=list)
    blamed: bool = False

    @property
    def failed(self) -> bool:
        """Tell whether an error was found, or the file could not be judged.

        ``blamed`` is set by findings that name several files, which are not among its own notes.
        """
        return self.blamed or any(
            note.problem.severity in (Severity.ERROR, Severity.UNVERIFIED) for note in self.notes
        )


@dataclass(slots=True)
class SessionWork:
    """One session on its way through the stages.

    ``joined`` tells the joins that were judged, ``compared`` the references, ``ruled`` the rules of plugins.
    ``info`` are further columns of the sessions table.
    """

    files: SessionFiles
    parsed: SessionPath | Refusal
    layout: Layout
    works: dict[str, FileWork]
    notes: list[tuple[tuple[str, ...], Note]] = field(default_factory=list)
    joined: set[tuple[object, ...]] = field(default_factory=set)
    compared: set[Pointer] = field(default_factory=set)
    ruled: set[tuple[object, ...]] = field(default_factory=set)
    info: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Batch:
    """Some sessions, handled together so that their values can be checked together."""

    sessions: tuple[SessionFiles, ...]
    works: list[SessionWork] = field(default_factory=list)


class Context:
    """What a process knows for a whole run: the frozen ruleset, the options, and what it has worked out.

    ``reads`` says whether files must be opened for what was asked, ``judges_values`` whether contracts run.
    ``names_alone`` says that nothing but names was asked about.
    ``rules_of_names`` look at a session-relative path, ``rules_of_paths`` at a whole one, and
    ``rules_of_folders`` at the folders of both. ``required`` are the contracts that sessions are judged by,
    ``needs`` the documents that those ask for.
    """

    def __init__(self, ruleset: Ruleset, options: Options) -> None:
        self.ruleset = ruleset
        self.options = options
        owners = {label: " ".join(origin) for label, origin in ruleset.contract_origins.items()}
        origins = ruleset.contract_origins
        contracts = [watched_schema(each, origins[each.label]) for each in ruleset.contracts]
        self.planner = Planner(contracts, owners)
        self.names: dict[str, NameResult] = {}
        self.layouts: dict[tuple[str, ...], Layout] = {}
        self.joins: dict[tuple[tuple[str, int], ...], tuple[Join, ...]] = {}
        self.plans: dict[str, Planned] = {}
        self.required = self._required()
        self.needs = reduce(or_, (needs_of(each.session) for each in self.required if each.session), Needs())
        self._unseen = sorted(options.required.unseen)
        named = self._rules(Target.NAME)
        self.rules_of_names = tuple(rule for rule in named if not rule.whole_path)
        self.rules_of_paths = tuple(rule for rule in named if rule.whole_path)
        self.rules_of_folders = tuple(rule for rule in named if rule.folders)
        self.layout_rules = self._rules(Target.LAYOUT)
        self.asking = Asking(
            self._rules(Target.CONTENT),
            self._rules(Target.OBJECT),
            self._rules(Target.SESSION),
            ruleset.infos if not options.select else (),
        )
        self._reads_all = self._selects(Target.CONTENT, Target.CONTRACT, Target.OBJECT)
        reads = self._reads_all or bool(self.needs) or self.asking.reads
        self.reads = not options.names_only and reads
        self.judges_values = self.reads and self._selects(Target.CONTRACT, Target.OBJECT)
        self.names_alone = not (self.reads or self.asking or self.required)

    def keep_small(self) -> bool:
        """Forget what was worked out where it has grown large, between two batches; tell whether it had.

        In a release where each session has other names there is no end to them, and little use in them.
        """
        large = len(self.names) > KEPT_NAMES or self.planner.is_large or self.asking.is_large
        if large or _names_in((*self.layouts, *self.joins)) > KEPT_TOGETHER:
            for kept in (self.names, self.layouts, self.joins, self.plans):
                kept.clear()
            self.planner.forget()
            self.asking.forget()
            large = True
        return large

    def _rules(self, target: Target) -> tuple[Rule, ...]:
        rules = [owned.rule for owned in self.ruleset.rules.values() if owned.rule.target is target]
        return tuple(rule for rule in rules if rule.check is not None and self.wants(rule.code))

    def wants(self, code: str) -> bool:
        """Tell whether findings of `code` were asked for; faults of the run itself always are."""
        select = self.options.select
        return not select or code.startswith((*select, "ALF9"))

    def opens(self, work: FileWork) -> bool:
        """Tell whether what was asked has to do with what this file holds."""
        if self._reads_all or work.dataset is None:
            return self._reads_all
        rel = without_revision(work.rel)
        return self.needs.covers(rel, work.dataset) or self.asking.covers(rel, work.dataset)

    def unseen(self, session: SessionWork) -> list[str]:
        """Give the session-relative paths of what is there, but could not be given to the session."""
        prefix = f"{session.files.path}/"
        start = bisect_left(self._unseen, prefix)
        found = takewhile(lambda path: path.startswith(prefix), islice(self._unseen, start, None))
        return [path.removeprefix(prefix) for path in found]

    def _required(self) -> tuple[Contract, ...]:
        labels = self.options.required.labels if self._selects(Target.SESSION) else ()
        return tuple(self.planner.load(each) for each in self.ruleset.contracts if each.label in labels)

    def _selects(self, *targets: Target) -> bool:
        return any(
            owned.rule.target in targets and owned.rule.check is None and self.wants(owned.rule.code)
            for owned in self.ruleset.rules.values()
        )

    def note(self, problem: Problem, code: str | None = None, origin: Origin | None = None) -> Note:
        """Stamp a problem with its code and weight: its own, or those of its rule.

        `origin` says who found it, where that is not whoever offers the rule.
        """
        found = problem.code or code
        assert found is not None
        if problem.severity is None:
            problem = replace(problem, severity=self.ruleset.rules[found].rule.severity)
        # A rule that failed to run is told of by the engine, and belongs to whoever offers the rule.
        if origin is None and code is not None and code != found:
            origin = self.ruleset.rules[code].origin
        return Note(found, problem, origin)

    def weight(self, note: Note, rels: Sequence[str], session: SessionWork) -> Severity:
        """Give the severity of a note about files of a session by what the user decided about weights."""
        rule = self.ruleset.rules[note.code].rule
        severity = note.problem.severity or rule.severity
        places = self._places(rels, session) if self.options.weights.globs else ()
        return self.options.weights.weigh(note.code, severity, places, safety=rule.safety)[0]

    @staticmethod
    def _places(rels: Sequence[str], session: SessionWork) -> list[Place]:
        path = session.files.path
        prefix = "" if isinstance(session.parsed, Refusal) else f"{path}/"
        return [Place(prefix + rel, path) for rel in rels]

    def failing(self, session: SessionWork) -> frozenset[str]:
        """Give the files that will not be indexed, by what the user decided about weights."""
        told = (
            *(((rel,), note) for rel, work in session.works.items() for note in work.notes),
            *session.notes,
        )
        return frozenset(
            rel
            for rels, note in told
            if self.weight(note, rels, session) in (Severity.ERROR, Severity.UNVERIFIED)
            for rel in rels
        )


def _names_in(sets: Iterable[Sized]) -> int:
    return sum(map(len, sets))
