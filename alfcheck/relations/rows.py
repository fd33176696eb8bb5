"""Whether the datasets of a view have equally many rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from alfcheck.model import Dataset, Problem, Severity
from alfcheck.relations.views import DEFAULT, TABLE

__all__ = ["Member", "RowCount", "judge_rows", "named", "row_count"]


class Member(NamedTuple):
    """A dataset of a view with its rows.

    ``rows`` is ``None`` where a file has none (a document, a video) or could not be read; ``exempt``
    takes it out of the row rule.
    """

    path: str
    dataset: Dataset
    rows: int | None
    exempt: bool = False


class RowCount(NamedTuple):
    """The rows of an object, and the words for where that comes from.

    They are ``None`` where no dataset has rows, and where no count prevails (``disputed``).
    """

    rows: int | None
    source: str = ""
    disputed: bool = False


def row_count(members: Sequence[Member]) -> RowCount:
    """Give the number of rows of an object.

    The ``table`` decides; without one, the count that a strict majority of the datasets have. One row
    broadcasts: it only counts where nothing has more.
    """
    every = _counted(members)
    counted = [member for member in every if member.rows != 1]
    if not counted:
        return RowCount(1, "every dataset") if every else RowCount(None)
    tables = {member.rows for member in counted if member.dataset.attribute == TABLE}
    if len(tables) == 1:
        return RowCount(tables.pop(), "the object's table")
    votes_for = Counter([member.rows for member in counted])
    rows = max(votes_for, key=votes_for.__getitem__)
    votes = votes_for[rows]
    if 2 * votes <= len(counted):
        return RowCount(None, disputed=True)
    return RowCount(rows, f"{votes} of the object's {len(counted)} datasets")


def _counted(members: Sequence[Member]) -> list[Member]:
    # Files that differ in their extra parts alone are pieces of one, and no piece has all the rows. Beside
    # a file without an extra part they are datasets of their own, as they are for ONE.
    counted = [member for member in members if member.rows is not None and not member.exempt]
    if not any(member.dataset.extra for member in members):
        return counted
    extras: dict[Dataset, list[str]] = defaultdict(list)
    for member in members:
        extras[_whole(member)].append(member.dataset.extra)
    return [member for member in counted if len(found := extras[_whole(member)]) == 1 or not all(found)]


def _whole(member: Member) -> Dataset:
    return member.dataset._replace(extra="", revision="")


def judge_rows(
    members: Sequence[Member], agree: str | None, settled: Collection[str] = ()
) -> Iterator[Problem]:
    """Name the datasets whose row count is not the object's; all of them where no count prevails.

    ``agree`` is the label of a contract that makes unequal rows an error. ``settled`` are the paths that
    agree in the default view, if this is an older one: what stands there is not failed by what it
    has superseded.
    """
    counted = [member for member in _counted(members) if member.rows != 1]
    if len({member.rows for member in counted}) < 2:
        return
    standing = {member.rows for member in counted if member.path in settled}
    told = row_count(members) if len(standing) != 1 else RowCount(standing.pop(), DEFAULT)
    severity = Severity.ERROR if agree else Severity.WARNING
    if told.rows is None:
        yield _disputed(counted, agree, severity)
        return
    for member in counted:
        if member.rows != told.rows:
            have = "has" if told.source.startswith("the") else "have"
            name = named(member.dataset)
            yield Problem(
                message=f"{name} has {member.rows} rows where {told.source} {have} {told.rows}",
                severity=severity,
                contract=agree,
                check="rows",
                datasets=(member.path,),
                expected=f"{told.rows} rows",
                fix=f"save {name} again with {told.rows} rows",
            )


def _disputed(counted: Sequence[Member], agree: str | None, severity: Severity) -> Problem:
    listed = ", ".join(f"{named(member.dataset)} {member.rows}" for member in counted)
    return Problem(
        message=f"no row count prevails among the datasets of {counted[0].dataset.object!r}: {listed}",
        severity=severity,
        contract=agree,
        check="rows",
        datasets=tuple(member.path for member in counted),
        expected="equal rows",
        fix="save the datasets of the object again so that each has one row for each item",
    )


def named(dataset: Dataset) -> str:
    """Name a dataset by its object and column, and by the extra part that tells it from others."""
    return f"{dataset.dataset_type}.{dataset.extra}" if dataset.extra else dataset.dataset_type
