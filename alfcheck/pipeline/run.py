"""The map: one pure function from a batch of sessions to their results."""

from __future__ import annotations

from collections.abc import Callable

from alfcheck.contracts.plan import Planner
from alfcheck.model import Finding, Refusal, SessionFiles, SessionResult, Severity
from alfcheck.pipeline.agreeing import agree
from alfcheck.pipeline.composing import compose_apart
from alfcheck.pipeline.content_rules import ask_about_contents
from alfcheck.pipeline.infos import give_infos
from alfcheck.pipeline.joining import join_columns
from alfcheck.pipeline.loading import judge_loading_stage
from alfcheck.pipeline.naming import parse_names
from alfcheck.pipeline.noting import finding
from alfcheck.pipeline.object_rules import ask_about_objects
from alfcheck.pipeline.opening import open_files
from alfcheck.pipeline.relating import relate
from alfcheck.pipeline.requiring import require_datasets
from alfcheck.pipeline.session_rules import ask_about_sessions
from alfcheck.pipeline.standing import recompose
from alfcheck.pipeline.state import Batch, Context, FileWork, SessionWork
from alfcheck.pipeline.values import judge_values

__all__ = ["STAGES", "check_batch"]

STAGES: tuple[Callable[[Batch, Context], None], ...] = (
    parse_names,
    open_files,
    compose_apart,
    judge_values,
    ask_about_contents,
    join_columns,
    agree,
    relate,
    ask_about_objects,
    ask_about_sessions,
    recompose,
    give_infos,
    judge_loading_stage,
    require_datasets,
)


_HEAVIEST = (Severity.ERROR, Severity.UNVERIFIED, Severity.WARNING, Severity.INFO)


def check_batch(sessions: tuple[SessionFiles, ...], context: Context) -> tuple[SessionResult, ...]:
    """Check some sessions; the result of one does not depend on the others."""
    batch = Batch(sessions)
    for stage in STAGES:
        stage(batch, context)
    return tuple(_result(work, context) for work in batch.works)


def _result(session: SessionWork, context: Context) -> SessionResult:
    refused = isinstance(session.parsed, Refusal)
    prefix = "" if refused else f"{session.files.path}/"
    findings = [
        finding(note, path=work.entry.path, datasets=(work.entry.path,), ruleset=context.ruleset)
        for work in session.works.values()
        for note in work.notes
    ]
    for rels, note in session.notes:
        paths = tuple(prefix + rel for rel in rels)
        place = session.files.path if refused or not paths else paths[0]
        findings.append(finding(note, path=place, datasets=paths, ruleset=context.ruleset))
    works = session.works.values()
    readable = [context.reads and _is_readable(work) for work in works]
    told = ([work.dataset_type for work in works], readable, [work.md5 for work in works])
    kept = sorted((each for each in findings if context.wants(each.code)), key=lambda each: each.sort_key)
    return SessionResult.of_columns(session.files, told, _once(kept, context.planner), session.info)


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
