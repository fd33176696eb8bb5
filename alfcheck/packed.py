"""The files of a session, and what the map says of them, packed by columns.

A release has a million files. As tuples, each of them costs half a kilobyte in every process that holds it;
as columns it costs the 40 bytes of its numbers, for what sessions have in common (names, types) is kept once.
`Entry` and `FileResult` are made when they are asked for. Standard library only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain
from sys import intern
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self, TypeVar

from alfcheck.columns import (
    EACH,
    Hashes,
    Numbers,
    Texts,
    pack_hashes,
    pack_numbers,
    pack_texts,
    unpack_hashes,
    unpack_numbers,
    unpack_texts,
)

if TYPE_CHECKING:
    from alfcheck.model import Finding

__all__ = ["Entry", "FileResult", "SessionFiles", "SessionResult"]


class Entry(NamedTuple):
    """One file as the scan saw it.

    ``path`` is POSIX and relative to the root (see `alfcheck.scan` for names that are not UTF-8);
    times are nanoseconds. A link inside the root has the numbers of the file that it leads to.
    """

    path: str
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    device: int


class FileResult(NamedTuple):
    """What the map says of one file of a session; ``dataset_type`` is empty for what is no dataset."""

    path: str
    size: int
    dataset_type: str
    readable: bool
    md5: str | None


_COLUMNS = len(Entry._fields) - 1
"""Numbers of an entry."""

# What a NamedTuple does beside being made takes most of its time.
_entry: Callable[[tuple[Any, ...]], Entry] = partial(tuple.__new__, Entry)
_file: Callable[[tuple[Any, ...]], FileResult] = partial(tuple.__new__, FileResult)


class _Packed:
    """A frozen value that consists of its columns: the paths of a session's files, and more."""

    __slots__ = ("_names", "_within", "count")

    path: str
    count: int
    _names: Texts
    _within: bool

    _puts: ClassVar[tuple[Callable[[Any, object], None], ...]]

    def __init_subclass__(cls) -> None:
        cls._puts = tuple(getattr(cls, name).__set__ for name in (*_Packed.__slots__, *cls.__slots__))

    def _columns(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in (*_Packed.__slots__, *self.__slots__))

    def _fill(self, *columns: object) -> None:
        for put, column in zip(self._puts, columns, strict=True):
            put(self, intern(column) if type(column) is str else column)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} cannot be changed; _replace gives another one")

    def __delattr__(self, name: str) -> None:
        self.__setattr__(name, None)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self._columns() == other._columns()

    def __hash__(self) -> int:
        return hash(self._columns())

    def __reduce__(self) -> tuple[Any, ...]:
        return _filled, (type(self), *self._columns())

    @property
    def names(self) -> tuple[str, ...]:
        """The paths of the files from the session's folder (from the root, if they do not lie in it)."""
        return unpack_texts(self._names, self.count)

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of the files from the root."""
        return joined(self.path, self.names) if self._within else self.names


P = TypeVar("P", bound=_Packed)


def _filled(kind: type[P], *columns: object) -> P:
    packed = kind.__new__(kind)
    packed._fill(*columns)
    return packed


def joined(folder: str, names: Iterable[str]) -> tuple[str, ...]:
    """Give the paths of what is in a folder."""
    start = f"{folder}/"
    return tuple(map(start.__add__, names))


def within(folder: str, paths: Sequence[str]) -> tuple[bool, Sequence[str]]:
    """Tell whether all files lie in a folder, and give their paths from there, else from the root."""
    start = f"{folder}/"
    is_within = all(path.startswith(start) for path in paths)
    return is_within, [path[len(start) :] for path in paths] if is_within else paths


def _named(folder: str, paths: Sequence[str]) -> tuple[Texts, bool, int, str]:
    """Give the columns that all have, of the paths of files from the root."""
    is_within, names = within(folder, paths)
    return pack_texts(names), is_within, len(paths), folder


class SessionFiles(_Packed):
    """A session and its files, sorted by path: the unit of work. ``count`` is how many they are."""

    __slots__ = ("path", "_numbers")  # noqa: RUF023 (in the order of what is told)

    _numbers: Numbers

    def __init__(self, path: str, entries: Iterable[Entry]) -> None:
        paths, *numbers = tuple(zip(*entries, strict=True)) or ((),) * len(Entry._fields)
        self._fill(*_named(path, paths), pack_numbers([*chain.from_iterable(numbers)]))

    @classmethod
    def of_columns(cls, path: str, names: Sequence[str], numbers: Sequence[int]) -> Self:
        """Make it of the files' paths from the session's folder, and of their numbers.

        Those are all sizes, then all times of modification, and so forth, in the order of an `Entry`.
        """
        return _filled(cls, pack_texts(names), True, len(names), path, pack_numbers(numbers))

    @classmethod
    def of_packed(cls, path: str, count: int, names: Texts, numbers: Numbers) -> Self:
        """Make it of what `packed` gave."""
        return _filled(cls, names, True, count, path, numbers)

    @property
    def packed(self) -> tuple[str, int, Texts, Numbers]:
        """All that it consists of, in types of Python's own, where the files lie in the session's folder."""
        return self.path, self.count, self._names, self._numbers

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The files, made when they are asked for."""
        numbers, count = unpack_numbers(self._numbers), self.count
        columns = (numbers[place * count : (place + 1) * count] for place in range(_COLUMNS))
        return tuple(map(_entry, zip(self.paths, *columns, strict=True)))

    @property
    def size(self) -> int:
        """The bytes of all files together."""
        return sum(self._column(0))

    @property
    def changed(self) -> int:
        """The time of the last change of a file (nanoseconds), by either of the times that a system keeps."""
        return max((*self._column(1), *self._column(2)), default=0)

    @property
    def columns(self) -> tuple[bool, Texts, Numbers]:
        """All that is kept beside path and count, as it is packed: equal files give equal columns."""
        return self._within, self._names, self._numbers

    def _column(self, place: int) -> tuple[int, ...]:
        return unpack_numbers(self._packed_column(place))

    def _packed_column(self, place: int) -> Numbers:
        if not isinstance(self._numbers, bytes):
            return pack_numbers(self._numbers[place * self.count : (place + 1) * self.count])
        width = self.count * EACH
        return self._numbers[place * width : (place + 1) * width]

    def _replace(self, **changed: Any) -> Self:
        return type(self)(**{"path": self.path, "entries": self.entries, **changed})

    def __repr__(self) -> str:
        return f"SessionFiles(path={self.path!r}, entries={self.entries!r})"


