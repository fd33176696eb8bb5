"""What is read of small texts: as UTF-8, bounded, JSON without constants of its own."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from alfcheck import Source

from alfcheck_media.faults import MAX_TEXT, UNREADABLE, bad, beyond
from alfcheck_media.files import WatchedFile

__all__ = ["MAX_DEPTH", "parse_json", "text_of"]

MAX_DEPTH = 64


def text_of(source: Source) -> str:
    """Give the text of a source; raises `BadContent` where it is none, or longer than any of its kind."""
    if source.size > MAX_TEXT:
        raise beyond(f"the text has {source.size} bytes; up to {MAX_TEXT} are read")
    file = WatchedFile(source)
    return decoded(file.read())


def decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise bad(
            UNREADABLE, f"the text is not UTF-8 (byte {error.start}); programs that read it stop there"
        ) from error


def parse_json(data: bytes) -> Any:
    """Parse JSON of no great depth; `ValueError` or `RecursionError` for anything else."""
    value = json.loads(data.decode("utf-8"), parse_constant=_refuse)
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return value
    raise ValueError("it is nested as none of its kind is")


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")
