"""The published JSON Schemas (draft 2020-12) of what alfcheck writes, and of contract files."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["NAMES", "load"]

NAMES = ("contract", "findings", "report")


def load(name: str) -> dict[str, Any]:
    """Give a JSON Schema: ``report`` of ``report.json``, ``findings`` of each line of ``findings.jsonl``.

    ``contract`` is that of contract files. It says what editors can complete; the whole of what is refused
    says `alfcheck.contracts.language`.

    Raises `ValueError` for a name that there is not.
    """
    if name not in NAMES:
        raise ValueError(f"there is no schema {name!r}; there are {', '.join(NAMES)}")
    document: dict[str, Any] = json.loads(_text(name))
    return document


@cache
def _text(name: str) -> str:
    return resources.files(__name__).joinpath(f"{name}.schema.json").read_text(encoding="utf-8")
