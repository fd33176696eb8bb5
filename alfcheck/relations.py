"""What datasets say of one another: the views that ONE composes, their rows, their references.

Pure functions of names and counts; the pipeline brings both. A view is what one call of ONE's
``load_object`` puts together: of each dataset the last revision, or the last that is not after a given
one (lexicographically, as ONE orders them).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from alfcheck.model import Dataset, Problem, Severity

__all__ = ["Member", "Pointer", "RowCount", "View", "compose", "judge_rows", "pointers", "row_count", "views"]


class View(NamedTuple):
    """One composition of an object; `members` are session-relative paths, sorted."""

    collection: str
    object: str
    revision: str | None
    members: tuple[str, ...]


class Member(NamedTuple):
    """A dataset of a view with its rows.

    ``rows`` is ``None`` where a file has none (a document, a video) or could not be read; ``exempt``
    takes it out of the row rule; ``failed`` says that something is wrong with it; ``agree`` is the label
    of a contract that makes unequal rows an error.
    """

    path: str
    dataset: Dataset
    rows: int | None
    exempt: bool = False
    failed: bool = False
    agree: str | None = None


class RowCount(NamedTuple):
    """The rows of an object (``None`` if they cannot be told), and the words for where that comes from."""

    rows: int | None
    source: str


def views(datasets: Mapping[str, Dataset]) -> tuple[View, ...]:
    """Give the distinct views of the datasets of a session, default views first of each object."""
    objects: dict[tuple[str, str], dict[str, Dataset]] = defaultdict(dict)
    for path, dataset in datasets.items():
        objects[dataset.collection, dataset.object][path] = dataset
    found = []
    for (collection, name), members in sorted(objects.items()):
        seen = set()
        revisions = sorted({dataset.revision for dataset in members.values() if dataset.revision})
        for revision in (None, *revisions):
            composed = compose(members, revision)
            if composed and composed not in seen:
                seen.add(composed)
                found.append(View(collection, name, revision, composed))
    return tuple(found)


def compose(members: Mapping[str, Dataset], revision: str | None) -> tuple[str, ...]:
    """Give the paths that ONE loads of one object at `revision` (``None``: the last of each)."""
    last: dict[Dataset, tuple[str, str]] = {}
    for path, dataset in members.items():
        if revision is not None and dataset.revision > revision:
            continue
        key = dataset._replace(revision="")
        if key not in last or dataset.revision >= last[key][0]:
            last[key] = (dataset.revision, path)
    return tuple(sorted(path for _, path in last.values()))


def row_count(members: Sequence[Member]) -> RowCount:
    """Give the number of rows of an object.

    The ``table`` decides; without one, the count that a strict majority of the datasets have. One row
    broadcasts: it only counts where nothing has more.
    """
    counted = [member for member in _counted(members) if member.rows != 1]
    if not counted:
        return RowCount(1, "every dataset") if _counted(members) else RowCount(None, "")
    tables = {member.rows for member in counted if member.dataset.attribute == "table"}
    if len(tables) == 1:
        return RowCount(tables.pop(), "the object's table")
    ((rows, votes),) = Counter(member.rows for member in counted).most_common(1)
    if 2 * votes <= len(counted):
        return RowCount(None, "")
    return RowCount(rows, f"{votes} of the object's {len(counted)} datasets")


def _counted(members: Sequence[Member]) -> list[Member]:
    # Files that differ in their extra parts alone are pieces of one: no piece has all the rows.
    parts = Counter(member.dataset._replace(extra="", revision="") for member in members)
    return [
        member
        for member in members
        if member.rows is not None
        and not member.exempt
        and parts[member.dataset._replace(extra="", revision="")] == 1
    ]


def judge_rows(members: Sequence[Member]) -> Iterable[Problem]:
    """Name the datasets whose row count is not the object's; all of them where no count prevails."""
    counted = [member for member in _counted(members) if member.rows != 1]
    if len({member.rows for member in counted}) < 2:
        return
    agree = next((member.agree for member in members if member.agree), None)
    told = row_count(members)
    severity = Severity.ERROR if agree else Severity.WARNING
    if told.rows is None:
        listed = ", ".join(f"{_name(member)} {member.rows}" for member in counted)
        yield Problem(
            message=f"no row count prevails among the datasets of {counted[0].dataset.object!r}: {listed}",
            severity=severity,
            contract=agree,
            check="rows",
            datasets=tuple(member.path for member in counted),
            expected="equal rows",
            fix="save the datasets of the object again so that each has one row for each item",
        )
        return
    for member in counted:
        if member.rows != told.rows:
            yield Problem(
                message=f"{_name(member)} has {member.rows} rows where {told.source} has {told.rows}"
                if told.source.startswith("the")
                else f"{_name(member)} has {member.rows} rows where {told.source} have {told.rows}",
                severity=severity,
                contract=agree,
                check="rows",
                datasets=(member.path,),
                expected=f"{told.rows} rows",
                fix=f"save {_name(member)} again with {told.rows} rows",
            )


def _name(member: Member) -> str:
    return f"{member.dataset.object}.{member.dataset.column}"


class Pointer(NamedTuple):
    """A dataset whose values count the rows of another object.

    ``members`` are the datasets of the target as ONE would load them beside it; ``contract`` claims the
    reference (``None``: it only follows from the attribute's name); ``missing`` stands for none.
    """

    path: str
    target: str
    members: tuple[str, ...]
    contract: str | None
    missing: float | None


Claims = Mapping[str, Sequence[tuple[str, str, float | None]]]


def pointers(found: Sequence[View], datasets: Mapping[str, Dataset], claims: Claims) -> tuple[Pointer, ...]:
    """Find the references of a session.

    ALF's own rule: an attribute that is the name of an object of the same collection counts its rows.
    `claims` adds, by path, the (target, contract, missing value)s that contracts name; a claim replaces
    ALF's rule for the same target. A target that the session does not have is not looked for.
    """
    objects: dict[tuple[str, str], dict[str, Dataset]] = defaultdict(dict)
    for path, dataset in datasets.items():
        objects[dataset.collection, dataset.object][path] = dataset
    out: dict[tuple[str, str, tuple[str, ...]], Pointer] = {}
    for view in found:
        for path in view.members:
            for target, contract, missing in _targets(datasets[path], claims.get(path, ())):
                aimed = objects.get((view.collection, target))
                if aimed is None or target == view.object:
                    continue
                members = compose(aimed, view.revision)
                if members:
                    out[path, target, members] = Pointer(path, target, members, contract, missing)
    return tuple(out.values())


def _targets(
    dataset: Dataset, claimed: Sequence[tuple[str, str, float | None]]
) -> Iterable[tuple[str, str | None, float | None]]:
    yield from claimed
    if dataset.attribute not in {target for target, _, _ in claimed}:
        yield dataset.attribute, None, None
