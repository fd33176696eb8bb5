"""Ask each hook once, and settle what belongs to whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import pluggy

from alfcheck import hookspecs
from alfcheck.model import Origin, Rule
from alfcheck.offers import Reference, SessionInfo, Setting
from alfcheck.plugins.asking import Answers, Settings, arguments, ask
from alfcheck.plugins.contracting import contracts_of
from alfcheck.plugins.faults import refuse_idle, refuse_same_names, refuse_wrong
from alfcheck.plugins.fingerprint import fingerprint_of
from alfcheck.plugins.loading import load_plugins
from alfcheck.plugins.owning import owners_of
from alfcheck.plugins.settings import bound, settled
from alfcheck.plugins.values import Offered, Owned, PluginInfo, Request, Ruleset
from alfcheck.readers.base import Reader
from alfcheck.reporters.base import Reporter

__all__ = ["load_ruleset"]

T = TypeVar("T")
Infos = Mapping[str, PluginInfo]


def load_ruleset(request: Request = Request()) -> Ruleset:  # noqa: B008 - a frozen value
    """Load the built-in, installed and wanted plugins, ask them, and freeze the answers.

    Raises `PluginError`, which names the plugin, its distribution and version, and the way out;
    `ConfigError` for settings that no plugin has.
    """
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    infos = load_plugins(manager, request)
    declared = ask(manager, infos, "alfcheck_settings", Setting)
    asking = _Asking(manager, infos, settled(declared, infos, request))
    rules = asking.rules()
    references = asking.owned("alfcheck_relations", Reference, lambda each: (each.id,), "reference {}")
    contracts = contracts_of(manager, infos, request, asking.settings, references)
    readers = asking.owned(
        "alfcheck_readers", Reader, lambda each: each.extensions, "the reader of .{} files"
    )
    reading = {info.name for _, info in readers.values()}
    for rule, info in rules.values():
        refuse_idle(rule, info, info.name in reading)
    reporters = asking.owned("alfcheck_reporters", Reporter, lambda each: (each.name,), "report format {}")
    session_infos = asking.owned(
        "alfcheck_session_infos", SessionInfo, lambda each: (each.name,), "session info {}"
    )
    labels = {contract.label: info for contract, info in contracts.values()}
    offered = (
        *_offered("alfcheck_settings", ((setting.name, info) for setting, info in declared)),
        *_offered("alfcheck_rules", ((code, info) for code, (_, info) in rules.items())),
        *_offered("alfcheck_contracts", _but(labels, references)),
        *_offered("alfcheck_readers", ((f".{name}", info) for name, (_, info) in readers.items())),
        *_offered("alfcheck_relations", ((name, info) for name, (_, info) in references.items())),
        *_offered("alfcheck_session_infos", ((name, info) for name, (_, info) in session_infos.items())),
        *_offered("alfcheck_reporters", ((name, info) for name, (_, info) in reporters.items())),
        *_hooked("alfcheck_commands", manager, infos),
        *_hooked("alfcheck_run_finished", manager, infos),
    )
    return Ruleset(
        plugins=tuple(sorted(infos.values())),
        rules={code: Owned(rule, info.origin) for code, (rule, info) in rules.items()},
        contracts=tuple(contract for contract, _ in contracts.values()),
        contract_origins={label: info.origin for label, info in labels.items()},
        readers={extension: reader for extension, (reader, _) in readers.items()},
        reader_origins={extension: info.origin for extension, (_, info) in readers.items()},
        reporters={name: reporter for name, (reporter, _) in reporters.items()},
        observers=tuple(asking.observers()),
        infos=tuple((asking.informed(each, info), info.origin) for each, info in session_infos.values()),
        references=tuple((each, info.origin) for each, info in references.values()),
        declared=_by_plugin(declared),
        settings=asking.settings,
        offered=offered,
        fingerprint=fingerprint_of(
            infos.values(),
            [
                *(f"{each.plugin} {each.hook} {name}" for each in offered for name in each.names),
                *(f"{name} {sorted(values.items())!r}" for name, values in asking.settings.items()),
            ],
            [contract.file for contract, _ in contracts.values() if contract.file],
        ),
    )


@dataclass(frozen=True, slots=True)
class _Asking:
    """The plugins that are asked, with their settings."""

    manager: pluggy.PluginManager
    infos: Infos
    settings: Settings

    def owned(
        self, hook: str, kind: type[T], keys: Callable[[T], Iterable[str]], told: str
    ) -> dict[str, tuple[T, PluginInfo]]:
        """Ask a hook, and give what is offered and by whom, by its keys."""
        answers = ask(self.manager, self.infos, hook, kind, settings=self.settings)
        for item, info in answers:
            refuse_wrong(item, info)
        return owners_of(answers, keys, told)

    def rules(self) -> dict[str, tuple[Rule, PluginInfo]]:
        owned = self.owned("alfcheck_rules", Rule, lambda rule: (rule.code,), "rule {}")
        refuse_same_names(owned.values())
        return {code: (self._bound(rule, info), info) for code, (rule, info) in owned.items()}

    def _bound(self, rule: Rule, info: PluginInfo) -> Rule:
        if rule.check is None:
            return rule
        check = bound(rule.check, self.settings[info.name])
        return rule if check is rule.check else replace(rule, check=check)

    def informed(self, each: SessionInfo, info: PluginInfo) -> SessionInfo:
        return replace(each, give=bound(each.give, self.settings[info.name]))

    def observers(self) -> Iterator[tuple[Origin, Callable[[Any], object]]]:
        for impl in _impls(self.manager, "alfcheck_run_finished"):
            info = self.infos[impl.plugin_name]
            yield info.origin, _observer(impl, self.settings[info.name])


def _observer(impl: Any, settings: Mapping[str, Any]) -> Callable[[Any], object]:
    function: Callable[..., object] = impl.function
    return lambda report: function(**arguments(impl, report=report, settings=settings))


def _impls(manager: pluggy.PluginManager, hook: str) -> list[Any]:
    return sorted(getattr(manager.hook, hook).get_hookimpls(), key=lambda each: str(each.plugin_name))


def _offered(hook: str, things: Iterable[tuple[str, PluginInfo]]) -> Iterator[Offered]:
    names: dict[str, list[str]] = defaultdict(list)
    for name, info in things:
        names[info.name].append(name)
    return (Offered(plugin, hook, tuple(sorted(found))) for plugin, found in sorted(names.items()))


def _but(
    labels: Mapping[str, PluginInfo], references: Mapping[str, object]
) -> Iterator[tuple[str, PluginInfo]]:
    """Leave out the contracts that references are."""
    return ((label, info) for label, info in labels.items() if label.partition("@")[0] not in references)


def _hooked(hook: str, manager: pluggy.PluginManager, infos: Infos) -> Iterator[Offered]:
    return (Offered(infos[impl.plugin_name].name, hook, ()) for impl in _impls(manager, hook))


def _by_plugin(declared: Answers[Setting]) -> dict[str, tuple[Setting, ...]]:
    found: dict[str, list[Setting]] = defaultdict(list)
    for setting, info in declared:
        found[info.name].append(setting)
    return {name: tuple(sorted(each, key=lambda one: one.name)) for name, each in sorted(found.items())}