class SessionResult(_Packed):
    """What the map says of one session: small, picklable, in order. ``count`` is how many files it has."""

    __slots__ = ("path", "findings", "info", "_hashes", "_readable", "_sizes", "_types")  # noqa: RUF023 (as above)

    _hashes: Hashes
    _readable: str
    _sizes: Numbers
    _types: Texts
    findings: tuple[Finding, ...]
    info: Mapping[str, str]

    def __init__(
        self,
        path: str,
        files: Iterable[FileResult],
        findings: tuple[Finding, ...],
        info: Mapping[str, str],
    ) -> None:
        paths, sizes, *told = tuple(zip(*files, strict=True)) or ((),) * len(FileResult._fields)
        self._tell(_named(path, paths), pack_numbers(sizes), told, findings, info)

    @classmethod
    def of_columns(
        cls,
        files: SessionFiles,
        told: Sequence[Iterable[Any]],
        findings: tuple[Finding, ...],
        info: Mapping[str, str],
    ) -> Self:
        """Make it of the files that the scan saw, and of what is told of them.

        That are their dataset types, whether they are readable, and their md5s, as in a `FileResult`.
        """
        result = cls.__new__(cls)
        named = (files._names, files._within, files.count, files.path)
        result._tell(named, files._packed_column(0), told, findings, info)
        return result

    def of_files(self, files: SessionFiles) -> Self:
        """Say the same of the files of another session; raises `ValueError` unless there are as many."""
        if files.count != self.count:
            raise ValueError(f"{files.path} has {files.count} files, and not {self.count}")
        named = (files._names, files._within, files.count, files.path)
        told = (self._hashes, self._readable, files._packed_column(0), self._types)
        return _filled(type(self), *named, self.findings, dict(self.info), *told)

    def _tell(
        self,
        named: tuple[object, ...],
        sizes: Numbers,
        told: Sequence[Iterable[Any]],
        findings: tuple[Finding, ...],
        info: Mapping[str, str],
    ) -> None:
        types, readable, md5s = told
        flags = "".join(["1" if each else "0" for each in readable])
        packed = (pack_hashes(tuple(md5s)), flags, sizes, pack_texts(tuple(types)))
        self._fill(*named, findings, info, *packed)

    @property
    def files(self) -> tuple[FileResult, ...]:
        """What is told of each file, made when it is asked for."""
        readable = map("1".__eq__, self._readable)
        told = zip(self.paths, self.sizes, self.types, readable, self.md5s, strict=True)
        return tuple(map(_file, told))

    @property
    def sizes(self) -> tuple[int, ...]:
        """The bytes of each file."""
        return unpack_numbers(self._sizes)

    @property
    def types(self) -> tuple[str, ...]:
        """The dataset type of each file, empty for what is no dataset."""
        return unpack_texts(self._types, self.count)

    @property
    def md5s(self) -> tuple[str | None, ...]:
        """The md5 of each file, where it was asked for."""
        return unpack_hashes(self._hashes, self.count)

    @property
    def has_datasets(self) -> bool:
        """Tell whether a file is a dataset."""
        return any(self._types) if isinstance(self._types, tuple) else bool(self._types.strip("\0"))

    def is_of(self, session: SessionFiles) -> bool:
        """Tell whether these are the files of a session, with the sizes that the scan saw."""
        mine = (self._names, self._within, self.count, self.path, self._sizes)
        named = (session._names, session._within, session.count, session.path)
        return mine == (*named, session._packed_column(0))

    def _replace(self, **changed: Any) -> Self:
        mine = {"path": self.path, "files": self.files, "findings": self.findings, "info": self.info}
        return type(self)(**{**mine, **changed})

    def __repr__(self) -> str:
        told = (self.path, self.files, self.findings, self.info)
        return "SessionResult(path={!r}, files={!r}, findings={!r}, info={!r})".format(*told)


def flags_of(result: SessionResult) -> str:
    """Give ``1`` for each file that is readable and ``0`` for the others."""
    return result._readable


def kinds_of(result: SessionResult) -> tuple[object, ...]:
    """Give what a result says of its files but for names, sizes and md5s; most sessions say the same."""
    return result._types, result._readable, result.count


def columns_of(result: SessionResult) -> tuple[bool, Texts, Numbers, Hashes]:
    """Give names, sizes and md5s as they are kept, after whether the names are paths from the session."""
    return result._within, result._names, result._sizes, result._hashes
