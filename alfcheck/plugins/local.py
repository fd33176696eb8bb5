"""Import a plugin file that is no part of an installed package, with what lies beside it."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

__all__ = ["forget_files", "import_file", "near_module"]

_PACKAGE = "alfcheck_local_"


def import_file(path: Path) -> ModuleType:
    """Run a plugin file, afresh; raises whatever that raises.

    Its folder is taken for a package of a name of its own: the file gets at what lies beside it by
    ``from . import helpers``, and neither can stand in for a module that others import.
    """
    if not path.is_file():
        raise FileNotFoundError(f"no file {path}")
    package = _package(path.resolve().parent)
    name = f"{package}.{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    with _writing_nothing():
        spec.loader.exec_module(module)
    return module


def _package(folder: Path) -> str:
    import hashlib

    digest = hashlib.sha256(str(folder).encode("utf-8", "surrogateescape")).hexdigest()[:12]
    name = f"{_PACKAGE}{digest}"
    package = sys.modules.setdefault(name, ModuleType(name))
    package.__path__ = [str(folder)]
    return name


@contextmanager
def _writing_nothing() -> Iterator[None]:
    # A plugin file may lie in the tree that is checked, into which nothing is written.
    before = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before


def forget_files() -> None:
    """Forget what was imported from plugin files, so that it is read as it is now."""
    for name in [each for each in sys.modules if each.startswith(_PACKAGE)]:
        del sys.modules[name]


def near_module(path: Path, error: BaseException) -> str:
    """Say how a file beside a plugin file is imported, if that is what was missed."""
    name = error.name if isinstance(error, ModuleNotFoundError) and error.name else ""
    first = name.partition(".")[0]
    if first and ((path.parent / f"{first}.py").is_file() or (path.parent / first).is_dir()):
        return f" ({first} lies beside it: write 'from . import {first}')"
    return ""
