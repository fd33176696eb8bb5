"""The frozen values that every other module speaks in. Standard library only.

Words are those of the field: a *session* is ``(LAB/Subjects/)?SUBJECT/DATE/NUMBER``, a *dataset* one
file of it with a legal ALF name, an *object* the datasets that form one table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from alfcheck.packed import Entry, FileResult, SessionFiles, SessionResult

__all__ = [
    "Asks",
    "Dataset",
    "Entry",
    "Example",
    "FileResult",
    "Finding",
    "Ignored",
    "Origin",
    "Problem",
    "Refusal",
    "Rule",
    "Scan",
    "SessionFiles",
    "SessionPath",
    "SessionResult",
    "Severity",
    "Status",
    "Target",
    "Verdict",
]


class Severity(StrEnum):
    """How much a finding weighs.

    ``unverified`` is no judgement of the data: what should have looked could not.
    """

    ERROR = "error"
    UNVERIFIED = "unverified"
    WARNING = "warning"
    INFO = "info"


class Verdict(StrEnum):
    """What is decided of one dataset."""

    PASS = "pass"
    WARN = "warn"
    UNCHECKED = "unchecked"
    UNVERIFIED = "unverified"
    FAIL = "fail"


class Status(StrEnum):
    """Where a file of the tree ends in the ledger."""

    INDEXED = "indexed"
    REJECTED = "rejected"
    IGNORED = "ignored"


class Target(StrEnum):
    """What a rule looks at; the first digit of a built-in code says the same.

    ``name`` and ``layout`` (1) see paths alone, ``content`` (2) one file, ``contract`` (3) its values,
    ``object`` (4) datasets together, ``session`` (5), ``release`` (6), ``engine`` (9) the run itself.
    """

    NAME = "name"
    LAYOUT = "layout"
    CONTENT = "content"
    CONTRACT = "contract"
    OBJECT = "object"
    SESSION = "session"
    RELEASE = "release"
    ENGINE = "engine"


class Origin(NamedTuple):
    """Who said it: the plugin's name and version."""

    name: str
    version: str


class Ignored(NamedTuple):
    """A file that is no business of the release, and why."""

    path: str
    size: int
    reason: str


class Dataset(NamedTuple):
    """The parts of a session-relative dataset path; absent parts are empty strings."""

    collection: str
    revision: str
    namespace: str
    object: str
    attribute: str
    timescale: str
    extra: str
    extension: str

    @property
    def dataset_type(self) -> str:
        """``object.attribute``, as ONE names dataset types."""
        return f"{self.object}.{self.column}"

    @property
    def column(self) -> str:
        """The attribute with its timescale: the key that ONE's ``load_object`` gives it."""
        return f"{self.attribute}_{self.timescale}" if self.timescale else self.attribute


