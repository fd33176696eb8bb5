"""The contract language: YAML that says what data must hold, read with every mistake told, and written back.

A misspelt word is never dropped. pandera's own loader drops it, and the check that it stood for with it.
"""

from __future__ import annotations

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
