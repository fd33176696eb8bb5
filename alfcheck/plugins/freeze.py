"""Ask each hook once, and settle what belongs to whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pluggy

from alfcheck import hookspecs
from alfcheck.model import Rule
from alfcheck.plugins.asking import Answers, ask, refuse_false_hooks
from alfcheck.plugins.contracting import contracts_of
from alfcheck.plugins.fingerprint import fingerprint_of
from alfcheck.plugins.loading import load_plugins
from alfcheck.plugins.owning import owners_of, refuse_wrong_rule
from alfcheck.plugins.values import Owned, Request, Ruleset
from alfcheck.readers.base import Reader
from alfcheck.reporters.base import Reporter

__all__ = ["load_ruleset"]


def load_ruleset(request: Request = Request()) -> Ruleset:  # noqa: B008 - a frozen value
    """Load the built-in, installed and wanted plugins, ask them, and freeze the answers.

    Raises `PluginError`, which names the plugin, its distribution and version, and the way out.
    """
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    infos = load_plugins(manager, request)
    refuse_false_hooks(manager, infos)
    rules = _rules(ask(manager, infos, "alfcheck_rules", Rule))
    contracts = contracts_of(manager, infos, request)
    readers = owners_of(
        ask(manager, infos, "alfcheck_readers", Reader),
        lambda each: each.extensions,
        "the reader of .{} files",
    )
    reporters = owners_of(
        ask(manager, infos, "alfcheck_reporters", Reporter), lambda each: (each.name,), "report format {}"
    )
    return Ruleset(
        plugins=tuple(sorted(infos.values())),
        rules=rules,
        contracts=tuple(contract for contract, _ in contracts.values()),
        contract_origins={contract.label: info.origin for contract, info in contracts.values()},
        readers={extension: reader for extension, (reader, _) in readers.items()},
        reader_origins={extension: info.origin for extension, (_, info) in readers.items()},
        reporters={name: reporter for name, (reporter, _) in reporters.items()},
        observers=tuple(
            (infos[impl.plugin_name].origin, _observer(impl))
            for impl in manager.hook.alfcheck_run_finished.get_hookimpls()
        ),
        fingerprint=fingerprint_of(
            infos.values(),
            (*rules, *(contract.label for contract, _ in contracts.values())),
            [contract.file for contract, _ in contracts.values() if contract.file],
        ),
    )


def _rules(answers: Answers[Rule]) -> Mapping[str, Owned]:
    for rule, info in answers:
        refuse_wrong_rule(rule, info)
    owned = owners_of(answers, lambda rule: (rule.code,), "rule {}")
    return {code: Owned(rule, info.origin) for code, (rule, info) in owned.items()}


def _observer(impl: Any) -> Callable[[Any], object]:
    # pluggy lets a hook leave out what it does not look at.
    function: Callable[..., object] = impl.function
    return function if impl.argnames else lambda report: function()
