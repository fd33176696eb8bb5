"""What registering a session asks of its documents and datasets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from alfcheck import ContractFile, Problem, SessionData, example, session_rule
from alfcheck.sessions import Document, Seen, judge_session, without_revision

from alfcheck_ibl.documents import DESCRIPTION, SETTINGS
from alfcheck_ibl.samples import trials
from alfcheck_ibl.telling import by_ibl
from alfcheck_ibl.wheels import STEP

__all__ = ["RULES", "refuse_unknown_sets"]

OWN = {"SUBJECT_NAME": "subject", "SESSION_DATE": "date", "SESSION_NUMBER": "number"}
"""What settings say of the session, and what its path says."""

_COMPONENT = re.compile(r"_[01]$")

RAW = "raw_behavior_data/_iblrig_taskSettings.raw.json"
_SETTINGS: dict[str, object] = {
    "PYBPOD_PROTOCOL": "_iblrig_tasks_trainingChoiceWorld",
    "IBLRIG_VERSION": "8.15.5",
    "SUBJECT_NAME": "mouse",
    "SESSION_DATE": "2020-01-01",
    "SESSION_NUMBER": "001",
}


def _settings(note: str = "", **other: object) -> Any:
    return example({RAW: {**_SETTINGS, **other}}, note)


@session_rule(
    "IBL501",
    "settings-of-another-session",
    datasets=[SETTINGS],
    fix="Put the settings of this session in place of these; if it is the folder that is wrong, rename it.",
    good=[_settings(), _settings("a number is no text", SESSION_NUMBER=1)],
    bad=[
        _settings(SUBJECT_NAME="KS014"),
        _settings(SESSION_DATE="2020-01-02"),
        _settings(SESSION_NUMBER="002"),
    ],
)
def settings_of_another_session(session: SessionData) -> Iterator[Problem]:
    """The task settings name another subject, date or number than the folders.

    From ibllib.oneibl.registration, register_session, which refuses such a session. Settings that do not name
    them are left alone.
    """
    for path, settings in session.documents.items():
        for key, part in OWN.items():
            said, is_ = settings.get(key) if isinstance(settings, Mapping) else None, getattr(session, part)
            if isinstance(said, (str, int)) and not isinstance(said, bool) and not _same(key, str(said), is_):
                yield Problem(
                    message=f"{key} is {said!r}, and the session's folder says {is_!r}",
                    check=key,
                    expected=is_,
                    datasets=(path,),
                )


def _same(key: str, said: str, folder: str) -> bool:
    """Compare texts; the number of a session is 1 in some settings, and 001 in its folder."""
    if key == "SESSION_NUMBER" and said.isdecimal() and folder.isdecimal():
        return said.lstrip("0") == folder.lstrip("0")
    return said == folder


def _whole(*without: str) -> Any:
    """Give a training session with all that it needs, but for some files."""
    files: dict[str, object] = {
        RAW: _SETTINGS,
        "raw_behavior_data/_iblrig_taskData.raw.jsonable": '{"trial_num": 0}\n',
        "alf/_ibl_wheel.position.npy": [0.0, STEP],
        "alf/_ibl_wheel.timestamps.npy": [0.0, 1.0],
        "alf/_ibl_wheelMoves.intervals.npy": [[0.0, 0.5]],
        "alf/_ibl_wheelMoves.peakAmplitude.npy": [0.1],
    }
    beside = trials("intervals", "goCueTrigger_times")
    for each in (beside, *beside.beside):
        files[each.path.split("/", 3)[3]] = each.content()
    return example({path: value for path, value in files.items() if path not in without})


@session_rule(
    "IBL502",
    "dataset-of-the-protocol-missing",
    optional=["trials.*"],
    optional_datasets=[SETTINGS, DESCRIPTION],
    severity="warning",
    fix="Add the dataset, or say why it is not there. `sets` says which contracts are looked at; those that "
    "`require` of the configuration names should not be among them, for they are told as errors.",
    good=[_whole()],
    bad=[_whole("alf/_ibl_wheel.position.npy"), _whole("alf/_ibl_trials.intervals.npy")],
)
def dataset_of_the_protocol_missing(session: SessionData, settings: Mapping[str, Any]) -> Iterator[Problem]:
    """A dataset is missing that every session with this task protocol has.

    What a protocol needs is in the catalogue's contracts about sessions (`alfcheck contracts show
    ibl.behaviour`), from the signatures of ibllib's tasks. A configuration that requires them makes errors of
    it; this is for releases without. Of sessions whose documents do not tell the protocol nothing is said.
    """
    seen = Seen(
        datasets=(*map(without_revision, session.datasets), *_in_tables(session)),
        documents=tuple(
            Document(path, session.datasets[path], value) for path, value in session.documents.items()
        ),
    )
    for contract in _contracts(settings["sets"]):
        # Whether a condition holds may not be known; that is told to those who require the contract.
        lacks = [
            each for each in judge_session(contract.session, seen, contract.label) if each.check != "when"
        ]
        if lacks:
            yield Problem(
                message=f"{contract.label} asks for what is not there: {_told(lacks)}",
                expected="; ".join(each.expected or "" for each in lacks),
                count=len(lacks),
                datasets=tuple(session.documents),
            )


def _in_tables(session: SessionData) -> Iterator[str]:
    """Give the datasets that columns of `_ibl_trials.table.pqt` stand for, as if each were a file."""
    for table in session.objects("trials"):
        folder = f"{table.collection}/" if table.collection else ""
        for name in table if by_ibl(table) else ():
            if session.datasets[table.path(name)].attribute == "table":
                yield f"{folder}_ibl_trials.{_COMPONENT.sub('', name)}.npy"


def _told(lacks: list[Problem]) -> str:
    """Say what is missing, and what lies there instead."""
    told = (each.message.removesuffix("; nothing like it is there") for each in lacks)
    return "; ".join(each.removeprefix("no dataset matches ").removeprefix("no ") for each in told)


def _contracts(ids: tuple[str, ...]) -> Iterator[Any]:
    """Give the catalogue's contracts about sessions that have these ids."""
    for file in _catalogue():
        if file.id in ids:
            yield file.load()


def _catalogue() -> tuple[ContractFile, ...]:
    from alfcheck_schemas import CATALOGUE

    return tuple(file for file in CATALOGUE if file.judges_sessions)


def refuse_unknown_sets(settings: Mapping[str, Any]) -> None:
    """Raise `ValueError` for a contract that the catalogue has not: a set that is not looked at would read as
    whole.
    """
    known = [file.id for file in _catalogue()]
    for name in settings["sets"]:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            meant = f"; did you mean {near[0]!r}?" if near else ""
            raise ValueError(
                f"sets: there is no contract {name!r} about sessions{meant} (those there are: "
                f"{', '.join(known)})"
            )


RULES = (settings_of_another_session, dataset_of_the_protocol_missing)
