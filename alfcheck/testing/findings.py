"""Compare the findings of a report with those that a test expects, and say what differs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from alfcheck.config import nearest
from alfcheck.model import Finding
from alfcheck.report import Report

__all__ = ["Expected", "assert_findings", "local_path", "told"]

Expected = str | Mapping[str, Any]

_SESSION = re.compile(r"(?:\w+/Subjects/)?[^/]+/\d{4}-\d{2}-\d{2}/\d{3}(?:/|$)")
_FIELDS = tuple(field.name for field in fields(Finding))


def assert_findings(
    report: Report, expected: Iterable[Expected], codes: str | Iterable[str] | None = None
) -> None:
    """Assert that a report has these findings and no others, each as often as it is expected.

    What is expected is a text (``LAB101 alf/dogs.times.npy``; the path with its session or without, ``.`` for
    the session itself), or a mapping of some fields of a `Finding` (``{"code": "LAB401", "rows": (1, 2)}``),
    of which ``message`` need only be a part. `codes` are beginnings of the codes that are looked at; without
    all are; one that no rule of the report has raises `ValueError`.
    Raises `AssertionError` with a line for each difference.
    """
    prefixes = None if codes is None else (codes,) if isinstance(codes, str) else tuple(codes)
    if prefixes == ():
        raise ValueError("codes is empty, so that no finding would be looked at; leave it out to look at all")
    for prefix in prefixes or ():
        _refuse_unknown(prefix, report)
    looked_at = [each for each in report.findings if prefixes is None or each.code.startswith(prefixes)]
    wanted = [_wanted(each) for each in ([expected] if isinstance(expected, str) else expected)]
    taken = _paired(wanted, looked_at)
    missing = [want for number, want in enumerate(wanted) if number not in taken.values()]
    others = [finding for number, finding in enumerate(looked_at) if number not in taken]
    if missing or others:
        raise AssertionError("\n".join(_difference(missing, others, len(taken), prefixes)))


def _refuse_unknown(prefix: str, report: Report) -> None:
    """Refuse a misspelt beginning of codes: nothing would be found among them, whatever is wrong."""
    if not any(code.startswith(prefix) for code in report.rules):
        known = sorted({code.rstrip("0123456789") for code in report.rules})
        raise ValueError(
            f"codes={prefix!r}: no rule that ran has such a code; they begin with {', '.join(known)}"
        )


def local_path(path: str) -> str:
    """Give a path without its session; ``.`` for the session itself."""
    found = _SESSION.match(path)
    return path if found is None else path[found.end() :] or "."


def told(finding: Finding) -> str:
    """Write a finding in one line."""
    return f"{finding.code} {finding.path} ({finding.severity}): {finding.message}"


def _wanted(expected: Expected) -> Mapping[str, Any]:
    if isinstance(expected, str):
        code, _, path = expected.strip().partition(" ")
        if not path:
            raise ValueError(f"{expected!r}: write code and path, like 'LAB101 alf/dogs.times.npy'")
        return {"code": code, "path": path.strip()}
    for name in expected:
        if name not in _FIELDS:
            raise ValueError(f"{expected!r}: a finding has no {name!r}{nearest(name, _FIELDS)}")
    return dict(expected)


def _paired(wanted: Sequence[Mapping[str, Any]], findings: Sequence[Finding]) -> dict[int, int]:
    """Give for as many findings as can be what of the wanted each is; both by number."""
    fits = [[no for no, each in enumerate(findings) if _fits(want, each)] for want in wanted]
    taken: dict[int, int] = {}

    def place(want: int, tried: set[int]) -> bool:
        for number in fits[want]:
            if number not in tried:
                tried.add(number)
                if number not in taken or place(taken[number], tried):
                    taken[number] = want
                    return True
        return False

    for want in range(len(wanted)):
        place(want, set())
    return taken


def _fits(want: Mapping[str, Any], finding: Finding) -> bool:
    return all(_same(name, value, getattr(finding, name)) for name, value in want.items())


def _same(name: str, wanted: Any, found: Any) -> bool:
    if name == "message":
        return str(wanted) in str(found)
    if name == "path":
        return wanted in (found, local_path(found))
    if name == "datasets":
        return tuple(wanted) in (found, tuple(map(local_path, found)))
    return bool(tuple(wanted) == found if name in ("rows", "origin") else wanted == found)


def _difference(
    missing: Sequence[Mapping[str, Any]],
    others: Sequence[Finding],
    alike: int,
    prefixes: tuple[str, ...] | None,
) -> Iterator[str]:
    among = "" if prefixes is None else f" among {', '.join(prefixes)}"
    yield f"the findings{among} are not those that were expected ({alike} of them are):"
    for want in missing:
        yield f"  missing     {_shown(want)}"
        for other in others:
            if want.get("code") == other.code and _same("path", want.get("path", other.path), other.path):
                yield f"              but there is {_unlike(want, other)}"
    for other in others:
        yield f"  unexpected  {told(other)}"


def _shown(want: Mapping[str, Any]) -> str:
    known = [str(want[name]) for name in ("code", "path") if name in want]
    more = [f"{name} = {value!r}" for name, value in want.items() if name not in ("code", "path")]
    return " ".join(known) + (f" with {', '.join(more)}" if more else "")


def _unlike(want: Mapping[str, Any], other: Finding) -> str:
    names = [name for name, value in want.items() if not _same(name, value, getattr(other, name))]
    return "one with " + ", ".join(f"{name} = {getattr(other, name)!r}" for name in names)
