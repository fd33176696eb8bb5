"""Rules on how a legal name is written: what others do not find, or what is not what it looks like."""

from __future__ import annotations

import re
from collections.abc import Iterable

from alfcheck.model import Dataset, Problem, Rule, Severity, Target
from alfcheck.rules.names_examples import dataset

__all__ = ["RULES", "SINGULAR"]

# Only objects whose plural is in use: a false alarm is worse than a miss (`wheel`, `eye` are right).
SINGULAR = frozenset(
    {
        "channel", "cluster", "electrodeSite", "encoderEvent", "encoderPosition", "extraReward", "lick",
        "passiveBeep", "passivePeriod", "passiveStim", "passiveTrial", "passiveValveClick", "passingSpike",
        "probe", "spike", "subjectTrial", "template", "trial", "waveform", "wheelMove", "widefieldChannel",
        "widefieldEvent", "widefieldLandmark",
    }
)  # fmt: skip
_CAPITAL = re.compile(r"[A-Z][a-z]")
_OLD_NAMESPACE = re.compile(r"_([a-z]+)_(.+)")
_TIMES = re.compile(r"(?:\w+_)?(?:times|timestamps|intervals)")


def check_singular(dataset_: Dataset, path: str) -> Iterable[Problem]:
    """Warn of a known object in the singular."""
    if dataset_.object not in SINGULAR:
        return ()
    plural = f"{dataset_.object}s"
    return (
        Problem(
            message=f"object '{dataset_.object}' is singular; calls for '{plural}' do not find it",
            expected=plural,
            fix=f"rename the object to '{plural}'",
        ),
    )


def check_underscore(dataset_: Dataset, path: str) -> Iterable[Problem]:
    """Warn of an underscore in an object."""
    if "_" not in dataset_.object:
        return ()
    camel = _camel(dataset_.object)
    return (
        Problem(
            message=f"object '{dataset_.object}' holds an underscore, "
            "which ALF keeps for namespace and timescale",
            expected=camel,
            fix=f"rename the object to '{camel}'",
        ),
    )


def check_case(dataset_: Dataset, path: str) -> Iterable[Problem]:
    """Warn of an object or attribute with a capital first letter, and of capitals in the extension."""
    problems = []
    for label, text in (("object", dataset_.object), ("attribute", dataset_.attribute)):
        if _CAPITAL.match(text):
            small = text[0].lower() + text[1:]
            message = f"{label} '{text}' begins with a capital; ONE does not take it for '{small}'"
            problems.append(Problem(message=message, expected=small, fix=f"rename it to '{small}'"))
    extension = dataset_.extension
    if extension != extension.lower():
        small = extension.lower()
        message = f"extension '{extension}' has capitals; ONE gives the path of such a file, not its content"
        problems.append(Problem(message=message, expected=small, fix=f"rename it to '.{small}'"))
    return problems


def check_old_namespace(dataset_: Dataset, path: str) -> Iterable[Problem]:
    """Warn of a namespace before the attribute."""
    match = _OLD_NAMESPACE.fullmatch(dataset_.attribute)
    if match is None:
        return ()
    return (
        Problem(
            message=f"attribute '{dataset_.attribute}' has a namespace of its own, which ALF has given up",
            expected=match[2],
            fix=f"write the namespace before the object: '_{match[1]}_{dataset_.object}.{match[2]}'",
        ),
    )


def check_timescale(dataset_: Dataset, path: str) -> Iterable[Problem]:
    """Warn of a timescale that looks like a part of the attribute."""
    if not dataset_.timescale or _TIMES.fullmatch(dataset_.timescale) is None:
        return ()
    attribute, timescale = dataset_.attribute, dataset_.timescale
    head, _, kind = f"{attribute}_{timescale}".rpartition("_")
    expected = f"{_camel(head)}_{'times' if kind == 'timestamps' else kind}"
    return (
        Problem(
            message=f"ONE reads '{dataset_.column}' as attribute '{attribute}', timescale '{timescale}'",
            expected=expected,
            fix=f"rename it to '{expected}', if that is meant",
        ),
    )


def check_nameless(dataset_: Dataset, path: str) -> Iterable[Problem]:
    """Warn of an object or attribute of digits alone, and of a folder without letter or digit."""
    problems = []
    for label, text in (("object", dataset_.object), ("attribute", dataset_.attribute)):
        if text.isdecimal():
            message = f"the {label} is the number {text}: a version or a date, rather than data?"
            problems.append(Problem(message=message, expected=f"an {label} with a letter"))
    for folder in path.split("/")[:-1]:
        if not folder.strip("._-#"):
            message = f"folder '{folder}' has neither letter nor digit"
            problems.append(Problem(message=message, expected="a folder with a name"))
    return problems


