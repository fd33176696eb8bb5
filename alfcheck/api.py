"""Check and release, from Python: the same as the commands, with a `Report` for an answer."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alfcheck._version import __version__
from alfcheck.config import Settings, load_settings
from alfcheck.errors import ExitCode, Interrupted, NothingToCheck, UsageError
from alfcheck.executors.guard import asked_apart, has_plugins, watched
from alfcheck.executors.memory import stilled_collector
from alfcheck.fold import Policy, fold
from alfcheck.judging import judging_labels
from alfcheck.mapping import SessionMap, begun_map
from alfcheck.model import Finding, Origin, Scan, Severity, Target
from alfcheck.pipeline.required import required_of, resolve_required
from alfcheck.pipeline.selecting import refuse_contents, refuse_unknown
from alfcheck.pipeline.weights import weights_of
from alfcheck.plugins import Request, Ruleset, load_ruleset
from alfcheck.plugins.asked_for import requested
from alfcheck.plugins.settings import changed, told_changes
from alfcheck.report import Ledger, Report
from alfcheck.scan import path_text, scan_tree
from alfcheck.stage import Stage, note_stage, on_stage
from alfcheck.targets import Place, folder, locate
from alfcheck.traces import told_error

if TYPE_CHECKING:
    from alfcheck.releasing import Infos
    from alfcheck.scan.ahead import Ahead

__all__ = [
    "Prepared",
    "Progress",
    "RunOptions",
    "check",
    "prepare",
    "release",
    "run_check",
    "run_release",
    "tell",
]

Progress = Callable[[int, int], None]
"""Told (sessions done, sessions in all)."""

AnyPath = str | os.PathLike[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What `check` and `release` have in common; unset values come from the configuration.

    ``jobs`` is the number of worker processes; 1 is this process, ``None`` all cores where that is worth
    it. Workers also keep what ends a process (a crash in a reader) from ending the run, or from holding it up
    for ever; ``guarded`` asks for one even with one job, if there are plugins. ``dask`` is the address of the
    scheduler of a Dask cluster, or its scheduler file: then the cluster checks, and not this machine.
    ``select`` and ``ignore`` are codes or their beginnings. ``plugins`` are modules or ``.py`` files beside
    those that are installed; ``settings`` are settings of plugins, by their names
    (``{"mylab": {"longest_gap": 0.5}}``), which go over those of the configuration. ``contracts`` is a folder
    of contract files, or a release, whose contracts judge in the place of all others. ``cache`` takes the
    results of sessions that have not changed from the user's cache, and keeps those of the others there.
    With ``names_only`` the files of sessions are not even asked for their sizes, which are 0 in the report.
    """

    config: AnyPath | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    names_only: bool = False
    hashes: bool = False
    strict: bool = False
    fail_on: Severity | None = None
    jobs: int | None = 1
    plugins: tuple[str, ...] = ()
    disabled: tuple[str, ...] = ()
    contracts: AnyPath | None = None
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    progress: Progress | None = None
    guarded: bool = False
    cache: bool = False
    dask: str | None = None

    def __post_init__(self) -> None:
        for name in ("select", "ignore", "plugins", "disabled"):
            given = getattr(self, name)
            # A bare text would be taken for its letters.
            object.__setattr__(self, name, (given,) if isinstance(given, str) else tuple(given))
        if self.jobs is not None and self.jobs < 1:
            raise UsageError(f"jobs is {self.jobs}; give 1 or more, or None for all cores")
        if self.dask is not None and self.jobs not in (None, 1):
            raise UsageError("give jobs or dask: how much runs at once on a cluster is up to its workers")


def check(*paths: AnyPath, **options: Any) -> Report:
    """Check a release, or some of its sessions and files, and write nothing.

    `paths` are a root, or sessions, collections and files of one release; `options` are the fields of
    `RunOptions`. Raises `AlfcheckError` for misuse; what is wrong with the data is in the report.
    """
    place = locate([Path(path) for path in paths])
    run = prepare(RunOptions(**options), place.root)
    return _told(run, run_check(run, place))


def release(
    root: AnyPath,
    *,
    out: AnyPath | None = None,
    partial: bool = False,
    ids_from: AnyPath | None = None,
    **options: Any,
) -> Report:
    """Check a release, and publish the index and the report of what passes.

    They are written to `root`, or to `out` and nothing then to the data tree. Where something could not
    be checked nothing is published, unless `partial`. `ids_from` is an index (a folder) or a CSV file
    whose ids are kept; `options` are the fields of `RunOptions`. Raises `AlfcheckError` for misuse,
    `PublishError` where writing failed.
    """
    place = Place(folder(Path(root)), ())
    run = prepare(RunOptions(**options), place.root, releases=True)
    return _told(run, run_release(run, place.root, out=out, partial=partial, ids_from=ids_from))


