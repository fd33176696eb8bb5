"""What a report format is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alfcheck.report import Report

__all__ = ["Reporter", "Style"]


@dataclass(frozen=True, slots=True)
class Style:
    """How text may look: with colours (on a terminal), and how wide."""

    colour: bool = False
    width: int = 100


@dataclass(frozen=True, slots=True)
class Reporter:
    """A named format; ``render`` gives the text of a report in pieces."""

    name: str
    render: Callable[[Report, Style], Iterator[str]]
    description: str = ""
