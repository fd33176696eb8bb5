"""For each check of a contract, files that keep the contract but for that check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np

from alfcheck.contracts.agreement import differ
from alfcheck.contracts.model import Contract, ContractFile
from alfcheck.contracts.sampling.checklist import Task, tasks
from alfcheck.contracts.sampling.documents import spoilt_documents
from alfcheck.contracts.sampling.drawing import Drawn, assemble, cells_of, draw, laws_among
from alfcheck.contracts.sampling.forms import Subject, forms_of
from alfcheck.contracts.sampling.judges import Judges, Others, given
from alfcheck.contracts.sampling.laws import Law, solve
from alfcheck.contracts.sampling.objects import object_table, tabled
from alfcheck.contracts.sampling.spoil_files import (
    outside,
    too_few_rows,
    too_short,
    unequal_rows,
    with_column_more,
    with_wrong_dtype,
    with_wrong_shape,
    without_column,
)
from alfcheck.contracts.sampling.spoil_values import (
    impossible,
    is_local,
    too_many_missing,
    with_bad_sequence,
    with_bad_value,
    without_value,
)
from alfcheck.contracts.sampling.values import Form, Made, Part, Spoilt
from alfcheck.errors import ContractError

__all__ = ["checks_of", "spoil"]

REDRAWN = 5


def checks_of(
    contract: Contract, others: Iterable[Contract | ContractFile] | Others = ()
) -> tuple[Made, ...]:
    """Give every check that a contract makes of datasets, as its findings name it.

    Raises `ContractError` for one that is never made.
    """
    judges = Judges(contract, given(others))
    return tuple(task.made for task in tasks(judges, forms_of(judges, _rows(contract, 10))))


def spoil(
    contract: Contract, rows: int = 10, seed: int = 0, others: Iterable[Contract | ContractFile] | Others = ()
) -> Iterator[Spoilt]:
    """Break each check that a contract makes of datasets, one after the other.

    Of the object there are only the files that it takes. Where it can be, no other check breaks with it; what
    the `others` say of the same files is kept too. Raises `ContractError` for a check that nothing breaks.
    """
    judges = Judges(contract, given(others))
    rows = _rows(contract, rows)
    spoiler = _Spoiler(judges, forms_of(judges, rows), np.random.default_rng(seed))
    for task in tasks(judges, spoiler.subject):
        for files in spoiler.spoil(task):
            yield Spoilt(spoiler.told(task), files)


def _rows(contract: Contract, rows: int) -> int:
    return max(rows, contract.rows_at_least, 4)


class _Spoiler:
    """Breaks the checks of one contract; what is valid is drawn once a form."""

    def __init__(self, judges: Judges, subject: Subject, rng: np.random.Generator) -> None:
        self.subject = subject
        self._judges = judges
        self._rng = rng
        self._drawn: dict[Form, Drawn] = {}
        self._in_table: list[Drawn] | None = None
        self._column: str | None = None

    def told(self, task: Task) -> Made:
        """Give what the finding says; which column of a table is chosen is known once it is spoilt."""
        return replace(task.made, column=self._column) if task.made.code == "ALF405" else task.made

    def spoil(self, task: Task) -> Iterator[tuple[Part, ...]]:
        """Break one check, in one way or several."""
        code, form = task.made.code, task.form
        if code == "ALF312":
            yield from self._documents(task)
        elif task.law is not None:
            yield self._relation(task.law)
        elif code in ("ALF308", "ALF311", "ALF405"):
            yield self._table(task)
        elif code == "ALF403":
            yield too_short(task, self._sharing(task), self._judges, self.subject.rows)
        else:
            assert form is not None
            yield self._file(task, self._draw(form))

    def _file(self, task: Task, drawn: Drawn) -> tuple[Part, ...]:
        code = task.made.code
        if task.check is not None:
            local = is_local(task)
            return (with_bad_value(task, drawn) if local else with_bad_sequence(task, drawn, self._rng),)
        if code == "ALF402":
            return outside(task, drawn, self._judges, self.subject.rows)
        if code == "ALF401":
            return unequal_rows(drawn, self.subject.stem, self.subject.rows)
        if code == "ALF313":
            return (too_few_rows(drawn, self._judges.contract.rows_at_least),)
        spoilers = {
            "ALF301": with_wrong_dtype,
            "ALF302": with_wrong_shape,
            "ALF304": without_value,
            "ALF309": too_many_missing,
        }
        return (spoilers[code](task, drawn),)

    def _draw(self, form: Form) -> Drawn:
        if form not in self._drawn:
            self._drawn[form] = draw(self._judges, [form], self.subject.rows, self._rng)[form.path]
        return self._drawn[form]

    def _documents(self, task: Task) -> Iterator[tuple[Part, ...]]:
        assert task.form is not None
        kind, path = task.form.kind, task.form.path
        found = [(Part(path, kind, document),) for _, document in spoilt_documents(task.form)]
        if not found:
            raise impossible(task)
        yield from found

    def _sharing(self, task: Task) -> list[Drawn]:
        """Draw the files that have a dimension in common, the one to be cut last."""
        assert task.form is not None
        if task.kind.endswith(".rows"):
            return [self._draw(task.form)]
        others = [
            form
            for form in self.subject.forms
            if form.usual and form is not task.form and task.kind in form.template
        ]
        return [self._draw(others[0]), self._draw(task.form)]

    def _table(self, task: Task) -> tuple[Part, ...]:
        drawn = self._tabled()
        table = object_table(self._judges, self.subject, drawn)
        if task.made.code == "ALF405":
            assert table is not None
            return (table, self._differing(task, table, drawn))
        if task.made.code == "ALF308":
            assert table is not None
            return (without_column(table, str(task.made.column)),)
        if table is None:
            assert task.form is not None
            table = assemble(self._draw(task.form))
        return (with_column_more(table),)

    def _tabled(self) -> list[Drawn]:
        if self._in_table is None:
            _, forms = tabled(self._judges, self.subject)
            drawn = draw(self._judges, forms, self.subject.rows, self._rng)
            self._in_table = list(drawn.values())
        return self._in_table

    def _differing(self, task: Task, table: Part, drawn: Sequence[Drawn]) -> Part:
        """Draw a file of one of the table's columns anew, with other values."""
        for each in drawn:
            for again in self._again(each):
                for column in each.form.columns:
                    terms = column.own.terms
                    one, other = table.values[column.name], again.columns[column.name]
                    if differ(one, other, terms.tolerance, terms.missing).any():
                        self._column = column.name
                        return assemble(again)
        raise impossible(task)

    def _again(self, drawn: Drawn) -> Iterator[Drawn]:
        """Draw a file anew; at last with one row more than are taken, for values that have little room."""
        rows = self.subject.rows
        for _ in range(REDRAWN):
            yield draw(self._judges, [drawn.form], rows, self._rng)[drawn.form.path]
        forms = [form for form in forms_of(self._judges, rows + 1).forms if form.path == drawn.form.path]
        with suppress(ContractError):
            longer = draw(self._judges, forms[:1], rows + 1, self._rng)[drawn.form.path]
            columns = {name: values[1:] for name, values in longer.columns.items()}
            yield Drawn(drawn.form, columns)

    def _relation(self, law: Law) -> tuple[Part, ...]:
        """Draw rows in which one relation does not hold, and the others do if that can be."""
        forms = self._forms_with(law)
        found = laws_among(self._judges, forms, self.subject.rows)
        mine = [
            replace(each, holds=False)
            for each in found
            if each.check is law.check and each.columns == law.columns
        ]
        rest = [each for each in found if each.check is not law.check]
        if not mine:
            raise ContractError(
                f"contract {law.contract.label}: the columns of the relation {law.relation.name!r} do not "
                "have equally many rows, so that it is never judged"
            )
        cells = cells_of(forms, self.subject.rows, found)
        try:
            values = solve(cells, [*mine, *rest], self.subject.rows, self._rng)
        except ContractError:
            values = solve(cells, mine, self.subject.rows, self._rng)
        parts = []
        for form in forms:
            columns = {column.name: cells[column.name].cast(values[column.name]) for column in form.columns}
            parts.append(assemble(Drawn(form, columns)))
        return tuple(parts)

    def _forms_with(self, law: Law) -> list[Form]:
        """Give the fewest forms that have the columns of a relation, usual ones first."""
        found: list[Form] = []
        for name in law.columns:
            has = [form for form in self.subject.forms if any(column.name == name for column in form.columns)]
            if not any(form in found for form in has):
                found.append(min(has, key=lambda form: not form.usual))
        return found
