"""What a check asks, as far as that is known without pandera: the check itself is made when it is to run.

To load pandera takes longer than to judge a session, and what a contract file says is mostly seen to hold
without it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from alfcheck.contracts.checks import builtin_name

if TYPE_CHECKING:
    import pandera.pandas as pa

__all__ = ["Asked", "Given", "asked_of"]

Given = Mapping[str, Any]
"""Arguments of a check, by pandera's names of them."""


@dataclass(frozen=True, eq=False)
class Asked:
    """A check: one of pandera's own by its full name (``builtin``) and arguments, or a function.

    ``make`` gives pandera's check, once; what is asked about values it need not be called for.
    """

    builtin: str | None
    given: Given
    function: Any
    ignore_na: bool
    make: Callable[[], pa.Check]

    @cached_property
    def check(self) -> pa.Check:
        """The check that pandera runs."""
        return self.make()


def asked_of(check: pa.Check) -> Asked:
    """Give what a check of pandera asks."""
    builtin = builtin_name(check)
    function = getattr(check, "_check_fn", None) if builtin is None else None
    return Asked(builtin, dict(check.statistics or {}), function, bool(check.ignore_na), lambda: check)
