"""``alfcheck cache``: what is kept of earlier runs, and how to be rid of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alfcheck.cli.terminal import say
from alfcheck.errors import UsageError

if TYPE_CHECKING:
    from alfcheck.cache import Contents

__all__ = ["cache_command"]

_MIB = 2**20


@click.group("cache")
def cache_command() -> None:
    """Show or delete what is kept of earlier runs: what was found in sessions that have not changed."""


@cache_command.command("info", short_help="Say where the cache is, and what it has.")
def info_command() -> int:
    """Say where the cache is, how large, how many sessions it has, and when they were last used."""
    from alfcheck.cache import cache_limit

    folder = _folder()
    limit = cache_limit(os.environ)
    say([f"folder    {folder}\n", *_lines(_contents(folder), limit)])
    return 0


@cache_command.command("clear", short_help="Delete the cache.")
def clear_command() -> int:
    """Delete the cache, and say what was removed; nothing of the data is touched."""
    from alfcheck.cache import remove_all

    folder = _folder()
    try:
        size = remove_all(folder)
    except OSError as error:
        raise UsageError(f"{error.filename}: cannot be deleted: {error.strerror}") from error
    say([f"removed {_mib(size)} from {folder}\n" if size else f"there was nothing in {folder}\n"])
    return 0


def _folder() -> Path:
    from alfcheck.cache import Unusable, cache_folder

    try:
        return cache_folder(os.environ)
    except Unusable as error:
        raise UsageError(str(error)) from error


def _contents(folder: Path) -> Contents | None:
    import sqlite3

    from alfcheck.cache import Unusable, look_into, reason

    store = None
    try:
        store = look_into(folder)
        return store.contents() if store is not None else None
    except (sqlite3.Error, OSError, Unusable) as error:
        raise UsageError(
            f"the cache in {folder} cannot be read: {reason(error)}; `alfcheck cache clear` deletes it"
        ) from error
    finally:
        if store is not None:
            store.close()


def _lines(contents: Contents | None, limit: int) -> Iterator[str]:
    most = f"at most {_mib(limit)}" if limit else "switched off by ALFCHECK_CACHE_LIMIT"
    if contents is None:
        yield f"size      nothing is kept; {most}\n"
        return
    yield f"size      {_mib(contents.size)}; {most}\n"
    yield f"sessions  {contents.sessions}, of {contents.runs} kinds of run\n"
    if contents.oldest is not None and contents.newest is not None:
        yield f"used      last {_day(contents.newest)}, longest ago {_day(contents.oldest)}\n"


def _mib(size: int) -> str:
    return f"{size / _MIB:.1f} MiB"


def _day(seconds: Any) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (TypeError, ValueError, OverflowError, OSError):
        return "unknown"
