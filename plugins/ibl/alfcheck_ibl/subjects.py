"""Names of subjects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from alfcheck import Problem, SessionData, example, session_rule

__all__ = ["RULES", "refuse_wrong_pattern"]


OWN = ("ibl", "iblrig", "iblmic")
"""Namespaces of the IBL's rigs and extractors; _iblqc_ is written by exporters of SpikeInterface too."""


def _example(subject: str, note: str = "") -> Any:
    return example({"alf/_ibl_trials.choice.npy": [1, -1]}, note, session=f"{subject}/2020-01-01/001")


@session_rule(
    "IBL101",
    "odd-subject-name",
    severity="warning",
    fix="Name the folder as Alyx does, or set `subject_pattern` to what your lab's names look like.",
    good=[_example("KS014"), _example("ibl_witten_29")],
    bad=[
        _example("test_mouse", "a test of the rig"),
        _example("014", "nothing but a number"),
        _example("KS014_copy", "a copy"),
    ],
)
def odd_subject_name(session: SessionData, settings: Mapping[str, Any]) -> Iterator[Problem]:
    """A subject's name is not letters followed by a number.

    Subjects of the IBL are named after lab and cage book: KS014, CSHL_007, NYU-11, ibl_witten_29,
    CSH_ZAD_019. Other names are those of test rigs, of simulations and of typing errors, and data of these
    are not released. Sessions without a file that the IBL's programs name (_ibl_, _iblrig_, _iblmic_) are of
    other labs, and not judged.
    """
    if not any(dataset.namespace in OWN for dataset in session.datasets.values()):
        return
    if not re.fullmatch(settings["subject_pattern"], session.subject):
        yield Problem(
            message=f"the subject {session.subject!r} is not named like a mouse of the IBL: letters, then "
            "a number (KS014, CSHL_007, NYU-11)",
            expected=settings["subject_pattern"],
        )


def refuse_wrong_pattern(settings: Mapping[str, Any]) -> None:
    """Raise `ValueError` for a pattern that is no regular expression, before anything is read."""
    try:
        re.compile(settings["subject_pattern"])
    except re.error as error:
        raise ValueError(
            f"subject_pattern {settings['subject_pattern']!r} is no regular expression: {error}"
        ) from error


RULES = (odd_subject_name,)