def run_check(run: Prepared, place: Place, ahead: Ahead | None = None) -> Report:
    """Check what `place` says, with a run that is prepared; those who observe it are told by `tell`.

    `ahead` lists the root already, if all of it is meant.
    """
    with stilled_collector(), begun_map(run, place.root, ahead) as mapping:
        report, _ = _run(run, place, mapping, ahead=ahead)
    return report


def run_release(
    run: Prepared,
    root: Path,
    *,
    out: AnyPath | None,
    partial: bool,
    ids_from: AnyPath | None,
    ahead: Ahead | None = None,
) -> Report:
    """Check the release at `root` and publish it, with a run that is prepared; `tell` is for afterwards.

    `ahead` lists the root already.
    """
    target = Path(out) if out is not None else root
    with stilled_collector(), begun_map(run, root, ahead) as mapping:
        from alfcheck.publish import open_output, release_date
        from alfcheck.releasing import Output, known_standing

        standing = known_standing(mapping, target)
        if ids_from is not None or standing is None:
            # Here, so that workers start while this takes its time.
            from alfcheck.index import read_ids

        ids = read_ids(Path(ids_from)) if ids_from is not None else None
        when = release_date(os.environ)
        with open_output(target, root=root if out is not None else None, standing=standing) as lock:
            skip = () if out is None else (target,)
            report, infos = _run(run, Place(root, ()), mapping, skip, ahead)
            if partial or report.exit_code() is not ExitCode.UNVERIFIED:
                output = Output(target, ids, when, lock, standing)
                report = output.publish(report, infos, run.ruleset, mapping)
    return report


@dataclass(frozen=True, slots=True)
class Prepared:
    """A run that is about to begin: what was asked, merged with the configuration, and the ruleset.

    ``required`` are the labels of the contracts that sessions are judged by, ``deadline`` the seconds that a
    call to a plugin may take. ``loaded`` is when the plugins began to be loaded (nanoseconds).
    """

    options: RunOptions
    request: Request
    ruleset: Ruleset
    policy: Policy
    notices: tuple[str, ...]
    required: tuple[str, ...] = ()
    deadline: float = 60.0
    loaded: int = 0

    @property
    def apart(self) -> bool:
        """Tell whether plugins are to be called in other processes, if there are any."""
        elsewhere = self.options.jobs != 1 or self.options.guarded or self.options.dask is not None
        return elsewhere and has_plugins(self.ruleset)


def prepare(options: RunOptions, root: Path, *, releases: bool = False) -> Prepared:
    """Read the configuration and load the plugins; raises `ConfigError`, `PluginError`, `UsageError`."""
    given = Path(options.config) if options.config is not None else None
    settings = load_settings(root, given)
    contracts = str(Path(options.contracts).absolute()) if options.contracts is not None else ""
    request = requested(
        settings, options.plugins, options.disabled, contracts=contracts, given=options.settings
    )
    loaded = time.time_ns()
    try:
        ruleset = load_ruleset(request)
    finally:
        note_stage(None)
    select = () if releases else options.select or settings.select
    ignore = (*settings.ignore, *options.ignore)
    _known_codes(ruleset, options, settings, releases=releases)
    if releases and (options.select or options.names_only):
        raise UsageError("a release runs every rule: --select and --names-only are for `alfcheck check`")
    policy = Policy(
        select,
        weights_of(settings, ignore),
        options.strict or settings.strict,
        partial=bool(select) or options.names_only,
    )
    fail_on = options.fail_on or settings.fail_on or Severity.ERROR
    notices = tuple(_notices(settings, ruleset, request, found=given is None))
    required = resolve_required(ruleset.contracts, settings.require, settings.source)
    options = replace(options, fail_on=fail_on)
    return Prepared(options, request, ruleset, policy, notices, required, settings.deadline, loaded)


def _notices(settings: Settings, ruleset: Ruleset, request: Request, *, found: bool) -> Iterator[str]:
    """Tell of the configuration that was found, and of settings that are not what plugins have themselves."""
    if found and settings.source is not None:
        yield f"configuration: {settings.source}"
    bent = "; ".join(told_changes(changed(ruleset.declared, ruleset.settings), dict(request.said)))
    if bent:
        yield f"settings of plugins: {bent}"


def _known_codes(ruleset: Ruleset, options: RunOptions, settings: Settings, *, releases: bool) -> None:
    select = () if releases else options.select
    if releases or select:  # then nobody looks at that of the configuration
        settings = replace(settings, select=())
    refuse_unknown(settings, select, options.ignore, ruleset.rules)
    if options.names_only and (select or settings.select):
        refuse_contents(select or settings.select, ruleset.rules)


