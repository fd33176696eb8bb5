"""Which results will hold until the files of their session change, and which are to be found anew."""

from __future__ import annotations

from alfcheck.caching import judges
from alfcheck.model import Finding, SessionFiles, SessionResult, Severity
from alfcheck.plugins.values import BUILTIN

__all__ = ["holds"]

_ENGINE = "ALF9"


def holds(session: SessionFiles, result: SessionResult, listed: int, *, hashes: bool) -> bool:
    """Tell whether a result is a judgement of these files, and would be told from one of later files.

    `listed` is when the tree began to be listed (nanoseconds).
    """
    if any(map(_is_doubt, result.findings)) or _is_fresh(session, listed) or not result.is_of(session):
        return False
    return not hashes or all(md5 or not kind for md5, kind in zip(result.md5s, result.types, strict=True))


def _is_fresh(session: SessionFiles, listed: int) -> bool:
    """Tell whether a file may change again without a change of its times: within the grain of the clock."""
    return session.changed >= listed - judges.MARGIN


def _is_doubt(finding: Finding) -> bool:
    """Tell of what could not be looked at, and may be the next time.

    What alfcheck itself leaves open of the data (a pointer in place of the content, a reference to what
    failed) follows from the files; what a plugin leaves open may have other grounds.
    """
    if finding.code.startswith(_ENGINE):
        return True
    return finding.severity is Severity.UNVERIFIED and finding.origin.name != BUILTIN
