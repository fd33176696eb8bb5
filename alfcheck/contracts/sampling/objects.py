"""Valid objects: the files of one, and of those whose rows it counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from alfcheck.contracts.model import Contract, ContractFile
from alfcheck.contracts.sampling.drawing import Drawn, assemble, draw
from alfcheck.contracts.sampling.forms import Subject, forms_of
from alfcheck.contracts.sampling.judges import Judges, Others, given
from alfcheck.contracts.sampling.naming import NEUTRAL, dataset_of, extension_for
from alfcheck.contracts.sampling.values import Form, Part, Sample
from alfcheck.errors import ContractError

__all__ = ["neutral", "object_table", "sample", "sample_of", "tabled", "targets"]

MOST_ROWS = 1_000_000


def sample(
    contract: Contract, rows: int = 10, seed: int = 0, others: Iterable[Contract | ContractFile] | Others = ()
) -> Sample:
    """Draw one valid object of a contract: a file for each of its attributes, and what they refer to.

    Of the `others`, those that judge the same files are kept as well, and objects whose rows are counted are
    drawn by theirs; without one such an object is a file with enough rows and no more. The same seed gives
    the same values. Raises `ContractError` where no valid value is found; it names column and way out.
    """
    judges = Judges(contract, given(others))
    return sample_of(judges, rows, np.random.default_rng(seed), frozenset())


def sample_of(judges: Judges, rows: int, rng: np.random.Generator, made: frozenset[str] | None) -> Sample:
    """Draw a valid object; `made` are the objects of the session that are there already.

    With ``None`` nothing is drawn beside it.
    """
    contract = judges.contract
    rows = max(rows, contract.rows_at_least, 1)
    if rows > MOST_ROWS:
        raise ContractError(
            f"contract {contract.label}: {rows} rows are too many for an example; ask for at most {MOST_ROWS}"
        )
    subject = forms_of(judges, rows)
    usual = [form for form in subject.forms if form.usual]
    drawn = draw(judges, usual, rows, rng)
    parts = {form.name: assemble(drawn[form.path]) for form in usual}
    table = object_table(judges, subject, list(drawn.values()))
    beside = () if made is None else tuple(_beside(judges, usual, rows, rng, made | {judges.place[2]}))
    return Sample(subject.stem, rows, parts, table, beside)


def targets(forms: Iterable[Form]) -> list[str]:
    """Give the objects whose rows some files count, in their values or dimensions."""
    found: dict[str, None] = {}
    for form in forms:
        claims = [form.terms.references, *(column.own.terms.references for column in form.columns)]
        found.update(dict.fromkeys(target for target in claims if target))
        names = [name for name in form.template if isinstance(name, str) and name.endswith(".rows")]
        found.update(dict.fromkeys(name.removesuffix(".rows") for name in names))
    return list(found)


def neutral(judges: Judges, target: str, rows: int) -> Part:
    """Give a file of an object of which nothing is known but its rows."""
    folder = f"{judges.place[0]}/" if judges.place[0] else ""
    return Part(f"{folder}{target}.{NEUTRAL}.npy", "array", np.arange(rows))


def _beside(
    judges: Judges, forms: Sequence[Form], rows: int, rng: np.random.Generator, made: frozenset[str]
) -> Iterator[Part]:
    waiting = [target for target in targets(forms) if target not in made]
    while waiting:
        target = waiting.pop(0)
        if target in made:
            continue
        made = made | {target}
        other = judges.of_object(target)
        if other is None:
            yield neutral(judges, target, rows)
            continue
        found = sample_of(other, rows, rng, made)
        yield from found.files
        made = made | {part.path.rpartition("/")[2].partition(".")[0] for part in found.beside}


def tabled(judges: Judges, subject: Subject) -> tuple[str, list[Form]]:
    """Give the path of the object's table and the forms that are columns of it; no path if it has none."""
    extension = extension_for(judges.contract, "table")
    forms = [form for form in subject.forms if form.usual and _is_column(form, subject.rows)]
    dataset = dataset_of(judges.place, "table", extension)
    if not extension or not forms or not judges.contract.match.covers(dataset):
        return "", []
    return f"{subject.stem}.table.{extension}", forms


def _is_column(form: Form, rows: int) -> bool:
    return (
        form.kind == "array"
        and not form.terms.own_rows
        and form.lengths[0] == rows
        and all(column.width == 1 for column in form.columns)
    )


def object_table(judges: Judges, subject: Subject, drawn: Sequence[Drawn]) -> Part | None:
    """Put the attributes of an object that are columns into its table."""
    path, forms = tabled(judges, subject)
    mine = [each for each in drawn if each.form in forms]
    columns = {name: values for each in mine for name, values in each.columns.items()}
    if not path or not columns:
        return None
    return Part(path, "table", columns)
