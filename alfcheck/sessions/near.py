"""What is there in the place of a dataset that is missing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alfcheck.sessions.seen import Seen

__all__ = ["Others"]

SHOWN = 3
SPELT = 500
"""Names of a session whose spelling is compared with a missing one: there may be any number."""

ALIKE = 0.8
_NAMESPACE = re.compile(r"^_[^_]*_")
_SET = re.compile(r"\[[^\]]*\]")

Core = tuple[str, str]


class Others:
    """The files of a session that no line of a contract asks for (`accounted`): one may be what was meant."""

    def __init__(self, seen: Seen, accounted: Collection[str]) -> None:
        self._named: defaultdict[Core, list[str]] = defaultdict(list)
        self._objects: defaultdict[str, list[Core]] = defaultdict(list)
        for path in (*seen.datasets, *seen.others):
            if path not in accounted:
                core = _core(path.rpartition("/")[2])
                if core not in self._named:
                    self._objects[core[0]].append(core)
                self._named[core].append(path)
        self._spelt = list(self._named)[:SPELT]

    def near(self, patterns: Sequence[str]) -> tuple[str, ...]:
        """Give up to three files that may be meant: of another namespace, extension, folder or spelling.

        Of an object whose table is missing, its other datasets are; where another dataset of it is
        missing, its table is.
        """
        found = sorted(
            (rank, not path.startswith(_folder(pattern)), path)
            for pattern in patterns
            for rank, core in self._ranked(_core(_SET.sub("*", pattern).rpartition("/")[2]))
            for path in self._named[core]
        )
        return tuple(dict.fromkeys(path for *_, path in found))[:SHOWN]

    def _ranked(self, wanted: Core) -> Iterator[tuple[int, Core]]:
        if wanted in self._named:
            yield 0, wanted
        if not wanted[0]:  # `*.ap.cbin`
            yield from ((0, core) for core in self._spelt if f".{core[1]}.".endswith(f".{wanted[1]}."))
            return
        of_object = self._objects.get(wanted[0], ())
        yield from ((1, core) for core in of_object if "table" in (wanted[1], core[1]))
        yield from ((2, core) for core in self._spelt if all(map(_alike, wanted, core)))


def _folder(pattern: str) -> str:
    return _SET.sub("*", pattern).rpartition("/")[0].split("*")[0]


def _core(name: str) -> Core:
    """Give object and attribute of a name or pattern, without namespace, extension, case and wildcards."""
    plain = _NAMESPACE.sub("", name).replace("*", "").replace("?", "").casefold()
    head, _, rest = plain.partition(".")
    return head, rest.rpartition(".")[0] or rest


def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE
