"""After the fourth stage: columns of an object's table that are files as well.

ONE gives the column of the table, and says nothing of the file. Like relations, they are compared on the
views that ONE composes, between files that stand and have equally many rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from alfcheck.contracts.agreement import Pair, differ, pairs
from alfcheck.contracts.faults import SHOWN, brief
from alfcheck.contracts.lanes import on_clock
from alfcheck.contracts.model import Terms
from alfcheck.contracts.terms import terms_of
from alfcheck.model import Problem, Severity
from alfcheck.pipeline import aligning
from alfcheck.pipeline.aligning import Broken, Columns
from alfcheck.pipeline.blame import blame
from alfcheck.pipeline.joining import blamed_paths
from alfcheck.pipeline.opening import close_held
from alfcheck.pipeline.state import Batch, Context, FileWork, SessionWork
from alfcheck.readers.base import Kind
from alfcheck.relations import TABLE, View

if TYPE_CHECKING:
    import numpy as np

__all__ = ["agree", "agree_views"]

CODE = "ALF405"
LEAST = 2**20
"""Bytes of each file that are in memory at least, however many are compared at once."""


def agree(batch: Batch, context: Context) -> None:
    """Compare tables with the files beside them, in every session that has both."""
    if context.judges_values:
        for session in batch.works:
            agree_views(session, session.layout.tabled, context)


def agree_views(session: SessionWork, views: Sequence[View], context: Context) -> None:
    """Compare tables with the files beside them in some views; the same two columns once in a run."""
    for view in views:
        works = [session.works[path] for path in view.members]
        for table in works:
            if _is_table(table) and _stands(table):
                compared = list(_compared(session, table, works, context))
                if compared:
                    _compare(session, table, compared, context)
                    _note(session, view, views, table, compared, context)


def _is_table(work: FileWork) -> bool:
    return work.dataset is not None and work.dataset.attribute == TABLE


def _stands(work: FileWork) -> bool:
    return work.content is not None and work.content.kind is not Kind.DOCUMENT and not work.failed


@dataclass(slots=True)
class _Compared:
    """A column on its way: its file, by what it is judged, and the rows that differ."""

    work: FileWork
    pair: Pair
    contract: str | None
    tolerance: float
    missing: float | str | None
    count: int = 0
    rows: list[int] = field(default_factory=list)
    values: list[str] = field(default_factory=list)

    def look(self, table: Columns, file: Columns, first_row: int) -> None:
        """Compare the next rows."""
        import numpy as np

        one, other = table[self.pair.column], file[self.pair.source]
        if self.pair.component >= 0:
            other = other[:, self.pair.component]
        found = np.flatnonzero(differ(one, other, self.tolerance, self.missing))
        self.count += len(found)
        for row in found[: SHOWN - len(self.rows)]:
            self.rows.append(first_row + int(row))
            self.values.append(f"{_brief(one[row])} and {_brief(other[row])}")


def _brief(value: object) -> str:
    return "none" if value is None else brief(value)


def _compared(
    session: SessionWork, table: FileWork, works: Iterable[FileWork], context: Context
) -> Iterator[_Compared]:
    """Find the columns of a table that stand beside it as files."""
    assert table.content is not None
    assert table.dataset is not None
    timescale, extra = table.dataset.timescale, table.dataset.extra
    columns = {on_clock(column.name, timescale): column for column in table.content.columns}
    for work in works:
        dataset = work.dataset
        # With another extra part it is another attribute to ONE.
        if dataset is None or dataset.attribute == TABLE or dataset.extra != extra or not _stands(work):
            continue
        assert work.content is not None
        if work.content.rows != table.content.rows:
            continue
        for pair in pairs(columns, dataset.column, work.content.columns):
            key = (CODE, table.rel, work.rel, pair.name)
            if key not in session.joined:
                session.joined.add(key)
                yield _of(work, pair, context)


def _of(work: FileWork, pair: Pair, context: Context) -> _Compared:
    assert work.dataset is not None
    covering = context.planner.covering(work.dataset)
    contract = next((each for each in covering if not each.only_refers), None)
    if contract is None:
        return _Compared(work, pair, None, 0.0, None)
    judged_as, _ = contract.term(work.dataset) or (work.dataset.column, None)
    name = judged_as + pair.name.removeprefix(work.dataset.column)
    terms = terms_of(contract.terms, name) or Terms()
    return _Compared(work, pair, contract.label, terms.tolerance, terms.missing)


def _compare(session: SessionWork, table: FileWork, compared: list[_Compared], context: Context) -> None:
    """Let the values of all files pass by; a file that cannot be read again is left out."""
    while compared:
        try:
            _pass(session, table, compared, context)
            return
        except Broken as broken:
            blame(broken.cause, session.works[broken.path], context)
            compared[:] = [_begun_again(each) for each in compared if each.work.rel != broken.path]
            if broken.path == table.rel:
                compared.clear()


def _begun_again(compared: _Compared) -> _Compared:
    return _Compared(compared.work, compared.pair, compared.contract, compared.tolerance, compared.missing)


def _pass(session: SessionWork, table: FileWork, compared: Sequence[_Compared], context: Context) -> None:
    paths = tuple(dict.fromkeys((table.rel, *(each.work.rel for each in compared))))
    size = max(aligning.PIECE * 2 // len(paths), LEAST)
    first_row = 0
    try:
        for piece in aligning.aligned(session, paths, size, context):
            for each in compared:
                each.look(piece[table.rel], piece[each.work.rel], first_row)
            first_row += _rows(piece)
    finally:
        for path in paths:
            close_held(session.works[path], check=False)


def _rows(piece: Mapping[str, Columns]) -> int:
    values: np.ndarray = next(iter(next(iter(piece.values())).values()))
    return len(values)


def _note(
    session: SessionWork,
    view: View,
    views: Sequence[View],
    table: FileWork,
    compared: Sequence[_Compared],
    context: Context,
) -> None:
    assert table.content is not None
    for each in compared:
        if not each.count:
            continue
        problem = _problem(each, table, table.content.rows or 0)
        paths = blamed_paths(views, view, (table.rel, each.work.rel))
        session.notes.append((paths, context.note(problem, CODE)))
        for path in paths:
            session.works[path].blamed |= problem.severity is Severity.ERROR


def _problem(found: _Compared, table: FileWork, total: int) -> Problem:
    name = found.pair.name
    files = f"{table.rel.rpartition('/')[2]} and {found.work.rel.rpartition('/')[2]}"
    more = ", …" if found.count > len(found.rows) else ""
    where = f"row{'s' if len(found.rows) > 1 else ''} {', '.join(map(str, found.rows))}"
    within = f" within {found.tolerance:g}" if found.tolerance else ""
    return Problem(
        severity=Severity.ERROR if found.contract else Severity.WARNING,
        contract=found.contract,
        column=name,
        check="agreement",
        expected=f"equal values{within}",
        rows=tuple(found.rows),
        count=found.count,
        message=f"{files} differ in {found.count} of {total} values of {name} ({where}{more}: "
        f"{', '.join(found.values)})",
        fix=f"find out which of the two is right, and save {name} once, or both from the same values",
    )
