"""The whole program with a frozen ruleset, to be run on small releases again and again."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from alfcheck.api import Prepared, RunOptions, prepare, run_check
from alfcheck.errors import PluginError
from alfcheck.model import Origin, Rule
from alfcheck.plugins import Owned, PluginInfo, Request, Ruleset, load_ruleset
from alfcheck.plugins.faults import refuse_wrong
from alfcheck.plugins.settings import bound
from alfcheck.report import Report
from alfcheck.targets import locate

__all__ = ["Trial", "trial_of"]

CONFIG = "alfcheck.toml"
_UNDER_TEST = Origin("the rule under test", "0")


@dataclass(frozen=True, slots=True)
class Trial:
    """A ruleset, the plugin that is looked at (``None``: no particular one), and a run to repeat."""

    ruleset: Ruleset
    request: Request
    info: PluginInfo | None
    run: Prepared

    def check(self, root: Path, session: str = "") -> Report:
        """Run the whole program on a release, or on one session of it.

        No configuration is looked for but at the root itself; raises `AlfcheckError`.
        """
        run = self.run
        if (root / CONFIG).is_file():
            options = RunOptions(plugins=self.request.wanted, config=root / CONFIG)
            run = prepare(options, root)
        run = replace(run, ruleset=self.ruleset, request=self.request)
        return run_check(run, locate([root / session]))

    def requiring(self, label: str) -> Trial:
        """Judge sessions by the contract of this label, as a configuration's ``require`` does."""
        return replace(self, run=replace(self.run, required=(label,)))

    def offers(self, hook: str) -> tuple[str, ...]:
        """Give the names of what the plugin offers through a hook."""
        assert self.info is not None
        return tuple(
            name
            for each in self.ruleset.offered
            if each.plugin == self.info.name and each.hook == hook
            for name in each.names
        )

    def with_rule(self, rule: Rule, values: Mapping[str, Any] | None = None) -> Trial:
        """Put a rule into the ruleset, in the place of one of the same code if there is one.

        A function that has a parameter for settings gets `values`, or those of the plugin that it belongs to.
        Raises `AssertionError` for a rule that no plugin could offer.
        """
        owned = self.ruleset.rules.get(rule.code)
        origin = owned.origin if owned is not None else self.info.origin if self.info else _UNDER_TEST
        try:
            refuse_wrong(rule, PluginInfo(origin.name, *origin, ""))
        except PluginError as error:
            raise AssertionError(str(error)) from None
        ready = self._bound(rule, values)
        return self.with_check(ready, ready.check, origin)

    def with_check(
        self, rule: Rule, check: Callable[..., Iterable[Any]] | None, origin: Origin | None = None
    ) -> Trial:
        """Put a function in the place of a rule's own."""
        origin = origin or self.ruleset.rules[rule.code].origin
        rules = {**self.ruleset.rules, rule.code: Owned(replace(rule, check=check), origin)}
        return replace(self, ruleset=replace(self.ruleset, rules=dict(sorted(rules.items()))))

    def _bound(self, rule: Rule, values: Mapping[str, Any] | None) -> Rule:
        if rule.check is None or bound(rule.check, {}) is rule.check:
            return rule
        if values is None and isinstance(rule.check, partial) and "settings" in rule.check.keywords:
            return rule
        known = self._settings_of(rule.code)
        if known is None and values is None:
            raise AssertionError(
                f"rule {rule.code} takes settings: give them with settings={{...}}, or name the plugin that "
                'it belongs to with plugin="..."'
            )
        return replace(rule, check=bound(rule.check, {**(known or {}), **(values or {})}))

    def _settings_of(self, code: str) -> Mapping[str, Any] | None:
        owners = [
            each.plugin
            for each in self.ruleset.offered
            if each.hook == "alfcheck_rules" and code in each.names
        ]
        if self.info is not None:
            owners.append(self.info.name)
        return self.ruleset.settings[owners[0]] if owners else None


def trial_of(plugin: str = "", settings: Mapping[str, Any] | None = None) -> Trial:
    """Freeze the ruleset of the built-in and installed plugins, and of `plugin` with some settings.

    `plugin` is the name of an installed plugin, a module or a ``.py`` file. Raises `AlfcheckError`.
    """
    request = Request()
    ruleset = load_ruleset(request)
    info = _find(ruleset, plugin) if plugin else None
    if plugin and info is None:
        request = Request(wanted=(plugin,))
        ruleset = load_ruleset(request)
        info = _find(ruleset, plugin)
    if info is not None and settings:
        request = request._replace(settings=((info.name, tuple(sorted(settings.items()))),))
        ruleset = load_ruleset(request)
    with TemporaryDirectory() as folder:
        nothing = Path(folder) / CONFIG
        nothing.touch()
        run = prepare(RunOptions(config=nothing), Path(folder))
    return Trial(ruleset, request, info, run)


def _find(ruleset: Ruleset, plugin: str) -> PluginInfo | None:
    """Find a plugin by its name, its module or its file."""
    names = {plugin, Path(plugin).stem if plugin.endswith(".py") else plugin}
    file = plugin if plugin.endswith(".py") else _file_of(plugin)
    for info in ruleset.plugins:
        if info.name in names or (file and Path(info.file).resolve() == Path(file).resolve()):
            return info
    return None


def _file_of(module: str) -> str:
    try:
        return getattr(importlib.import_module(module), "__file__", None) or ""
    except Exception:
        return ""  # what is wrong with it, loading it will tell
