"""The kit for authors of plugins: small releases, rules put to the test, and data that contracts accept.

    from alfcheck.testing import RuleSuite, assert_findings, check_rule, strategies

    class TestRules(RuleSuite):
        plugin = "alfcheck_mylab"

    def test_dogs(alf_release):
        release = alf_release({"alf/dogs.times.npy": [3.0, 1.0]})
        assert_findings(release.check(), ["LAB401 alf/dogs.times.npy"], codes="LAB")

The fixture ``alf_release`` is there wherever pytest and alfcheck are. Everything is loaded when it is first
used: ``strategies`` needs hypothesis, which ``pip install alfcheck[testing]`` brings.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alfcheck.testing import strategies
    from alfcheck.testing.findings import assert_findings
    from alfcheck.testing.releases import ReleaseMaker, SmallRelease
    from alfcheck.testing.rules import ExampleWarning, check_rule
    from alfcheck.testing.suite import RuleSuite

__all__ = [
    "ExampleWarning",
    "ReleaseMaker",
    "RuleSuite",
    "SmallRelease",
    "assert_findings",
    "check_rule",
    "strategies",
]

_HOMES = {
    "ExampleWarning": "alfcheck.testing.rules",
    "ReleaseMaker": "alfcheck.testing.releases",
    "RuleSuite": "alfcheck.testing.suite",
    "SmallRelease": "alfcheck.testing.releases",
    "assert_findings": "alfcheck.testing.findings",
    "check_rule": "alfcheck.testing.rules",
}


def __getattr__(name: str) -> Any:
    if name == "strategies":
        return importlib.import_module("alfcheck.testing.strategies")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
