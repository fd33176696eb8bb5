"""What datasets say of one another: the views that ONE composes, their rows, their references.

Pure functions of names and counts; the pipeline brings both. A view is what one call of ONE's
``load_object`` puts together: of each dataset the last revision, or the last that is not after a given
one (lexicographically, as ONE orders them).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from alfcheck.model import Dataset, Problem, Severity

__all__ = [
    "TABLE",
    "Claim",
    "Member",
    "Pointer",
    "RowCount",
    "View",
    "compose",
    "judge_rows",
    "pointers",
    "row_count",
    "views",
]

TABLE = "table"
"""The attribute whose columns are attributes of the object."""

DEFAULT = "the object's default revision"


class View(NamedTuple):
    """One composition of an object; `members` are session-relative paths, sorted.

    ``revision`` is ``None`` for the default view, and ``""`` for that of the datasets without revision.
    """

    collection: str
    object: str
    revision: str | None
    members: tuple[str, ...]


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


def views(datasets: Mapping[str, Dataset]) -> tuple[View, ...]:
    """Give the distinct views of the datasets of a session, default views first of each object."""
    objects: dict[tuple[str, str], dict[str, Dataset]] = defaultdict(dict)
    for path, dataset in datasets.items():
        objects[dataset.collection, dataset.object][path] = dataset
    found = []
    for (collection, name), members in sorted(objects.items()):
        seen = set()
        revisions = sorted({dataset.revision for dataset in members.values()})
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
        return RowCount(1, "every dataset") if _counted(members) else RowCount(None)
    tables = {member.rows for member in counted if member.dataset.attribute == TABLE}
    if len(tables) == 1:
        return RowCount(tables.pop(), "the object's table")
    ((rows, votes),) = Counter(member.rows for member in counted).most_common(1)
    if 2 * votes <= len(counted):
        return RowCount(None, disputed=True)
    return RowCount(rows, f"{votes} of the object's {len(counted)} datasets")


def _counted(members: Sequence[Member]) -> list[Member]:
    # Files that differ in their extra parts alone are pieces of one, and no piece has all the rows. Beside
    # a file without an extra part they are datasets of their own, as they are for ONE.
    extras: dict[Dataset, list[str]] = defaultdict(list)
    for member in members:
        extras[_whole(member)].append(member.dataset.extra)
    return [
        member
        for member in members
        if member.rows is not None
        and not member.exempt
        and (len(found := extras[_whole(member)]) == 1 or not all(found))
    ]


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
            yield Problem(
                message=f"{_name(member)} has {member.rows} rows where {told.source} {have} {told.rows}",
                severity=severity,
                contract=agree,
                check="rows",
                datasets=(member.path,),
                expected=f"{told.rows} rows",
                fix=f"save {_name(member)} again with {told.rows} rows",
            )


def _disputed(counted: Sequence[Member], agree: str | None, severity: Severity) -> Problem:
    listed = ", ".join(f"{_name(member)} {member.rows}" for member in counted)
    return Problem(
        message=f"no row count prevails among the datasets of {counted[0].dataset.object!r}: {listed}",
        severity=severity,
        contract=agree,
        check="rows",
        datasets=tuple(member.path for member in counted),
        expected="equal rows",
        fix="save the datasets of the object again so that each has one row for each item",
    )


def _name(member: Member) -> str:
    dataset = member.dataset
    return f"{dataset.dataset_type}.{dataset.extra}" if dataset.extra else dataset.dataset_type


class Claim(NamedTuple):
    """What is said to count the rows of an object, and by which contract (``None``: by ALF itself).

    ``missing`` stands for none; ``column`` is a column of a table, or a pattern of `fnmatch` for some
    (empty for a file that is one column).
    """

    target: str
    contract: str | None = None
    missing: float | None = None
    column: str = ""


class Pointer(NamedTuple):
    """A dataset with a claim, and the datasets of the target as ONE would load them beside it."""

    path: str
    claim: Claim
    members: tuple[str, ...]


def pointers(
    found: Sequence[View], datasets: Mapping[str, Dataset], claims: Mapping[str, Sequence[Claim]]
) -> tuple[Pointer, ...]:
    """Find the references of a session.

    ALF's own rule: an attribute (or a column of a table) that is the name of an object of the same
    collection counts its rows. `claims` adds, by path, what contracts say; a claim replaces ALF's rule for
    the same target. A target that the session does not have is not looked for. A dataset that is part of
    the default view is compared with the target's default view alone: a target that was superseded does
    not fail it.
    """
    objects: dict[tuple[str, str], dict[str, Dataset]] = defaultdict(dict)
    beside: dict[str, list[str]] = defaultdict(list)
    for path, dataset in datasets.items():
        objects[dataset.collection, dataset.object][path] = dataset
    for collection, name in sorted(objects):
        beside[collection].append(name)
    out: dict[Pointer, None] = {}
    default: Collection[str] = ()
    for view in found:
        if view.revision is None:
            default = view.members
        for path in view.members if view.revision is None else sorted({*view.members} - {*default}):
            for claim in _claims(datasets[path], claims.get(path, ()), beside[view.collection]):
                aimed = objects.get((view.collection, claim.target))
                members = compose(aimed, view.revision) if aimed else ()
                if members:
                    out[Pointer(path, claim, members)] = None
    return tuple(out)


def _claims(dataset: Dataset, claimed: Sequence[Claim], beside: Sequence[str]) -> Iterator[Claim]:
    yield from claimed
    settled = {dataset.object, *(claim.target for claim in claimed)}
    if dataset.attribute == TABLE:
        yield from (Claim(name, column=name) for name in beside if name not in settled)
    elif dataset.attribute not in settled:
        yield Claim(dataset.attribute)
