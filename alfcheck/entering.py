"""From results and findings to the ledger: the verdict of each dataset, and where each file ended."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from alfcheck.ledger import Block, Ledger, LedgerRow, Told, blocks_of
from alfcheck.model import FileResult, Finding, Scan, SessionResult, Status, Verdict
from alfcheck.packed import columns_of, kinds_of
from alfcheck.verdict import verdict_of

__all__ = ["ledger_of"]

About = Mapping[str, Sequence[Finding]]


def ledger_of(
    scan: Scan,
    results: Iterable[SessionResult],
    findings: Iterable[Finding],
    *,
    strict: bool = False,
    partial: bool = False,
) -> Ledger:
    """Enter every file of the tree, sorted by path.

    `strict` keeps what is unchecked out of the index, `partial` says that nothing can pass.
    """
    about: dict[str, list[Finding]] = defaultdict(list)
    for each in findings:
        for path in each.datasets or (each.path,):
            about[path].append(each)
    return Ledger(blocks=_Clerk(about, _others(scan, about), strict, partial).blocks(results))


def _others(scan: Scan, about: About) -> list[LedgerRow]:
    """Give the rows of files that belong to no session, sorted."""
    refused = (
        LedgerRow(
            each.path, "", "", "", Status.REJECTED, "", _codes(about.get(each.path, ())), each.size, None
        )
        for each in scan.refused
    )
    ignored = (
        LedgerRow(each.path, "", "", "", Status.IGNORED, each.reason, (), each.size, None)
        for each in scan.ignored
    )
    return sorted((*refused, *ignored))


class _Clerk:
    """Who enters sessions in the order of their files' paths, and between them what belongs to none.

    Most sessions have files like those of another, and no finding: what is told of them is the same.
    """

    def __init__(self, about: About, others: Sequence[LedgerRow], strict: bool, partial: bool) -> None:
        self._about, self._others = about, others
        self._blamed, self._places = sorted(about), [row.path for row in others]
        self._strict, self._partial = strict, partial
        self._usual: dict[object, Told] = {}

    def blocks(self, results: Iterable[SessionResult]) -> Iterator[Block]:
        done = 0
        for result in sorted(results, key=_folder):
            # All paths of the session begin with this, and no other path lies between them.
            folder = _folder(result)
            first, last = _span(self._places, folder)
            yield from blocks_of(self._others[done:first])
            yield from self._session(result, folder, self._others[first:last])
            done = last
        yield from blocks_of(self._others[done:])

    def _session(self, result: SessionResult, folder: str, inside: Sequence[LedgerRow]) -> Iterable[Block]:
        first, last = _span(self._blamed, folder)
        if first < last or inside:
            return blocks_of(sorted((*inside, *self._rows(result))))
        kinds = kinds_of(result)
        told = self._usual.get(kinds)
        if told is None:
            _, _, *columns, _, _ = zip(*self._rows(result), strict=True)
            told = self._usual[kinds] = Told(*columns)
        return (Block.of_result(result, told),)

    def _rows(self, result: SessionResult) -> Iterator[LedgerRow]:
        return (self._row(file, result.path) for file in result.files)

    def _row(self, file: FileResult, session: str) -> LedgerRow:
        own = self._about.get(file.path, ())
        codes = _codes(own)
        if not file.dataset_type:
            return LedgerRow(file.path, session, "", "", Status.REJECTED, "", codes, file.size, file.md5)
        verdict = verdict_of(own, readable=file.readable, partial=self._partial)
        passed = verdict in (Verdict.PASS, Verdict.WARN)
        indexed = passed or (verdict is Verdict.UNCHECKED and not self._strict)
        status = Status.INDEXED if indexed else Status.REJECTED
        reason = "unchecked, and --strict indexes only what was checked" if not indexed and not codes else ""
        told = (file.dataset_type, verdict, status, reason, codes)
        return LedgerRow(file.path, session, *told, file.size, file.md5)


def _folder(result: SessionResult) -> str:
    return f"{result.path}/" if columns_of(result)[0] else ""


def _span(paths: Sequence[str], folder: str) -> tuple[int, int]:
    """Give where the paths in a folder begin and end, among sorted paths."""
    first = bisect_left(paths, folder)
    # A slash is followed by the digit nought, whatever comes after.
    return first, bisect_left(paths, f"{folder[:-1]}0", first) if folder else len(paths)


def _codes(findings: Sequence[Finding]) -> tuple[str, ...]:
    return tuple(sorted({each.code for each in findings}))
