"""Decorators that make rules of plain functions: one for each target, typed by what the function sees.

    @alfcheck.object_rule(
        "LAB401", "feedback-before-response", object="trials", columns=["response_times", "feedback_times"]
    )
    def feedback_after_response(trials):
        '''Feedback comes before the response that it is for.

        It is given for the response, so that one of the clocks must be wrong.
        '''
        yield from trials.where(trials["feedback_times"] < trials["response_times"], "feedback is early")

What the decorator gives is a `Rule`, to be returned from the hook ``alfcheck_rules``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Concatenate, TypedDict, Unpack

from alfcheck.model import Asks, Dataset, Example, Problem, Rule, SessionResult, Severity, Target

if TYPE_CHECKING:
    from alfcheck.subjects import FileData, ObjectBatch, ObjectTable, SessionData

__all__ = [
    "content_rule",
    "layout_rule",
    "name_rule",
    "object_batch_rule",
    "object_rule",
    "release_rule",
    "session_rule",
]


class Said(TypedDict, total=False):
    """What every rule may say of itself.

    ``summary`` is the first paragraph of the docstring, ``why`` the rest, where they are not given.
    """

    severity: Severity | str
    summary: str
    why: str
    fix: str
    good: Sequence[Example]
    bad: Sequence[Example]
    since: str


Problems = Iterable[Problem]
NameCheck = Callable[Concatenate[Dataset, str, ...], Problems]
LayoutCheck = Callable[Concatenate[Mapping[str, Dataset], ...], Problems]
ContentCheck = Callable[Concatenate["FileData", ...], Problems]
ObjectCheck = Callable[Concatenate["ObjectTable", ...], Problems]
BatchCheck = Callable[Concatenate["ObjectBatch", ...], Iterable[tuple[int, Problem]]]
SessionCheck = Callable[Concatenate["SessionData", ...], Problems]
ReleaseCheck = Callable[Concatenate[Sequence[SessionResult], ...], Problems]


def name_rule(code: str, name: str, **said: Unpack[Said]) -> Callable[[NameCheck], Rule]:
    """Make a rule of a function that is asked about each distinct dataset name: ``(dataset, path)``.

    `path` is relative to the session.
    """
    return lambda check: _rule(code, name, Target.NAME, check, 2, Asks(), said)


def layout_rule(code: str, name: str, **said: Unpack[Said]) -> Callable[[LayoutCheck], Rule]:
    """Make a rule of a function that sees all names of a session: a mapping of path to `Dataset`."""
    return lambda check: _rule(code, name, Target.LAYOUT, check, 1, Asks(), said)


def content_rule(
    code: str, name: str, *, datasets: Sequence[str], **said: Unpack[Said]
) -> Callable[[ContentCheck], Rule]:
    """Make a rule of a function that sees one file (`FileData`) of those that `datasets` match."""
    asks = Asks(datasets=_texts(datasets, "datasets"))
    return lambda check: _rule(code, name, Target.CONTENT, check, 1, asks, said)


def object_rule(
    code: str,
    name: str,
    *,
    object: str,
    columns: Sequence[str],
    optional: Sequence[str] = (),
    namespace: str | None = None,
    collection: str = "*",
    aligned: bool = True,
    **said: Unpack[Said],
) -> Callable[[ObjectCheck], Rule]:
    """Make a rule of a function that sees columns of one object (`ObjectTable`)."""
    asks = Asks(
        object=object,
        namespace=namespace,
        collection=collection,
        columns=_texts(columns, "columns"),
        optional=_texts(optional, "optional"),
        aligned=aligned,
    )
    return lambda check: _rule(code, name, Target.OBJECT, check, 1, asks, said)


def object_batch_rule(
    code: str,
    name: str,
    *,
    object: str,
    columns: Sequence[str],
    optional: Sequence[str] = (),
    namespace: str | None = None,
    collection: str = "*",
    **said: Unpack[Said],
) -> Callable[[BatchCheck], Rule]:
    """Make a rule of a function that sees the tables of many sessions at once (`ObjectBatch`).

    It gives pairs: the number of a table, and a problem of it. For rules that must be fast; what it says
    must be what it would say of each table alone.
    """
    asks = Asks(
        object=object,
        namespace=namespace,
        collection=collection,
        columns=_texts(columns, "columns"),
        optional=_texts(optional, "optional"),
    )
    return lambda check: _rule(code, name, Target.OBJECT, check, 1, asks, said, batch=True)


def session_rule(
    code: str,
    name: str,
    *,
    columns: Sequence[str] = (),
    optional: Sequence[str] = (),
    datasets: Sequence[str] = (),
    optional_datasets: Sequence[str] = (),
    namespace: str | None = None,
    collection: str = "*",
    **said: Unpack[Said],
) -> Callable[[SessionCheck], Rule]:
    """Make a rule of a function that sees a session: columns ``object.column``, documents (`SessionData`)."""
    asks = Asks(
        namespace=namespace,
        collection=collection,
        datasets=_texts(datasets, "datasets"),
        columns=_texts(columns, "columns"),
        optional=_texts(optional, "optional"),
        optional_datasets=_texts(optional_datasets, "optional_datasets"),
        aligned=False,
    )
    return lambda check: _rule(code, name, Target.SESSION, check, 1, asks, said)


def release_rule(code: str, name: str, **said: Unpack[Said]) -> Callable[[ReleaseCheck], Rule]:
    """Make a rule of a function that sees the results of all sessions, in order."""
    return lambda check: _rule(code, name, Target.RELEASE, check, 1, Asks(), said)


def _rule(
    code: str,
    name: str,
    target: Target,
    check: Callable[..., Iterable[Any]],
    seen: int,
    asks: Asks,
    said: Said,
    *,
    batch: bool = False,
) -> Rule:
    if isinstance(check, Rule):
        raise TypeError(f"rule {code}: the function is a rule already ({check.code}); write one decorator")
    _require_known(code, said)
    _require_arguments(code, check, seen)
    summary, _, why = inspect.cleandoc(check.__doc__ or "").partition("\n\n")
    return Rule(
        code=code,
        name=name,
        target=target,
        severity=_severity(code, said.get("severity", Severity.ERROR)),
        summary=said.get("summary") or " ".join(summary.split()) or name.replace("-", " ").capitalize() + ".",
        why=said.get("why") or " ".join(why.split()),
        fix=said.get("fix", ""),
        good=tuple(said.get("good", ())),
        bad=tuple(said.get("bad", ())),
        check=check,
        since=said.get("since", ""),
        asks=asks,
        batch=batch,
    )


def _require_known(code: str, said: Said) -> None:
    """Refuse a misspelt word: what it says would be lost without a word."""
    from alfcheck.config import nearest

    for word in said:
        if word not in Said.__annotations__:
            meant = nearest(word, tuple(Said.__annotations__))
            raise TypeError(f"rule {code}: this kind of rule takes no {word!r}{meant}")


def _severity(code: str, given: Severity | str) -> Severity:
    allowed = (Severity.ERROR, Severity.WARNING, Severity.INFO)
    if given not in allowed:
        raise ValueError(f"rule {code}: the severity is one of {', '.join(allowed)}, not {given!r}")
    return Severity(given)


def _require_arguments(code: str, check: Callable[..., object], seen: int) -> None:
    """Refuse a function that cannot be called with what it will get: the message would come file by file."""
    settings: dict[str, object] = (
        {"settings": {}} if "settings" in inspect.signature(check).parameters else {}
    )
    try:
        inspect.signature(check).bind(*range(seen), **settings)
    except TypeError as error:
        takes = "(dataset, path)" if seen == 2 else "one argument"
        raise TypeError(
            f"rule {code}: the function {getattr(check, '__name__', check)!r} must take {takes}, and may "
            f"take settings ({error})"
        ) from error


def _texts(given: Sequence[str], what: str) -> tuple[str, ...]:
    if isinstance(given, str) or not all(isinstance(each, str) for each in given):
        raise TypeError(f"{what} must be a list of texts, but is {given!r}")
    return tuple(given)