def _camel(text: str) -> str:
    first, *rest = [word for word in text.split("_") if word]
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


_PLURAL = dataset("alf/trials.intervals.csv")

RULES: tuple[Rule, ...] = (
    Rule(
        code="ALF120",
        name="singular-object",
        target=Target.NAME,
        severity=Severity.WARNING,
        summary="A well-known object is named in the singular.",
        why="ALF names objects in the plural, and references go by name: `spikes.clusters` refers to the "
        "rows of `clusters`, never to those of `cluster`.",
        fix="Rename the object to its plural. Objects that are not well-known are not judged.",
        good=(dataset("alf/spikes.times.npy"), dataset("alf/wheel.position.npy")),
        bad=(dataset("alf/spike.times.npy"),),
        check=check_singular,
    ),
    Rule(
        code="ALF121",
        name="underscore-in-object",
        target=Target.NAME,
        severity=Severity.WARNING,
        summary="The object's name holds an underscore.",
        why="Underscores mark namespace and timescale. In `_my_lab_trials` ONE finds namespace `my` and "
        "object `lab_trials`, and no call for `trials` finds the file.",
        fix="Write the object in Haskell case: `spikeTrain`.",
        good=(dataset("alf/spikeTrain.times.npy"),),
        bad=(dataset("alf/spike_train.times.npy"), dataset("alf/_my_lab_trials.choice.npy")),
        check=check_underscore,
    ),
    Rule(
        code="ALF124",
        name="unusual-case",
        target=Target.NAME,
        severity=Severity.WARNING,
        summary="Object or attribute begins with a capital, or the extension has capitals.",
        why="Names are case-sensitive: `spikes.Times` is not `spikes.times`, and ONE does not read a `.NPY`.",
        fix="Use Haskell case (`goCue`; acronyms such as `ROIs` may begin a name) and a lower-case "
        "extension.",
        good=(dataset("alf/spikes.times.npy"), dataset("alf/ROIMotionEnergy.position.npy")),
        bad=(dataset("alf/spikes.Times.npy"), dataset("alf/spikes.times.NPY")),
        check=check_case,
    ),
    Rule(
        code="ALF126",
        name="attribute-namespace",
        target=Target.NAME,
        severity=Severity.WARNING,
        summary="The attribute has a namespace of its own.",
        why="ALF once allowed `channels._phy_ids`; the underscores then belong to the attribute's name, and "
        "a call for `ids` does not find it.",
        fix="Write the namespace before the object: `_phy_channels.ids.csv`.",
        good=(dataset("alf/_phy_channels.ids.csv"),),
        bad=(dataset("alf/channels._phy_ids.csv"),),
        check=check_old_namespace,
    ),
    Rule(
        code="ALF127",
        name="doubtful-timescale",
        target=Target.NAME,
        severity=Severity.WARNING,
        summary="What looks like a part of the attribute is read as its timescale.",
        why="Only one `_times` or `_intervals` belongs to an attribute. `stim_on_times` is read as "
        "attribute `stim` on the timescale `on_times`, and `goCue_timestamps` as `goCue` on `timestamps`.",
        fix="Write the attribute in Haskell case: `stimOn_times`, `goCue_times`.",
        good=(dataset("alf/trials.stimOn_times.npy"), dataset("alf/spikes.times_ephysClock.npy")),
        bad=(dataset("alf/trials.stim_on_times.npy"), dataset("alf/trials.goCue_timestamps.npy")),
        check=check_timescale,
    ),
    Rule(
        code="ALF129",
        name="nameless-part",
        target=Target.NAME,
        severity=Severity.WARNING,
        summary="Object or attribute is a number, or a folder's name has neither letter nor digit.",
        why="Files that nobody meant as data have such names, and ONE takes them: `notes.2020.01.01.txt` is "
        "object `notes`, attribute `2020`.",
        fix="Rename what is data; list in `.alfcheckignore` what is not.",
        good=(_PLURAL,),
        bad=(dataset("notes.2020.01.01.csv"), dataset("v1.2.3.csv"), dataset("-/trials.intervals.csv")),
        check=check_nameless,
        folders=True,
    ),
)
