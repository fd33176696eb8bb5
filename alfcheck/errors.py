"""Faults of use: what stops a run.

    AlfcheckError
    ├── UsageError          exit 2: a path or an option that cannot be used
    │   └── NothingToCheck  exit 2: no file was found
    ├── ConfigError         exit 2: a configuration file that says what cannot be
    ├── PluginError         exit 2: a plugin that cannot be loaded or offers what it must not
    │   └── ContractError   exit 2: a contract file with mistakes
    ├── LockHeld            exit 2: another run publishes to the same place
    ├── PublishError        exit 2: the index could not be written; the old one stands
    └── Interrupted         exit 3: stopped by the user

Faults of the data are never exceptions: they are findings (see `alfcheck.model.Finding`).
"""

from __future__ import annotations

from enum import IntEnum

__all__ = [
    "AlfcheckError",
    "ConfigError",
    "ContractError",
    "ExitCode",
    "Interrupted",
    "LockHeld",
    "NothingToCheck",
    "PluginError",
    "PublishError",
    "UsageError",
]


class ExitCode(IntEnum):
    """What the command tells its caller."""

    CLEAN = 0
    FINDINGS = 1
    USAGE = 2
    UNVERIFIED = 3


class AlfcheckError(Exception):
    """Any fault of use; its text is for the user and ends with the way out."""

    exit_code: ExitCode = ExitCode.USAGE


class UsageError(AlfcheckError):
    """A path or an option that cannot be used."""


class NothingToCheck(UsageError):
    """No file was found where the user pointed."""


class ConfigError(AlfcheckError):
    """A configuration file that cannot be read, or says what it may not."""


class PluginError(AlfcheckError):
    """A plugin that cannot be loaded, or offers what it must not."""


class ContractError(PluginError):
    """A contract file with mistakes; the text has a line for each."""


class LockHeld(AlfcheckError):
    """Another run is publishing to the same place."""


class PublishError(AlfcheckError):
    """The index could not be written; what was published before still stands."""


class Interrupted(AlfcheckError):
    """The user stopped the run."""

    exit_code = ExitCode.UNVERIFIED
