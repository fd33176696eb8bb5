"""Candidates for the values of a column: drawn by what its checks ask, kept if the checks say so."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from alfcheck.contracts.sampling.dtypes import STRING
from alfcheck.contracts.sampling.judging import each_good, local_checks, series_good
from alfcheck.contracts.sampling.text import matching
from alfcheck.contracts.sampling.values import Column
from alfcheck.contracts.sampling.wishes import wishes_of
from alfcheck.contracts.terms import absent
from alfcheck.errors import ContractError

__all__ = ["Cells"]

_STEP = 10.0
_ROUNDS = 30
_WORDS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa")
_DAY = np.datetime64("2020-01-01T12:00:00", "ns")


class Cells:
    """The places of one column, from 0 to `count`, and what may stand in each.

    Columns whose values must rise or differ have a window of their own for each place, so that any choice
    of candidates keeps the order. Columns of times, without limits, have one too: rows then follow one
    another as those of a session do.
    """

    def __init__(
        self,
        column: Column,
        dtype: str,
        count: int,
        rows: int,
        extra: Sequence[Any] = (),
        spared: Sequence[Any] = (),
    ) -> None:
        self.column = column
        self.dtype = dtype
        self.count = count
        self.wishes = wishes_of(column)
        self._rows = rows
        self._spared = tuple(spared)
        examples = [value for judge in column.judges for value in judge.terms.examples]
        self._extra = self._sound([*examples, *extra, *self.wishes.limits])
        self._texts: list[str] = []

    @property
    def keeps_places(self) -> bool:
        """Tell whether each place has values of its own."""
        return self.wishes.ordered or self.wishes.distinct

    @property
    def is_number(self) -> bool:
        """Tell whether values are numbers that can be compared and shifted."""
        return np.dtype(self.dtype).kind in "iuf"

    def draw(self, places: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Give a value for each of `places` that keeps all checks which look at one value."""
        values = self._draw(places, rng)
        bad = np.flatnonzero(~self.good(values))
        for _ in range(_ROUNDS):
            if not len(bad):
                return values
            values[bad] = self._draw(places[bad], rng)
            bad = bad[~self.good(values[bad])]
        if len(bad) and not self.keeps_places and len(self._extra):
            values[bad] = rng.choice(self._extra, len(bad))
            bad = bad[:0]
        if len(bad):
            raise self._nothing(values[bad])
        return values

    def good(self, values: np.ndarray) -> np.ndarray:
        """Tell which values keep the checks, and do not stand for missing."""
        good = each_good(self.column, values, self._spared)
        for judge in self.column.judges:
            if judge.terms.missing is not None:
                good &= ~absent(values, judge.terms.missing) | absent(values, None)
        return good

    def fits(self, places: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Tell which values may stand at their places."""
        good = self.good(values)
        if self.keeps_places and self.is_number:
            low, high = self._window(places)
            good &= (values >= low) & (values <= high)
        elif self.keeps_places:
            good[:] = False
        return good

    def cast(self, values: np.ndarray) -> np.ndarray:
        """Give drawn values in the dtype of the file."""
        if self.dtype == STRING:
            return np.array([str(value) for value in values])
        return values.astype(self.dtype)

    def _sound(self, values: Sequence[Any]) -> np.ndarray:
        """Give those of some values that are of the column's kind and keep its checks."""
        flat = [each for value in values for each in (value if isinstance(value, list) else [value])]
        typed = self._typed(self._of_kind(flat))
        return typed[self.good(typed)] if len(typed) else typed

    def _of_kind(self, values: Sequence[Any]) -> list[Any]:
        kind = np.dtype(self.dtype).kind
        if kind in "Ub":
            return [value for value in values if isinstance(value, str if kind == "U" else bool)]
        numbers = [
            value for value in values if isinstance(value, (int, float)) and not isinstance(value, bool)
        ]
        return (
            [value for value in numbers if kind == "f" or float(value).is_integer()] if kind in "iuf" else []
        )

    def _typed(self, values: Sequence[Any]) -> np.ndarray:
        kinds: dict[str, Any] = {"U": object, "b": bool, "M": "datetime64[ns]"}
        # Numbers are float64 on the way, so that missing ones can be among them.
        return np.array(values, dtype=kinds.get(np.dtype(self.dtype).kind, np.float64))

    def _draw(self, places: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        kind = np.dtype(self.dtype).kind
        if self._of_kind(self.wishes.choices):
            return self._choose(places, rng)
        if kind == "M":
            hours = places * 24 + rng.integers(0, 12, len(places))
            return _DAY + hours.astype("timedelta64[h]")
        if kind == "b":
            return rng.random(len(places)) < 0.5
        if kind == "U":
            return self._text(places, rng)
        return self._number(places, rng)

    def _choose(self, places: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        choices = self._typed(sorted(self._of_kind(self.wishes.choices)))
        choices = choices[self.good(choices)]
        if not len(choices):
            raise self._nothing(self._typed(list(self.wishes.choices)))
        if self.wishes.distinct and len(choices) < self.count:
            raise self._too_few(len(choices))
        if self.keeps_places:
            return np.asarray(choices[(places * len(choices)) // self.count])
        return np.asarray(rng.choice(choices, len(places)))

    def _text(self, places: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        if not self._texts:
            found = np.array(self._some_texts(rng), dtype=object)
            self._texts = sorted(dict.fromkeys([*found[self.good(found)], *self._extra]))
        if not self._texts:
            raise self._nothing(np.array(self._some_texts(rng), dtype=object))
        if self.wishes.distinct and len(self._texts) < self.count:
            raise self._too_few(len(self._texts))
        texts = np.array(self._texts, dtype=object)
        if self.keeps_places:
            return np.asarray(texts[(places * len(texts)) // self.count])
        return np.asarray(rng.choice(texts, len(places)))

    def _some_texts(self, rng: np.random.Generator) -> list[str]:
        wanted = self.wishes
        count = max(2 * self.count, 20)
        if wanted.patterns:
            return matching(wanted.patterns[0], count, rng)
        middles = [f"{_WORDS[index % 10]}{index // 10 or ''}" for index in range(count)]
        if not (wanted.start or wanted.end or wanted.inside or wanted.lengths != (0, 1000)):
            return middles
        inside = "".join((matching(each, 1, rng) or [each])[0] for each in wanted.inside)
        room = max(wanted.lengths[1] - len(wanted.start + inside + wanted.end), 0)
        filled = (middle[:room].ljust(wanted.lengths[0], "x")[:room] for middle in middles)
        return [f"{wanted.start}{inside}{middle}{wanted.end}" for middle in filled]

    def _span(self) -> tuple[float, float]:
        """Give the range from which numbers are drawn."""
        low, high = self.wishes.low, self.wishes.high
        if self.wishes.refers:
            low, high = max(low, 0.0), min(high, float(self._rows - 1))
        # Whole numbers without a limit may well count rows, which are as many in all objects.
        in_rows = self._is_whole() and not self.keeps_places
        length = self._rows - 1.0 if in_rows else _STEP * self.count
        if math.isinf(low):
            low, high = (0.0, length) if high >= length else (high - length, high)
        elif math.isinf(high):
            high = low + length
        low, high = self._within_dtype(low, high)
        return low, high

    def _within_dtype(self, low: float, high: float) -> tuple[float, float]:
        if np.dtype(self.dtype).kind not in "iu":
            return low, high
        info = np.iinfo(self.dtype)
        low, high = max(low, float(info.min)), min(high, float(info.max))
        if low > high:
            what = f"column {self.column.name}: no value of the dtype {self.dtype} is within its limits"
            raise ContractError(f"contract {self._label}: {what}; widen one of them")
        return low, high

    def _window(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give the least and greatest value at each place of an ordered column."""
        low, high = self._span()
        if self._is_whole():
            room = math.floor(high) - math.ceil(low) + 1
            if room < self.count and not self.wishes.distinct:
                begin = np.floor(math.ceil(low) + places * (room / self.count))
                return begin, begin
            step = max(room // self.count, 1)
            first = math.ceil(low) + places * float(step)
            return first, first + max(step // 2 - 1, 0)
        width = (high - low) / self.count
        return low + (places + 0.1) * width, low + (places + 0.9) * width

    def _is_whole(self) -> bool:
        return self.wishes.whole or np.dtype(self.dtype).kind in "iu"

    def _number(self, places: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        bounded = not math.isinf(self.wishes.low) and not math.isinf(self.wishes.high)
        in_window = self.keeps_places or not (bounded or self._is_whole())
        if in_window:
            low, high = self._window(places)
        else:
            low, high = (np.full(len(places), limit) for limit in self._span())
        if bool((low > high).any()):
            raise self._nothing(np.array([low.max(), high.min()]))
        if self._is_whole():
            values = np.floor(rng.uniform(np.ceil(low), np.floor(high) + 1))
        else:
            values = np.round(rng.uniform(low, high), 6)
            values = np.where((values < low) | (values > high), (low + high) / 2, values)
        if len(self._extra) and not self.keeps_places:
            values = np.where(rng.random(len(places)) < 0.3, rng.choice(self._extra, len(places)), values)
        return np.asarray(values, dtype=np.float64)

    def _too_few(self, found: int) -> ContractError:
        return ContractError(
            f"contract {self._label}: column {self.column.name}: {self.count} different values are needed "
            f"and {found} are found; ask for fewer rows, or add examples to the column"
        )

    def _nothing(self, values: np.ndarray) -> ContractError:
        names = [
            check.name
            for judge, check in local_checks(self.column)
            if not series_good(check, values[~absent(values, judge.terms.missing)]).all()
        ]
        return ContractError(
            f"contract {self._label}: column {self.column.name}: no value is found that keeps "
            f"{' and '.join(dict.fromkeys(names)) or 'its checks'}; add examples to the column, or mend its "
            "checks"
        )

    @property
    def _label(self) -> str:
        return self.column.own.contract.label
