"""The command: thin. It parses, makes one call, and prints."""

from __future__ import annotations

from alfcheck.cli.main import run

__all__ = ["run"]
