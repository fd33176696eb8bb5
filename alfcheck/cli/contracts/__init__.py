"""``alfcheck contracts``: read, check, compare and hand on contracts."""

from __future__ import annotations

import click

from alfcheck.cli.contracts.comparing import diff_command
from alfcheck.cli.contracts.linting import lint_command
from alfcheck.cli.contracts.listing import list_command
from alfcheck.cli.contracts.making import example_command, export_command, infer_command
from alfcheck.cli.contracts.showing import show_command
from alfcheck.cli.contracts.which import which_command

__all__ = ["contracts_command"]


@click.group("contracts", short_help="Read, check, compare and write contracts.")
def contracts_command() -> None:
    """Read, check, compare and write contracts: what ALF objects and sessions must hold.

    NAME is a contract's id (ibl.trials), its id and version (ibl.trials@1.0.0), or a contract file.
    """


for _command in (
    list_command,
    show_command,
    which_command,
    lint_command,
    diff_command,
    export_command,
    example_command,
    infer_command,
):
    contracts_command.add_command(_command)
