"""References: values that count the rows of another object, and dimensions as long as it has rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from alfcheck.model import Problem, Severity
from alfcheck.pipeline.aligning import PIECE, Broken, pieces_of
from alfcheck.pipeline.blame import blame
from alfcheck.pipeline.members import lengths_of, member
from alfcheck.pipeline.opening import close_held
from alfcheck.pipeline.state import Context, FileWork, SessionWork
from alfcheck.pipeline.tally import Tally
from alfcheck.readers.base import Content, Kind
from alfcheck.relations import Claim, Pointer, RowCount, named, row_count

__all__ = ["begin_tallies", "elsewhere", "judge_lost", "judge_references"]

ALL_FAILED = "all of whose datasets failed"
DISPUTED = "whose datasets do not agree on how many rows there are"
ONLY_FAILED = "whose number of rows only datasets that failed could tell"


def begin_tallies(session: SessionWork) -> list[FileWork]:
    """Prepare the references of a session whose targets have a row count; give the files that refer.

    May be asked again when more row counts are known.
    """
    for pointer in session.layout.pointers:
        if all(tally.pointer is not pointer for tally in session.works[pointer.path].tallies):
            _begin(session, pointer)
    return [work for work in session.works.values() if work.tallies]


def _begin(session: SessionWork, pointer: Pointer) -> list[Tally]:
    """Prepare one reference: a tally for each column that refers, if the rows of the target are known."""
    if pointer.claim.measures:
        return []
    work = session.works[pointer.path]
    columns = _referring(work.content, pointer.claim) if work.content is not None else ()
    targets = [session.works[path] for path in pointer.members]
    rows = _counted(targets, pointer.claim).rows if columns else None
    tallies = [Tally(pointer, column, rows) for column in columns] if rows is not None else []
    work.tallies += tallies
    return tallies


def _referring(content: Content, claim: Claim) -> tuple[str, ...]:
    """Give the columns of a file that hold the numbers of rows: those asked for, or its only one.

    A table that stands for an attribute, as a contract says, is an array of as many columns.
    """
    alone = len(content.columns) == 1 or (claim.contract is not None and content.kind is Kind.TABLE)
    if not claim.column and not alone:
        return ()
    return tuple(
        name
        for name, dtype, _ in content.columns
        # Text and logical values are no row numbers; byte order marks come before the kind, and numbers
        # with gaps are written with a capital.
        if dtype not in ("str", "object")
        and dtype.lstrip("<>=|")[:1].lower() in "iuf"
        and (not claim.column or fnmatchcase(name, claim.column))
    )


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
    """Judge references, each once, whose targets all stand; the others wait for what stands in the end."""
    failing = context.failing(session) if aimed else ()
    due = [
        pointer
        for pointer in aimed
        if pointer not in session.compared and not any(path in failing for path in pointer.members)
    ]
    session.compared.update(due)
    for pointer in due:
        _complete(session, pointer, context)
    # All are judged before any is noted: a target whose own references are wrong still counts its rows,
    # and the order of the objects must not matter.
    found = [
        (work, problem, "ALF403" if pointer.claim.measures else "ALF402")
        for pointer in due
        if (work := session.works[pointer.path]).content is not None
        for problem in _judge(session, work, pointer, failing)
    ]
    for work, problem, code in found:
        work.notes.append(context.note(problem, code))


def _complete(session: SessionWork, pointer: Pointer, context: Context) -> None:
    """Let the values pass by once more, for a target whose rows were not known when they did."""
    work = session.works[pointer.path]
    if any(tally.pointer is pointer and _is_complete(tally, work) for tally in work.tallies):
        return
    known = [tally for tally in work.tallies if tally.pointer is not pointer and _is_complete(tally, work)]
    work.tallies = [tally for tally in work.tallies if tally.pointer is not pointer]
    begun = [_taken_over(tally, known) for tally in _begin(session, pointer)]
    work.tallies = [*(tally for tally in work.tallies if tally.pointer is not pointer), *begun]
    unseen = [tally for tally in begun if not _is_complete(tally, work)]
    try:
        for piece in pieces_of(session, pointer.path, PIECE, context) if unseen else ():
            for tally in unseen:
                tally.look(piece[tally.column])
    except Broken as broken:
        blame(broken.cause, work, context)
    finally:
        if unseen:
            close_held(work, check=False)


def _is_complete(tally: Tally, work: FileWork) -> bool:
    return work.content is not None and tally.seen == (work.content.rows or 0)


def _taken_over(tally: Tally, known: Sequence[Tally]) -> Tally:
    """Spare the reading where the values were compared with as many rows before."""
    wanted = (tally.pointer.claim, tally.column, tally.rows)
    same = (each for each in known if (each.pointer.claim, each.column, each.rows) == wanted)
    found = next(same, None)
    return tally if found is None else replace(found, pointer=tally.pointer)


def judge_lost(session: SessionWork, aimed: Sequence[Pointer], context: Context) -> None:
    """Note the references, in what stands in the end, of whose target nothing stands that they could mean.

    `aimed` are those of what stands. What was compared while the target stood was right.
    """
    failing = context.failing(session)
    left = {(each.path, each.claim): each for each in aimed}
    compared = {(each.path, each.claim) for each in session.layout.pointers if each in session.compared}
    first = {(each.path, each.claim): each for each in reversed(session.layout.pointers)}
    for key, pointer in first.items():
        work = session.works[pointer.path]
        if pointer.claim.contract is None or pointer.path in failing or not _refers(work, pointer):
            continue
        instead = left.get(key)
        if (instead is None and key not in compared) or (instead is not None and elsewhere(session, instead)):
            disputed = _counted([session.works[path] for path in pointer.members], pointer.claim).disputed
            work.notes.append(context.note(_unverified(pointer, DISPUTED if disputed else ALL_FAILED)))


def elsewhere(session: SessionWork, pointer: Pointer) -> bool:
    """Tell whether a reference only means an object in another folder because the nearer one failed."""
    meant = (each for each in session.layout.pointers if each[:2] == pointer[:2])
    return any(_collection(session, each) != _collection(session, pointer) for each in meant)


def _collection(session: SessionWork, pointer: Pointer) -> str:
    dataset = session.works[pointer.members[0]].dataset
    assert dataset is not None
    return dataset.collection


def _refers(work: FileWork, pointer: Pointer) -> bool:
    if work.content is None:
        return False
    if pointer.claim.measures:
        return bool(_measured(work, pointer))
    return bool(_referring(work.content, pointer.claim))


def _judge(
    session: SessionWork, work: FileWork, pointer: Pointer, failing: Collection[str]
) -> Iterator[Problem]:
    assert work.dataset is not None
    claim = pointer.claim
    if not _refers(work, pointer):
        return
    told = _counted([session.works[path] for path in pointer.members], claim)
    if why := _uncertain(session, told, pointer, failing):
        if claim.contract:
            yield _unverified(pointer, why)
        return
    if claim.measures:
        yield from _judge_measured(work, pointer, told.rows)
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


def _uncertain(session: SessionWork, told: RowCount, pointer: Pointer, failing: Collection[str]) -> str:
    """Say why a reference cannot be compared, if it cannot although its target is there."""
    if told.disputed:
        return DISPUTED
    if pointer in session.layout.pointers:
        return ""
    for before in session.layout.pointers:
        left = tuple(path for path in before.members if path not in failing)
        if (before.path, before.claim, left) != pointer:
            continue
        # Nothing came in the place of what failed: what is left must have the rows that there were.
        counted = _counted([session.works[path] for path in before.members], pointer.claim)
        if counted.disputed:
            return DISPUTED
        if counted.rows not in (None, told.rows):
            return ONLY_FAILED
    return ""


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
