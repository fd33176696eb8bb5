"""Where the rig's settings and the description of a session do not say the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from alfcheck import Problem, SessionData, example, session_rule

from alfcheck_ibl.documents import (
    DESCRIPTION,
    SETTINGS,
    described_tasks,
    description_of,
    settings_of,
    task_of,
)

__all__ = ["RULES", "Dispute", "disputes"]

LONGEST = 1000
"""Characters of a protocol that are compared."""

_VERSION = re.compile(r"[_-]?\d+\.\d[\w.+-]*$")


class Dispute(NamedTuple):
    """A column of the sessions table, the collection of the settings, and what each document says."""

    column: str
    collection: str
    by_rig: str
    described: str


def disputes(session: SessionData) -> Iterator[Dispute]:
    """Give what the settings of a task say and the description denies.

    Protocols are compared without version, and one may be the end of the other. The description has the
    projects of all tasks, so that it may have more of them than settings have.
    """
    description = description_of(session) or {}
    tasks = described_tasks(session)
    listed = description.get("projects")
    projects = [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
    for collection, settings in settings_of(session).items():
        own = task_of(collection, settings).protocol
        said = [task.protocol for task in tasks if task.collection == collection]
        if own and said and not any(_same(own, each) for each in said):
            yield Dispute("task_protocol", collection, own, " and ".join(said))
        theirs = settings.get("PROJECTS")
        names = [each for each in theirs if isinstance(each, str)] if isinstance(theirs, list) else []
        if projects and not {*names} <= {*projects}:
            yield Dispute("projects", collection, ", ".join(names), ", ".join(projects))


def _same(one: str, other: str) -> bool:
    shorter, longer = sorted((_VERSION.sub("", text[-LONGEST:]) for text in (one, other)), key=len)
    return bool(shorter) and f"_{longer}".endswith(f"_{shorter}")


def _two(protocol: str = "", projects: Any = (), note: str = "") -> Any:
    """Give an example of a description, and settings that say something else."""
    tasks = [{"_iblrig_tasks_ephysChoiceWorld": {"collection": "raw_behavior_data"}}]
    return example(
        {
            "_ibl_experiment.description.yaml": {"version": "1.0.0", "projects": ["a", "b"], "tasks": tasks},
            "raw_behavior_data/_iblrig_taskSettings.raw.json": {
                "PYBPOD_PROTOCOL": protocol,
                "IBLRIG_VERSION": "8.15.5",
                "PROJECTS": [*projects],
            },
        },
        note,
    )


@session_rule(
    "IBL507",
    "documents-disagree",
    datasets=[DESCRIPTION, SETTINGS],
    severity="warning",
    fix="Mend the document that is wrong; of the two, the settings are written by the task itself.",
    good=[
        _two("_iblrig_tasks_ephysChoiceWorld", ["a", "b"]),
        _two("ephysChoiceWorld6.4.2", ["a"], "the end of the protocol, and its version; one of the projects"),
    ],
    bad=[
        _two("_iblrig_tasks_habituationChoiceWorld", note="another protocol"),
        _two("_iblrig_tasks_ephysChoiceWorld", ["c"], "another project"),
    ],
)
def documents_disagree(session: SessionData) -> Iterator[Problem]:
    """Task settings and the description of the session name different protocols or projects.

    Sessions are searched by both, and nothing says which document is wrong: the column of the sessions table
    is left empty. Settings in collections that no task of the description has are left alone.
    """
    of_object = {
        (dataset.object, dataset.collection): path
        for path, dataset in session.datasets.items()
        if path in session.documents
    }
    described = next((path for (name, _), path in of_object.items() if name == "experiment"), "")
    for each in disputes(session):
        settings = of_object["taskSettings", each.collection]
        yield Problem(
            message=f"{settings} says {each.by_rig[:LONGEST]!r} and {described} says "
            f"{each.described[:LONGEST]!r}; {each.column} of the session is left empty",
            check=each.column,
            datasets=(described, settings),
        )


RULES = (documents_disagree,)
