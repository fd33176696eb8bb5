"""From the ledger to the sessions of an index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from alfcheck.grammar import parse_session
from alfcheck.index import IndexDataset, IndexSession
from alfcheck.model import SessionPath, Status
from alfcheck.report import LedgerRow

__all__ = ["index_sessions"]


def index_sessions(
    ledger: Iterable[LedgerRow], infos: Mapping[str, Mapping[str, str]] | None = None
) -> list[IndexSession]:
    """Give the sessions with their indexed datasets; `infos` are further columns by session."""
    datasets: dict[str, list[IndexDataset]] = defaultdict(list)
    for row in ledger:
        if row.status == Status.INDEXED:
            datasets[row.session].append(IndexDataset(row.path[len(row.session) + 1 :], row.size, row.md5))
    return [_session(path, own, (infos or {}).get(path, {})) for path, own in sorted(datasets.items())]


def _session(path: str, datasets: list[IndexDataset], info: Mapping[str, str]) -> IndexSession:
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
