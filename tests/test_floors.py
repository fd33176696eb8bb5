"""Imports go down only, and what is light stays light."""

from __future__ import annotations

import ast
import importlib
import os
import pkgutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import alfcheck

PACKAGE = Path(alfcheck.__file__).parent
SCHEMAS = PACKAGE.parent / "schemas" / "alfcheck_schemas"

FLOORS = (
    {"model", "columns", "packed", "errors", "_version"},
    {
        "hookspecs",
        "config",
        "arrays",
        "ledger",
        "report",
        "offers",
        "subjects",
        "declaring",
        "examples",
        "watch",
        "traces",
        "stage",
    },
    {
        "scan",
        "grammar",
        "readers",
        "contracts",
        "relations",
        "verdict",
        "index",
        "rules",
        "reporters",
        "schema",
        "sessions",
        "cache",
    },
    {
        "builtin",
        "plugins",
        "pipeline",
        "executors",
        "publish",
        "entering",
        "fold",
        "indexing",
        "judging",
        "caching",
    },
    {
        "api",
        "mapping",
        "releasing",
        "targets",
        "cli",
        "demo",
        "inferring",
        "scaffold",
        "testing",
        "supervising",
        "__main__",
    },
)
FLOOR_OF = {unit: floor for floor, units in enumerate(FLOORS) for unit in units}
HEAVY = ("numpy", "pandas", "pandera", "pyarrow", "rich", "yaml")


def modules(folder: Path, name: str) -> dict[str, Path]:
    """Give every module of a package, by its dotted name."""
    found = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        found[".".join((name, *parts)).removesuffix(".__init__")] = path
    return found


MODULES = modules(PACKAGE, "alfcheck")


@cache
def imports(path: Path) -> tuple[tuple[str, int], ...]:
    """Give the modules that a file imports, wherever it does, but for what is for types alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return tuple((name, node.lineno) for node in run_time_nodes(tree) for name in imported(node))


def run_time_nodes(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from run_time_nodes(child)


def imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "relative imports hide where a module lies"
        assert node.module is not None
        for alias in node.names:
            whole = f"{node.module}.{alias.name}"
            yield whole if whole in MODULES else node.module


def unit_of(module: str) -> str:
    """Give the part of alfcheck that a module belongs to; the package itself is no part."""
    return module.split(".")[1] if "." in module else ""


def inner_imports() -> Iterator[tuple[str, str, str]]:
    """Give (importing unit, imported unit, place) for imports between parts of alfcheck."""
    for module, path in MODULES.items():
        for name, line in imports(path):
            if name.split(".")[0] == "alfcheck" and unit_of(name) != unit_of(module):
                yield unit_of(module), unit_of(name), f"{path.relative_to(PACKAGE)}:{line}"


def test_every_part_has_a_floor() -> None:
    assert {unit_of(module) for module in MODULES} - {""} <= FLOOR_OF.keys()


def test_imports_go_down_only() -> None:
    wrong = [
        f"{place}: {importer} (floor {FLOOR_OF[importer]}) imports {target} (floor {FLOOR_OF[target]})"
        for importer, target, place in inner_imports()
        if importer and target and FLOOR_OF[target] > FLOOR_OF[importer]
    ]
    assert wrong == []


def test_parts_of_the_second_floor_do_not_import_one_another() -> None:
    wrong = [
        f"{place}: {importer} imports {target}"
        for importer, target, place in inner_imports()
        if importer and target and FLOOR_OF[importer] == FLOOR_OF[target] == 2
    ]
    assert wrong == []


def test_floor_zero_needs_the_standard_library_only() -> None:
    wrong = [
        (unit, name)
        for unit in FLOORS[0]
        for name, _ in imports(MODULES[f"alfcheck.{unit}"])
        if name.split(".")[0] not in sys.stdlib_module_names
        and (name.split(".")[0] != "alfcheck" or unit_of(name) not in FLOORS[0])
    ]
    assert wrong == []


def test_no_two_parts_import_each_other() -> None:
    graph: dict[str, set[str]] = defaultdict(set)
    for importer, target, _ in inner_imports():
        graph[importer].add(target)
    del graph[""]
    TopologicalSorter(graph).prepare()


def test_nobody_imports_the_package_itself_for_its_names() -> None:
    """Inside, a name is taken from where it lives: the package only offers names to others."""
    wrong = [
        place
        for importer, target, place in inner_imports()
        if importer and not target and importer not in ("demo", "cli")
    ]
    assert wrong == []


def test_schemas_are_a_plugin_like_any_other() -> None:
    """What the catalogue needs of alfcheck, any lab may use: contracts, rules and the marker of hooks."""
    allowed = {
        "alfcheck.contracts.build",
        "alfcheck.contracts.model",
        "alfcheck.hookspecs",
    }
    used = {
        name
        for path in modules(SCHEMAS, "alfcheck_schemas").values()
        for name, _ in imports(path)
        if name.split(".")[0] == "alfcheck"
    }
    assert used <= allowed


def in_a_fresh_interpreter(code: str, *flags: str, cwd: Path | None = None) -> str:
    done = subprocess.run(
        [sys.executable, *flags, "-c", code],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# Third-party libraries are loaded first, so that what follows costs little; before each module all of
# alfcheck is forgotten, so that every import is the first; what was compiled once is kept.
ALONE = """
import functools, importlib, importlib.machinery, sys, warnings
import click, numpy, pandas, pandera.pandas, pathspec, pluggy, pyarrow.parquet, rich.progress, yaml
loader = importlib.machinery.SourceFileLoader
loader.get_code = functools.cache(loader.get_code)
loader.__hash__ = lambda self: hash(self.path)
warnings.simplefilter("error")
for name in sys.stdin.read().split():
    for loaded in [each for each in sys.modules if each.startswith("alfcheck")]:
        del sys.modules[loaded]
    try:
        importlib.import_module(name)
    except BaseException as error:
        print(name, repr(error), flush=True)
