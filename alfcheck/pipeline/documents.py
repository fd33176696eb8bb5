"""Parsed documents on their way to rules: each gets a copy, so that none can change what others see."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

__all__ = ["Document", "Documents"]


class Document(NamedTuple):
    """A parsed JSON or YAML file."""

    value: Any

    def copy(self) -> Any:
        """Give a copy that may be changed."""
        return copy.deepcopy(self.value)


class Documents(Mapping[str, Any]):
    """Documents by session-relative path; a copy is made when one is first looked at."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self._copies: dict[str, Any] = {}

    def __getitem__(self, path: str) -> Any:
        if path not in self._copies:
            self._copies[path] = Document(self._values[path]).copy()
        return self._copies[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)
