"""What is wrong with a contract file, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from alfcheck.config import nearest

if TYPE_CHECKING:
    from alfcheck.contracts.spec import ContractSpec

__all__ = ["MOST", "Faults", "KeyPath", "Mistake", "Parsed", "Place", "Placed", "TooMany", "near"]

MOST = 100
"""Mistakes that are told of one file: a file full of them would drown its reader."""

LONGEST_WORD = 60
MOST_WORDS = 300
LONGEST_TEXT = 500

KeyPath = tuple[str | int, ...]


class TooMany(Exception):
    """So many mistakes were found that no more are looked for."""


class Place(NamedTuple):
    """A place in a file; both count from 1."""

    line: int
    column: int


class Placed(Protocol):
    """What stands at a place."""

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a contract file, and the way out; ``line`` and ``column`` count from 1."""

    file: str
    line: int
    column: int
    message: str
    fix: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}; {self.fix}"


@dataclass(frozen=True, slots=True)
class Parsed:
    """A contract file that was read: what it says, unless there are mistakes, and where.

    ``places`` leads from keys and positions (``("columns", "choice", "isin", 0)``) to the place of the key,
    or of the item of a list.
    """

    spec: ContractSpec | None
    mistakes: tuple[Mistake, ...]
    places: Mapping[KeyPath, Place]


@dataclass(slots=True)
class Faults:
    """The mistakes that were found so far, each place told once; ``noted`` counts all."""

    file: str
    places: dict[KeyPath, Place] = field(default_factory=dict)
    noted: int = 0
    effort: int = 300_000
    _found: dict[Place, Mistake] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self._found)

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """The mistakes in the order of the file."""
        return tuple(self._found[place] for place in sorted(self._found))

    def add(self, at: Placed, message: str, fix: str) -> None:
        """Note a mistake; of several at one place the first is kept. Raises `TooMany`."""
        self.noted += 1
        place = Place(at.line, at.column)
        if place not in self._found:
            self._found[place] = Mistake(self.file, *place, _short(message), _short(fix))
        if len(self._found) >= MOST:
            raise TooMany

    def at(self, path: KeyPath, message: str, fix: str) -> None:
        """Note a mistake at a key path, or at the nearest place above it that is known."""
        self.add(self.place(path), message, fix)

    def place(self, path: KeyPath) -> Place:
        """Give the place of a key path, or of the nearest one above it."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.places:
                return self.places[path[:length]]
        return Place(1, 1)

    def unknown(self, at: Placed, message: str, word: str, known: Sequence[str], hint: str = "") -> None:
        """Note a word that there is not, with the nearest one that there is."""
        listed = ", ".join(known[:30]) + (", …" if len(known) > 30 else "")
        self.add(at, message, hint or near(word, known) or f"there are {listed}")

    def spend(self, effort: int) -> bool:
        """Tell whether an effort may still be made, and count it."""
        self.effort -= effort
        return self.effort >= 0


def near(word: str, known: Sequence[str]) -> str:
    """Ask whether the nearest known word is meant; empty if none is near."""
    if len(word) > LONGEST_WORD or len(known) > MOST_WORDS:
        return ""
    found = nearest(word, known).removeprefix("; ")
    return found if found.startswith("is ") else ""


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"
