"""The map over the sessions of one run: what is known from earlier runs, and where the rest is checked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from alfcheck.caching import SessionCache, open_cache
from alfcheck.errors import Interrupted
from alfcheck.executors.cores import cores
from alfcheck.executors.guard import has_plugins
from alfcheck.model import Scan, SessionFiles, SessionResult
from alfcheck.pipeline.options import Options, Required

if TYPE_CHECKING:
    from alfcheck.api import Prepared
    from alfcheck.executors.crew import Crew
    from alfcheck.executors.dask.run import Cluster
    from alfcheck.scan.ahead import Ahead

__all__ = ["SessionMap", "begun_map"]

GIVEN_UP = "ALF908"
"""The code of what a rule would have judged that did not end three times."""

Keep = Callable[[Sequence[SessionFiles], Sequence[SessionResult]], object]


@contextmanager
def begun_map(run: Prepared, root: Path, ahead: Ahead | None = None) -> Iterator[SessionMap]:
    """Begin before the tree at `root` is listed, but by `ahead`; in here its sessions can be checked."""
    # What is asked of sessions hangs on all that is listed.
    options = Options(
        str(root.resolve()),
        run.options.hashes,
        run.options.names_only,
        run.policy.select,
        run.policy.weights,
        Required(run.required),
        run.deadline,
    )
    cache = _cache(run, options, ahead.began if ahead is not None else time.time_ns())
    with closing(cache) if cache else nullcontext(), _crew(run, options, cache) as crew:
        crew.expect(1)
        yield SessionMap(run, options, cache, crew)


class SessionMap:
    """A map that has begun: workers may be on their way, and the cache is open."""

    def __init__(
        self, run: Prepared, options: Options, cache: SessionCache | None, crew: Crew | Cluster
    ) -> None:
        self._run, self._cache, self._crew = run, cache, crew
        self.options = options

    @property
    def notices(self) -> tuple[str, ...]:
        """What is to be told of the cache, when the map is done."""
        return self._cache.notices if self._cache is not None else ()

    @property
    def run(self) -> bytes | None:
        """What stands for all that this run hangs on but the files; ``None`` without a cache."""
        return self._cache.run if self._cache is not None else None

    def recall(self, about: str) -> bytes | None:
        """Give what was noted about something by a run like this one."""
        return self._cache.recall(about) if self._cache is not None else None

    def remember(self, about: str, note: bytes) -> None:
        """Note something for the next run like this one."""
        if self._cache is not None:
            self._cache.remember(about, note)

    def expect(self, files: int) -> None:
        """Hear that so many files, or more, are there."""
        self._crew.expect(files)

    def results(self, scan: Scan, required: Required, *, whole: bool) -> list[SessionResult]:
        """Give the results of all sessions, in order.

        `required` is what is required of them, `whole` says that all of the tree was listed.
        """
        self.options = self.options._replace(required=required)
        known: Mapping[str, SessionResult] = {}
        if self._cache is not None:
            known = self._cache.known(scan.sessions, required, whole=whole)
        rest = [session for session in scan.sessions if session.path not in known]
        found = self._map(rest, self._cache.keep if self._cache else _keep_nothing, len(known))
        if self._cache is not None:
            self._cache.flush()
        if known and any(GIVEN_UP in {each.code for each in result.findings} for result in found.values()):
            # A rule that is asked no more leaves unverified what it passed before, in other runs too.
            known, found = {}, self._map(scan.sessions, _keep_nothing)
        return [known.get(each.path) or found[each.path] for each in scan.sessions]

    def _map(self, sessions: Sequence[SessionFiles], keep: Keep, known: int = 0) -> dict[str, SessionResult]:
        """Check sessions, and give the results by their paths.

        `keep` gets what is found of a batch, `known` is how many other sessions need no check.
        """
        found: dict[str, SessionResult] = {}
        if not sessions:
            return found
        run = self._run
        work, done = self._crew.spread(sessions, run.ruleset, run.request, self.options)
        try:
            for number, results in done:
                found.update(zip((session.path for session in work[number]), results, strict=True))
                keep(work[number], results)
                if run.options.progress is not None:
                    run.options.progress(known + len(found), known + len(sessions))
        except SystemExit as error:
            # Whoever ends the process by this does not decide what alfcheck's exit code says.
            raise Interrupted(
                "a rule, check or reader tried to end the run (SystemExit); nothing was written"
            ) from error
        return found


def _keep_nothing(sessions: Sequence[SessionFiles], results: Sequence[SessionResult]) -> None:
    pass


def _cache(run: Prepared, options: Options, listed: int) -> SessionCache | None:
    """Open the cache; `listed` is when the tree begins to be listed (nanoseconds)."""
    if not run.options.cache:
        return None
    return open_cache(run.ruleset, options, listed=listed, loaded=run.loaded)


def _crew(run: Prepared, options: Options, cache: SessionCache | None) -> Crew | Cluster:
    """Give those who check: no worker is started early where there may be nothing to do."""
    if run.options.dask is not None:
        from alfcheck.executors.dask.run import Cluster

        return Cluster(run.options.dask)
    from alfcheck.executors.crew import Crew
    from alfcheck.executors.worker import Told

    jobs, guards = run.options.jobs, int(run.options.guarded and run.apart)
    least = jobs if jobs is not None and jobs > 1 else guards
    # Names alone are looked at before a process has started.
    free = jobs is None and (not run.options.names_only or has_plugins(run.ruleset))
    most = cores() if free and cores() > 1 else least
    told = Told(run.request, options, run.ruleset.fingerprint)
    return Crew(told, least, most, early=cache is None or not cache.is_warm)
