"""The codes of this plugin: how each fault of a recording is explained. The readers find them."""

from __future__ import annotations

from alfcheck import Example, Rule, Severity, Target

from alfcheck_media import examples as made
from alfcheck_media.faults import (
    CONTRADICTING,
    DAMAGED,
    HEADER,
    MISCOUNTED,
    NOTHING,
    OVERSIZED,
    RATE,
    SAMPLES,
    SETTINGS,
    TRUNCATED,
    UNREADABLE,
)

__all__ = ["RULES"]


def _rule(
    code: str,
    name: str,
    summary: str,
    why: str,
    fix: str,
    bad: tuple[Example, ...],
    good: tuple[Example, ...],
    severity: Severity = Severity.ERROR,
) -> Rule:
    return Rule(
        code=code, name=name, target=Target.CONTENT, severity=severity, summary=summary, why=why, fix=fix,
        good=good, bad=bad,
    )  # fmt: skip


_VIDEO = made.camera("mp4", made.video("mp4"), "three frames")
_AVI = made.camera("avi", made.video("avi"), "three frames")
_SOUND = made.sound(made.wav(), "four samples")
_STACK = made.stack(made.tiff(2), "two pictures")
_META = made.recording("meta", made.meta(), "two channels, ten samples")
_HEADER = made.recording("ch", made.header(), "two channels, ten samples")
_RAW = made.recording("cbin", b"\0" * made.SIZE, "as long as its header says", _HEADER)

