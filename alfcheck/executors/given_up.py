"""The result of a session that nothing could be learnt of, since checking it ended every process that did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alfcheck.grammar import parse_dataset
from alfcheck.model import Dataset, Finding, Origin, SessionFiles, SessionResult, Severity

if TYPE_CHECKING:
    from alfcheck.plugins import Ruleset

__all__ = ["given_up"]


def given_up(session: SessionFiles, ruleset: Ruleset, why: str) -> SessionResult:
    """Give a result in which all files of the session are unverified; `why` begins what is told of it."""
    rule, origin = ruleset.rules["ALF906"]
    told = Finding(
        code=rule.code,
        rule=rule.name,
        severity=Severity.UNVERIFIED,
        path=session.path,
        message=f"{why}: it is given up",
        origin=Origin(*origin),
        datasets=session.paths,
        fix=rule.fix,
    )
    types = [*map(_dataset_type, session.names)]
    about_files = (types, [True] * session.count, [None] * session.count)
    return SessionResult.of_columns(session, about_files, (told,), {})


def _dataset_type(rel: str) -> str:
    parsed = parse_dataset(rel)
    return parsed.dataset_type if isinstance(parsed, Dataset) else ""
