"""What is asked for, and what is frozen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from alfcheck.errors import PluginError
from alfcheck.traces import code_of, home_of, place_of, shown_file

if TYPE_CHECKING:
    from alfcheck.contracts.model import Contract, ContractFile
    from alfcheck.model import Origin, Rule
    from alfcheck.offers import Reference, SessionInfo, Setting
    from alfcheck.readers.base import Reader
    from alfcheck.reporters.base import Reporter

__all__ = ["BUILTIN", "LOCAL", "Offered", "Owned", "PluginInfo", "Request", "Ruleset"]

BUILTIN = "alfcheck"
"""The name of the plugin that the built-in parts are, and of the distribution that they are in."""

LOCAL = "local"
"""The version of a plugin that was asked for by its file or module."""


class Owned(NamedTuple):
    """A rule and who offers it."""

    rule: Rule
    origin: Origin


class PluginInfo(NamedTuple):
    """A loaded plugin: its name, its distribution and version, and the file that it was loaded from.

    ``place`` is the file and line of what is being talked about: a hook, a function that it offers.
    """

    name: str
    distribution: str
    version: str
    file: str
    place: str = ""

    @property
    def origin(self) -> Origin:
        """Say who answers for what the plugin says."""
        from alfcheck.model import Origin

        return Origin(self.distribution, self.version)

    @property
    def told(self) -> str:
        """Name the plugin as messages do."""
        where = self.place or (shown_file(self.file) if self.file else "")
        return f"plugin {self.name!r} ({self.distribution} {self.version}{', ' if where else ''}{where})"

    @property
    def way_out(self) -> str:
        """Say what a user can do about a plugin that will not do."""
        if self.version == LOCAL:
            return "mend it, or take it out of -p or of the configuration"
        return f"mend it, or leave it out with --no-plugin {self.name}"

    def at(self, thing: object) -> PluginInfo:
        """Give the plugin with the place of something that it offers, as far as that is its own code."""
        code = code_of(thing)
        is_own = code is not None and home_of(code.co_filename) == home_of(self.file)
        return self._replace(place=place_of(thing)) if is_own else self

    def refuse(self, what: str) -> NoReturn:
        """Stop the run, and say what is wrong with the plugin; raises `PluginError`."""
        raise PluginError(f"{self.told}: {what}; {self.way_out}")


class Request(NamedTuple):
    """Which plugins to load: what travels to a worker, since rules cannot.

    ``wanted`` are modules or ``.py`` files beside those that are installed, ``disabled`` names.
    ``contracts`` is a folder of contract files that stand in the place of all others. ``settings`` are
    those of plugins, by their names, as the configuration says them; ``said`` is where that stands, by
    ``NAME`` and ``NAME.KEY``, for messages.
    """

    wanted: tuple[str, ...] = ()
    disabled: tuple[str, ...] = ()
    contracts: str = ""
    settings: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...] = ()
    said: tuple[tuple[str, str], ...] = ()


class Offered(NamedTuple):
    """What one plugin offers through one hook: the names of the things, sorted."""

    plugin: str
    hook: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Everything that plugins offer, in an order that does not depend on theirs.

    Readers and their origins are by extension, settings by the name of the plugin.
    """

    plugins: tuple[PluginInfo, ...]
    rules: Mapping[str, Owned]
    contracts: tuple[Contract | ContractFile, ...]
    contract_origins: Mapping[str, Origin]
    readers: Mapping[str, Reader]
    reader_origins: Mapping[str, Origin]
    reporters: Mapping[str, Reporter]
    observers: tuple[tuple[Origin, Callable[[Any], object]], ...]
    infos: tuple[tuple[SessionInfo, Origin], ...]
    references: tuple[tuple[Reference, Origin], ...]
    declared: Mapping[str, tuple[Setting, ...]]
    settings: Mapping[str, Mapping[str, Any]]
    offered: tuple[Offered, ...]
    fingerprint: str