class SessionPath(NamedTuple):
    """The parts of a session's path; ``lab`` is empty where the tree has no lab folders."""

    lab: str
    subject: str
    date: str
    number: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a name or path is no legal one: the fault under a caret, and what to do.

    ``start`` and ``end`` are the span of the wrong part in ``text``; ``nearest`` is the nearest valid
    name, where there is one.
    """

    code: str
    text: str
    part: str
    start: int
    end: int
    expected: str
    nearest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What a check alone knows; the pipeline adds code, path and origin to make a `Finding`.

    ``severity`` is only given where it differs from the rule's own. ``datasets`` names the paths that
    the problem fails, where that is not just the thing looked at. ``code`` is given by readers and
    contracts, which emit problems of several rules.
    """

    message: str
    code: str | None = None
    severity: Severity | None = None
    column: str | None = None
    check: str | None = None
    contract: str | None = None
    expected: str | None = None
    rows: tuple[int, ...] = ()
    count: int = 1
    datasets: tuple[str, ...] = ()
    fix: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing wrong. ``rows`` is a sample of zero-based rows, ``count`` is exact.

    ``waived`` says how the user excused it, if so: then its datasets are `warn` at best.
    """

    code: str
    rule: str
    severity: Severity
    path: str
    message: str
    origin: Origin
    datasets: tuple[str, ...] = ()
    contract: str | None = None
    column: str | None = None
    check: str | None = None
    expected: str | None = None
    rows: tuple[int, ...] = ()
    count: int = 1
    fix: str | None = None
    waived: str | None = None

    @property
    def sort_key(self) -> tuple[str, str, str, str, str, str]:
        """Path and code first, then whatever tells two findings apart."""
        return (self.path, self.code, self.column or "", self.check or "", self.contract or "", self.message)


@dataclass(frozen=True, slots=True)
class Scan:
    """A tree as one walk saw it.

    Every file is in exactly one of ``sessions``, ``ignored`` and ``refused`` (links out of the root,
    devices, what could not be looked at: each with a finding that names it). ``root_to_use`` is set
    when the root itself lies inside a lab, subject or session folder.
    """

    sessions: tuple[SessionFiles, ...]
    ignored: tuple[Ignored, ...] = ()
    refused: tuple[Entry, ...] = ()
    findings: tuple[tuple[str, str, Problem], ...] = ()  # (code, path, problem)
    root_to_use: str | None = None
    file_count: int = 0


@dataclass(frozen=True, slots=True)
class Example:
    """A file that a rule accepts or refuses: shown by ``alfcheck explain`` and run by the tests.

    ``path`` is relative to a release; ``data`` are the bytes of the file, or a function that gives them
    (so that an example costs nothing until someone asks). ``note`` says what the data are. ``beside``
    are further files that the example needs.
    """

    path: str
    data: bytes | Callable[[], bytes] = b""
    note: str = ""
    beside: tuple[Example, ...] = ()
    link_to: str | None = None

    def content(self) -> bytes:
        """Give the bytes of the file."""
        return self.data if isinstance(self.data, bytes) else self.data()


CheckFunction = Callable[..., Iterable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """What of a release a rule looks at; nothing else is read for it.

    ``datasets`` are patterns of `fnmatch` for session-relative paths without revision (``alf/*``), or for
    file names where they have no slash (``*.wav``). ``object``, ``collection`` and ``namespace`` (``None``
    for any, ``""`` for none) are patterns too.
    ``columns`` are patterns for columns as ONE's ``to_df`` names them (``intervals_0``); a rule about
    sessions says ``object.column``. Without one that matches each of them the rule is not asked; those of
    ``optional`` and ``optional_datasets`` may be there or not. ``aligned`` asks that the columns have equally
    many rows: one row broadcasts, an optional column that does not fit is left out, and a rule whose other
    columns do not fit is not asked (ALF401 tells of unequal rows).
    """

    object: str = ""
    namespace: str | None = None
    collection: str = "*"
    datasets: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    optional_datasets: tuple[str, ...] = ()
    aligned: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One named check: its code, what it is called after (the fault), and how it is explained.

    ``check`` is ``None`` where a stage of the engine itself finds the fault (readers, contracts, rows
    and references). ``safety`` marks rules that cannot be lowered for the index: what is dangerous or
    what ONE cannot load.

    What ``check`` is called with depends on the target: ``name`` with a `Dataset` and its session-relative
    path (asked once for each distinct one; with ``folders`` it is asked once more a session, with the
    session's path and a slash for a path; with ``whole_path`` the path is relative to the root, and every
    file is asked about), ``layout`` with a mapping of session-relative path to `Dataset`, ``content`` with
    a `FileData`, ``object`` with an `ObjectTable`, ``session`` with a `SessionData`, ``release`` with the
    `SessionResult`s of all sessions. With ``batch``, a rule about objects gets an `ObjectBatch`, and gives
    pairs of a number in it and a problem. Paths in the ``datasets`` of problems are relative to the
    session; those of release rules are relative to the root. What is looked at is said in ``asks``. A
    function with a parameter ``settings`` gets those of its plugin.
    """

    code: str
    name: str
    target: Target
    severity: Severity
    summary: str
    why: str
    fix: str
    good: tuple[Example, ...] = ()
    bad: tuple[Example, ...] = ()
    check: CheckFunction | None = None
    safety: bool = False
    whole_path: bool = False
    folders: bool = False
    since: str = "0.1.0"
    asks: Asks = Asks()
    batch: bool = False
