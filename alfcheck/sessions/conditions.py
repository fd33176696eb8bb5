"""Whether what a contract asks of a session is asked of this one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from alfcheck.model import Dataset, Severity
from alfcheck.sessions.needs import are_settings, is_description, is_named, protocols_of, texts_of, values_at
from alfcheck.sessions.patterns import matcher
from alfcheck.sessions.seen import Document, Seen

if TYPE_CHECKING:
    from alfcheck.contracts.model import Condition

__all__ = ["Doubt", "holds"]

_DESCRIPTION = "_ibl_experiment.description.yaml"
_SETTINGS = "_iblrig_taskSettings.raw.json"


class Doubt(NamedTuple):
    """Why nobody can say whether a condition holds.

    ``severity`` is ``unverified`` where a document is there and tells nothing, ``warning`` where none is
    there, and ``None`` where documents were not to be read.
    """

    what: str
    why: str
    severity: Severity | None


Answer = bool | Doubt


def holds(when: Condition, seen: Seen) -> Answer:
    """Tell whether all that is given holds; what does not is certain whatever else is in doubt."""
    answers = list(_answers(when, seen))
    doubts = [each for each in answers if isinstance(each, Doubt)]
    if False in answers:
        return False
    return min(doubts, key=_order) if doubts else True


def _order(doubt: Doubt) -> int:
    return (Severity.UNVERIFIED, Severity.WARNING, None).index(doubt.severity)


def _answers(when: Condition, seen: Seen) -> Sequence[Answer]:
    answers: list[Answer] = []
    if when.collection is not None:
        answers.append(any(map(matcher(when.collection), seen.folders)))
    if when.protocol is not None:
        answers.append(_protocol(when.protocol, seen))
    if when.device is not None:
        answers.append(_device(when.device, seen))
    if when.document is not None:
        answers.append(_document(when.document, seen))
    return answers


def _protocol(pattern: str, seen: Seen) -> Answer:
    matches = matcher(pattern)
    what = f"the task protocol ({pattern})"
    documents = _telling(seen, lambda dataset: is_description(dataset) or are_settings(dataset))
    named = [protocols_of(each.dataset, each.value) for each in documents]
    answer = _judged(documents, [any(map(matches, names)) for names in named], what, seen)
    # A description without tasks says that there were none; settings of other programs say nothing.
    if answer is False and not any(named) and not any(is_description(each.dataset) for each in documents):
        return Doubt(what, f"no document names it ({_DESCRIPTION}, {_SETTINGS})", Severity.WARNING)
    return answer


def _device(path: str, seen: Seen) -> Answer:
    what = f"the device {path}"
    documents = _telling(seen, is_description)
    # `cameras: {}` names no camera.
    said = [
        any(value not in (None, {}, []) for value in values_at(each.value, f"devices/{path}"))
        for each in documents
    ]
    return _judged(documents, said, what, seen) if documents else _unnamed(what, _DESCRIPTION, seen)


def _telling(seen: Seen, tells: Callable[[Dataset], bool]) -> list[Document]:
    """Give the documents of a kind; one that is no mapping of keys says nothing of what is asked."""
    return [
        each if each.fault or isinstance(each.value, dict) else each._replace(fault="is no mapping of keys")
        for each in seen.documents
        if tells(each.dataset)
    ]


def _document(asked: tuple[str, str, str], seen: Seen) -> Answer:
    name, path, pattern = asked
    matches = matcher(pattern)
    what = f"{path} of {name} ({pattern})"
    documents = [each for each in seen.documents if is_named(each.path, name)]
    said = [
        any(matches(text) for value in values_at(each.value, path) for text in texts_of(value))
        for each in documents
    ]
    return _judged(documents, said, what, seen) if documents else _unnamed(what, name, seen)


def _judged(documents: Sequence[Document], said: Sequence[bool], what: str, seen: Seen) -> Answer:
    """Bring together what documents say; one that says yes is enough, whatever is wrong with others."""
    if not seen.reads:
        return _unread(what)
    if any(yes and not each.fault for each, yes in zip(documents, said, strict=True)):
        return True
    faulty = next((each for each in documents if each.fault), None)
    return Doubt(what, f"{faulty.path} {faulty.fault}", Severity.UNVERIFIED) if faulty else False


def _unnamed(what: str, name: str, seen: Seen) -> Doubt:
    why = f"the session has no {name}, which would tell"
    return Doubt(what, why, Severity.WARNING) if seen.reads else _unread(what)


def _unread(what: str) -> Doubt:
    return Doubt(what, "no document was to be read", None)
