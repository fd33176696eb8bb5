"""What is asked for, and what is frozen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from alfcheck.contracts.model import Contract, ContractFile
from alfcheck.model import Origin, Rule
from alfcheck.readers.base import Reader
from alfcheck.reporters.base import Reporter

__all__ = ["BUILTIN", "Owned", "PluginInfo", "Request", "Ruleset"]

BUILTIN = "alfcheck"
"""The name of the plugin that the built-in parts are, and of the distribution that they are in."""


class Owned(NamedTuple):
    """A rule and who offers it."""

    rule: Rule
    origin: Origin


class PluginInfo(NamedTuple):
    """A loaded plugin: its name, its distribution and version, and the file that it was loaded from."""

    name: str
    distribution: str
    version: str
    file: str

    @property
    def origin(self) -> Origin:
        """Say who answers for what the plugin says."""
        return Origin(self.distribution, self.version)

    @property
    def told(self) -> str:
        """Name the plugin as messages do."""
        return f"plugin {self.name!r} ({self.distribution} {self.version})"

    @property
    def way_out(self) -> str:
        """Say what a user can do about a plugin that will not do."""
        return f"mend it, or leave it out with --no-plugin {self.name}"


class Request(NamedTuple):
    """Which plugins to load: what travels to a worker, since rules cannot.

    ``wanted`` are modules or ``.py`` files beside those that are installed, ``disabled`` names.
    ``contracts`` is a folder of contract files that stand in the place of all others.
    """

    wanted: tuple[str, ...] = ()
    disabled: tuple[str, ...] = ()
    contracts: str = ""


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Everything that plugins offer, in an order that does not depend on theirs.

    Readers and their origins are by extension.
    """

    plugins: tuple[PluginInfo, ...]
    rules: Mapping[str, Owned]
    contracts: tuple[Contract | ContractFile, ...]
    contract_origins: Mapping[str, Origin]
    readers: Mapping[str, Reader]
    reader_origins: Mapping[str, Origin]
    reporters: Mapping[str, Reporter]
    observers: tuple[tuple[Origin, Callable[[Any], object]], ...]
    fingerprint: str
