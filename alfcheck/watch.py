"""The watch over the code of plugins: what of it is running, what did not end, and what is not asked again.

A rule, check or reader of a plugin may loop for ever, or end its process. Whoever calls one does so through
`guarded`, so that it is known which call that was and what it was about. A watchdog ends what is out of time;
a call that ended its process is told of by whoever started that process, and is not made again.
"""

from __future__ import annotations

import os
import signal
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple, NoReturn, TypeVar
from zlib import crc32

from alfcheck.model import Origin
from alfcheck.traces import told_error

__all__ = [
    "CRASHED",
    "DROPPED",
    "ENDED",
    "LATE",
    "OWN",
    "TOGETHER",
    "Bars",
    "Fate",
    "Key",
    "Stopped",
    "Unfinished",
    "Watch",
    "ends_run",
    "guarded",
    "out_of_time",
    "too_many",
    "watched_by",
]

T = TypeVar("T")
Key = tuple[str, str]
"""Who is asked (``rule LAB301 licks-in-order``), and about what: a path, or `TOGETHER`."""

TOGETHER = ""
"""What a call is about that looks at several files at once; it is made again for each of them alone."""

STRIKES = 3
"""How many things a rule may not come to an end with before it is not asked any more."""

OWN = "alfcheck"
"""The distribution whose parts are not watched: they are ours."""


LONGEST = 1000
"""Characters by which what a call is about is known."""


CRASHED, ENDED, LATE, DROPPED = "ALF901", "ALF906", "ALF907", "ALF908"
"""The codes that tell what became of a call."""


class Fate(NamedTuple):
    """What became of a call: the code that tells of it, what to say, and whether others may have done it."""

    code: str
    text: str
    by_others: bool = False


_GIVEN_UP = Fate(
    DROPPED, f"did not end in time, or ended its process, {STRIKES} times, and was not asked any more"
)


def out_of_time(deadline: float) -> Fate:
    """Say that a call took longer than it may, in seconds."""
    return Fate(LATE, f"did not end within {deadline:g} s")


class Bars(NamedTuple):
    """The calls that are not made again, and who is not asked anything any more; it travels to workers."""

    calls: Mapping[Key, Fate]
    given_up: frozenset[str] = frozenset()


class Stopped(BaseException):
    """Raised into a call that is out of time."""


class Unfinished(Exception):
    """A call came to no end of its own; the text is for the user."""

    def __init__(self, who: str, origin: Origin, fate: Fate) -> None:
        told = f"the {who} of {origin.name} {origin.version} {fate.text}"
        super().__init__(f"{told}: what it would have judged is unverified")
        self.fate = fate


class Watch:
    """What one thread knows of the calls that it makes to plugins.

    ``serial`` is the number of the call that is running, 0 if none is; ``fired`` that of one that the
    watchdog found to be out of time. ``settle`` takes back what the watchdog may have sent too late. `note`
    is told of each change of the running call, `tell` of each call that was out of time.
    """

    def __init__(
        self,
        deadline: float,
        note: Callable[[int, Key], None] | None = None,
        tell: Callable[[Key, Fate], None] = lambda key, fate: None,
    ) -> None:
        self.deadline = deadline
        self.serial = self.fired = 0
        self.settle: Callable[[], None] = lambda: None
        self._note, self._tell = note, tell
        self._count = 0
        self._struck: dict[Key, Fate] = {}
        self._key: Key = ("", "")
        self._bar(Bars({}))

    @property
    def given_up(self) -> frozenset[str]:
        """Give who is not asked any more."""
        return self._given_up

    def _bar(self, bars: Bars) -> None:
        self._calls = dict(bars.calls)
        self._given_up = bars.given_up
        self._barred = bool(bars.calls or bars.given_up)

    def obey(self, bars: Bars) -> None:
        """Go by this from now on, beside what was found out here: a call may be allowed again."""
        self._bar(Bars({**self._struck, **bars.calls}, bars.given_up | too_many(self._struck)))

    def renew(self) -> None:
        """Begin the time of the running call anew: it goes on to another piece."""
        if self.serial:
            self._count += 1
            self.serial = self._count

    def run(self, who: str, origin: Origin, about: str, function: Callable[..., T], *arguments: object) -> T:
        """Call a function of a plugin; raises `Unfinished` if it comes to no end, or may not be called."""
        key = (who, about if len(about) <= LONGEST else _shortened(about))
        if self._barred:
            fate = _GIVEN_UP if who in self._given_up else self._calls.get(key)
            if fate is not None:
                raise Unfinished(who, origin, fate)
        before, key_before, process = self.serial, self._key, os.getpid()
        self._count = serial = self._count + 1
        try:
            try:
                self._begin(serial, key)
                answer = function(*arguments)
            finally:
                if os.getpid() != process:
                    os._exit(0)  # a copy of the process that the plugin left behind by a fork
                self._begin(before, key_before)
                if self.fired >= serial:
                    self.settle()
        except Stopped:
            self._begin(before, key_before)
            self.fired = max(self.fired, serial)
            self.settle()
        except BaseException as error:
            if self.fired < serial:
                if isinstance(error, Exception) or ends_run(error):
                    raise
                fate = Fate(CRASHED, f"failed to run: {told_error(error, function)}")
                raise Unfinished(who, origin, fate) from error
        if self.fired >= serial:
            self._strike(who, origin, key)
        return answer

    def _begin(self, serial: int, key: Key) -> None:
        self._key = key
        if self._note is not None:
            self._note(serial, key)
        self.serial = serial

    def _strike(self, who: str, origin: Origin, key: Key) -> NoReturn:
        self.fired = 0
        fate = out_of_time(self.deadline)
        self._struck[key] = fate
        calls = {**self._calls, key: fate}
        self._bar(Bars(calls, self._given_up | too_many(calls)))
        self._tell(key, fate)
        raise Unfinished(who, origin, fate)


def _shortened(about: str) -> str:
    return f"{about[: LONGEST - 9]} {crc32(about.encode('utf-8', 'surrogatepass')):08x}"


def too_many(calls: Mapping[Key, Fate]) -> frozenset[str]:
    """Give who did not come to an end with too many things."""
    about: dict[str, int] = defaultdict(int)
    for who, what in calls:
        about[who] += what != TOGETHER
    return frozenset(who for who, count in about.items() if count >= STRIKES)


def ends_run(error: BaseException) -> bool:
    """Tell whether an exception is no plugin's: the user's, or the watchdog's, to end what is running.

    Where Ctrl-C is not listened to, only a plugin can have raised a `KeyboardInterrupt`.
    """
    if isinstance(error, KeyboardInterrupt):
        return signal.getsignal(signal.SIGINT) is not signal.SIG_IGN
    return isinstance(error, Stopped)


_CURRENT: ContextVar[Watch | None] = ContextVar("alfcheck_watch", default=None)


@contextmanager
def watched_by(watch: Watch | None) -> Iterator[None]:
    """Let `watch` watch over the calls that this thread makes in here."""
    before = _CURRENT.get()
    _CURRENT.set(watch)
    try:
        yield
    finally:
        _CURRENT.set(before)


def guarded(who: str, origin: Origin, about: str, function: Callable[..., T], *arguments: object) -> T:
    """Call a function that `origin` offers; raises `Unfinished` if it comes to no end of its own.

    Whatever else it raises is raised here. Our own parts are called as they are, as all are where nobody
    watches.
    """
    watch = _CURRENT.get() if origin.name != OWN else None
    if watch is None:
        return function(*arguments)
    return watch.run(who, origin, about, function, *arguments)
