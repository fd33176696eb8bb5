"""The result of a session as bytes: JSON of plain values, never a pickle.

Whoever can write the file may have put anything there: what is read is looked at before it is believed to be
a result, and nothing of it is run. Paths and sizes of files are not written, for the scan has them.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import fields
from functools import lru_cache
from operator import attrgetter
from typing import Any, NoReturn

from alfcheck.model import Finding, Origin, SessionFiles, SessionResult, Severity
from alfcheck.packed import FileResult, flags_of

__all__ = ["CODING", "decode", "encode"]

CODING = "1"
"""The version of what is written here."""

_SMALL = 512
"""Bytes up to which compressing costs more than it gains."""

_USUAL = 256
"""Results that are remembered as they were read."""

_LARGEST = 256 * 2**20
"""Bytes that one result may unpack to."""

_PLAIN, _PACKED = b"j", b"z"
_FIELDS = tuple(field.name for field in fields(Finding))
_values = attrgetter(*_FIELDS)

_TEXT = frozenset({"code", "rule", "path", "message"})
_TEXT_OR_NONE = frozenset({"contract", "column", "check", "expected", "fix", "waived"})
_FAULTS = (ValueError, TypeError, KeyError, AttributeError, RecursionError, zlib.error)


def encode(result: SessionResult) -> bytes:
    """Write a result; `decode` gives an equal one."""
    hashes = result.md5s
    told = (
        result.types,
        flags_of(result),
        hashes if any(hashes) else None,
        [_values(finding) for finding in result.findings],
        dict(result.info),
    )
    data = json.dumps(told, separators=(",", ":")).encode("ascii")
    return _PLAIN + data if len(data) <= _SMALL else _PACKED + zlib.compress(data, 1)


def decode(data: bytes, session: SessionFiles) -> SessionResult | None:
    """Read what `encode` wrote of this session; ``None`` for anything else."""
    try:
        # Most sessions say the same, to the byte.
        return (_usual if len(data) <= _SMALL else _read)(data).of_files(session)
    except _FAULTS:
        return None


def _unpacked(data: bytes) -> bytes:
    kind, data = data[:1], data[1:]
    if kind == _PLAIN:
        return data
    if kind != _PACKED:
        _refuse()
    unpacker = zlib.decompressobj()
    found = unpacker.decompress(data, _LARGEST)
    return found if unpacker.eof and not unpacker.unused_data else _refuse()


def _refuse() -> NoReturn:
    raise ValueError("no result of a session")


def _read(data: bytes) -> SessionResult:
    types, readable, hashes, findings, info = json.loads(_unpacked(data))
    if not {*readable} <= {"0", "1"}:
        _refuse()
    count = len(types)
    told = (
        map(_text, types),
        map("1".__eq__, readable),
        (None,) * count if hashes is None else map(_text_or_none, hashes),
    )
    files = [FileResult("", 0, *each) for each in zip(*told, strict=True)]
    said = {_text(name): _text(value) for name, value in info.items()}
    return SessionResult("", files, tuple(map(_finding, findings)), said)


_usual = lru_cache(_USUAL)(_read)


def _text(value: Any) -> str:
    return value if type(value) is str else _refuse()


def _text_or_none(value: Any) -> str | None:
    return value if value is None or type(value) is str else _refuse()


def _number(value: Any) -> int:
    return value if type(value) is int else _refuse()


def _finding(values: Sequence[Any]) -> Finding:
    told = dict(zip(_FIELDS, values, strict=True))
    for name in _TEXT:
        _text(told[name])
    for name in _TEXT_OR_NONE:
        _text_or_none(told[name])
    name, version = told["origin"]
    told["origin"] = Origin(_text(name), _text(version))
    told["severity"] = Severity(told["severity"])
    told["datasets"] = tuple(map(_text, told["datasets"]))
    told["rows"] = tuple(map(_number, told["rows"]))
    _number(told["count"])
    return Finding(**told)
