"""Documents by the JSON Schemas of contracts: in memory at once, or line by line as a large file passes."""

from __future__ import annotations

from alfcheck.contracts.documents import DocumentCheck, as_json
from alfcheck.contracts.plan import DocumentTerm
from alfcheck.model import Problem, Severity
from alfcheck.pipeline.state import Context, FileWork
from alfcheck.readers.base import Content

__all__ = ["judge_document", "pass_lines"]

LINES_AT_ONCE = 16 * 2**20
"""Bytes up to which all lines of a file are held for a schema of the whole."""

LINES = "jsonable"
YAML = ("yaml", "yml")


def judge_document(work: FileWork, context: Context) -> None:
    """Judge the document of a file that was read whole."""
    assert work.content is not None
    for term in work.plan.documents if work.plan is not None else ():
        _look(context.planner.document_check(term), term, work, work.content.document, context)


def _look(
    check: DocumentCheck, term: DocumentTerm, work: FileWork, document: object, context: Context
) -> None:
    """Judge a document that is in memory, or each of its lines."""
    assert work.dataset is not None
    if term.terms.lines and work.dataset.extension == LINES and isinstance(document, list):
        check.look_lines(document, 0)
    else:
        check.look(as_json(document) if work.dataset.extension in YAML else document)
    work.notes += [context.note(problem) for problem in check.problems()]


def pass_lines(content: Content, work: FileWork, context: Context, size: int) -> None:
    """Judge the documents of a large file, in pieces of `size` bytes.

    Where a schema is meant for all lines together, they are held as long as they are not too many.
    """
    assert content.pieces is not None
    terms = work.plan.documents if work.plan is not None else ()
    checks = [(term, context.planner.document_check(term)) for term in terms]
    by_line = [check for term, check in checks if term.terms.lines]
    at_once = [(term, check) for term, check in checks if not term.terms.lines]
    kept: list[object] = []
    line = 0
    for piece in content.pieces(size) if checks else ():
        documents = list(next(iter(piece.values())))
        for check in by_line:
            check.look_lines(documents, line)
        if at_once and work.entry.size <= LINES_AT_ONCE:
            kept += documents
        line += len(documents)
    work.notes += [context.note(problem) for check in by_line for problem in check.problems()]
    for term, check in at_once:
        if work.entry.size <= LINES_AT_ONCE:
            _look(check, term, work, kept, context)
        else:
            work.notes.append(context.note(_too_many_lines(work, term)))


def _too_many_lines(work: FileWork, term: DocumentTerm) -> Problem:
    return Problem(
        code="ALF905",
        severity=Severity.UNVERIFIED,
        contract=term.contract.label,
        column=term.name,
        check="document",
        message=f"its schema wants all lines at once; the file has {work.entry.size} bytes, and up to "
        f"{LINES_AT_ONCE // 2**20} MiB are held",
        fix="say 'lines: true' in the contract, and give the schema of one line",
    )
