"""References: values that count the rows of another object, and dimensions as long as it has rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from alfcheck.model import Problem, Severity
from alfcheck.pipeline.members import lengths_of, member
from alfcheck.pipeline.state import Context, FileWork, SessionWork
from alfcheck.pipeline.tally import Tally
from alfcheck.readers.base import Content, Kind
from alfcheck.relations import Claim, Pointer, RowCount, named, row_count

__all__ = ["begin_tallies", "begin_tally", "judge_references"]

ONLY_FAILED = "whose number of rows only datasets that failed could tell"


def begin_tallies(session: SessionWork) -> list[FileWork]:
    """Prepare the references of a session whose targets have a row count; give the files that refer.

    May be asked again when more row counts are known.
    """
    for pointer in session.layout.pointers:
        if all(tally.pointer is not pointer for tally in session.works[pointer.path].tallies):
            begin_tally(session, pointer)
    return [work for work in session.works.values() if work.tallies]


def begin_tally(session: SessionWork, pointer: Pointer) -> list[Tally]:
    """Prepare one reference: a tally for each column that refers, if the rows of the target are known."""
    if pointer.claim.measures:
        return []
    work = session.works[pointer.path]
    columns = list(_referring(work.content, pointer.claim.column)) if work.content is not None else []
    targets = [session.works[path] for path in pointer.members]
    rows = _counted(targets, pointer.claim).rows if columns else None
    tallies = [Tally(pointer, column, rows) for column in columns] if rows is not None else []
    work.tallies += tallies
    return tallies


def _referring(content: Content, wanted: str) -> Iterator[str]:
    """Give the columns of a file that hold the numbers of rows: those asked for, or its only one."""
    for name, dtype, _ in content.columns:
        is_wanted = fnmatchcase(name, wanted) if wanted else len(content.columns) == 1
        # Text and logical values are no row numbers; byte order marks come before the kind, and numbers
        # with gaps are written with a capital.
        is_number = dtype not in ("str", "object") and dtype.lstrip("<>=|")[:1].lower() in "iuf"
        if is_wanted and is_number:
            yield name


def _counted(targets: Sequence[FileWork], claim: Claim) -> RowCount:
    """Count the rows of an object that others refer to.

    Where none of its datasets has rows, the entries of documents that are lists are what a contract means.
    """
    told = row_count([member(work) for work in targets])
    if told.rows is not None or told.disputed or claim.contract is None:
        return told
    counts = {rows for work in targets if (rows := _entries(work.content)) is not None}
    if len(counts) > 1:
        return RowCount(None, disputed=True)
    return RowCount(counts.pop(), "the entries of its document") if counts else told


def _entries(content: Content | None) -> int | None:
    if content is None or content.kind is not Kind.DOCUMENT:
        return None
    return len(content.document) if isinstance(content.document, list) else content.rows


def judge_references(session: SessionWork, aimed: Sequence[Pointer], context: Context) -> None:
    """Judge what was tallied of references."""
    # All are judged before any is noted: a target whose own references are wrong still counts its rows,
    # and the order of the objects must not matter.
    found = [
        (work, problem, "ALF403" if pointer.claim.measures else "ALF402")
        for pointer in aimed
        if (work := session.works[pointer.path]).content is not None
        for problem in _judge(session, work, pointer)
    ]
    for work, problem, code in found:
        work.notes.append(context.note(problem, code))


def _judge(session: SessionWork, work: FileWork, pointer: Pointer) -> Iterator[Problem]:
    assert work.dataset is not None
    assert work.content is not None
    claim = pointer.claim
    targets = [session.works[path] for path in pointer.members]
    if not (_measured(work, pointer) if claim.measures else list(_referring(work.content, claim.column))):
        return
    if why := _uncertain(targets, pointer, work):
        if claim.contract:
            yield _unverified(pointer, why)
        return
    if claim.measures:
        yield from _judge_measured(work, pointer, _counted(targets, claim).rows)
        return
    for tally in work.tallies:
        if tally.pointer is pointer:
            column = tally.column if claim.column else work.dataset.column
            problem = tally.problem(f"{work.dataset.object}.{column}")
            if problem is not None:
                yield problem


def _measured(work: FileWork, pointer: Pointer) -> list[int]:
    """Give the lengths of the dimensions that are as long as the target has rows."""
    claim = pointer.claim
    return [
        each.length
        for each in lengths_of(work)
        if (each.contract, each.name) == (claim.contract, claim.measures)
    ]


def _judge_measured(work: FileWork, pointer: Pointer, rows: int | None) -> Iterator[Problem]:
    claim = pointer.claim
    assert work.dataset is not None
    for length in _measured(work, pointer):
        if rows is not None and length != rows:
            yield Problem(
                contract=claim.contract,
                column=work.dataset.column,
                check="dimension",
                expected=f"{rows} {claim.measures}",
                message=f"{named(work.dataset)} has a dimension {claim.measures!r} of length {length}, where "
                f"{claim.target!r} has {rows} rows",
                fix=f"save {named(work.dataset)} and {claim.target!r} from the same run of the program that "
                "wrote them",
            )


def _uncertain(targets: Sequence[FileWork], pointer: Pointer, work: FileWork) -> str:
    """Say why a reference cannot be compared, if it cannot although its target is there."""
    if all(target.failed for target in targets):
        return "all of whose datasets failed"
    told = _counted(targets, pointer.claim)
    if told.disputed:
        return "whose datasets do not agree on how many rows there are"
    tallied = (tally.rows for tally in work.tallies if tally.pointer is pointer)
    compared = told.rows if pointer.claim.measures else next(tallied, None)
    standing = [target for target in targets if not target.failed]
    # What is left when those that failed are taken out must have the rows that were compared with.
    if compared is None and len(standing) == len(targets):
        return "whose rows were counted too late" if told.rows is not None else ""
    return "" if compared is not None and _counted(standing, pointer.claim).rows == compared else ONLY_FAILED


def _unverified(pointer: Pointer, why: str) -> Problem:
    target = pointer.claim.target
    return Problem(
        code="ALF904",
        severity=Severity.UNVERIFIED,
        contract=pointer.claim.contract,
        check="reference",
        message=f"its values count the rows of {target!r}, {why}: they could not be compared",
        fix=f"mend {target!r} ({', '.join(pointer.members)}) and run again",
    )
