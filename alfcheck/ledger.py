"""The ledger: every file of a tree, and where it ended.

It is kept by columns: a release has a million files, and most of its sessions say the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import groupby, islice
from operator import attrgetter
from typing import Any, NamedTuple

from alfcheck.columns import (
    Hashes,
    Numbers,
    Texts,
    pack_hashes,
    pack_numbers,
    pack_texts,
    unpack_hashes,
    unpack_numbers,
    unpack_texts,
)
from alfcheck.packed import SessionResult, columns_of, joined, within

__all__ = ["Block", "Ledger", "LedgerRow", "Told", "blocks_of"]

_MOST = 4096
"""Rows of a block that is made of rows."""


class LedgerRow(NamedTuple):
    """One file of the tree. ``codes`` are the codes of all its findings; absent words are empty."""

    path: str
    session: str
    dataset_type: str
    verdict: str
    status: str
    reason: str
    codes: tuple[str, ...]
    size: int
    md5: str | None


_row: Callable[[tuple[Any, ...]], LedgerRow] = partial(tuple.__new__, LedgerRow)


class Told(NamedTuple):
    """What the rows of a block say beside paths, sizes and md5s. Most sessions of a release say the same."""

    types: tuple[str, ...]
    verdicts: tuple[str, ...]
    statuses: tuple[str, ...]
    reasons: tuple[str, ...]
    codes: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that follow one another, of files of one session or of none.

    ``within`` says that ``names`` are paths from the session's folder.
    """

    session: str
    within: bool
    names: Texts
    sizes: Numbers
    hashes: Hashes
    told: Told

    @classmethod
    def of_result(cls, result: SessionResult, told: Told) -> Block:
        """Make the rows of a session, without a look at any of them."""
        return cls(result.path, *columns_of(result), told)

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.told.types)

    @property
    def rel_paths(self) -> tuple[str, ...]:
        """The paths from the session's folder, or from the root if not ``within``."""
        return unpack_texts(self.names, self.count)

    def columns(self) -> tuple[Sequence[Any], ...]:
        """Give a column for each field of a row."""
        count = self.count
        paths = joined(self.session, self.rel_paths) if self.within else self.rel_paths
        sizes, md5s = unpack_numbers(self.sizes), unpack_hashes(self.hashes, count)
        return paths, (self.session,) * count, *self.told, sizes, md5s


def blocks_of(rows: Iterable[LedgerRow]) -> Iterator[Block]:
    """Pack rows, in their order."""
    same: dict[Told, Told] = {}
    for session, own in groupby(rows, key=attrgetter("session")):
        while some := tuple(islice(own, _MOST)):
            paths, _, *told, sizes, md5s = zip(*some, strict=True)
            is_within, names = within(session, paths)
            text, numbers = pack_texts(names), pack_numbers(sizes)
            known = same.setdefault(Told(*told), Told(*told))
            yield Block(session, is_within, text, numbers, pack_hashes(md5s), known)


class Ledger:
    """Every file of the tree, exactly once, sorted by path.

    ``blocks`` are what it is kept as; rows are made when they are asked for.
    """

    __slots__ = ("blocks",)

    def __init__(self, rows: Iterable[LedgerRow] = (), blocks: Iterable[Block] = ()) -> None:
        self.blocks: tuple[Block, ...] = (*blocks_of(rows), *blocks)

    @property
    def rows(self) -> tuple[LedgerRow, ...]:
        """All rows."""
        return tuple(self)

    def __len__(self) -> int:
        return sum(block.count for block in self.blocks)

    def __iter__(self) -> Iterator[LedgerRow]:
        for block in self.blocks:
            yield from map(_row, zip(*block.columns(), strict=True))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ledger) and len(self) == len(other) and all(map(tuple.__eq__, self, other))

    def __hash__(self) -> int:
        return hash(self.rows)

    def digest(self) -> str:
        """Digest all rows, as they are kept: of equal digests the ledgers are equal."""
        # Names and words are long, and those of most sessions the same.
        distinct = {block.names for block in self.blocks}
        names = {each: sha256(_spelt(each)).digest() for each in distinct}
        told = {id(block.told): block.told for block in self.blocks}
        words = {one: sha256(_spelt(each)).digest() for one, each in told.items()}
        whole = sha256()
        for block in self.blocks:
            own = (block.session, block.within, block.sizes, block.hashes)
            whole.update(_spelt((*own, names[block.names], words[id(block.told)])))
        return whole.hexdigest()

    def count(self) -> Counter[tuple[str, str, str]]:
        """Count the files of each verdict, status and reason."""
        same = {id(block.told): block.told for block in self.blocks}
        counts: Counter[tuple[str, str, str]] = Counter()
        for one, times in Counter(id(block.told) for block in self.blocks).items():
            told = same[one]
            for words in zip(told.verdicts, told.statuses, told.reasons, strict=True):
                counts[words] += times
        return counts


def _spelt(value: object) -> bytes:
    """Write a plain value down, so that no two are written alike, and it is told where it ends."""
    text = repr(value).encode("utf-8", "surrogatepass")
    return b"%d:%b" % (len(text), text)
