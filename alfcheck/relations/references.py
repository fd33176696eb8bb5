"""Which datasets count the rows of another object, or have a dimension of that length."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from alfcheck.model import Dataset
from alfcheck.relations.views import TABLE, Columns, View, apart, compose

__all__ = ["Claim", "Pointer", "pointers"]


class Claim(NamedTuple):
    """What is said to count the rows of an object, and by which contract (``None``: by ALF itself).

    An empty ``target`` says that the values count nobody's rows. ``missing`` stands for none; ``column`` is a
    column of a table, or a pattern of `fnmatch` for some (empty for a file that is one column). With
    ``measures``, a dimension of that name is as long as the object has rows, and the values say nothing.
    """

    target: str
    contract: str | None = None
    missing: float | None = None
    column: str = ""
    measures: str = ""


class Pointer(NamedTuple):
    """A dataset with a claim, and the datasets of the target as ONE would load them beside it."""

    path: str
    claim: Claim
    members: tuple[str, ...]


def pointers(
    found: Sequence[View],
    datasets: Mapping[str, Dataset],
    claims: Mapping[str, Sequence[Claim]],
    columns: Columns | None = None,
) -> tuple[Pointer, ...]:
    """Find the references of a session.

    ALF's own rule: an attribute (or a column of a table) that is the name of an object of the same
    collection counts its rows. `claims` adds, by path, what contracts say; a claim replaces ALF's rule for
    the same target (one without a target, for all), and looks for it in the collections around as well: the
    nearest that has it counts. A target that the session does not have is not looked for. A dataset that is
    part of the default view is compared with the target's default view alone: a target that was superseded
    does not fail it. Where namespaces of the target are views of their own, that of the dataset is meant, or
    the one without a name. ``columns`` are those of tables, as for `views`.
    """
    objects: dict[tuple[str, str], dict[str, Dataset]] = defaultdict(dict)
    beside: dict[str, list[str]] = defaultdict(list)
    for path, dataset in datasets.items():
        objects[dataset.collection, dataset.object][path] = dataset
    for collection, name in sorted(objects):
        beside[collection].append(name)
    out: dict[Pointer, None] = {}
    default = {path for view in found if view.revision is None for path in view.members}
    for view in found:
        for path in view.members if view.revision is None else sorted({*view.members} - default):
            for claim in _claims(datasets[path], claims.get(path, ()), beside[view.collection]):
                aimed = _aimed(objects, view.collection, claim)
                members = compose(aimed, view.revision) if aimed else ()
                if members:
                    parts = apart(members, datasets, columns or {})
                    members = _meant(parts, datasets, datasets[path].namespace)
                    out[Pointer(path, claim, members)] = None
    return tuple(out)


def _aimed(
    objects: Mapping[tuple[str, str], Mapping[str, Dataset]], collection: str, claim: Claim
) -> Mapping[str, Dataset]:
    """Give the datasets of the target that are nearest: in the collection, or in one around it."""
    found = objects.get((collection, claim.target), {})
    # What only its name says to be a reference looks no further: an object of that name elsewhere is another.
    while not found and collection and claim.contract is not None:
        collection = collection.rpartition("/")[0]
        found = objects.get((collection, claim.target), {})
    return found


def _meant(
    parts: Sequence[tuple[str, ...]], datasets: Mapping[str, Dataset], namespace: str
) -> tuple[str, ...]:
    """Give those of a target's namespaces that a dataset of `namespace` means; all, if nothing tells."""
    spaces = {datasets[part[0]].namespace: part for part in parts}
    found = spaces.get(namespace) or spaces.get("")
    return found if found is not None and len(parts) > 1 else tuple(path for part in parts for path in part)


def _claims(dataset: Dataset, claimed: Sequence[Claim], beside: Sequence[str]) -> Iterator[Claim]:
    yield from (claim for claim in claimed if claim.target)
    settled = {dataset.object, *(claim.target for claim in claimed if not claim.measures)}
    denied = [claim.column for claim in claimed if not claim.target]
    if dataset.attribute == TABLE:
        free = (name for name in beside if not any(fnmatchcase(name, column) for column in denied))
        yield from (Claim(name, column=name) for name in free if name not in settled)
    elif dataset.attribute not in settled and "" not in denied:
        yield Claim(dataset.attribute)
