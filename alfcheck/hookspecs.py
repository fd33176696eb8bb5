"""The hooks through which plugins, alfcheck's own parts among them, offer what they have.

A plugin is a module with functions of these names, marked with `alfcheck.hookimpl`, and an entry point
in the group ``alfcheck``. Each collecting hook is asked once, before anything is read, and returns an
iterable of one frozen type. What is offered twice, or is of the wrong type, stops the run.

A hook may leave out the arguments that it does not look at.

Each docstring has one shape, of which ``docs/hooks.md`` is made (``python tests/hooks_page.py --update``):
what the hook is for; ``Asked``, when; ``Arguments``; ``Answer``, what it means; ``Since``, which version;
``Example``, a whole plugin file, which the tests load and use.
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

    Asked:
        Once, before all other hooks, which get the values.
    Answer:
        An iterable of `Setting`. A key that is not offered, and a value of another kind, stop the run with
        the file, the key and the nearest known one. Settings that differ from their defaults are told in the
        report.
    Since:
        0.1.0
    Example:
        import alfcheck

        @alfcheck.hookimpl
        def alfcheck_settings():
            return [alfcheck.Setting("shortest", float, 0.05, "seconds that a lick takes", minimum=0)]

        @alfcheck.object_rule("LAB401", "short-lick", object="licks", columns=["intervals_0", "intervals_1"])
        def short_lick(licks, settings):
            '''A lick is too short to be one.'''
            lasted = licks["intervals_1"] - licks["intervals_0"]
            yield from licks.where(lasted < settings["shortest"], "too short", column="intervals_0")

        @alfcheck.hookimpl
        def alfcheck_rules():
            return [short_lick]
    """
    raise NotImplementedError


@hookspec
def alfcheck_rules(settings: Mapping[str, Any]) -> Iterable[Rule]:
    """Offer rules: checks of names, contents, objects, sessions and releases.

    Asked:
        Once, when the plugins are loaded, before anything is read.
    Arguments:
        settings: The values of the plugin's own settings, by key, read-only.
    Answer:
        An iterable of `Rule`, as the decorators give them (`name_rule`, `layout_rule`, `content_rule`,
        `object_rule`, `object_batch_rule`, `session_rule`, `release_rule`). A code belongs to one plugin: 2
        to 5 capitals of the lab's own and three digits; those that begin with ``ALF`` are alfcheck's.
    Since:
        0.1.0
    Example:
        import alfcheck

        @alfcheck.name_rule(
            "LAB101",
            "vague-object",
            severity="warning",
            fix="say what was measured",
            good=[alfcheck.example({"alf/licks.times.npy": [0.5, 1.5]})],
            bad=[alfcheck.example({"alf/data.times.npy": [0.5, 1.5]})],
        )
        def vague_object(dataset, path):
            '''The object's name says nothing.

            Nobody finds what is called data.
            '''
            if dataset.object == "data":
                yield alfcheck.Problem(message=f"the object of {path} could be anything")

        @alfcheck.hookimpl
        def alfcheck_rules():
            return [vague_object]
    """
    raise NotImplementedError


@hookspec
def alfcheck_contracts(settings: Mapping[str, Any]) -> Iterable[Contract | ContractFile]:
    """Offer contracts: what an object's table must hold, from Python or from YAML files.

    Asked:
        Once, when the plugins are loaded. A schema is built when a first file matches, and of a YAML file no
        more than the head is read before, so that a long catalogue is cheap.
    Arguments:
        settings: The values of the plugin's own settings, by key, read-only.
    Answer:
        An iterable of `Contract`, or of what ``contracts_in(folder)`` and ``contract_file(path)`` give for
        YAML. All contracts that match a file judge it; two that nothing could keep both stop the run.
    Since:
        0.1.0
    Example:
        import alfcheck
        from alfcheck import Contract, Match, Terms

        def licks():
            import pandera.pandas as pa

            return pa.DataFrameSchema({"spout": pa.Column(None, pa.Check.isin([0, 1]), required=False)})

        @alfcheck.hookimpl
        def alfcheck_contracts():
            spout = Terms("Which of the two spouts.", "code", dtypes=("integer",), shapes=(("rows",),))
            given = {"match": Match(object="licks"), "terms": {"spout": spout}, "schema": licks}
            return [Contract(id="lab.licks", version="1.0.0", **given)]
    """
    raise NotImplementedError


@hookspec
def alfcheck_readers(settings: Mapping[str, Any]) -> Iterable[Reader]:
    """Offer readers: from the bytes of a file of some extension to columns in pieces.

    A file that no reader knows is `unchecked`.

    Asked:
        Once, when the plugins are loaded.
    Arguments:
        settings: The values of the plugin's own settings, by key, read-only.
    Answer:
        An iterable of `Reader`. An extension belongs to one reader. ``read`` never executes what it reads; it
        raises `BadContent` for a file that is not what it claims to be, with a code of the plugin's or one of
        ``ALF2``.
    Since:
        0.1.0
    Example:
        import alfcheck
        from alfcheck import BadContent, Column, Content, Kind, Problem, Reader

        def read_ticks(source):
            import numpy as np

            data = source.data if source.data is not None else source.file.read()
            if len(data) % 4:
                raise BadContent(Problem(code="ALF203", message=f"{len(data)} bytes are no whole ticks"))
            ticks = np.frombuffer(data, "<i4")
            return Content(Kind.ARRAY, (Column("", "int32"),), len(ticks), {"": ticks}, shape=ticks.shape)

        @alfcheck.hookimpl
        def alfcheck_readers():
            return [Reader("ticks", ("ticks",), read_ticks, "counts of an encoder, 4 bytes each")]
    """
    raise NotImplementedError


