"""Read ``.npz``: a zip of arrays, each member unpacked in pieces and its checksum compared."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import IO, TYPE_CHECKING, cast

from alfcheck.model import Problem
from alfcheck.readers import npy
from alfcheck.readers.base import BadContent, Column, Content, Kind
from alfcheck.readers.faults import MAX_UNPACK_RATIO, MAX_UNPACKED, WHOLE, bad, brief, oversized
from alfcheck.readers.files import WatchedFile, file_of
from alfcheck.readers.npy_header import MAGIC, Header
from alfcheck.readers.npy_values import array_pieces, held_bytes, slices

if TYPE_CHECKING:
    from alfcheck.readers.base import Piece, Source

__all__ = ["read"]

_MAX_DIRECTORY = 1 << 20
_BLOCK = 1 << 20
_DEFLATE_LIMIT = 1040  # no honest deflate stream unpacks to more times its size


def read(source: Source) -> Content:
    """Read an archive: a single ``arr_0`` is an array, as ONE gives it, else each member is a column.

    The columns of such a document have the shape of the whole member, not of a row.
    """
    archive, problems = _open(source)
    members = archive.infolist()
    if {_label(member) for member in members} == {"arr_0"}:
        return _single(archive, members[-1], problems)
    columns = []
    for member in members:
        column, found = _column(archive, member)
        columns.append(column)
        problems += found
    return Content(Kind.DOCUMENT, tuple(columns), None, problems=tuple(problems))


def _open(source: Source) -> tuple[zipfile.ZipFile, list[Problem]]:
    file = file_of(source)
    start = file.read(6)
    if not start.startswith((b"PK\3\4", b"PK\5\6")):
        npy.refuse_pickle(start + file.read(4096))
        what = "an .npy array" if start == MAGIC else f"begins with {start[:4]!r}"
        raise bad("ALF201", f"this is not an .npz archive: {what}")
    watched = WatchedFile(file, source.size, _MAX_DIRECTORY)
    try:
        archive = zipfile.ZipFile(cast("IO[bytes]", watched))
    except zipfile.BadZipFile as error:
        if watched.failure is not None:
            raise watched.failure from error
        raise bad(
            "ALF203", f"the archive has no readable directory; it may be cut short ({brief(error)})"
        ) from error
    watched.trust()
    _check_bounds(archive.infolist(), source.size)
    counts = Counter(_label(member) for member in archive.infolist())
    twice = sorted(name for name, count in counts.items() if count > 1)
    if not twice:
        return archive, []
    return archive, [
        Problem(code="ALF209", message=f"the archive holds {', '.join(map(repr, twice))} more than once")
    ]


def _check_bounds(members: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(member.file_size for member in members)
    if unpacked > size * _DEFLATE_LIMIT + _BLOCK:
        raise oversized(f"{size} bytes claim to hold {unpacked}: members overlap, or their sizes are made up")
    if unpacked > MAX_UNPACKED and unpacked > size * MAX_UNPACK_RATIO:
        raise oversized(f"{size} bytes unpack to {unpacked}, more than {MAX_UNPACK_RATIO} times as many")


def _label(member: zipfile.ZipInfo) -> str:
    return member.filename.removesuffix(".npy")


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> IO[bytes]:
    if member.flag_bits & 1:
        raise bad("ALF201", f"the member {member.filename!r} is encrypted")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise bad(
            "ALF201", f"the member {member.filename!r} is compressed in a way that numpy does not write"
        )
    return archive.open(member)


def _failed(archive: zipfile.ZipFile, member: zipfile.ZipInfo, error: Exception) -> Exception:
    """Tell faults of the disk from faults of the archive, which zipfile raises in many forms."""
    failure = getattr(archive.fp, "failure", None)
    if failure is not None:
        return cast("OSError", failure)
    if isinstance(error, EOFError):
        return bad("ALF203", f"the member {member.filename!r} is cut short")
    return bad("ALF201", f"the member {member.filename!r} cannot be unpacked: {brief(error)}")


def _in_member(member: zipfile.ZipInfo, error: BadContent) -> BadContent:
    problem = error.problem
    return bad(
        problem.code or "ALF201", f"member {member.filename!r}: {problem.message}", severity=problem.severity
    )


def _verify(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Unpack all of a member, in blocks, for its checksum (which zipfile forgets after a seek)."""
    with _member(archive, member) as stream:
        while stream.read(_BLOCK):
            pass


def _head(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> tuple[Header | None, tuple[Problem, ...]]:
    """Verify a member and read its header; there is none if it is no array."""
    try:
        _verify(archive, member)
        with _member(archive, member) as stream:
            is_array = stream.read(len(MAGIC)) == MAGIC
        if not is_array and _label(member) == member.filename:
            return None, ()
        with _member(archive, member) as stream:
            header = npy.stream_header(stream, member.file_size)
        return header, npy.check_size(header, member.file_size)
    except BadContent as error:
        raise _in_member(member, error) from error
    except Exception as error:
        raise _failed(archive, member, error) from error


def _column(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> tuple[Column, tuple[Problem, ...]]:
    header, found = _head(archive, member)
    if header is None:
        return Column(_label(member), "object"), found
    name = header.columns[0].dtype if header.kind is Kind.ARRAY else "object"
    return Column(_label(member), name, header.shape), found


def _single(archive: zipfile.ZipFile, member: zipfile.ZipInfo, problems: list[Problem]) -> Content:
    header, found = _head(archive, member)
    if header is None:
        raise bad("ALF201", f"the member {member.filename!r} is no array")
    content = npy.array_content(header, partial(_pieces, archive, member, header), (*problems, *found))
    if header.rows and held_bytes(header) <= WHOLE:
        content.whole = whole = next(_pieces(archive, member, header, 2 * WHOLE))
        content.pieces = partial(slices, whole, header.rows)
    return content


def _pieces(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, header: Header, max_bytes: int
) -> Iterator[Piece]:
    try:
        with _member(archive, member) as stream:
            yield from array_pieces(stream, header, max_bytes)
    except BadContent as error:
        raise _in_member(member, error) from error
    except Exception as error:
        raise _failed(archive, member, error) from error
