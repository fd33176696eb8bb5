"""One publisher at a time: a lock file beside the index that says who holds it.

The file appears whole or not at all (a hard link to a file that was written before), so whoever finds
it can read host, process and time. The lock of a process that is gone from this host is taken over;
one of another host is never broken, for nobody here can know whether its process lives.

A takeover is itself done under a lock, named after the stale one's token: of two that find the same
stale lock one gets there, and the other sees then that the lock has changed. A process that dies
amid a takeover leaves a stale lock of the same kind, which is taken over in the same way.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from alfcheck.errors import LockHeld
from alfcheck.publish.process import Process, is_gone, this_process

__all__ = ["LOCK_NAME", "Lock", "locked"]

LOCK_NAME = ".alfcheck-lock"
_MAX_BYTES = 4096
_ATTEMPTS = 100
_TOKEN = re.compile(r"[0-9a-f]{32}")
_OPTIONAL = ("machine", "boot", "namespace", "started")


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock that is held: by whom, since when, and the token that tells it from all others."""

    process: Process
    since: str
    token: str

    def to_bytes(self) -> bytes:
        """Give the content of the lock file."""
        return json.dumps({**asdict(self.process), "since": self.since, "token": self.token}).encode() + b"\n"


@contextmanager
def locked(out: Path) -> Iterator[Lock]:
    """Hold the lock of an output folder.

    Raises `LockHeld` at once, without waiting, when another run holds it, and `OSError` when the lock
    file cannot be written.
    """
    lock = Lock(this_process(), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), uuid4().hex)
    path = out / LOCK_NAME
    try:
        _acquire(path, lock)
        yield lock
    finally:
        with suppress(OSError):
            _release(path, lock)


def _acquire(path: Path, lock: Lock) -> None:
    for _ in range(_ATTEMPTS):
        if _create(path, lock):
            return
        held = _read(path)
        if held is None:
            continue
        if not isinstance(held, Lock):
            raise LockHeld(_unreadable(path))
        if held.token == lock.token:  # a network file system may say "exists" of what it has just made
            return
        if not is_gone(held.process):
            raise LockHeld(_held_by(path, held))
        if _take_over(path, held, lock):
            return
    raise LockHeld(
        f"{path.parent}: other runs keep taking the lock {path.name}; start again when they have ended"
    )


def _create(path: Path, lock: Lock) -> bool:
    """Make the lock file, whole, unless there is one."""
    draft = path.with_name(f"{LOCK_NAME}-{uuid4().hex}")
    _write_new(draft, lock)
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    except FileNotFoundError:  # the holder cleared our draft away as debris
        return False
    except OSError:  # a file system without hard links (FAT): the lock is empty for a moment
        return _create_in_place(path, lock)
    finally:
        draft.unlink(missing_ok=True)
    return True


def _create_in_place(path: Path, lock: Lock) -> bool:
    try:
        _write_new(path, lock)
    except FileExistsError:
        return False
    return True


def _write_new(path: Path, lock: Lock) -> None:
    file = path.open("xb")
    try:
        with file:
            file.write(lock.to_bytes())
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _take_over(path: Path, stale: Lock, lock: Lock) -> bool:
    """Put our lock in the place of a stale one, unless someone else was faster."""
    claim = path.with_name(f"{LOCK_NAME}-{stale.token}")
    mine = Lock(lock.process, lock.since, uuid4().hex)
    _acquire(claim, mine)
    draft = path.with_name(f"{LOCK_NAME}-{uuid4().hex}")
    try:
        if _read(path) != stale:
            return False
        _write_new(draft, lock)
        os.replace(draft, path)
        return True
    except FileNotFoundError:  # who was faster has cleared our draft away
        return False
    finally:
        draft.unlink(missing_ok=True)
        _release(claim, mine)


def _release(path: Path, lock: Lock) -> None:
    # A user may have removed the lock by hand, and another run made its own.
    if _read(path) == lock:
        path.unlink(missing_ok=True)


def _read(path: Path) -> Lock | str | None:
    """Read a lock file: ``None`` when there is none, a text when it is not one of ours."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return None
    except OSError as error:
        return str(error)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return "not a file"
        value = json.loads(os.read(descriptor, _MAX_BYTES))
        process = Process(str(value["host"]), int(value["pid"]), *(_text(value[key]) for key in _OPTIONAL))
        token = str(value["token"])
        return Lock(process, str(value["since"]), token) if _TOKEN.fullmatch(token) else "no token"
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        return str(error)
    finally:
        os.close(descriptor)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _held_by(path: Path, held: Lock) -> str:
    return (
        f"{path.parent}: another run publishes here: process {held.process.pid} on host "
        f"{held.process.host!r}, since {held.since}. Wait until it has ended; if there is no such "
        f"process on that host any more, remove {path}"
    )


def _unreadable(path: Path) -> str:
    return (
        f"{path.parent}: there is a lock that does not say who holds it. If no other run publishes here, "
        f"remove {path}"
    )