@hookspec
def alfcheck_relations(settings: Mapping[str, Any]) -> Iterable[Reference]:
    """Offer references: attributes whose values count the rows of another object.

    ALF itself says so of an attribute that is called like an object beside it (``spikes.clusters``).

    Asked:
        Once, when the plugins are loaded.
    Arguments:
        settings: The values of the plugin's own settings, by key, read-only.
    Answer:
        An iterable of `Reference`. A value that points at no row of the target is an error (``ALF402``) of
        the dataset that holds it; a target that the session does not have is not judged.
    Since:
        0.1.0
    Example:
        import alfcheck

        @alfcheck.hookimpl
        def alfcheck_relations():
            return [
                alfcheck.Reference(
                    id="lab.licks_spout",
                    object="licks",
                    attribute="spout",
                    target="spouts",
                    missing=-1,
                    description="The spout of each lick: a row of spouts, -1 where it is not known.",
                )
            ]
    """
    raise NotImplementedError


@hookspec
def alfcheck_session_infos(settings: Mapping[str, Any]) -> Iterable[SessionInfo]:
    """Offer functions that give ``task_protocol`` and ``projects`` for the sessions table.

    Asked:
        Once, when the plugins are loaded; the functions for each session that has what they need.
    Arguments:
        settings: The values of the plugin's own settings, by key, read-only.
    Answer:
        An iterable of `SessionInfo`. Two different answers for a session are a finding that names both
        (``ALF504``), and what they are about stays empty.
    Since:
        0.1.0
    Example:
        import alfcheck

        def protocol(session):
            (settings,) = session.documents.values()
            return {"task_protocol": settings["protocol"], "projects": "licking"}

        @alfcheck.hookimpl
        def alfcheck_session_infos():
            return [
                alfcheck.SessionInfo(
                    name="lab.rig",
                    give=protocol,
                    description="What the rig wrote down.",
                    datasets=("_lab_rig.settings.json",),
                )
            ]
    """
    raise NotImplementedError


@hookspec
def alfcheck_reporters(settings: Mapping[str, Any]) -> Iterable[Reporter]:
    """Offer report formats for ``--format``.

    Asked:
        Once, when the plugins are loaded.
    Arguments:
        settings: The values of the plugin's own settings, by key, read-only.
    Answer:
        An iterable of `Reporter`. The name of a format belongs to one plugin. ``render`` gets a `Report` and
        a `Style`, and gives pieces of text.
    Since:
        0.1.0
    Example:
        import alfcheck
        from alfcheck.reporters.base import Reporter

        def render(report, style):
            for found in report.findings:
                yield f"{found.code},{found.path}\\n"

        @alfcheck.hookimpl
        def alfcheck_reporters():
            return [Reporter("pairs", render, "code and path, a line each")]
    """
    raise NotImplementedError


@hookspec
def alfcheck_commands(cli: click.Group, settings: Mapping[str, Any]) -> None:
    """Add subcommands to the command ``alfcheck``.

    Asked:
        When a command is given that alfcheck has not itself, and for ``--help``.
    Arguments:
        cli: A group of the plugin's own; what is added to it becomes a subcommand of alfcheck.
        settings: The values of the plugin's own settings, by key, read-only.
    Answer:
        None is looked at. The name of a command belongs to one plugin, and none of alfcheck's own can be
        taken.
    Since:
        0.1.0
    Example:
        import alfcheck

        @alfcheck.hookimpl
        def alfcheck_commands(cli):
            import click

            @cli.command()
            @click.argument("root")
            def verdicts(root):
                '''Print the verdict of each dataset.'''
                for path, verdict in alfcheck.check(root).verdicts.items():
                    click.echo(f"{verdict} {path}")
    """


@hookspec
def alfcheck_run_finished(report: Report, settings: Mapping[str, Any]) -> None:
    """Observe a run that has finished.

    Asked:
        Once, after everything was written and printed, in the process that was asked for the run.
    Arguments:
        report: A copy of the `Report` that the caller gets.
        settings: The values of the plugin's own settings, by key, read-only.
    Answer:
        None is looked at. What is raised becomes a finding (``ALF901``) of the report that a caller in Python
        gets; a command says it on standard error, and ends with 3.
    Since:
        0.1.0
    Example:
        import alfcheck

        @alfcheck.hookimpl
        def alfcheck_run_finished(report):
            with open("runs.txt", "a", encoding="utf-8") as log:
                log.write(f"{report.started} {report.root}: {len(report.findings)} findings\\n")
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
