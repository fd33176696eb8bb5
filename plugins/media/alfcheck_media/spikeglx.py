"""Read the settings that SpikeGLX writes beside a recording: lines ``key=value``.

Source: SpikeGLX, "Metadata Guide": ``fileSizeBytes``, ``nSavedChans``, ``fileTimeSecs`` and the sample rate
(``imSampRate``, ``niSampRate`` or ``obSampRate``) are those of the binary file of the same name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from alfcheck import Content, Kind, Problem, Severity, Source

from alfcheck_media.faults import SAMPLES, SETTINGS, bad
from alfcheck_media.texts import text_of

__all__ = ["is_recording", "parse", "rate_of", "read", "samples_of", "whole"]

SAMPLE = 2  # bytes: recordings are int16

_OF_SPIKEGLX = re.compile(r"^_spikeglx_|ephysData|\.(imec\d*\.(ap|lf)|nidq|obx\d*)\.(meta|bin|cbin)$")
_INTEGER = re.compile(r"-?(0|[1-9]\d{0,17})")
_DECIMAL = re.compile(r"-?\d{1,18}\.\d{1,18}(e[+-]?\d{1,3})?")
_RATES = ("imSampRate", "niSampRate", "obSampRate")
_KINDS = ("snsApLfSy", "snsMnMaXaDw", "snsXaDwSy")  # of a probe, a card, a OneBox
_COUNTS = re.compile(r"\d{1,9}(,\d{1,9}){1,9}")
_SHOWN = 60

Settings = Mapping[str, int | float | str]


def is_recording(name: str) -> bool:
    """Tell by the name of a file whether SpikeGLX writes such."""
    return _OF_SPIKEGLX.search(name) is not None


def read(source: Source) -> Content:
    """Read settings as a document; what is no such text is left unchecked if it bears another name."""
    try:
        settings, problems = parse(text_of(source))
    except Exception:
        if is_recording(source.name):
            raise
        return Content(Kind.DOCUMENT, (), None, opaque=True)
    return Content(
        Kind.DOCUMENT, (), None, document=dict(settings), problems=(*problems, *_disagreements(settings))
    )


def parse(text: str) -> tuple[Settings, tuple[Problem, ...]]:
    """Give the settings with numbers as numbers; raises `BadContent` for a line that is none."""
    settings: dict[str, int | float | str] = {}
    twice: dict[str, None] = {}
    for number, line in enumerate(text.split("\n"), 1):
        key, equals, value = line.removesuffix("\r").partition("=")
        key = key.strip()
        if not equals or not key:
            if line.strip():
                raise bad(SETTINGS, f"line {number} is not 'key=value': {line[:_SHOWN]!a}")
            continue
        if key in settings:
            twice[key] = None
        settings[key] = _value(value.strip())
    if not settings:
        raise bad(SETTINGS, "the file holds no settings")
    return settings, tuple(_repeated(twice))


def _repeated(keys: Mapping[str, None]) -> Iterator[Problem]:
    if keys:
        yield Problem(
            code=SETTINGS,
            severity=Severity.WARNING,
            message=f"{len(keys)} settings are there more than once: {', '.join(list(keys)[:5])[:200]}",
            count=len(keys),
        )


def _value(text: str) -> int | float | str:
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def whole(settings: Mapping[str, object], key: str) -> int | None:
    """Give a setting that is a whole number, also one that is written as a decimal (``24000.0``)."""
    value = settings.get(key)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if type(value) is int else None


def samples_of(settings: Settings) -> int | None:
    """Give the samples of a channel by the size of the file, where they are a whole number."""
    size, channels = whole(settings, "fileSizeBytes"), whole(settings, "nSavedChans")
    if size is None or channels is None or size < 0 or channels < 1:
        return None
    samples, rest = divmod(size, SAMPLE * channels)
    return None if rest else samples


def rate_of(settings: Settings) -> float | None:
    """Give the sample rate in Hz."""
    rates = (settings.get(key) for key in _RATES)
    return next((float(rate) for rate in rates if isinstance(rate, int | float) and rate > 0), None)


def _disagreements(settings: Settings) -> Iterator[Problem]:
    """Compare size, channels, rate and time, of which each follows from the others."""
    size, channels = whole(settings, "fileSizeBytes"), whole(settings, "nSavedChans")
    yield from _kinds(settings, channels)
    if size is not None and channels is not None and channels > 0 and size % (SAMPLE * channels):
        yield Problem(
            code=SAMPLES,
            message=f"fileSizeBytes ({size}) is no whole number of samples of {channels} channels, "
            f"{SAMPLE * channels} bytes each",
        )
    seconds, rate, samples = settings.get("fileTimeSecs"), rate_of(settings), samples_of(settings)
    if not isinstance(seconds, int | float) or rate is None or samples is None:
        return
    # Times are written with a few decimals, in some versions only four.
    if abs(seconds * rate - samples) > max(1.0, rate * 1e-4):
        yield Problem(
            code=SAMPLES,
            severity=Severity.WARNING,
            message=f"fileTimeSecs ({seconds:g} s at {rate:g} Hz) is {seconds * rate:.0f} samples; by "
            f"fileSizeBytes there are {samples}",
            expected=f"{samples / rate:.4f} s",
        )


def _kinds(settings: Settings, channels: int | None) -> Iterator[Problem]:
    """Compare the number of channels with those of each kind; both are of what was saved."""
    for key in _KINDS:
        counts = settings.get(key)
        if channels is None or not isinstance(counts, str) or not _COUNTS.fullmatch(counts):
            continue
        total = sum(map(int, counts.split(",")))
        if total != channels:
            yield Problem(
                code=SAMPLES,
                message=f"nSavedChans is {channels}; by {key} ({counts}) there are {total} channels",
                expected=f"{total} channels",
            )
