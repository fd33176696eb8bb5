"""Ask the plugins once, and freeze what they offer.

Loading is strict: what cannot be imported, offers what it must not, or takes what belongs to another
stops the run. A rule that is lost would read as a pass.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, TypeVar

import pluggy

from alfcheck import hookspecs
from alfcheck._version import __version__
from alfcheck.contracts.model import Contract
from alfcheck.errors import PluginError
from alfcheck.model import Origin, Rule
from alfcheck.readers.base import Reader
from alfcheck.reporters.base import Reporter

__all__ = ["Owned", "PluginInfo", "Request", "Ruleset", "load_ruleset"]

GROUP = "alfcheck"
BUILTIN = "alfcheck.builtin"
OWN = frozenset({"alfcheck", "schemas"})
_CODE = re.compile(r"[A-Z]{2,5}\d{3}")
T = TypeVar("T")


class Owned(NamedTuple):
    """A rule and who offers it."""

    rule: Rule
    origin: Origin


class PluginInfo(NamedTuple):
    """A loaded plugin: its name, its distribution and version, and the file that it was loaded from."""

    name: str
    distribution: str
    version: str
    file: str

    @property
    def told(self) -> str:
        """Name the plugin as messages do."""
        return f"plugin {self.name!r} ({self.distribution} {self.version})"


class Request(NamedTuple):
    """Which plugins to load: what travels to a worker, since rules cannot.

    ``wanted`` are modules or ``.py`` files beside those that are installed, ``disabled`` names.
    """

    wanted: tuple[str, ...] = ()
    disabled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Everything that plugins offer, in an order that does not depend on theirs."""

    plugins: tuple[PluginInfo, ...]
    rules: Mapping[str, Owned]
    contracts: tuple[Contract, ...]
    contract_origins: Mapping[str, Origin]
    readers: Mapping[str, Reader]
    reporters: Mapping[str, Reporter]
    observers: tuple[tuple[Origin, Callable[..., Any]], ...]
    fingerprint: str


def load_ruleset(request: Request = Request()) -> Ruleset:  # noqa: B008 - a frozen value
    """Load the built-in, installed and wanted plugins, ask them, and freeze the answers.

    Raises `PluginError`, which names the plugin, its distribution and version, and the way out.
    """
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    infos = dict(_register_all(manager, request))
    _check_hooks(manager, infos)
    rules = _rules(_answers(manager, infos, "alfcheck_rules", Rule))
    contracts = _unique(
        _answers(manager, infos, "alfcheck_contracts", Contract), lambda each: each.label, "contract"
    )
    readers = _readers(_answers(manager, infos, "alfcheck_readers", Reader))
    reporters = _unique(
        _answers(manager, infos, "alfcheck_reporters", Reporter), lambda each: each.name, "report format"
    )
    observers = tuple(
        (_origin(infos[impl.plugin_name]), impl.function)
        for impl in manager.hook.alfcheck_run_finished.get_hookimpls()
    )
    return Ruleset(
        plugins=tuple(sorted(infos.values())),
        rules=rules,
        contracts=tuple(contracts[label][0] for label in sorted(contracts)),
        contract_origins={label: _origin(infos[name]) for label, (_, name) in contracts.items()},
        readers=readers,
        reporters={name: reporter for name, (reporter, _) in sorted(reporters.items())},
        observers=observers,
        fingerprint=_fingerprint(infos.values(), rules, contracts),
    )


def _origin(info: PluginInfo) -> Origin:
    return Origin(info.distribution, info.version)


def _register_all(manager: pluggy.PluginManager, request: Request) -> Iterator[tuple[str, PluginInfo]]:
    yield _register(manager, "alfcheck", importlib.import_module(BUILTIN), "alfcheck", __version__)
    known = {"alfcheck"}
    for point in sorted(entry_points(group=GROUP), key=lambda each: each.name):
        if point.name in request.disabled or point.name in known:
            continue
        known.add(point.name)
        name, version = _distribution(point)
        yield _register(manager, point.name, _import_point(point, name, version), name, version)
    for wanted in dict.fromkeys(request.wanted):
        name = Path(wanted).stem if _is_file(wanted) else wanted
        if name in request.disabled or name in known:
            continue
        known.add(name)
        yield _register(manager, name, _import_wanted(wanted), name, "local")
    _refuse_unknown(request)


