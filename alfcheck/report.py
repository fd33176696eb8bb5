"""The report of a run: findings, ledger, verdicts and counts, and whatever is derived from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alfcheck.errors import ExitCode
from alfcheck.ledger import Ledger, LedgerRow
from alfcheck.model import Finding, Origin, Rule, Severity, Status, Verdict

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SCHEMA_VERSION", "Ledger", "LedgerRow", "Report", "Waiver"]

SCHEMA_VERSION = "1.0"


@dataclass(frozen=True, slots=True)
class Waiver:
    """A rule that was switched off or lowered: how, and how many findings that excused."""

    code: str
    action: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run found.

    ``findings`` are sorted by path and code, waived ones included (``waived_codes`` names them).
    ``partial`` says that only some rules ran (``--select``, ``--names-only``): then nothing passes.
    ``release_id`` is that of the index, if one was published; ``notices`` tell of what is no file's
    fault (a foreign table beside the index, a configuration that was found). ``settings`` are those of
    plugins that are not as the plugin has them.
    """

    root: str
    started: str
    seconds: float
    alfcheck_version: str
    plugins: tuple[Origin, ...]
    fingerprint: str
    contracts: tuple[str, ...]
    waived: tuple[Waiver, ...]
    findings: tuple[Finding, ...]
    ledger: Ledger
    session_count: int
    rules: Mapping[str, Rule]
    partial: bool = False
    fail_on: Severity = Severity.ERROR
    release_id: str | None = None
    notices: tuple[str, ...] = ()
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """The verdict of each dataset, by its path."""
        return {row.path: Verdict(row.verdict) for row in self.ledger if row.verdict}

    @property
    def waived_codes(self) -> frozenset[str]:
        """The codes of which findings were excused."""
        return frozenset(waiver.code for waiver in self.waived)

    @property
    def summary(self) -> dict[str, object]:
        """Counts of sessions, files, datasets by verdict, and findings by code."""
        order = (Verdict.PASS, Verdict.WARN, Verdict.UNCHECKED, Verdict.UNVERIFIED, Verdict.FAIL)
        verdicts: Counter[str] = Counter()
        statuses: Counter[str] = Counter()
        for (verdict, status, _), count in self.ledger.count().items():
            verdicts[verdict] += count
            statuses["not ALF" if not verdict and status == Status.REJECTED else status] += count
        return {
            "sessions": self.session_count,
            "files": len(self.ledger),
            "datasets": {str(verdict): verdicts[str(verdict)] for verdict in order},
            "ignored": statuses[str(Status.IGNORED)],
            "not_alf": statuses["not ALF"],
            "findings": dict(sorted(Counter(finding.code for finding in self.findings).items())),
        }

    def exit_code(self) -> ExitCode:
        """Give the exit code: 3 if something could not be checked, 1 for findings from ``fail_on`` up."""
        order = (Severity.INFO, Severity.WARNING, Severity.ERROR)
        severities = {finding.severity for finding in self.findings}
        if Severity.UNVERIFIED in severities:
            return ExitCode.UNVERIFIED
        weighty = order[order.index(self.fail_on) :]
        return ExitCode.FINDINGS if severities.intersection(weighty) else ExitCode.CLEAN

    def to_frame(self) -> pd.DataFrame:
        """Give the findings as a pandas DataFrame, one row each."""
        import pandas as pd

        columns = [name for name in Finding.__slots__ if name != "origin"]
        rows = [
            {
                **{name: getattr(finding, name) for name in columns},
                "severity": str(finding.severity),
                "origin": finding.origin.name,
                "origin_version": finding.origin.version,
            }
            for finding in self.findings
        ]
        return pd.DataFrame(rows, columns=[*columns, "origin", "origin_version"])
