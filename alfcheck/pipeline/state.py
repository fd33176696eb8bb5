"""What the stages hand to one another: a batch of sessions on its way."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

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
from alfcheck.pipeline.tally import Tally
from alfcheck.pipeline.weights import Weights
from alfcheck.plugins import Ruleset
from alfcheck.readers.base import Content, Reader
from alfcheck.relations import Pointer, View

__all__ = ["Batch", "Context", "FileWork", "Layout", "Note", "Options", "SessionWork"]


class Options(NamedTuple):
    """What of a run's options the map needs to know; it travels to workers."""

    root: str
    hashes: bool = False
    names_only: bool = False
    select: tuple[str, ...] = ()
    weights: Weights = Weights()


class Note(NamedTuple):
    """A problem on its way to be a finding, with its code; the problem's severity is settled."""

    code: str
    problem: Problem
    origin: Origin | None = None


class NameResult(NamedTuple):
    """What a session-relative path alone says: its dataset, if it is one, and what is wrong."""

    dataset: Dataset | None
    notes: tuple[Note, ...]
    dataset_type: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """What the names of a session say together. Sessions with the same names share one.

    ``notes`` are pairs of the session-relative paths concerned and the note.
    """

    names: tuple[NameResult, ...]
    notes: tuple[tuple[tuple[str, ...], Note], ...]
    views: tuple[View, ...]
    pointers: tuple[Pointer, ...]


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
    """One session on its way through the stages; ``joined`` tells the joins that were judged."""

    files: SessionFiles
    parsed: SessionPath | Refusal
    layout: Layout
    works: dict[str, FileWork]
    notes: list[tuple[tuple[str, ...], Note]] = field(default_factory=list)
    joined: set[tuple[object, ...]] = field(default_factory=set)


@dataclass(slots=True)
class Batch:
    """Some sessions, handled together so that their values can be checked together."""

    sessions: tuple[SessionFiles, ...]
    works: list[SessionWork] = field(default_factory=list)


class Context:
    """What a process knows for a whole run: the frozen ruleset, the options, and what it has worked out.

    ``reads`` says whether files must be opened for what was asked, ``judges_values`` whether contracts run.
    """

    def __init__(self, ruleset: Ruleset, options: Options) -> None:
        self.ruleset = ruleset
        self.options = options
        owners = {label: " ".join(origin) for label, origin in ruleset.contract_origins.items()}
        self.planner = Planner(ruleset.contracts, owners)
        self.names: dict[str, NameResult] = {}
        self.layouts: dict[tuple[str, ...], Layout] = {}
        self.reads = self._reads()
        self.judges_values = self._selects(Target.CONTRACT, Target.OBJECT)
        self.name_rules = self._rules(Target.NAME)
        self.layout_rules = self._rules(Target.LAYOUT)

    def _rules(self, target: Target) -> tuple[Rule, ...]:
        rules = [owned.rule for owned in self.ruleset.rules.values() if owned.rule.target is target]
        return tuple(rule for rule in rules if rule.check is not None and self.wants(rule.code))

    def wants(self, code: str) -> bool:
        """Tell whether findings of `code` were asked for; faults of the run itself always are."""
        select = self.options.select
        return not select or code.startswith((*select, "ALF9"))

    def _reads(self) -> bool:
        return not self.options.names_only and self._selects(
            Target.CONTENT, Target.CONTRACT, Target.OBJECT, Target.SESSION
        )

    def _selects(self, *targets: Target) -> bool:
        return any(
            owned.rule.target in targets and self.wants(owned.rule.code)
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

    def weight(self, note: Note) -> Severity:
        """Give the severity of a note by what the user decided about weights."""
        rule = self.ruleset.rules[note.code].rule
        severity = note.problem.severity or rule.severity
        return self.options.weights.weigh(note.code, severity, safety=rule.safety)[0]
