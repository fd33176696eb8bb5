"""The hooks through which plugins, alfcheck's own parts among them, offer what they have.

A plugin is a module with functions of these names, marked with `alfcheck.hookimpl`, and an entry point
in the group ``alfcheck``. Each collecting hook is asked once, before anything is read, and returns an
iterable of one frozen type. What is offered twice, or is of the wrong type, stops the run.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from alfcheck.contracts.model import Contract, ContractFile
    from alfcheck.model import Rule
    from alfcheck.readers.base import Reader
    from alfcheck.reporters.base import Reporter

__all__ = ["COLLECTING", "PROJECT", "hookimpl", "hookspec"]

PROJECT = "alfcheck"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def alfcheck_rules() -> Iterable[Rule]:
    """Offer rules: checks of names, layouts and releases, each with its code and documentation.

    Asked once, when the ruleset is frozen. A rule's code belongs to one plugin: built-in codes begin
    with ``ALF``, labs take 2 to 5 capitals of their own.

        @alfcheck.hookimpl
        def alfcheck_rules():
            return [Rule(code="LAB101", name="subject-has-no-number", target=Target.NAME, ...)]
    """
    raise NotImplementedError


@hookspec
def alfcheck_contracts() -> Iterable[Contract | ContractFile]:
    """Offer contracts: what an object's table must hold, from Python or from YAML files.

    Asked once. A contract's schema is built when something matches it, and of a file no more than the head
    is read before, so a long catalogue is cheap.

        @alfcheck.hookimpl
        def alfcheck_contracts():
            return alfcheck.contracts_in(Path(__file__).parent / "contracts")
    """
    raise NotImplementedError


@hookspec
def alfcheck_readers() -> Iterable[Reader]:
    """Offer readers: from the bytes of a file of some extension to columns in pieces.

    Asked once. A reader never executes what it reads, and raises `BadContent` for a file that is not
    what it claims to be. An extension belongs to one reader.

        @alfcheck.hookimpl
        def alfcheck_readers():
            return [Reader(name="wav", extensions=("wav",), read=read_wav)]
    """
    raise NotImplementedError


@hookspec
def alfcheck_reporters() -> Iterable[Reporter]:
    """Offer report formats for ``--format``.

    Asked once. The name of a format belongs to one plugin.

        @alfcheck.hookimpl
        def alfcheck_reporters():
            return [Reporter(name="csv", render=render_csv)]
    """
    raise NotImplementedError


@hookspec
def alfcheck_run_finished(report: Any) -> None:
    """Observe a finished run; `report` is the `alfcheck.Report` that the caller gets.

    Called once, after everything was written. What is returned is not looked at.

        @alfcheck.hookimpl
        def alfcheck_run_finished(report):
            print(report.summary)
    """


COLLECTING: tuple[str, ...] = (
    "alfcheck_rules",
    "alfcheck_contracts",
    "alfcheck_readers",
    "alfcheck_reporters",
)
