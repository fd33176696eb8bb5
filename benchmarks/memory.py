"""How much memory a process and its children hold together, looked at while they run."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

__all__ = ["Watcher"]

EVERY = 0.05


class Watcher:
    """Looks at a process and all below it, twenty times a second, and remembers the most.

    Memory of their own is added up, and mapped files are counted once: of these the largest share that
    one of them holds. Only Linux tells; elsewhere `stop` gives 0.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peak = 0.0
        self._end = Event()
        self._thread = Thread(target=self._look, daemon=True)
        if sys.platform == "linux":
            self._thread.start()

    def _look(self) -> None:
        while not self._end.wait(EVERY):
            self._peak = max(self._peak, held_mib(self._pid))

    def stop(self) -> float:
        """Stop looking; give the most that was seen, in MiB."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join()
        return self._peak


def held_mib(pid: int) -> float:
    """Give what a process and all below it hold now, in MiB."""
    own, mapped, waiting = 0, 0, [pid]
    while waiting:
        each = waiting.pop()
        with suppress(OSError, ValueError):
            facts = _facts(Path(f"/proc/{each}/status").read_text(encoding="utf-8"))
            own += facts.get("RssAnon", 0) + facts.get("RssShmem", 0)
            mapped = max(mapped, facts.get("RssFile", 0))
            for task in Path(f"/proc/{each}/task").iterdir():
                waiting += map(int, (task / "children").read_text(encoding="utf-8").split())
    return (own + mapped) / 2**10


def _facts(status: str) -> dict[str, int]:
    lines = (line.partition(":") for line in status.splitlines() if line.startswith("Rss"))
    return {name: int(value.split()[0]) for name, _, value in lines}
