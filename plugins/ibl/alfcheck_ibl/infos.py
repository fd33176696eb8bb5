"""``task_protocol`` and ``projects`` of the sessions table, as Alyx has them."""

from __future__ import annotations

from alfcheck import SessionData, SessionInfo

from alfcheck_ibl.disputes import disputes
from alfcheck_ibl.documents import DESCRIPTION, SETTINGS, description_of, settings_of, tasks_of

__all__ = ["INFOS", "what_it_was"]


def what_it_was(session: SessionData) -> dict[str, str]:
    """Give the protocols with the version of the rig, joined by ``/``, and the projects, joined by ``,``.

    Protocols as ibllib registers them (ibllib.oneibl.registration, register_session), projects as ONE writes
    them (one.converters, ses2records). A description has no version, so that the rig's settings come first.
    What the two do not agree on is left out (IBL507).
    """
    protocols = [task.protocol + task.version for task in tasks_of(session)]
    found = {"task_protocol": "/".join(protocols), "projects": ",".join(_projects(session))}
    disputed = {each.column for each in disputes(session)}
    return {column: text for column, text in found.items() if column not in disputed}


def _projects(session: SessionData) -> list[str]:
    """Give the projects of the description, else those of the rig's settings (since iblrig 8), sorted."""
    description = description_of(session)
    sources = [description.get("projects")] if description is not None else []
    if not sources or not sources[0]:
        sources = [settings.get("PROJECTS") for settings in settings_of(session).values()]
    found = {each for names in sources if isinstance(names, list) for each in names}
    return sorted(each for each in found if isinstance(each, str) and each)


INFOS = (
    SessionInfo(
        name="ibl",
        give=what_it_was,
        description="Protocols and projects from _iblrig_taskSettings.raw.json and "
        "_ibl_experiment.description.yaml.",
        optional_datasets=(SETTINGS, DESCRIPTION),
    ),
)
