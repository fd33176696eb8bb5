"""Sessions that have what a contract about sessions asks for, and such that lack one thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import islice, product

from alfcheck.contracts.model import Condition, Contract, ContractFile, SessionTerms, Wanted
from alfcheck.contracts.sampling.conditions import conditional_documents, folder_of
from alfcheck.contracts.sampling.content import Contents
from alfcheck.contracts.sampling.judges import Others, given
from alfcheck.contracts.sampling.naming import NEUTRAL
from alfcheck.contracts.sampling.values import Made, Part, Spoilt
from alfcheck.errors import ContractError

__all__ = ["paths_fitting", "session_checks", "session_parts", "spoil_session"]

_NAME = re.compile(r"(_[a-z]+_)?[a-zA-Z0-9]\w*\.[a-zA-Z0-9]\w*(\.[\w-]+)*\.\w+")
_FOLDER = re.compile(r"([\w.-]+/)*")
_STAR = re.compile(r"\*|\?|\[!?[^]]+\]")
_WORDS = (
    "",
    "things",
    "00",
    "01",
    "02",
    "x",
    "y",
    ".npy",
    "npy",
    "pqt",
    "json",
    "things.raw",
    "things.raw.npy",
    "others.raw.npy",
)
_EXTENSIONS = frozenset(
    {"npy", "pqt", "csv", "tsv", "json", "jsonable", "yaml", "mp4", "bin", "cbin", "meta"}
)
MOST = 200
"""Names that are tried for one pattern."""

_PLACEHOLDER = re.compile(r"\{[^{}/]*\}")


def session_parts(
    contract: Contract, rows: int = 10, seed: int = 0, others: Iterable[Contract | ContractFile] | Others = ()
) -> tuple[Part, ...]:
    """Give a session that has all that a contract asks for; each file is valid, by its own contract too."""
    return _Session(contract, rows, seed, others).parts(())


def session_checks(contract: Contract) -> tuple[Made, ...]:
    """Give what a contract asks of sessions, one or two checks a line."""
    lines = contract.session.datasets if contract.session is not None else ()
    return tuple(made for line in lines for made in _checks(line))


def spoil_session(
    contract: Contract, rows: int = 10, seed: int = 0, others: Iterable[Contract | ContractFile] | Others = ()
) -> Iterator[Spoilt]:
    """Give, for each check of a contract about sessions, a session that keeps all others."""
    session = _Session(contract, rows, seed, others)
    for line in contract.session.datasets if contract.session is not None else ():
        for made in _checks(line):
            without, more = _changes(line, made)
            yield Spoilt(made, session.parts(without, line, more))


def _told(line: Wanted) -> str:
    return " or ".join(_filled(pattern, line.each) for pattern in line.patterns)


def _checks(line: Wanted) -> Iterator[Made]:
    least, most = _count(line)
    told = _told(line)
    if line.kind != "optional" and least > 0:
        yield Made(code="ALF501", check=line.kind, column=None, subject=told)
    if _can_count(line, least, most):
        yield Made(code="ALF502", check="count", column=None, subject=told)


def _can_count(line: Wanted, least: int, most: int | None) -> bool:
    """Tell whether a number of files can be wrong: of a name without a pattern there is one or none."""
    several = line.kind == "any_of" or len(list(paths_fitting(_filled(line.patterns[0], line.each), 2))) > 1
    return (several and (least > 1 or most is not None)) or most == 0


def _changes(line: Wanted, made: Made) -> tuple[tuple[str, ...], int]:
    """Give the patterns of files that are left out, and how many files a line is given instead."""
    least, most = _count(line)
    patterns = tuple(_filled(pattern, line.each) for pattern in line.patterns)
    if made.code == "ALF501":
        return patterns, 0
    return patterns, most + 1 if most is not None else least - 1


def _count(line: Wanted) -> tuple[int, int | None]:
    return line.count if line.count is not None else (1, None)


def _filled(pattern: str, each: str) -> str:
    found = _PLACEHOLDER.search(each)
    return pattern.replace(found[0], _word(each)) if found else pattern


def _word(each: str) -> str:
    found = _PLACEHOLDER.search(each)
    begins = found is None or found.start() == 0 or each[found.start() - 1] == "/"
    return "probe00" if begins else "00"


def paths_fitting(pattern: str, count: int) -> Iterator[str]:
    """Give up to `count` session-relative paths of legal names that a pattern matches."""
    stars = len(_STAR.findall(pattern))
    found: dict[str, None] = {}
    for words in product(_WORDS, repeat=stars):
        path = _lettered(pattern, words)
        folder, slash, name = path.rpartition("/")
        known = name.rpartition(".")[2] in _EXTENSIONS or not _STAR.search(pattern.rpartition(".")[2])
        legal = known and _NAME.fullmatch(name) and _FOLDER.fullmatch(folder + slash)
        if path not in found and legal and fnmatchcase(path, pattern):
            found[path] = None
            yield path
            if len(found) == count:
                return


def _lettered(pattern: str, words: Iterable[str]) -> str:
    parts = iter(words)
    return _STAR.sub(lambda wild: _letter(wild[0], next(parts)), pattern)


def _letter(wild: str, word: str) -> str:
    if wild == "*":
        return word
    return "a" if wild == "?" else wild[1]


class _Session:
    """One session on its way: what a contract asks for, and the contents of files."""

    def __init__(
        self, contract: Contract, rows: int, seed: int, others: Iterable[Contract | ContractFile] | Others
    ) -> None:
        assert contract.session is not None
        self._contract = contract
        self._terms: SessionTerms = contract.session
        self._contents = Contents(rows, seed, given(others))

    def parts(
        self, without: Sequence[str], instead: Wanted | None = None, count: int = 0
    ) -> tuple[Part, ...]:
        """Give the files of a session; of `without` none, but `count` for the line `instead`."""
        paths: dict[str, None] = {}
        for line in self._terms.datasets:
            asked = count if line is instead else self._asked(line)
            paths.update(dict.fromkeys(self._paths(line, asked)))
        mine = {} if instead is None else dict.fromkeys(self._paths(instead, count))
        kept = [path for path in paths if path in mine or not _fits_any(path, without)]
        documents = conditional_documents(self._conditions(), self._contents.document)
        folders = [path for path in self._folders() if not _fits_any(path, without)]
        wanted = dict.fromkeys([*kept, *(path for path in documents if path not in kept), *folders])
        found = {path: self._contents.part(path) for path in wanted}
        for path, document in documents.items():
            if _fits_any(path, without) and path not in mine:
                raise ContractError(
                    f"contract {self._contract.label}: it asks for {path} and depends on what stands in it: "
                    "where it is missing nothing can be asked; take the line out"
                )
            found[path] = Part(path, "document", document)
        return tuple(found.values())

    def _asked(self, line: Wanted) -> int:
        least, most = _count(line)
        if line.kind == "optional":
            return least if line.count is not None and most != 0 else 0
        return least if most != 0 else 0

    def _paths(self, line: Wanted, count: int) -> list[str]:
        """Give so many paths for a line, of its first pattern as far as that goes."""
        found: dict[str, None] = {}
        for pattern in line.patterns:
            if len(found) < count:
                paths = paths_fitting(_filled(pattern, line.each), MOST)
                suited = (path for path in paths if path not in found and self._contents.suits(path))
                found.update(dict.fromkeys(islice(suited, count - len(found))))
        if len(found) < count:
            raise ContractError(
                f"contract {self._contract.label}: {count} files are asked for, and no more than "
                f"{len(found)} can have the name {_told(line)}"
            )
        return list(found)

    def _conditions(self) -> list[Condition]:
        return [self._terms.when, *(line.when for line in self._terms.datasets)]

    def _folders(self) -> list[str]:
        """Give a file for each folder that must be there, whatever else is missing."""
        folders = [folder_of(when.collection) for when in self._conditions() if when.collection]
        folders += [_filled(line.each, line.each) for line in self._terms.datasets if line.each]
        return [f"{folder}/things.{NEUTRAL}.npy" for folder in dict.fromkeys(folders)]


def _fits_any(path: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)
