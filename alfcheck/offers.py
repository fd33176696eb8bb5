"""What plugins offer beside rules, contracts, readers and reporters: settings, references, session infos."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    pass

__all__ = ["INFO_COLUMNS", "Reference", "SessionInfo", "Setting"]

INFO_COLUMNS = ("task_protocol", "projects")
"""The columns of the sessions table that a `SessionInfo` can fill."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A key that users may write under ``[plugins.NAME]``.

    ``kind`` is ``bool``, ``int``, ``float`` or ``str``; with ``many``, a list of them (given as a tuple).
    An integer is taken for a ``float``. ``choices`` are the only values allowed, ``minimum`` and
    ``maximum`` bound numbers.
    """

    name: str
    kind: type
    default: Any
    doc: str
    many: bool = False
    choices: tuple[Any, ...] = ()
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Says that an attribute (or a table's column of that name) counts the rows of another object.

    ``object``, ``namespace`` and ``collection`` are patterns of `fnmatch`; ``missing`` is the value that
    stands for no row. The target is looked for in the same collection, then in those around it. ``id`` is
    ``lab.name``, and stands in findings.
    """

    id: str
    object: str
    attribute: str
    target: str
    description: str
    namespace: str = "*"
    collection: str = "*"
    missing: float | None = None
    version: str = "1.0.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionInfo:
    """A function that gives ``task_protocol`` or ``projects`` of a session, and the datasets that it needs.

    ``give`` gets a `SessionData` with those documents and columns (``object.column``), and answers with a
    mapping from some of `INFO_COLUMNS` to texts; an empty mapping says that it knows nothing. It is asked
    where all that it needs is there and stands; ``optional_datasets`` may be there or not. A function with a
    parameter ``settings`` gets those of its plugin.
    """

    name: str
    give: Callable[..., Mapping[str, str]]
    description: str
    datasets: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    optional_datasets: tuple[str, ...] = ()
