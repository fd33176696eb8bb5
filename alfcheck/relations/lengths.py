"""Whether dimensions of one name have one length in all datasets of a view."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from alfcheck.model import Dataset, Problem
from alfcheck.relations.rows import named
from alfcheck.relations.views import DEFAULT

__all__ = ["Length", "judge_lengths"]


class Length(NamedTuple):
    """How long a dimension of a dataset is that a contract names."""

    path: str
    dataset: Dataset
    contract: str
    name: str
    length: int


def judge_lengths(lengths: Sequence[Length], settled: Collection[str] = ()) -> Iterator[Problem]:
    """Name the datasets of a view whose dimensions have not the length that those of their name have.

    Dimensions are compared within one contract. The length of a strict majority is the right one, without
    a majority all are named. ``settled`` are the paths that agree in the default view, if this is an older
    one: what stands there is not failed by what it has superseded.
    """
    by_name: dict[tuple[str, str], list[Length]] = defaultdict(list)
    for each in lengths:
        by_name[each.contract, each.name].append(each)
    for own in by_name.values():
        if len({each.length for each in own}) > 1:
            yield from _judge(own, settled)


def _judge(own: Sequence[Length], settled: Collection[str]) -> Iterator[Problem]:
    standing = {each.length for each in own if each.path in settled}
    ((length, votes),) = Counter(each.length for each in own).most_common(1)
    if len(standing) == 1:
        length, source = standing.pop(), f"{DEFAULT} has"
    elif 2 * votes > len(own):
        source = f"{votes} of the object's {len(own)} datasets with {own[0].name!r} have"
    else:
        yield _disputed(own)
        return
    for each in own:
        if each.length != length:
            yield Problem(
                message=f"{named(each.dataset)} has {each.length} {each.name} where {source} {length}",
                contract=each.contract,
                column=each.dataset.column,
                check="dimension",
                datasets=(each.path,),
                expected=f"{length} {each.name}",
                fix=f"save {named(each.dataset)} again with {length} {each.name}",
            )


def _disputed(own: Sequence[Length]) -> Problem:
    listed = ", ".join(f"{named(each.dataset)} {each.length}" for each in own)
    first = own[0]
    of_object = f"the datasets of {first.dataset.object!r} with {first.name!r}"
    return Problem(
        message=f"no length prevails among {of_object}: {listed}",
        contract=first.contract,
        column=first.name,
        check="dimension",
        datasets=tuple(each.path for each in own),
        expected=f"equally many {first.name}",
        fix=f"save the datasets named from the same run of the program, with equally many {first.name}",
    )
