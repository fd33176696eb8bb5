"""The map: one pure function from a batch of sessions to their results."""

from __future__ import annotations

from collections.abc import Sequence

from alfcheck.contracts.plan import Planner
from alfcheck.model import Finding, Refusal, SessionFiles, SessionResult, Severity
from alfcheck.pipeline.naming import Named, name_session
from alfcheck.pipeline.noting import finding
from alfcheck.pipeline.state import Batch, Context, FileWork, Note, SessionWork

__all__ = ["check_batch"]

_HEAVIEST = (Severity.ERROR, Severity.UNVERIFIED, Severity.WARNING, Severity.INFO)


def check_batch(sessions: tuple[SessionFiles, ...], context: Context) -> tuple[SessionResult, ...]:
    """Check some sessions; the result of one does not depend on the others."""
    if context.names_alone:
        return tuple(_named(files, name_session(files, context), context) for files in sessions)
    from alfcheck.pipeline.stages import STAGES  # what opens and judges files takes its time to load

    batch = Batch(sessions)
    for stage in STAGES:
        stage(batch, context)
    return tuple(_result(work, context) for work in batch.works)


def _named(files: SessionFiles, named: Named, context: Context) -> SessionResult:
    """Tell what the stages would, where only the first has anything to do."""
    types = [name.dataset_type for name in named.layout.names] or [""] * files.count
    told = (types, (False,) * files.count, (None,) * files.count)
    refused = isinstance(named.parsed, Refusal)
    notes = [(f"{files.path}/{rel}", note) for rel, noted in named.files.items() for note in noted]
    findings = _findings(files, notes, named.notes, context, refused=refused)
    return SessionResult.of_columns(files, told, findings, {})


def _result(session: SessionWork, context: Context) -> SessionResult:
    works = session.works.values()
    readable = [context.reads and _is_readable(work) for work in works]
    told = ([work.dataset_type for work in works], readable, [work.md5 for work in works])
    refused = isinstance(session.parsed, Refusal)
    notes = [(work.entry.path, note) for work in works for note in work.notes]
    findings = _findings(session.files, notes, session.notes, context, refused=refused)
    return SessionResult.of_columns(session.files, told, findings, session.info)


def _findings(
    files: SessionFiles,
    notes: Sequence[tuple[str, Note]],
    several: Sequence[tuple[tuple[str, ...], Note]],
    context: Context,
    *,
    refused: bool,
) -> tuple[Finding, ...]:
    """Make findings of what is told of single files, by their paths, and of `several` of the session."""
    if not notes and not several:
        return ()
    prefix = "" if refused else f"{files.path}/"
    findings = [finding(note, path=path, datasets=(path,), ruleset=context.ruleset) for path, note in notes]
    for rels, note in several:
        paths = tuple(prefix + rel for rel in rels)
        place = files.path if refused or not paths else paths[0]
        findings.append(finding(note, path=place, datasets=paths, ruleset=context.ruleset))
    kept = sorted((each for each in findings if context.wants(each.code)), key=lambda each: each.sort_key)
    return _once(kept, context.planner)


def _is_readable(work: FileWork) -> bool:
    return work.reader is not None and (work.content is None or not work.content.opaque)


def _once(findings: list[Finding], planner: Planner) -> tuple[Finding, ...]:
    # Two contracts may say the same of the same values: then the heavier is told, and of two equals that of
    # the more particular contract. What sessions should have, each contract asks for itself.
    kept: dict[tuple[object, ...], Finding] = {}
    for each in findings:
        key = (
            each.code,
            each.path,
            each.column,
            each.check,
            each.expected,
            each.rows,
            each.count,
            each.datasets or each.contract,
        )
        if key not in kept or _prevails(each, kept[key], planner):
            kept[key] = each
    return tuple(sorted(kept.values(), key=lambda each: each.sort_key))


def _prevails(one: Finding, other: Finding, planner: Planner) -> bool:
    if one.severity is not other.severity:
        return _HEAVIEST.index(one.severity) < _HEAVIEST.index(other.severity)
    return planner.generality(one.contract) < planner.generality(other.contract)