def _run(
    run: Prepared,
    place: Place,
    mapping: SessionMap,
    skip: tuple[Path, ...] = (),
    ahead: Ahead | None = None,
) -> tuple[Report, Infos]:
    begun = time.monotonic()
    started = datetime.now(UTC)
    scan = scan_tree(
        place.root,
        skip=skip,
        only=place.sessions,
        told=mapping.expect,
        stats=not run.options.names_only,
        ahead=ahead,
    )
    asked = place.asked()
    sessions = [each for each in scan.sessions if not place.only or any(map(asked, each.paths))]
    if not sessions and not any(asked(entry.path) for entry in scan.refused):
        raise NothingToCheck(_nothing(place, scan))
    required = required_of(run.required, scan, map(path_text, place.only))
    results = mapping.results(scan, required, whole=not place.only)
    options = mapping.options
    apart = asked_apart(run.ruleset, run.request, options) if run.apart else watched(run.ruleset, options)
    with apart:
        folded = fold(scan, results, run.ruleset, run.policy, asked if place.only else None)
    report = Report(
        root=path_text(place.root.resolve().name),
        started=started.strftime("%Y-%m-%dT%H:%M:%SZ"),
        seconds=round(time.monotonic() - begun, 3),
        alfcheck_version=__version__,
        plugins=tuple(sorted({Origin(info.distribution, info.version) for info in run.ruleset.plugins})),
        fingerprint=run.ruleset.fingerprint,
        contracts=_judging(run, folded.ledger, mapping),
        waived=folded.waived,
        findings=folded.findings,
        ledger=folded.ledger,
        session_count=len(sessions),
        rules={code: owned.rule for code, owned in run.ruleset.rules.items()},
        partial=run.policy.partial,
        fail_on=run.options.fail_on or Severity.ERROR,
        notices=(*run.notices, *mapping.notices),
        settings=changed(run.ruleset.declared, run.ruleset.settings),
    )
    return report, {result.path: result.info for result in results}


def _judging(run: Prepared, ledger: Ledger, mapping: SessionMap) -> tuple[str, ...]:
    """Name the contracts that judged: none where no values were looked at."""
    targets = (Target.CONTRACT, Target.OBJECT)
    wanted = any(
        run.policy.wants(code) for code, owned in run.ruleset.rules.items() if owned.rule.target in targets
    )
    files = ledger if wanted and not run.options.names_only else Ledger()
    return judging_labels(files, run.ruleset, run.required, mapping)


def _nothing(place: Place, scan: Scan) -> str:
    if place.only:
        return (
            f"{path_text(', '.join(place.only))}: no file of a session is there, or .alfcheckignore hides it"
        )
    what = f"{scan.file_count} files, but no session" if scan.file_count else "no file"
    return (
        f"{path_text(str(place.root))}: there is {what} (SUBJECT/YYYY-MM-DD/NNN or LAB/Subjects/SUBJECT/"
        "YYYY-MM-DD/NNN); give the folder that holds the subjects or the labs"
    )


def _told(run: Prepared, report: Report) -> Report:
    """Let plugins observe; one that fails takes nothing from what was found, and is told of."""
    return replace(report, findings=(*report.findings, *tell(run, report)))


def tell(run: Prepared, report: Report) -> Iterator[Finding]:
    """Let plugins observe a run that has finished; give what is told of those that fail.

    Each gets a report of its own: what it does to it changes nobody's.
    """
    for origin, observe in run.ruleset.observers:
        told = f"{origin.name} {origin.version}"
        stage = Stage(
            f"alfcheck_run_finished of {told} ran",
            f"the run itself is complete; mend {told}, or leave it out with --no-plugin",
            ExitCode.UNVERIFIED,
        )
        try:
            with on_stage(stage):
                observe(replace(report, rules=dict(report.rules)))
        except KeyboardInterrupt as error:
            raise Interrupted(f"stopped while {stage.what}; the run itself is complete") from error
        except (Exception, SystemExit) as error:
            yield _observer_failed(run, origin, error)


def _observer_failed(run: Prepared, origin: Origin, error: BaseException) -> Finding:
    rule = run.ruleset.rules["ALF901"].rule
    return Finding(
        code=rule.code,
        rule=rule.name,
        severity=Severity.UNVERIFIED,
        path=".",
        message=f"alfcheck_run_finished failed: {told_error(error)}; the run itself is complete",
        origin=origin,
        check="alfcheck_run_finished",
        fix=rule.fix,
    )
