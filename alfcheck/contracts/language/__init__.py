"""The contract language: YAML that says what data must hold, read with every mistake told, and written back.

A misspelt word is never dropped. pandera's own loader drops it, and the check that it stood for with it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alfcheck.contracts.language.contradict import contradictions
    from alfcheck.contracts.language.dump import dump_spec
    from alfcheck.contracts.language.files import read_spec
    from alfcheck.contracts.language.head import Head, read_head
    from alfcheck.contracts.language.lint import lint_files
    from alfcheck.contracts.language.mistakes import Mistake, Parsed, Place
    from alfcheck.contracts.language.parse import parse_text
    from alfcheck.contracts.language.units import unit_fault

__all__ = [
    "Head",
    "Mistake",
    "Parsed",
    "Place",
    "contradictions",
    "dump_spec",
    "lint_files",
    "parse_text",
    "read_head",
    "read_spec",
    "unit_fault",
]

# Each start reads the heads of a whole catalogue, and few read more: the parser is loaded when it is used.
_HOMES = {
    "contradict": ("contradictions",),
    "dump": ("dump_spec",),
    "files": ("read_spec",),
    "head": ("Head", "read_head"),
    "lint": ("lint_files",),
    "mistakes": ("Mistake", "Parsed", "Place"),
    "parse": ("parse_text",),
    "units": ("unit_fault",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value
