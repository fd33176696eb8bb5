"""``alfcheck check`` and ``alfcheck release``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from alfcheck.cli.terminal import say, say_error, terminal_style
from alfcheck.errors import ExitCode, UsageError
from alfcheck.stage import Stage, aside, on_stage

if TYPE_CHECKING:
    from alfcheck.api import Prepared, Progress, RunOptions
    from alfcheck.report import Report
    from alfcheck.reporters.base import Reporter
    from alfcheck.scan.ahead import Ahead

__all__ = ["check_command", "release_command"]

F = TypeVar("F", bound=Callable[..., Any])
LEVELS = ("error", "warning", "info")


def _codes(_: click.Context, __: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code.upper() for text in value for code in text.replace(",", " ").split())


_SHARED = (
    click.option(
        "--config",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="Configuration to use instead of the nearest alfcheck.toml or pyproject.toml.",
    ),
    click.option("--ignore", multiple=True, callback=_codes, help="Codes, or their beginnings, to excuse."),
    click.option("--format", "format_", default="text", show_default=True, help="How findings are printed."),
    click.option(
        "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the findings to a file."
    ),
    click.option(
        "-j",
        "--jobs",
        type=click.IntRange(min=1),
        default=None,
        help="Worker processes [all cores, where that is worth it].",
    ),
    click.option(
        "--dask",
        metavar="ADDRESS",
        help="Check on the Dask cluster whose scheduler is there (tcp://HOST:PORT, or its scheduler file).",
    ),
    click.option(
        "--no-cache", is_flag=True, help="Check all sessions, those too that are as they were before."
    ),
    click.option("--strict", is_flag=True, help="Do not index what no reader knows."),
    click.option(
        "--fail-on", type=click.Choice(LEVELS), help="Lowest severity that makes the exit code 1 [error]."
    ),
    click.option(
        "--contracts",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        help="Judge by the contracts of this folder, or of this release, in the place of all others.",
    ),
    click.option("-p", "--plugin", "plugins", multiple=True, help="Load a plugin: a module or a .py file."),
    click.option("--no-plugin", "disabled", multiple=True, help="Leave an installed plugin out."),
)


def _shared(command: F) -> F:
    for option in reversed(_SHARED):
        command = option(command)
    return command


@click.command("check")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option("--select", multiple=True, callback=_codes, help="Codes, or their beginnings, to look for.")
@click.option("--names-only", is_flag=True, help="Look at names alone; open no file.")
@_shared
def check_command(paths: tuple[Path, ...], **given: Any) -> int:
    """Check the release at PATH, or the sessions, collections and files given, and print what is found.

    Nothing is written into the data.
    """
    from alfcheck.targets import locate

    place = locate(paths)
    _require_place(given["output"])
    whole = None if place.only else place.root
    with _progress() as progress, _ahead(whole, given["jobs"], stats=not given["names_only"]) as ahead:
        from alfcheck import api

        options = _options(given, progress, select=given["select"], names_only=given["names_only"])
        with aside():
            run = api.prepare(options, place.root)
            reporter = _reporter(run, given["format_"])
            report = api.run_check(run, place, ahead)
    code = report.exit_code()
    _print(report, reporter, given["output"])
    return _tell(run, report, code)


@click.command("release")
@click.argument("root", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write index and report to this folder, and nothing into ROOT.",
)
@click.option("--hash", "hashes", is_flag=True, help="Put the md5 of every file into the index.")
@click.option("--partial", is_flag=True, help="Publish although something could not be checked.")
@click.option(
    "--ids-from",
    type=click.Path(path_type=Path, exists=True),
    help="Keep the ids of this index (a folder) or CSV file (path,id).",
)
@_shared
def release_command(root: Path, **given: Any) -> int:
    """Check the release at ROOT, and publish sessions.pqt, datasets.pqt and alfcheck-report/.

    The index holds exactly the datasets that pass.
    """
    from alfcheck.targets import folder

    _require_place(given["output"])
    place, out, ids = folder(root), _absolute(given["out"]), _absolute(given["ids_from"])
    with _progress() as progress, _ahead(place, given["jobs"]) as ahead:
        from alfcheck import api

        options = _options(given, progress, hashes=given["hashes"])
        with aside():
            run = api.prepare(options, place, releases=True)
            reporter = _reporter(run, given["format_"])
            partial = given["partial"]
            report = api.run_release(run, place, out=out, partial=partial, ids_from=ids, ahead=ahead)
    code = report.exit_code()
    _print(report, reporter, given["output"])
    _say_published(report, given["out"] or root)
    return _tell(run, report, code)


def _tell(run: Prepared, report: Report, code: int) -> int:
    """Tell those who observe of a run whose report is written; give the exit code.

    That comes last: whatever they do, what was found is told.
    """
    from alfcheck.api import tell

    with aside():
        for failed in tell(run, report):
            code = ExitCode.UNVERIFIED
            who = f"{failed.origin.name} {failed.origin.version}"
            say_error(f"{failed.code}: {who}: {failed.message}. {failed.fix}")
    return code


def _absolute(path: Path | None) -> Path | None:
    return path.absolute() if path is not None else None


def _options(given: dict[str, Any], progress: Progress | None, **more: Any) -> RunOptions:
    from alfcheck.api import RunOptions
    from alfcheck.model import Severity

    if given["dask"] is not None and given["jobs"] is not None:
        raise UsageError("give -j or --dask: how much runs at once on a cluster is up to its workers")
    return RunOptions(
        config=given["config"],
        ignore=given["ignore"],
        strict=given["strict"],
        fail_on=Severity(given["fail_on"]) if given["fail_on"] else None,
        jobs=given["jobs"],
        dask=given["dask"],
        plugins=given["plugins"],
        contracts=given["contracts"],
        disabled=given["disabled"],
        progress=progress,
        guarded=True,
        cache=not given["no_cache"],
        **more,
    )


def _reporter(run: Prepared, name: str) -> Reporter:
    from alfcheck.config import nearest

    known = run.ruleset.reporters
    if name not in known:
        raise UsageError(f"there is no format {name!r}{nearest(name, tuple(known))}")
    return known[name]


def _require_place(output: Path | None) -> None:
    # After an hour of checking is too late to learn this.
    if output is not None and not output.absolute().parent.is_dir():
        raise UsageError(f"--output {output}: there is no folder {output.parent}; make it first")


def _print(report: Report, reporter: Reporter, output: Path | None) -> None:
    from alfcheck.reporters.base import Style

    stage = Stage(f"the format {reporter.name} was written", "choose another with --format", 3)
    if output is None:
        with on_stage(stage):
            say(reporter.render(report, terminal_style()))
        return
    try:
        with on_stage(stage), open(output, "w", encoding="utf-8", newline="\n") as stream:
            stream.writelines(reporter.render(report, Style()))
    except OSError as error:
        raise UsageError(f"--output {output}: cannot be written: {error.strerror}") from error


def _say_published(report: Report, folder: Path) -> None:
    if report.release_id is None:
        say_error(
            "no index was written, since something could not be checked; mend that and run again, "
            "or publish what passes with --partial"
        )
    else:
        say_error(f"published release {report.release_id} in {folder}")


@contextmanager
def _ahead(root: Path | None, jobs: int | None, *, stats: bool = True) -> Iterator[Ahead | None]:
    """Have a root listed while all else is loaded, where there may be more than one process."""
    from alfcheck.executors.cores import cores

    if root is None or jobs == 1 or cores() == 1:
        yield None
        return
    from alfcheck.scan.ahead import Ahead

    with Ahead(root, stats=stats) as ahead:
        yield ahead


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """Show a bar on a terminal for what takes over a second; nothing in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from alfcheck.cli.progress import Bar

    bar = Bar()
    try:
        yield bar.update
    finally:
        bar.close()
