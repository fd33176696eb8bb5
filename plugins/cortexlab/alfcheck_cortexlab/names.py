"""The names of Cortexlab's files: what was published in 2019, and what the lab's scripts wrote before.

Sources: the page "data files" of the wiki of nsteinme/steinmetz-et-al-2019; the loaders of
SteinmetzLab/dataToNWB; the names registered in Alyx. Objects have no namespace; in ONE they once had ``ns``.
"""

from __future__ import annotations

from alfcheck import Dataset

__all__ = ["BEFORE", "RELEASED", "is_own"]

RELEASED: dict[str, frozenset[str]] = {
    "channels": frozenset({"brainLocation", "probe", "rawRow", "site", "sitePositions"}),
    "clusters": frozenset(
        {
            "_phy_annotation",
            "depths",
            "originalIDs",
            "peakChannel",
            "probes",
            "templateWaveformChans",
            "templateWaveforms",
            "waveformDuration",
        }
    ),
    "eye": frozenset({"area", "blink", "timestamps", "xyPos"}),
    "face": frozenset({"motionEnergy", "timestamps"}),
    "lickPiezo": frozenset({"raw", "timestamps"}),
    "licks": frozenset({"times"}),
    "passiveBeeps": frozenset({"times"}),
    "passiveValveClick": frozenset({"times"}),
    "passiveVisual": frozenset({"contrastLeft", "contrastRight", "times"}),
    "passiveWhiteNoise": frozenset({"times"}),
    "probes": frozenset({"description", "insertion", "rawFilename", "sitePositions"}),
    "sparseNoise": frozenset({"positions", "times"}),
    "spikes": frozenset({"amps", "clusters", "depths", "times"}),
    "spontaneous": frozenset({"intervals"}),
    "trials": frozenset(
        {
            "feedbackType",
            "feedback_times",
            "goCue_times",
            "included",
            "intervals",
            "repNum",
            "response_choice",
            "response_times",
            "visualStim_contrastLeft",
            "visualStim_contrastRight",
            "visualStim_times",
        }
    ),
    "wheel": frozenset({"position", "timestamps", "velocity"}),
    "wheelMoves": frozenset({"intervals", "type"}),
}
"""The attributes of each object, with their timescale or second part, as `Dataset.column` gives them."""

BEFORE: dict[str, str] = {
    "clusters.groups": "clusters._phy_annotation",
    "clusters.ids": "clusters.originalIDs",
    "cwFeedback.times": "trials.feedback_times",
    "cwFeedback.type": "trials.feedbackType",
    "cwGoCue.times": "trials.goCue_times",
    "cwResponse.choice": "trials.response_choice",
    "cwResponse.times": "trials.response_times",
    "cwStimOn.contrastLeft": "trials.visualStim_contrastLeft",
    "cwStimOn.contrastRight": "trials.visualStim_contrastRight",
    "cwStimOn.times": "trials.visualStim_times",
    "cwTrials.inclTrials": "trials.included",
    "cwTrials.intervals": "trials.intervals",
    "cwTrials.repNum": "trials.repNum",
    "lickSignal.timestamps": "lickPiezo.timestamps",
    "lickSignal.trace": "lickPiezo.raw",
    "passiveBeep.times": "passiveBeeps.times",
    "passiveStimOn.contrastLeft": "passiveVisual.contrastLeft",
    "passiveStimOn.contrastRight": "passiveVisual.contrastRight",
    "passiveStimOn.times": "passiveVisual.times",
}
"""What the scripts of 2017 wrote, and what the same is called in the release."""

_NAMESPACES = ("", "ns")


def is_own(found: Dataset | str) -> bool:
    """Tell whether a dataset, or a path of one, has no namespace or the lab's own."""
    if isinstance(found, Dataset):
        return found.namespace in _NAMESPACES
    name = found.rpartition("/")[2]
    return not name.startswith("_") or name.startswith("_ns_")
