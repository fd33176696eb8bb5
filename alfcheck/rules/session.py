"""What sessions should have (ALF5xx), by the contracts that a configuration requires: how it is explained.

The checks themselves run in `alfcheck.sessions`.
"""

from __future__ import annotations

from alfcheck.model import Example, Rule, Severity, Target

__all__ = ["RULES"]

SESSION = "mouse/2020-01-01/001"


def _file(path: str, data: bytes, note: str, *beside: Example) -> Example:
    return Example(f"{SESSION}/{path}", data, note, beside)


def _required(contract: str) -> Example:
    return Example("alfcheck.toml", f'require = ["{contract}"]\n'.encode(), "the configuration")


_EPHYS = "raw_ephys_data/probe00/_spikeglx_ephysData_g0_t0.imec0.ap"
_FLAC = "raw_behavior_data/_iblrig_micData.raw.flac"
_WAV = "raw_behavior_data/_iblrig_micData.raw.wav"
_MICROPHONE = (
    _required("ibl.audio"),
    _file(
        "_ibl_experiment.description.yaml",
        b"devices:\n  microphone:\n    microphone: {collection: raw_behavior_data}\n"
        b"sync:\n  nidq: {collection: raw_ephys_data}\n",
        "a microphone, recorded with a National Instruments board",
    ),
)
_BROKEN = _file("_ibl_experiment.description.yaml", b"devices: [", "YAML that ends too soon")

RULES: tuple[Rule, ...] = (
    Rule(
        code="ALF501",
        name="missing-dataset",
        target=Target.SESSION,
        severity=Severity.ERROR,
        summary="A session lacks a dataset that a required contract asks for.",
        why="Whoever loads the sessions of a release counts on what the contract promises. It is asked only "
        "where the configuration says so (`require = [...]`), and no other dataset fails for it: those that "
        "pass are indexed all the same. A dataset that is there but failed is not missing; it is told of by "
        "itself, and is not in the index.",
        fix="Put the dataset into the session, or take the contract out of `require`.",
        good=(_file(_FLAC, b"fLaC", "the compressed sound is there", *_MICROPHONE),),
        bad=(_file(_WAV, b"RIFF", "the sound as it was recorded, not compressed", *_MICROPHONE),),
    ),
    Rule(
        code="ALF502",
        name="wrong-count",
        target=Target.SESSION,
        severity=Severity.ERROR,
        summary="A session has too few or too many of the datasets that a required contract counts.",
        why="A second recording of the same probe is the remains of another run as often as it is data: "
        "whoever loads one of them may take the wrong one.",
        fix="Remove what does not belong there, or add what is missing.",
        good=(_file(f"{_EPHYS}.cbin", b"x", "one recording of the probe", _required("ibl.ephys_raw")),),
        bad=(
            _file(
                f"{_EPHYS}.cbin",
                b"x",
                "one recording of the probe",
                _file(f"{_EPHYS.replace('g0', 'g1')}.cbin", b"x", "another one"),
                _required("ibl.ephys_raw"),
            ),
        ),
    ),
    Rule(
        code="ALF503",
        name="session-not-judged",
        target=Target.SESSION,
        severity=Severity.UNVERIFIED,
        summary="Whether a required contract, or a part of it, applies to a session is not known.",
        why="It depends on what a document of the session says (the task protocol, a device), and that "
        "document could not be read or was rejected. Where the session has no such document at all this is "
        "a warning. Passing over the session without a word would read as if it kept the contract.",
        fix="Mend or add the document; or take the contract out of `require`.",
        good=(_file(_FLAC, b"fLaC", "the description can be read", *_MICROPHONE),),
        bad=(
            _file(_FLAC, b"fLaC", "the description cannot be read", _required("ibl.audio"), _BROKEN),
            _file(_FLAC, b"fLaC", "there is no description", _required("ibl.audio")),
        ),
    ),
    Rule(
        code="ALF504",
        name="session-info-disputed",
        target=Target.SESSION,
        severity=Severity.WARNING,
        summary="Plugins give different answers for a column of the sessions table.",
        why="The task protocol and the projects of a session are what it is searched by. Where two of its "
        "sources do not agree, one of them is wrong, and nothing says which: the column is left empty.",
        fix="Mend the dataset that is wrong, or leave one of the plugins out with --no-plugin.",
    ),
)
