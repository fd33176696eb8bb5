"""What the user lowered, raised or switched off, applied to one finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from alfcheck.config import OFF, Level, Settings, shown
from alfcheck.errors import ConfigError
from alfcheck.model import Severity
from alfcheck.scan import glob_test

__all__ = ["Place", "Weights", "weights_of"]

_ORDER: tuple[Level, ...] = (OFF, Severity.INFO, Severity.WARNING, Severity.ERROR)

ByCode = tuple[tuple[str, Level], ...]


class Place(NamedTuple):
    """What a finding is about: a path relative to the root, and that of its session (empty: none)."""

    path: str
    session: str


class _Decided(NamedTuple):
    """The level that holds in one place, and the glob that says so (empty: the same everywhere)."""

    level: Level
    glob: str


class Weights(NamedTuple):
    """Codes (or their beginnings) that are switched off, and codes with another level.

    ``globs`` are levels for the files that a glob matches, of which the last that says something holds. A
    glob is matched as in ``.alfcheckignore``, against the path from the root and that from the session.
    """

    ignore: tuple[str, ...] = ()
    severity: ByCode = ()
    globs: tuple[tuple[str, ByCode], ...] = ()

    def weigh(
        self, code: str, severity: Severity, places: Sequence[Place] = (), *, safety: bool
    ) -> tuple[Severity, str]:
        """Give the severity that holds, and what was done to excuse the finding (``""``: nothing).

        Of a finding about several `places` the heaviest level holds: it is lowered if it is in all of them,
        and raised if it is in one. What could not be verified stays so, and so does an error of a rule of
        `safety`.
        """
        if severity is Severity.UNVERIFIED or not (self.ignore or self.severity or self.globs):
            return severity, ""
        decided = [*self._decided(code, severity, places)]
        rank = max(_ORDER.index(each.level) for each in decided)
        level = _ORDER[rank]
        if rank >= _ORDER.index(severity):
            return Severity(level), ""
        if safety and severity is Severity.ERROR:
            return severity, ""
        globs = sorted({each.glob for each in decided if each.level == level})
        action = "ignored" if level == OFF else f"lowered to {level}"
        where = f" in {', '.join(globs)}" if any(globs) else ""
        return (Severity.INFO if level == OFF else Severity(level)), action + where

    def _decided(self, code: str, severity: Severity, places: Sequence[Place]) -> Iterator[_Decided]:
        """Give what holds in each place; one answer where it is the same everywhere."""
        plain = _fitting(self.severity, code)
        everywhere = _Decided(severity if plain is None else plain, "")
        if self.ignore and code.startswith(self.ignore):
            yield _Decided(OFF, "")
            return
        asked = [(glob, found) for glob, own in reversed(self.globs) if (found := _fitting(own, code))]
        if not (asked and places):
            yield everywhere
        for place in places if asked else ():
            matching = (_Decided(found, glob) for glob, found in asked if _matches(glob, place))
            yield next(matching, everywhere)


def weights_of(settings: Settings, ignore: tuple[str, ...]) -> Weights:
    """Give what a configuration decides; raises `ConfigError` for a glob that can match nothing."""
    for glob, _ in settings.severity_in:
        try:
            glob_test(glob)
        except ConfigError as error:
            file = f"{shown(settings.source)}: " if settings.source is not None else ""
            raise ConfigError(f'{file}severity."{glob}" {error}') from error
    globs = tuple((glob, tuple(levels.items())) for glob, levels in settings.severity_in)
    return Weights(ignore, tuple(settings.severity.items()), globs)


def _fitting(levels: Iterable[tuple[str, Level]], code: str) -> Level | None:
    """Give the level of the longest beginning of a code that has one."""
    fitting = [(named, level) for named, level in levels if code.startswith(named)]
    return max(fitting, key=lambda each: len(each[0]))[1] if fitting else None


def _matches(glob: str, place: Place) -> bool:
    test = glob_test(glob)
    # What is about a session as a whole is about a folder.
    path = f"{place.path}/" if place.path == place.session else place.path
    inner = path.removeprefix(f"{place.session}/") if place.session else ""
    return test(path) or (inner != path and bool(inner) and test(inner))
