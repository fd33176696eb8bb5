"""Which process on which machine, and whether it is gone."""

from __future__ import annotations

import os
import socket
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

__all__ = ["Process", "is_gone", "this_process"]


@dataclass(frozen=True, slots=True)
class Process:
    """A process as another one may know it later; what the system does not tell is ``None``.

    ``machine`` tells hosts of the same name apart, ``boot`` a process from one before the machine was
    started anew, ``namespace`` (of process numbers) from one in another container, ``started`` from a
    later one with the same number.
    """

    host: str
    pid: int
    machine: str | None = None
    boot: str | None = None
    namespace: str | None = None
    started: str | None = None


def this_process() -> Process:
    """Describe the running process."""
    pid = os.getpid()
    boot = _read_text(Path("/proc/sys/kernel/random/boot_id"))
    return Process(socket.gethostname(), pid, _machine(), boot, _namespace(), _started(pid))


def is_gone(process: Process) -> bool:
    """Tell whether a process has ended for certain; in doubt it lives.

    Of a process on another host, in another container, or on Windows (which has no harmless signal)
    nothing is certain.
    """
    here = this_process()
    if os.name == "nt" or (process.host, process.machine) != (here.host, here.machine):
        return False
    if process.boot != here.boot:
        # Without a machine's id this may be another machine of the same name.
        return None not in (process.boot, here.boot, here.machine)
    if process.namespace != here.namespace:
        return False
    if not _exists(process.pid):
        return True
    started = _started(process.pid)
    return started == _ZOMBIE or bool(started and process.started and started != process.started)


_ZOMBIE = "ended"


def _exists(pid: int) -> bool:
    if pid <= 0:  # would signal whole groups of processes
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # it belongs to someone else, or is no number of a process
        return True
    return True


def _started(pid: int) -> str | None:
    """Give something that differs between processes of the same number, or ``None``."""
    if sys.platform == "darwin":
        return _started_by_ps(pid)
    text = _read_text(Path(f"/proc/{pid}/stat"))
    if text is None:
        return None
    # The name, in parentheses, may hold spaces and parentheses itself: man 5 proc.
    state, *rest = text.rpartition(")")[2].split()
    return _ZOMBIE if state in "ZX" else rest[18]


def _started_by_ps(pid: int) -> str | None:
    import subprocess

    command = ["ps", "-o", "lstart=", "-p", str(pid)]
    try:
        shown = subprocess.run(
            command, capture_output=True, text=True, timeout=10, env={"LC_ALL": "C"}, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return shown.stdout.strip() or None


def _machine() -> str | None:
    # machine-id(5) asks that the id itself be shown to nobody.
    text = _read_text(Path("/etc/machine-id"))
    return sha256(f"alfcheck {text}".encode()).hexdigest()[:16] if text else None


def _namespace() -> str | None:
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return None


def _read_text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return None
