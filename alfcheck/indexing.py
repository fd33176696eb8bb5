"""From the ledger to the sessions of an index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import compress

from alfcheck.grammar import parse_session
from alfcheck.index import Datasets, IndexDataset, IndexSession
from alfcheck.ledger import Block, Ledger
from alfcheck.model import SessionPath, Status

__all__ = ["index_sessions"]


def index_sessions(
    ledger: Ledger, infos: Mapping[str, Mapping[str, str]] | None = None
) -> Iterator[IndexSession]:
    """Give the sessions with their indexed datasets; `infos` are further columns by session."""
    blocks: dict[str, list[Block]] = defaultdict(list)
    for block in ledger.blocks:
        if Status.INDEXED in block.told.statuses:
            blocks[block.session].append(block)
    for path, own in sorted(blocks.items()):
        yield _session(path, _datasets(own), (infos or {}).get(path, {}))


def _datasets(blocks: list[Block]) -> Datasets:
    first, *more = blocks
    if not more and {*first.told.statuses} == {Status.INDEXED}:
        return Datasets(first.count, first.names, first.sizes, first.hashes)
    return Datasets.of([row for block in blocks for row in _indexed(block)])


def _indexed(block: Block) -> Iterator[IndexDataset]:
    *_, sizes, md5s = block.columns()
    rows = map(IndexDataset, block.rel_paths, sizes, md5s)
    return compress(rows, map(Status.INDEXED.__eq__, block.told.statuses))


def _session(path: str, datasets: Datasets, info: Mapping[str, str]) -> IndexSession:
    parsed = parse_session(path)
    assert isinstance(parsed, SessionPath)
    return IndexSession(
        parsed.lab,
        parsed.subject,
        date.fromisoformat(parsed.date),
        int(parsed.number),
        datasets,
        info.get("task_protocol", ""),
        info.get("projects", ""),
    )
