"""All rules on single names and paths, by code.

Names are refused by `alfcheck.grammar` (101 to 113, which have no check here) or judged when they are legal
(120 to 129). A check is called with the parsed dataset and its path from the root of the release.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alfcheck.rules import names_portable, names_refused, names_style

if TYPE_CHECKING:
    from alfcheck.model import Rule

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = tuple(
    sorted((*names_refused.RULES, *names_style.RULES, *names_portable.RULES), key=lambda rule: rule.code)
)
