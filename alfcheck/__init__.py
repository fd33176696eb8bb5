"""Validation and data contracts for ALF / ONE neurophysiology data.

    import alfcheck

    report = alfcheck.check("release")
    report = alfcheck.release("release", jobs=4)
    report.to_frame()

Everything here is loaded when it is first used, so that ``import alfcheck`` costs next to nothing.
"""

from __future__ import annotations

from alfcheck._version import __version__

TYPE_CHECKING = False  # as type checkers take it: `typing` is a third of what --version costs
if TYPE_CHECKING:
    from typing import Any

    from alfcheck.api import check, release
    from alfcheck.contracts.build import contract_file, contracts_in
    from alfcheck.contracts.checks import sorted_rows, unique_rows, whole_numbers
    from alfcheck.contracts.model import Contract, ContractFile, Match, Relation, Terms
    from alfcheck.declaring import (
        content_rule,
        layout_rule,
        name_rule,
        object_batch_rule,
        object_rule,
        release_rule,
        session_rule,
    )
    from alfcheck.errors import AlfcheckError, ExitCode
    from alfcheck.examples import example
    from alfcheck.hookspecs import hookimpl
    from alfcheck.model import (
        Asks,
        Dataset,
        Example,
        Finding,
        Origin,
        Problem,
        Rule,
        SessionResult,
        Severity,
        Target,
        Verdict,
    )
    from alfcheck.offers import Reference, SessionInfo, Setting
    from alfcheck.readers.base import BadContent, Column, Content, Kind, Reader, Source
    from alfcheck.report import Report
    from alfcheck.reporters.base import Reporter, Style
    from alfcheck.subjects import FileData, ObjectBatch, ObjectTable, SessionData, problems_where

__all__ = [
    "AlfcheckError",
    "Asks",
    "BadContent",
    "Column",
    "Content",
    "Contract",
    "ContractFile",
    "Dataset",
    "Example",
    "ExitCode",
    "FileData",
    "Finding",
    "Kind",
    "Match",
    "ObjectBatch",
    "ObjectTable",
    "Origin",
    "Problem",
    "Reader",
    "Reference",
    "Relation",
    "Report",
    "Reporter",
    "Rule",
    "SessionData",
    "SessionInfo",
    "SessionResult",
    "Setting",
    "Severity",
    "Source",
    "Style",
    "Target",
    "Terms",
    "Verdict",
    "__version__",
    "check",
    "content_rule",
    "contract_file",
    "contracts_in",
    "example",
    "hookimpl",
    "layout_rule",
    "name_rule",
    "object_batch_rule",
    "object_rule",
    "problems_where",
    "release",
    "release_rule",
    "session_rule",
    "sorted_rows",
    "unique_rows",
    "whole_numbers",
]

_HOMES = {
    "alfcheck.api": ("check", "release"),
    "alfcheck.contracts.build": ("contract_file", "contracts_in"),
    "alfcheck.contracts.checks": ("sorted_rows", "unique_rows", "whole_numbers"),
    "alfcheck.contracts.model": ("Contract", "ContractFile", "Match", "Relation", "Terms"),
    "alfcheck.declaring": (
        "content_rule",
        "layout_rule",
        "name_rule",
        "object_batch_rule",
        "object_rule",
        "release_rule",
        "session_rule",
    ),
    "alfcheck.errors": ("AlfcheckError", "ExitCode"),
    "alfcheck.examples": ("example",),
    "alfcheck.hookspecs": ("hookimpl",),
    "alfcheck.model": (
        "Asks",
        "Dataset",
        "Example",
        "Finding",
        "Origin",
        "Problem",
        "Rule",
        "SessionResult",
        "Severity",
        "Target",
        "Verdict",
    ),
    "alfcheck.offers": ("Reference", "SessionInfo", "Setting"),
    "alfcheck.readers.base": ("BadContent", "Column", "Content", "Kind", "Reader", "Source"),
    "alfcheck.report": ("Report",),
    "alfcheck.reporters.base": ("Reporter", "Style"),
    "alfcheck.subjects": ("FileData", "ObjectBatch", "ObjectTable", "SessionData", "problems_where"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    value = getattr(importlib.import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