def _refuse_unknown(request: Request) -> None:
    names = {point.name for point in entry_points(group=GROUP)}
    names.update(Path(wanted).stem if _is_file(wanted) else wanted for wanted in request.wanted)
    for name in request.disabled:
        if name == "alfcheck":
            raise PluginError("--no-plugin alfcheck: the built-in rules cannot be left out")
        if name not in names:
            raise PluginError(f"--no-plugin {name}: there is no such plugin; there are {sorted(names)}")


def _distribution(point: EntryPoint) -> tuple[str, str]:
    return (point.dist.name, point.dist.version) if point.dist else (point.name, "unknown")


def _is_file(wanted: str) -> bool:
    return wanted.endswith(".py") or "/" in wanted or "\\" in wanted


def _import_point(point: EntryPoint, name: str, version: str) -> ModuleType:
    try:
        return _module(point.load(), point.name)
    except BaseException as error:
        _reraise_exit(error)
        raise PluginError(
            f"plugin {point.name!r} of {name} {version} ({point.value}) cannot be imported: "
            f"{_told(error)}; mend or uninstall it, or leave it out with --no-plugin {point.name}"
        ) from error


def _import_wanted(wanted: str) -> ModuleType:
    try:
        return _import_file(Path(wanted)) if _is_file(wanted) else importlib.import_module(wanted)
    except BaseException as error:
        _reraise_exit(error)
        raise PluginError(
            f"plugin {wanted!r} cannot be imported: {_told(error)}; "
            "mend it, or take it out of -p or of the configuration"
        ) from error


def _reraise_exit(error: BaseException) -> None:
    if isinstance(error, KeyboardInterrupt):
        raise error


def _told(error: BaseException) -> str:
    trace = error.__traceback__
    place = ""
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if "importlib" not in file and file != __file__:
            place = f" ({Path(file).name}, line {trace.tb_lineno})"
        trace = trace.tb_next
    return f"{type(error).__name__}: {error}{place}"