RULES: tuple[Rule, ...] = (
    _rule(
        UNREADABLE,
        "unreadable-recording",
        "The bytes are no video, sound, image stack or text of the kind that the extension says.",
        "No program that chooses how to open a file by its extension will open it.",
        "Write the file again from its source, in the format of its extension.",
        (
            made.camera("mp4", b"RIFF\4\0\0\0AVI no video", "something else, named .mp4"),
            made.sound(b"ID3 is no sound in a WAV file", "something else, named .wav"),
            made.stack(b"\x89PNG\r\n\x1a\n no stack", "something else, named .tif"),
        ),
        (_VIDEO, _AVI, _SOUND, _STACK),
    ),
    _rule(
        TRUNCATED,
        "truncated-recording",
        "The file ends before what its own structure says.",
        "A recorder that was stopped, a disk that was full, a copy that broke off. An MP4 without its index "
        "cannot be opened at all; of others, players show the part that is left and say nothing.",
        "Record or copy the file again, and compare the sizes.",
        (
            made.camera("mp4", made.video("mp4", keep=0.5), "half of a video, without its index"),
            made.camera("avi", made.video("avi", keep=0.7), "a part of a video"),
            made.sound(made.wav(promised=9), "nine samples promised, four there"),
            made.stack(made.tiff(2, keep=-8), "the last pixels are missing"),
            made.recording("cbin", b"\0" * 3, "shorter than its header says", _HEADER),
        ),
        (_VIDEO, _AVI, _SOUND, _STACK, _RAW),
    ),
    _rule(
        NOTHING,
        "empty-recording",
        "The file has a sound header and no frame, no sample or no stream of its kind.",
        "A recording that was begun and never triggered: whatever refers to its frames has none.",
        "Record again, or leave the file out.",
        (
            made.sound(made.wav(samples=0), "no samples"),
            made.camera("avi", made.video("avi", frames=0), "no frames"),
        ),
        (_VIDEO, _SOUND),
    ),
    _rule(
        MISCOUNTED,
        "wrong-frame-count",
        "The header promises another number of frames than there are.",
        "OpenCV gives the promised number without counting: times that were made for it do not fit.",
        "Write the file again (ffmpeg -i in.avi -c copy out.avi), and count with ffprobe -count_packets.",
        (made.camera("avi", made.lying_avi, "nine frames promised, three there"),),
        (_AVI, _VIDEO),
        Severity.WARNING,
    ),
    _rule(
        DAMAGED,
        "undecodable-frame",
        "The first frame, or the last that stands by itself, cannot be decoded.",
        "Space that was set aside and never written, a copy with holes. Only these two frames are decoded.",
        "Copy the file again, and compare checksums.",
        (made.camera("avi", made.blank_avi, "zeros where the pictures were"),),
        (_AVI, _VIDEO),
        Severity.WARNING,
    ),
    _rule(
        RATE,
        "impossible-frame-rate",
        "The video gives no frame rate, or one that cannot be.",
        "Programs that step through a video by time cannot find its frames.",
        "Write the file again with its rate (ffmpeg -r 60 -i ...).",
        (made.camera("avi", made.timeless_avi, "sixteen million frames a second"),),
        (_AVI, _VIDEO),
        Severity.WARNING,
    ),
    _rule(
        OVERSIZED,
        "recording-beyond-bounds",
        "The recording cannot be read within bounds of memory and time.",
        "An index of more frames than any camera takes, pictures of a quarter of a billion pixels, sound "
        "that unpacks to a hundred times its size and gigabytes. What may be sound and is only larger than "
        "what is read here is unverified.",
        "Release it in parts.",
        (
            made.stack(
                made.tiff(1, width=1 << 20, height=1 << 20, compression=8),
                "a picture of a million by a million",
            ),
        ),
        (_STACK,),
    ),
    _rule(
        CONTRADICTING,
        "contradicting-header",
        "What the header of a sound or a picture says of its size contradicts itself, or what is there.",
        "A header that was patched, or written by a program that was stopped. Programs believe one of its "
        "numbers: some read a part of the samples and say nothing, others fail or show noise.",
        "Write the file again from its source; where only the header is wrong, mend its numbers.",
        (
            made.sound(made.wav(samples=9, promised=4), "four samples promised, nine there"),
            made.stack(made.tiff(1, width=400), "a picture of 800 bytes, which has 64"),
        ),
        (_SOUND, _STACK),
    ),
    _rule(
        SETTINGS,
        "invalid-spikeglx-settings",
        "The .meta of a SpikeGLX recording is no text of lines key=value.",
        "Without it nobody knows the channels, the gain and the rate of the recording.",
        "Copy the file again from the computer that recorded.",
        (made.recording("meta", b"nSavedChans 385\n", "no '='"), made.recording("meta", b"\n\n", "nothing")),
        (_META,),
    ),
    _rule(
        HEADER,
        "invalid-compression-header",
        "The .ch of a compressed recording is missing, is no JSON of mtscomp, or contradicts itself.",
        "Without the places of its chunks a .cbin cannot be decompressed.",
        "Put the header beside the .cbin that mtscomp wrote together with it.",
        (
            made.recording("ch", b"{}", "no chunks"),
            made.recording("ch", made.header(chunk_offsets=[0, 9, 9]), "two chunks in one place"),
            made.recording("ch", made.header(chunk_bounds=[0, 5, 10**9]), "a billion samples in 13 bytes"),
            made.recording("cbin", b"\0" * made.SIZE, "no header beside it"),
        ),
        (_HEADER, _RAW),
    ),
    _rule(
        SAMPLES,
        "contradicting-samples",
        "What SpikeGLX says of a recording's size, channels, rate and time contradicts itself or its header.",
        "Programs compute the number of samples in one of these ways. Either some are lost, or the settings "
        "are of another recording. Times that differ alone are a warning.",
        "Find the settings that belong to the recording; where a part was cut off, say so in them.",
        (
            made.recording("meta", made.meta(fileSizeBytes=41), "41 bytes in samples of four"),
            made.recording("meta", made.meta(snsApLfSy="3,0,1"), "two channels, of which four are saved"),
            made.recording("meta", made.meta(fileTimeSecs=2), "one second of samples, two by the clock"),
            made.recording(
                "cbin",
                b"\0" * made.SIZE,
                "settings of another recording",
                _HEADER,
                made.recording("meta", made.meta(fileSizeBytes=80, fileTimeSecs=2)),
            ),
        ),
        (
            _META,
            made.recording("cbin", b"\0" * made.SIZE, "its own settings", _HEADER, _META),
        ),
    ),
)
