"""Rules that compare a recording with other files of its session."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import alfcheck
from alfcheck import Dataset, Problem, Severity

from alfcheck_media import examples as made
from alfcheck_media.spikeglx import is_recording, whole

if TYPE_CHECKING:
    from alfcheck.subjects import SessionData

__all__ = ["AGREEING"]

_RECORDINGS = ("bin", "cbin")
_VIDEOS = ("mp4", "avi", "mov", "mkv")
_META = made.recording("meta", made.meta(), "ten samples of two channels, 40 bytes")
_VIDEO = made.camera("mp4", made.video("mp4"), "three frames")


@alfcheck.layout_rule(
    "MED101",
    "recording-without-settings",
    severity=Severity.WARNING,
    fix="Put the .meta of the recording beside it, under the same name.",
    good=(made.recording("bin", bytes(40), "its settings beside it", _META),),
    bad=(made.recording("bin", bytes(40), "no settings"),),
)
def recording_without_settings(datasets: Mapping[str, Dataset]) -> Iterator[Problem]:
    """A recording of SpikeGLX has no .meta beside it.

    The file itself is nothing but numbers: how many channels there are, their gain, the sample rate and the
    kind of probe stand in its settings alone. Programs look for them in the folder of the recording, so that
    those in another revision do not help.
    """
    for path, dataset in datasets.items():
        name = path.rpartition("/")[2]
        stem = path.removesuffix(f".{dataset.extension}")
        if dataset.extension in _RECORDINGS and is_recording(name) and f"{stem}.meta" not in datasets:
            wanted = f"{stem.rpartition('/')[2]}.meta"
            yield Problem(message=f"there is no {wanted} beside it", datasets=(path,), expected=wanted)


@alfcheck.session_rule(
    "MED501",
    "recording-of-another-size",
    datasets=["*.meta"],
    fix="Copy the recording again from the computer that recorded, with its settings.",
    good=(made.recording("bin", bytes(40), "as long as its settings say", _META),),
    bad=(made.recording("bin", bytes(36), "a sample too few", _META),),
)
def recording_of_another_size(session: SessionData) -> Iterator[Problem]:
    """A .bin has not the size that SpikeGLX wrote into its .meta.

    A copy that broke off, or settings of another recording: spikes would be sought in channels that are
    shifted, or at times that are wrong. What was compressed is compared with its .ch instead.
    """
    for path, settings in session.documents.items():
        recording = f"{path.removesuffix('.meta')}.bin"
        size = session.sizes.get(recording)
        if size is None or not isinstance(settings, dict):
            continue
        promised = whole(settings, "fileSizeBytes")
        if promised is not None and promised != size:
            name = recording.rpartition("/")[2]
            yield Problem(
                message=f"{name} has {size} bytes; its .meta says {promised} (fileSizeBytes)",
                datasets=(path, recording),
                expected=f"{promised} bytes",
            )


@alfcheck.session_rule(
    "MED502",
    "frames-without-times",
    datasets=["*Camera.raw.*"],
    columns=["*Camera.times"],
    severity=Severity.WARNING,
    fix="Extract the times again; where frames are known to be lost, say so in the session's notes.",
    good=(made.camera("mp4", made.video("mp4"), "three frames", made.times(3)),),
    bad=(made.camera("mp4", made.video("mp4"), "three frames", made.times(2)),),
)
def frames_without_times(session: SessionData) -> Iterator[Problem]:
    """A video has another number of frames than there are times for them.

    Whoever looks up the frame of a time gets another one: all of them are shifted, or the last are never
    found. It is a warning, as in IBL's quality control: before 2020 there may be more times than frames, the
    first of which are then left out by those who load them.
    """
    for path, document in session.documents.items():
        dataset = session.datasets[path]
        if dataset.extension not in _VIDEOS or dataset.extra or not isinstance(document, dict):
            continue
        for table in session.objects(dataset.object):
            count, frames = len(table["times"]), document["frames"]
            if count != frames:
                times = table.path("times")
                yield Problem(
                    message=f"{path} has {frames} frames; {times} has {count} times",
                    datasets=tuple(sorted((path, times))),
                    expected=f"{frames} times",
                )


AGREEING = (recording_without_settings, recording_of_another_size, frames_without_times)
