"""Near the end: ask plugins for the task protocol and the projects of each session."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from alfcheck.model import Origin, Problem, Refusal, Severity
from alfcheck.offers import INFO_COLUMNS, SessionInfo
from alfcheck.pipeline.aligning import Broken
from alfcheck.pipeline.asking import asks_of_info
from alfcheck.pipeline.blame import blame
from alfcheck.pipeline.session_rules import gathered
from alfcheck.pipeline.standing import standing_views
from alfcheck.pipeline.state import Batch, Context, Note, SessionWork
from alfcheck.pipeline.tables import Loader, TooLarge
from alfcheck.subjects import SessionData
from alfcheck.traces import told_error
from alfcheck.watch import CRASHED, Unfinished, guarded

__all__ = ["give_infos"]

CODE = "ALF504"
LONGEST = 1000
"""Characters that an answer may have."""

Answer = tuple[SessionInfo, Origin, str]


def give_infos(batch: Batch, context: Context) -> None:
    """Fill what the sessions table says of each session; two different answers leave it empty."""
    for session in batch.works if context.asking.infos and context.reads else ():
        if not isinstance(session.parsed, Refusal):
            _fill(session, context)


def _fill(session: SessionWork, context: Context) -> None:
    failing = context.failing(session)
    views = standing_views(session, failing, context)
    answers: dict[str, list[Answer]] = defaultdict(list)
    loader = Loader(session, context)
    for info, origin in context.asking.infos:
        data = gathered(asks_of_info(info), session, views, failing, loader)
        if data is None:
            continue
        try:
            loader.prepare([path for table in data.tables for path in table.paths])
            about = session.files.path
            given = guarded(f"session info {info.name!r}", origin, about, _given, info, data)
        except Broken as broken:
            blame(broken.cause, session.works[broken.path], context)
            continue
        except Unfinished as error:
            session.notes.append(((), Note(error.fate.code, _told(info, str(error)), origin)))
            continue
        except (Exception, SystemExit, TooLarge) as error:
            text = f"the session info {info.name!r} failed to run: {told_error(error, info.give)}"
            session.notes.append(((), Note(CRASHED, _told(info, text), origin)))
            continue
        for column, text in given.items():
            answers[column].append((info, origin, text))
    if loader.settle():  # what a file said that changed meanwhile is not told
        return
    for column, found in sorted(answers.items()):
        if len({text for _, _, text in found}) == 1:
            session.info[column] = found[0][2]
        else:
            session.notes.append(((), context.note(_contradiction(column, found), CODE)))


def _given(info: SessionInfo, data: SessionData) -> Mapping[str, str]:
    """Ask, and give sound answers: on one line, without what could act on who reads them."""
    given: object = info.give(data)
    if not isinstance(given, Mapping):
        raise TypeError(f"it gave a {type(given).__name__} where a mapping is due")
    for column, text in given.items():
        if column not in INFO_COLUMNS:
            raise LookupError(f"it gave {column!r}, which is none of {', '.join(INFO_COLUMNS)}")
        if not isinstance(text, str):
            raise TypeError(f"it gave a {type(text).__name__} as {column}, where a text is due")
        if len(text) > LONGEST:
            raise ValueError(f"it gave {len(text)} characters as {column}, where {LONGEST} are the most")
    return {column: plain for column, text in given.items() if (plain := _plain(text))}


def _plain(text: str) -> str:
    # The text may come from a document of the data: it must neither act on a terminal nor break the index.
    whole = text.encode("utf-8", "backslashreplace").decode()
    return " ".join("".join(char if char.isprintable() else " " for char in whole).split())


def _contradiction(column: str, found: Sequence[Answer]) -> Problem:
    said = "; ".join(_said(found))
    return Problem(
        message=f"plugins do not agree on the {column} of the session: {said}; it is left empty",
        check=column,
        count=len({text for _, _, text in found}),
        fix="mend the dataset that is wrong, or leave one of the plugins out with --no-plugin",
    )


def _said(found: Sequence[Answer]) -> Iterator[str]:
    for info, origin, text in sorted(found, key=lambda each: (each[1], each[0].name)):
        source = f" from {', '.join(info.datasets)}" if info.datasets else ""
        yield f"{text!r} says {info.name} of {' '.join(origin)}{source}"


def _told(info: SessionInfo, message: str) -> Problem:
    return Problem(severity=Severity.UNVERIFIED, check=f"session info {info.name}", message=message)
