"""What the user lowered, raised or switched off, applied to one finding."""

from __future__ import annotations

from typing import NamedTuple

from alfcheck.model import Severity

__all__ = ["Weights"]

_ORDER = (Severity.INFO, Severity.WARNING, Severity.ERROR)


class Weights(NamedTuple):
    """Codes (or their beginnings) that are switched off, and codes with another severity."""

    ignore: tuple[str, ...] = ()
    severity: tuple[tuple[str, Severity], ...] = ()

    def weigh(self, code: str, severity: Severity, *, safety: bool) -> tuple[Severity, str]:
        """Give the severity that holds, and what was done to excuse the finding (``""``: nothing).

        What could not be verified stays so, and so does an error of a rule of `safety`.
        """
        if severity is Severity.UNVERIFIED:
            return severity, ""
        safe = safety and severity is Severity.ERROR
        if self.ignore and code.startswith(self.ignore):
            return (severity, "") if safe else (Severity.INFO, "ignored")
        wanted = next((wanted for named, wanted in self.severity if named == code), severity)
        if wanted is severity:
            return severity, ""
        if _ORDER.index(wanted) > _ORDER.index(severity):
            return wanted, ""
        return (severity, "") if safe else (wanted, f"lowered to {wanted}")
