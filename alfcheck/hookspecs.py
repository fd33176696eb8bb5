"""The hooks through which plugins, alfcheck's own parts among them, offer what they have.

A plugin is a module with functions of these names, marked with `alfcheck.hookimpl`, and an entry point
in the group ``alfcheck``. Each collecting hook is asked once, before anything is read, and returns an
iterable of one frozen type. What is offered twice, or is of the wrong type, stops the run.

A hook may leave out the arguments that it does not look at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    import click

    from alfcheck.contracts.model import Contract, ContractFile
    from alfcheck.model import Rule
    from alfcheck.offers import Reference, SessionInfo, Setting
    from alfcheck.readers.base import Reader
    from alfcheck.report import Report
    from alfcheck.reporters.base import Reporter

__all__ = ["COLLECTING", "HOOKS", "PROJECT", "hookimpl", "hookspec"]

PROJECT = "alfcheck"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def alfcheck_settings() -> Iterable[Setting]:
    """Offer the keys that users may write under ``[plugins.NAME]``.

    Asked once, before all other hooks, which get the values.

        @alfcheck.hookimpl
        def alfcheck_settings():
            return [Setting("longest_gap", float, 0.5, "seconds without a lick that are told of")]
    """
    raise NotImplementedError


@hookspec
def alfcheck_rules(settings: Mapping[str, Any]) -> Iterable[Rule]:
    """Offer rules: checks of names, contents, objects, sessions and releases.

    Asked once, when the ruleset is frozen. A rule's code belongs to one plugin: built-in codes begin
    with ``ALF``, labs take 2 to 5 capitals of their own.

        @alfcheck.hookimpl
        def alfcheck_rules():
            return [subject_has_number]
    """
    raise NotImplementedError


@hookspec
def alfcheck_contracts(settings: Mapping[str, Any]) -> Iterable[Contract | ContractFile]:
    """Offer contracts: what an object's table must hold, from Python or from YAML files.

    Asked once. A contract's schema is built when something matches it, and of a file no more than the head
    is read before, so a long catalogue is cheap.

        @alfcheck.hookimpl
        def alfcheck_contracts():
            return alfcheck.contracts_in(Path(__file__).parent / "contracts")
    """
    raise NotImplementedError


@hookspec
def alfcheck_readers(settings: Mapping[str, Any]) -> Iterable[Reader]:
    """Offer readers: from the bytes of a file of some extension to columns in pieces.

    Asked once. A reader never executes what it reads, and raises `BadContent` for a file that is not
    what it claims to be. An extension belongs to one reader.

        @alfcheck.hookimpl
        def alfcheck_readers():
            return [Reader(name="wav", extensions=("wav",), read=read_wav)]
    """
    raise NotImplementedError


@hookspec
def alfcheck_relations(settings: Mapping[str, Any]) -> Iterable[Reference]:
    """Offer references: attributes whose values count the rows of another object.

    Asked once. ALF itself says so of an attribute that is called like an object beside it.

        @alfcheck.hookimpl
        def alfcheck_relations():
            return [Reference(id="lab.licks_spout", object="licks", attribute="spout", target="spouts", ...)]
    """
    raise NotImplementedError


@hookspec
def alfcheck_session_infos(settings: Mapping[str, Any]) -> Iterable[SessionInfo]:
    """Offer functions that give ``task_protocol`` and ``projects`` for the sessions table.

    Asked once. Two different answers for a session are a finding that names both.

        @alfcheck.hookimpl
        def alfcheck_session_infos():
            return [SessionInfo(name="settings", datasets=["_lab_settings.raw.json"], give=protocol, ...)]
    """
    raise NotImplementedError


@hookspec
def alfcheck_reporters(settings: Mapping[str, Any]) -> Iterable[Reporter]:
    """Offer report formats for ``--format``.

    Asked once. The name of a format belongs to one plugin.

        @alfcheck.hookimpl
        def alfcheck_reporters():
            return [Reporter(name="csv", render=render_csv)]
    """
    raise NotImplementedError


@hookspec
def alfcheck_commands(cli: click.Group, settings: Mapping[str, Any]) -> None:
    """Add subcommands to the command ``alfcheck``.

    Asked when a command is given that alfcheck has not itself, and for ``--help``. `cli` is a `click.Group`.

        @alfcheck.hookimpl
        def alfcheck_commands(cli):
            cli.add_command(upload)
    """


@hookspec
def alfcheck_run_finished(report: Report, settings: Mapping[str, Any]) -> None:
    """Observe a finished run; `report` is the `alfcheck.Report` that the caller gets.

    Called once, after everything was written. What is returned is not looked at.

        @alfcheck.hookimpl
        def alfcheck_run_finished(report):
            print(report.summary)
    """


COLLECTING: tuple[str, ...] = (
    "alfcheck_settings",
    "alfcheck_rules",
    "alfcheck_contracts",
    "alfcheck_readers",
    "alfcheck_relations",
    "alfcheck_session_infos",
    "alfcheck_reporters",
)
"""Hooks that return an iterable of what they offer."""

HOOKS: tuple[str, ...] = (*COLLECTING, "alfcheck_commands", "alfcheck_run_finished")
