"""Contracts in the words of other standards."""

from __future__ import annotations

import json

from alfcheck.contracts.export.frictionless import to_frictionless
from alfcheck.contracts.export.jsonschema import to_jsonschema
from alfcheck.contracts.export.odcs import to_odcs
from alfcheck.contracts.spec import ContractSpec

__all__ = ["FORMATS", "export", "to_frictionless", "to_jsonschema", "to_odcs"]

FORMATS = ("odcs", "jsonschema", "frictionless")


def export(spec: ContractSpec, format_: str) -> str:
    """Write a contract as the text of a file: YAML for ``odcs``, JSON for the others."""
    if format_ == "odcs":
        import yaml

        return yaml.safe_dump(to_odcs(spec), sort_keys=False, allow_unicode=True, width=100)
    make = to_jsonschema if format_ == "jsonschema" else to_frictionless
    return json.dumps(make(spec), indent=2) + "\n"
