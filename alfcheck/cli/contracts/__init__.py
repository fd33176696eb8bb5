"""``alfcheck contracts``: read, check, compare and hand on contracts."""

from __future__ import annotations

import click

from alfcheck.cli.later import Later, LaterGroup

__all__ = ["contracts_command"]

_HERE = "alfcheck.cli.contracts"
_COMMANDS = {
    "list": Later(f"{_HERE}.listing", "List the contracts that are installed."),
    "show": Later(f"{_HERE}.showing", "Show what a contract asks."),
    "which": Later(f"{_HERE}.which", "Tell which contracts judge a file, and why."),
    "lint": Later(f"{_HERE}.linting", "Find mistakes in contract files."),
    "diff": Later(f"{_HERE}.comparing", "Compare versions of contracts: what changed, and whom it breaks."),
    "export": Later(f"{_HERE}.making", "Write a contract in the words of another standard."),
    "example": Later(f"{_HERE}.making", "Write a small object that keeps a contract."),
    "infer": Later(f"{_HERE}.making", "Draft contracts from data."),
}


@click.group("contracts", cls=LaterGroup, later=_COMMANDS)
def contracts_command() -> None:
    """Read, check, compare and write contracts: what ALF objects and sessions must hold.

    NAME is a contract's id (ibl.trials), its id and version (ibl.trials@1.0.0), or a contract file.
    """
