"""Every rule passes the suite that alfcheck has for plugins."""

from __future__ import annotations

from alfcheck.testing import RuleSuite


class TestRules(RuleSuite):
    plugin = "alfcheck_ibl"
    alone = True
