"""Read videos: how many frames there are, and of what size, without decoding more than two of them.

Frames are counted in the container's index where every player finds them (MP4, MOV, AVI), each of them looked
for within the file; where the index does not have them all (MKV), packets are counted from first to last.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any, NamedTuple

import av
import av.error
from alfcheck import Column, Content, Kind, Problem, Source

from alfcheck_media.boxes import check_structure
from alfcheck_media.faults import (
    DAMAGED,
    MAX_PIXELS,
    MISCOUNTED,
    NOTHING,
    RATE,
    TRUNCATED,
    UNREADABLE,
    bad,
    beyond,
    brief,
)
from alfcheck_media.files import WatchedFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.container import InputContainer
    from av.video.stream import VideoStream

__all__ = ["read"]

# A library that may choose the format itself also reads playlists, which lead to other files.
_FORMATS = {"mp4": "mov", "mov": "mov", "avi": "avi", "mkv": "matroska"}
_OPTIONS = {"protocol_whitelist": "none"}
_FASTEST = 1_000_000  # frames a second


class _Frames(NamedTuple):
    """The frames of a video: their number, and by what they were counted."""

    number: int
    counted_by: str


def read(source: Source) -> Content:
    """Read a video; see `boxes.check_structure` for what is refused before a library sees it."""
    extension = source.name.rpartition(".")[2]
    file = WatchedFile(source)
    check_structure(extension, file)
    file.seek(0)
    try:
        with av.open(file, "r", _FORMATS[extension], options=_OPTIONS, metadata_errors="ignore") as container:
            content = _content(container, file, extension)
    except av.error.FFmpegError as error:
        file.require_healthy()
        if error.errno == errno.ENOMEM:
            raise beyond("the video cannot be read within the bounds of memory") from error
        raise bad(UNREADABLE, f"the video cannot be read: {_said(error)}") from error
    file.require_healthy()
    return content


def _content(container: InputContainer, file: WatchedFile, extension: str) -> Content:
    stream = _stream(container)
    shape, dtype = _picture(stream)
    frames = _count(container, stream, file, extension)
    rate = float(stream.average_rate or 0)
    document = {
        "frames": frames.number,
        "counted_by": frames.counted_by,
        "rate": rate,
        "height": shape[0],
        "width": shape[1],
        "codec": stream.codec_context.name,
        "pixel_format": stream.codec_context.pix_fmt,
        "seconds": frames.number / rate if rate else None,
    }
    problems = (*_headers(stream, frames, rate), *_damaged(container, stream, frames))
    columns, whole = (Column("", dtype, shape),), (frames.number, *shape)
    return Content(
        Kind.ARRAY,
        columns,
        frames.number,
        document=document,
        problems=problems,
        shape=whole,
    )


def _stream(container: InputContainer) -> VideoStream:
    streams = [each for each in container.streams.video if not each.disposition & _PICTURE]
    if not streams:
        raise bad(
            NOTHING, "the file holds no video, only other streams" if container.streams else "it is empty"
        )
    stream = streams[0]
    # A stream of a codec that the library does not know has no context, whatever its types say.
    if getattr(stream, "codec_context", None) is None:
        raise bad(UNREADABLE, "the video is coded in a way that FFmpeg does not know")
    return stream


_PICTURE = av.stream.Disposition.attached_pic


def _picture(stream: VideoStream) -> tuple[tuple[int, ...], str]:
    """Give the shape of a picture, as it is when decoded (grey, or three colours), and its dtype."""
    height, width = stream.codec_context.height, stream.codec_context.width
    if height <= 0 or width <= 0:
        raise bad(NOTHING, "its pictures have no size, or no frame of it could be looked at")
    if height * width > MAX_PIXELS:
        raise beyond(f"its pictures have {width} x {height} pixels; up to {MAX_PIXELS} are looked at")
    format_ = stream.codec_context.format
    grey = format_ is not None and format_.name.startswith("gray")
    deep = format_ is not None and any(component.bits > 8 for component in format_.components)
    return (height, width) if grey else (height, width, 3), "uint16" if deep else "uint8"


def _count(container: InputContainer, stream: VideoStream, file: WatchedFile, extension: str) -> _Frames:
    if extension != "mkv" and len(stream.index_entries):
        return _count_index(stream, file)
    packets = sum(1 for packet in container.demux(stream) if packet.size)
    return _Frames(packets, "packets")


def _count_index(stream: VideoStream, file: WatchedFile) -> _Frames:
    frames = lost = 0
    for entry in stream.index_entries:
        if entry.size and not entry.is_discard:
            frames += 1
            lost += entry.pos + entry.size > file.size
    if lost:
        raise bad(
            TRUNCATED,
            f"of {frames} frames in the index {lost} lie beyond the end of the file ({file.size} bytes)",
            fix="record or copy the file again",
        )
    return _Frames(frames, "index")


def _headers(stream: VideoStream, frames: _Frames, rate: float) -> Iterator[Problem]:
    """Compare what the header says with what there is."""
    if not frames.number:
        yield Problem(code=NOTHING, message="the video has no frames")
    if stream.frames and stream.frames != frames.number:
        yield Problem(
            code=MISCOUNTED,
            message=f"the header promises {stream.frames} frames; {frames.number} are there to be played",
            expected=f"{stream.frames} frames",
        )
    if not 0 < rate < _FASTEST:
        yield Problem(code=RATE, message=f"the video gives no frame rate that can be ({rate:g} a second)")


def _damaged(container: InputContainer, stream: VideoStream, frames: _Frames) -> Iterator[Problem]:
    """Decode the first frame and the last that stands by itself: bytes that were never copied show there."""
    keys = [entry.timestamp for entry in stream.index_entries if entry.is_keyframe and entry.size]
    places = {"first": None, "last key": keys[-1]} if len(keys) > 1 else {"first": None}
    for name, timestamp in places.items() if frames.number else ():
        error = _undecodable(container, stream, timestamp)
        if error is not None:
            yield Problem(code=DAMAGED, message=f"the {name} frame cannot be decoded: {error}")


def _undecodable(container: InputContainer, stream: VideoStream, timestamp: int | None) -> str | None:
    try:
        # Without a place, the first one: the beginning is where a stream starts, or before.
        start = min(stream.start_time or 0, 0) if timestamp is None else timestamp
        container.seek(start, stream=stream, backward=True)
        stream.codec_context.flush_buffers()
        decoded: list[Any] = []
        for number, packet in enumerate(container.demux(stream)):
            decoded = stream.codec_context.decode(packet)
            if decoded or number >= _TRIED:
                break
        decoded = decoded or stream.codec_context.decode(None)
    except (av.error.FFmpegError, EOFError) as error:
        return _said(error)
    return None if decoded else "nothing comes of its packets"


def _said(error: Exception) -> str:
    """Give what FFmpeg says, without its numbers and the name of a file that it does not know."""
    return brief(Exception(getattr(error, "strerror", None) or error))


_TRIED = 60  # packets that a decoder may take before it gives a picture
