"""Sets of texts, as far as a contract can describe them."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["ANY_TEXT", "Texts", "texts_within"]

Predicate = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts that are among ``allowed`` (``None``: any), not ``forbidden``, and keep every predicate.

    A predicate is a check's name and its argument; of those, only beginnings and endings are understood,
    regular expressions are compared by their letters.
    """

    allowed: frozenset[str] | None = None
    forbidden: frozenset[str] = frozenset()
    predicates: frozenset[Predicate] = frozenset()
    shortest: float = 0
    longest: float = math.inf

    def meet(self, other: Texts) -> Texts:
        """Give the texts that are in both."""
        known = [each for each in (self.allowed, other.allowed) if each is not None]
        return Texts(
            frozenset.intersection(*known) if known else None,
            self.forbidden | other.forbidden,
            self.predicates | other.predicates,
            max(self.shortest, other.shortest),
            min(self.longest, other.longest),
        )

    def may_hold(self, text: str) -> bool:
        """Tell whether nothing that is understood keeps `text` out."""
        return (
            (self.allowed is None or text in self.allowed)
            and text not in self.forbidden
            and self.shortest <= len(text) <= self.longest
            and not any(_kept(predicate, text) is False for predicate in self.predicates)
        )


ANY_TEXT = Texts()


def texts_within(inner: Texts, outer: Texts) -> bool:
    """Tell whether all of `inner` is surely in `outer`."""
    if inner.allowed is not None:
        return all(_surely(outer, text, inner) for text in inner.allowed if inner.may_hold(text))
    return (
        outer.allowed is None
        and not any(inner.may_hold(text) for text in outer.forbidden)
        and outer.shortest <= inner.shortest
        and inner.longest <= outer.longest
        and all(_implied(predicate, inner) for predicate in outer.predicates)
    )


def _surely(outer: Texts, text: str, inner: Texts) -> bool:
    unknown = {predicate for predicate in outer.predicates if _kept(predicate, text) is None}
    return outer.may_hold(text) and unknown <= inner.predicates


def _kept(predicate: Predicate, text: str) -> bool | None:
    name, argument = predicate
    if name == "str_startswith":
        return text.startswith(argument)
    return text.endswith(argument) if name == "str_endswith" else None


def _implied(wanted: Predicate, inner: Texts) -> bool:
    name = wanted[0]
    return wanted in inner.predicates or any(
        _kept(wanted, own) is True for each, own in inner.predicates if each == name
    )