def _import_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise FileNotFoundError(f"no file {path}")
    # A name of its own, so that a plugin file cannot stand in for a module that others import.
    digest = hashlib.sha256(str(path.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:12]
    name = f"alfcheck_local_{path.stem}_{digest}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _module(loaded: Any, name: str) -> ModuleType:
    if not isinstance(loaded, ModuleType):
        raise TypeError(f"the entry point {name!r} names a {type(loaded).__name__}, not a module")
    return loaded


def _register(
    manager: pluggy.PluginManager, name: str, module: ModuleType, distribution: str, version: str
) -> tuple[str, PluginInfo]:
    info = PluginInfo(name, distribution, version, getattr(module, "__file__", None) or "")
    try:
        manager.register(module, name)
    except (pluggy.PluginValidationError, ValueError) as error:
        raise PluginError(f"{info.told}: {_first_line(error)}; {_way_out(info)}") from error
    return name, info


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


def _way_out(info: PluginInfo) -> str:
    return f"mend it, or leave it out with --no-plugin {info.name}"


def _check_hooks(manager: pluggy.PluginManager, infos: Mapping[str, PluginInfo]) -> None:
    """Refuse a function that is marked as a hook, or named like one, but is none."""
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        info = next((info for name, info in infos.items() if manager.get_plugin(name) is error.plugin), None)
        told = info.told if info else "a plugin"
        raise PluginError(f"{told}: {_first_line(error)}; see the hooks in alfcheck.hookspecs") from error
    for name, info in infos.items():
        plugin = manager.get_plugin(name)
        hooks = {caller.name for caller in manager.get_hookcallers(plugin) or ()}
        for attribute in dir(plugin):
            if attribute.startswith("alfcheck_") and inspect.isfunction(getattr(plugin, attribute)):
                _refuse_unmarked(info, attribute, hooks)


def _refuse_unmarked(info: PluginInfo, attribute: str, hooks: set[str]) -> None:
    if attribute in hooks:
        return
    if hasattr(hookspecs, attribute):
        raise PluginError(
            f"{info.told}: the function {attribute!r} is not marked as a hook; "
            f"write @alfcheck.hookimpl above it, or {_way_out(info)}"
        )
    raise PluginError(
        f"{info.told}: there is no hook {attribute!r}; the hooks are "
        f"{', '.join(sorted((*hookspecs.COLLECTING, 'alfcheck_run_finished')))}; {_way_out(info)}"
    )


def _answers(
    manager: pluggy.PluginManager, infos: Mapping[str, PluginInfo], hook: str, kind: type[T]
) -> list[tuple[T, PluginInfo]]:
    """Ask every plugin one hook; each answer must be an iterable of `kind`."""
    found: list[tuple[T, PluginInfo]] = []
    for impl in sorted(getattr(manager.hook, hook).get_hookimpls(), key=lambda each: str(each.plugin_name)):
        info = infos[impl.plugin_name]
        try:
            answer = impl.function()
            items = None if isinstance(answer, (str, bytes, kind)) else list(answer)
        except Exception as error:
            raise PluginError(f"{info.told}: {hook} failed: {_told(error)}; {_way_out(info)}") from error
        wrong = next((item for item in items or () if not isinstance(item, kind)), None)
        if items is None or wrong is not None:
            given = type(answer if items is None else wrong).__name__
            raise PluginError(
                f"{info.told}: {hook} must return an iterable of {kind.__name__}, "
                f"but gave {'a single' if items is None else 'a'} {given}; {_way_out(info)}"
            )
        found += [(item, info) for item in items]
    return found


def _rules(answers: Sequence[tuple[Rule, PluginInfo]]) -> dict[str, Owned]:
    for rule, info in answers:
        if not _CODE.fullmatch(rule.code):
            raise PluginError(
                f"{info.told}: the code {rule.code!r} of rule {rule.name!r} is none; "
                "take 2 to 5 capitals and three digits, like LAB101"
            )
        if rule.code.startswith("ALF") and info.name not in OWN:
            raise PluginError(
                f"{info.told}: the code {rule.code} belongs to alfcheck; take 2 to 5 capitals of your own"
            )
    owned = _unique(answers, lambda rule: rule.code, "rule")
    return {code: Owned(rule, _origin_of(answers, rule)) for code, (rule, _) in sorted(owned.items())}


def _origin_of(answers: Sequence[tuple[Rule, PluginInfo]], rule: Rule) -> Origin:
    return next(_origin(info) for each, info in answers if each is rule)


def _unique(
    answers: Sequence[tuple[T, PluginInfo]], key: Callable[[T], str], kind: str
) -> dict[str, tuple[T, str]]:
    owners: dict[str, tuple[T, str]] = {}
    told: dict[str, PluginInfo] = {}
    for item, info in answers:
        name = key(item)
        if name in owners:
            raise PluginError(
                f"{kind} {name} comes from both {told[name].told} and {info.told}; "
                f"disable one with --no-plugin {info.name}"
            )
        owners[name], told[name] = (item, info.name), info
    return owners


def _readers(answers: Sequence[tuple[Reader, PluginInfo]]) -> dict[str, Reader]:
    by_extension = [(extension, reader, info) for reader, info in answers for extension in reader.extensions]
    owners: dict[str, tuple[Reader, PluginInfo]] = {}
    for extension, reader, info in by_extension:
        if extension in owners:
            raise PluginError(
                f"the extension .{extension} is read by both {owners[extension][1].told} and {info.told}; "
                f"disable one with --no-plugin {info.name}"
            )
        owners[extension] = (reader, info)
    return {extension: reader for extension, (reader, _) in sorted(owners.items())}


def _fingerprint(
    infos: Iterable[PluginInfo], rules: Mapping[str, Owned], contracts: Mapping[str, object]
) -> str:
    """Hash what could change a judgement: the bytes of alfcheck and of each plugin, not versions alone."""
    digest = hashlib.sha256(__version__.encode())
    for info in sorted(infos):
        digest.update(f"\0{info.name}\0{info.distribution}\0{info.version}".encode())
        for file in _sources(Path(info.file)):
            digest.update(file.name.encode("utf-8", "surrogateescape") + b"\0" + file.read_bytes())
    for word in (*sorted(rules), *sorted(contracts)):
        digest.update(f"\0{word}".encode())
    return digest.hexdigest()


def _sources(file: Path) -> list[Path]:
    if file.name == "__init__.py" or file == Path(__file__).parent / "builtin.py":
        return sorted(path for path in file.parent.rglob("*") if path.suffix in (".py", ".yaml"))
    return [file] if file.is_file() else []
