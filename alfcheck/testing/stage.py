"""What a `RuleSuite` is about: a plugin that is loaded, and what it offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from alfcheck.contracts.model import Contract, ContractFile
from alfcheck.model import Rule, Target
from alfcheck.plugins import PluginInfo
from alfcheck.readers.base import Reader
from alfcheck.testing.trial import Trial, trial_of

if TYPE_CHECKING:
    from alfcheck.contracts.sampling import Others

__all__ = ["Stage", "stage_of"]


@dataclass(frozen=True)
class Stage:
    """A plugin under test, within the ruleset of all that is installed."""

    trial: Trial
    info: PluginInfo

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Give the rules of the plugin, with their settings."""
        owned = self.trial.ruleset.rules
        return tuple(owned[code].rule for code in self.trial.offers("alfcheck_rules"))

    @property
    def name_rules(self) -> tuple[Rule, ...]:
        """Give those of the rules that look at names alone."""
        return tuple(
            rule for rule in self.rules if rule.target in (Target.NAME, Target.LAYOUT) and rule.check
        )

    @cached_property
    def contracts(self) -> tuple[Contract, ...]:
        """Give the contracts of the plugin."""
        labels = self.trial.offers("alfcheck_contracts")
        found = [each for each in self.trial.ruleset.contracts if each.label in labels]
        return tuple(each.load() if isinstance(each, ContractFile) else each for each in found)

    @cached_property
    def readers(self) -> tuple[Reader, ...]:
        """Give the readers of the plugin."""
        offered = [self.trial.ruleset.readers[name[1:]] for name in self.trial.offers("alfcheck_readers")]
        return tuple({reader.name: reader for reader in offered}.values())

    @cached_property
    def others(self) -> Others:
        """Give all contracts that judge, those of the plugin among them."""
        from alfcheck.contracts.sampling import Others

        return Others(self.trial.ruleset.contracts)


def stage_of(plugin: str, settings: Mapping[str, Any]) -> Stage:
    """Load a plugin for a suite; raises `AlfcheckError`, and `LookupError` where it is not to be found."""
    trial = trial_of(plugin, settings)
    if trial.info is None:
        raise LookupError(f"there is no plugin {plugin!r}: give its name, its module or its .py file")
    return Stage(trial, trial.info)
