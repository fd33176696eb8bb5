"""Load plugins as a run would, and where that fails one by one, so that each can be told of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from alfcheck.errors import AlfcheckError, ConfigError, PluginError

if TYPE_CHECKING:
    from alfcheck.plugins import Request, Ruleset

__all__ = ["Broken", "Survey", "survey"]

Helps = Mapping[str, str]


class Broken(NamedTuple):
    """A plugin that stops every run, and what is wrong with it."""

    name: str
    distribution: str
    version: str
    error: AlfcheckError


class Survey(NamedTuple):
    """What the sound plugins offer together, and those that are not sound.

    ``commands`` are those of each plugin that has some, with their help.
    """

    ruleset: Ruleset
    commands: Mapping[str, Helps]
    broken: tuple[Broken, ...] = ()


def survey(request: Request) -> Survey:
    """Load what `request` asks for; a plugin that stops the loading is left out, and told of.

    Of two that cannot be together the one that comes later, by name, is told of: its message names both.
    Raises `PluginError` where no plugin is to blame, `ConfigError` for a configuration that cannot be.
    """
    try:
        return _load(request)
    except PluginError as error:
        found = _one_by_one(request)
        if not found.broken:
            raise error
        return found


def _load(request: Request) -> Survey:
    from alfcheck.plugins import load_ruleset

    ruleset = load_ruleset(request)
    if any(each.hook == "alfcheck_commands" for each in ruleset.offered):
        return Survey(ruleset, _commands(request))
    return Survey(ruleset, {})


def _commands(request: Request) -> dict[str, dict[str, str]]:
    from alfcheck.cli.main import cli
    from alfcheck.plugins.commanding import commands_of

    found: dict[str, dict[str, str]] = {}
    for name, (command, info) in commands_of(request, cli.later).items():
        found.setdefault(info.name, {})[name] = command.get_short_help_str(100)
    return found


def _one_by_one(request: Request) -> Survey:
    kept: list[_Candidate] = []
    broken: list[Broken] = []
    sound = _load(_narrowed(request, kept))
    for candidate in _candidates(request):
        try:
            sound = _load(_narrowed(request, [*kept, candidate]))
            kept.append(candidate)
        except (PluginError, ConfigError) as error:
            broken.append(Broken(candidate.name, candidate.distribution, candidate.version, error))
    return sound._replace(broken=tuple(broken))


class _Candidate(NamedTuple):
    """A plugin that may be loaded: an installed one, or one that is `wanted`."""

    name: str
    distribution: str
    version: str
    wanted: str | None = None


def _candidates(request: Request) -> Iterator[_Candidate]:
    for name, found in sorted(_installed().items()):
        if name not in request.disabled:
            yield _Candidate(name, *(", ".join(words) for words in zip(*found, strict=True)))
    for wanted in dict.fromkeys(request.wanted):
        name = wanted.replace("\\", "/").rpartition("/")[2].removesuffix(".py") or wanted
        if name not in request.disabled:
            yield _Candidate(name, name, "local", wanted)


def _installed() -> dict[str, list[tuple[str, str]]]:
    """Give the distributions and versions of installed plugins, by the plugins' names."""
    from importlib.metadata import entry_points

    found: dict[str, list[tuple[str, str]]] = {}
    for point in sorted(entry_points(group="alfcheck"), key=lambda each: (each.name, each.value)):
        owner = (point.dist.name, point.dist.version) if point.dist else (point.name, "unknown")
        found.setdefault(point.name, []).append(owner)
    return found


def _narrowed(request: Request, kept: Sequence[_Candidate]) -> Request:
    names = {each.name for each in kept}
    return request._replace(
        wanted=tuple(each.wanted for each in kept if each.wanted is not None),
        disabled=tuple(sorted(_installed().keys() - names)),
        settings=tuple((name, values) for name, values in request.settings if name in names),
    )
