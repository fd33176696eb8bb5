"""Read compressed recordings by the header beside them; nothing is decompressed."""

from __future__ import annotations

from collections.abc import Iterator

from alfcheck import BadContent, Column, Content, Kind, Problem, Source

from alfcheck_media.faults import HEADER, SAMPLES, TRUNCATED, bad
from alfcheck_media.mtscomp import Header, header_of
from alfcheck_media.spikeglx import parse, rate_of, samples_of, whole
from alfcheck_media.texts import decoded

__all__ = ["read"]

_SAME_RATE = 1e-4  # of the rate: a clock is measured more exactly than it is named


def read(source: Source) -> Content:
    """Read ``X.cbin`` by ``X.ch``: samples are rows, channels are columns. ``X.meta``, if any, must agree."""
    stem = source.name.removesuffix(".cbin")
    raw = source.sidecar(f"{stem}.ch")
    if raw is None:
        raise bad(
            HEADER,
            f"there is no {stem}.ch beside it, without which it cannot be decompressed",
            fix="put the header that mtscomp wrote beside the file",
        )
    try:
        header = header_of(raw)[1]
    except BadContent as error:
        raise bad(HEADER, f"the header beside it, {stem}.ch, cannot be used: {error}") from error
    if header.size != source.size:
        raise bad(
            TRUNCATED,
            f"{stem}.ch says that the file has {header.size} bytes; it has {source.size}",
            expected=f"{header.size} bytes",
            fix="copy or compress the recording again, the header together with it",
        )
    shape = (header.channels,) if header.channels > 1 else ()
    problems = tuple(_disagreements(header, source, stem))
    return Content(
        Kind.ARRAY,
        (Column("", header.dtype, shape),),
        header.samples,
        problems=problems,
        shape=(header.samples, header.channels),
    )


def _disagreements(header: Header, source: Source, stem: str) -> Iterator[Problem]:
    """Compare the header with the settings of SpikeGLX, which are of the file before it was compressed."""
    raw = source.sidecar(f"{stem}.meta")
    try:
        settings = parse(decoded(raw))[0] if raw is not None else {}
    except BadContent:
        return  # which is told where it is read itself
    channels, samples, rate = whole(settings, "nSavedChans"), samples_of(settings), rate_of(settings)
    if rate is not None and abs(rate - header.rate) > _SAME_RATE * rate:
        yield Problem(
            code=SAMPLES,
            message=f"{stem}.ch has {header.rate:g} samples a second, {stem}.meta has {rate:g}",
            expected=f"{rate:g} Hz",
        )
    if channels is not None and channels != header.channels:
        yield Problem(
            code=SAMPLES, message=f"{stem}.ch has {header.channels} channels, {stem}.meta has {channels}"
        )
    elif samples is not None and samples != header.samples:
        yield Problem(
            code=SAMPLES,
            message=f"{stem}.ch has {header.samples} samples, {stem}.meta has {samples} (fileSizeBytes)",
            expected=f"{samples} samples",
        )