"""


def test_every_module_imports_alone_without_a_warning() -> None:
    names = sorted({*MODULES, *modules(SCHEMAS, "alfcheck_schemas")} - {"alfcheck.__main__"})
    done = subprocess.run(
        [sys.executable, "-c", ALONE], input="\n".join(names), capture_output=True, text=True
    )
    assert (done.stdout, done.returncode) == ("", 0), done.stderr


LOADED = f"print(*(name for name in {HEAVY!r} if name in sys.modules))"
RUN = f"""
import contextlib, io, sys
from alfcheck.__main__ import command
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    command()
{LOADED}
"""


def heavy_after(*arguments: str) -> list[str]:
    code = RUN.replace(
        "import contextlib", f"import sys; sys.argv[1:] = {list(arguments)!r}\nimport contextlib"
    )
    return in_a_fresh_interpreter(code).split()


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert in_a_fresh_interpreter(f"import sys, alfcheck\n{LOADED}").split() == []


@pytest.mark.parametrize(
    "arguments", [["--version"], ["--help"], ["check", "--help"], ["explain", "ALF303"], ["rules"]]
)
def test_commands_that_look_at_no_data_load_nothing_heavy(arguments: list[str]) -> None:
    assert heavy_after(*arguments) == []


def test_names_only_loads_nothing_heavy(clean_release: Path) -> None:
    assert heavy_after("check", "--names-only", str(clean_release)) == []


def test_no_module_bears_the_name_of_a_public_function() -> None:
    """Importing it would put the module in the place of the function."""
    names = {name for _, name, _ in pkgutil.iter_modules(alfcheck.__path__)}
    assert names.isdisjoint(alfcheck.__all__)


def test_importing_every_module_leaves_the_public_names_as_they_are() -> None:
    code = (
        "import importlib, sys, types, alfcheck\n"
        f"for name in {sorted(set(MODULES) - {'alfcheck.__main__'})!r}: importlib.import_module(name)\n"
        "print(*(n for n in alfcheck.__all__ if isinstance(getattr(alfcheck, n), types.ModuleType)))"
    )
    assert in_a_fresh_interpreter(code).split() == []


WITH_NAMES = sorted(
    name for name, path in MODULES.items() if len(ast.parse(path.read_text("utf-8")).body) > 2
)


@pytest.mark.parametrize("name", WITH_NAMES)
def test_public_names_are_declared_sorted_and_there(name: str) -> None:
    module = importlib.import_module(name)
    declared = module.__all__
    assert sorted(declared) == list(declared) or sorted(declared, key=ruff_key) == list(declared)
    assert [each for each in declared if not hasattr(module, each)] == []


def ruff_key(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest: how the linter sorts ``__all__``."""
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)


def test_the_package_says_what_it_offers() -> None:
    assert dir(alfcheck) == sorted(alfcheck.__all__)
    assert list(alfcheck.__all__) == sorted(alfcheck.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'chekc'"):
        alfcheck.chekc  # noqa: B018 - the look-up is what is tested
