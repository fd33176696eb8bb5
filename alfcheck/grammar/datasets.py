"""Find what is wrong with a dataset's path: the characters, then the folders, then the name."""

from __future__ import annotations

import re
from typing import NamedTuple

from alfcheck.grammar.strict import nested_span
from alfcheck.grammar.text import Fault, slow_span, text_fault, unfinished

__all__ = ["dataset_fault", "one_sees"]

# The same names as `one.alf.spec.is_valid`, in linear time.
_ONE_SEES = re.compile(r"\w+\.(?:_[a-z]+_)?[a-zA-Z0-9]+(?:_\w+)?(?:\.[.\w-]+)?\.\w+")
_ONE_READS = re.compile(
    r"_?((?<=_)[a-zA-Z0-9]+)?_?(\w+)\.((?:_[a-z]+_)?[a-zA-Z0-9]+(?:_(?:times|intervals)(?=[_.]))?)"
    r"(?:_(\w+))?(?:\.([.\w-]+))?\.(\w+)"
)
_COPY = r"\s*\(\d{1,3}\)"

_FOLDER_EXPECTED = "a folder of letters, digits, '_', '-' and '.' (not '.' or '..')"
_REVISION_EXPECTED = (
    "one revision, as the last folder, between two '#' and of letters, digits, '_', '-' and '.'"
)


class _Part(NamedTuple):
    """What stands between two dots of a name, and where."""

    text: str
    start: int


def one_sees(name: str) -> bool:
    """Tell whether ONE takes a file name for a dataset."""
    return _ONE_SEES.fullmatch(name.removesuffix("\n")) is not None


def dataset_fault(path: str) -> Fault:
    """Find the first thing wrong with a path that `read_dataset` did not accept."""
    at = path.rfind("/") + 1
    return (
        text_fault(path)
        or _unfinished_fault(path[at:], at)
        or _slow_fault(path)
        or _folder_fault(path[: max(at - 1, 0)], at > 0)
        or _name_fault(path[at:], at)
    )


def _unfinished_fault(name: str, at: int) -> Fault | None:
    found = unfinished(name)
    if found:
        expected = f"the name of a finished file; this is {found.what}"
        return Fault("ALF113", "name", at + found.start, at + found.end, expected)
    return None


def _slow_fault(path: str) -> Fault | None:
    span = slow_span(path)
    if span is None:
        return None
    part = "collection" if "/" in path[span[1] :] else "extra"
    return Fault(
        "ALF105", part, *span, "fewer dots: with each further one ONE needs twice the time to read the name"
    )


def _folder_fault(folder: str, is_there: bool) -> Fault | None:
    """Find what is wrong with the folders of a path, from the left."""
    if not is_there:
        return None
    start = 0
    folders = folder.split("/")
    for index, name in enumerate(folders):
        end = start + len(name)
        if "#" in name:
            is_last = index == len(folders) - 1
            if not is_last or re.fullmatch(r"#[\w.-]+#", name) is None:
                return Fault("ALF104", "revision", start, end, _REVISION_EXPECTED)
        elif name in ("", ".", ".."):
            return Fault("ALF103", "collection", start, max(end, start + 1), _FOLDER_EXPECTED)
        else:
            bad = re.search(r"[^\w.-]+", name)
            if bad:
                return Fault("ALF103", "collection", start + bad.start(), start + bad.end(), _FOLDER_EXPECTED)
        start = end + 1
    span = nested_span(folder)
    return Fault("ALF103", "collection", *span, "no session within a session") if span else None


def _name_fault(name: str, at: int) -> Fault:
    """Find what is wrong with a file name, from the left."""
    parts, start = [], at
    for text in name.split("."):
        parts.append(_Part(text, start))
        start += len(text) + 1
    part, begin, end, expected = _parts_fault(parts, at + len(name))
    if not one_sees(name):
        return Fault("ALF101", part, begin, end, expected)
    match = _ONE_READS.fullmatch(name)
    reading = f"; ONE reads {_reading(match)}" if match else ""
    return Fault("ALF102", part, begin, end, expected + reading)


def _reading(match: re.Match[str]) -> str:
    labels = ("namespace", "object", "attribute", "timescale", "extra", "extension")
    return ", ".join(f"{label} '{text}'" for label, text in zip(labels, match.groups(), strict=True) if text)


_Found = tuple[str, int, int, str]


def _parts_fault(parts: list[_Part], end: int) -> _Found:
    first, *rest = parts
    found = _object_fault(first)
    if found or not rest:
        return found or ("name", end, end, "'.attribute.extension' after the object")
    found = _attribute_fault(rest[0])
    if found or len(rest) == 1:
        return found or ("extension", end, end, "'.extension' after the attribute")
    for extra in rest[1:-1]:
        found = _word_fault(
            extra,
            "extra",
            _COPY + r"|[^\w-]+",
            "letters, digits, '_' and '-', with at least one letter or digit",
        )
        if found:
            return found
    found = _word_fault(rest[-1], "extension", _COPY + r"|\W+", "letters and digits")
    return found or ("name", parts[0].start, end, "object.attribute.extension")


def _word_fault(part: _Part, label: str, bad: str, expected: str) -> _Found | None:
    """Find characters that may not be there, or that nothing else is."""
    match = re.search(bad, part.text)
    if match:
        return label, part.start + match.start(), part.start + match.end(), expected
    if not part.text.strip("_-"):
        return label, part.start, part.start + max(len(part.text), 1), expected
    return None


def _object_fault(part: _Part) -> _Found | None:
    text, start = part
    found = _word_fault(
        part, "object", _COPY + r"|\W+", "an object's name in letters and digits, such as 'spikes'"
    )
    if found:
        return found
    if text.startswith("_"):
        namespace, _, rest = text[1:].partition("_")
        if not rest.strip("_"):
            closing = start + 1 + len(namespace)
            is_closed = text.endswith("_")
            missing = (
                "an object after the namespace"
                if is_closed
                else "a namespace that ends with '_', and an object"
            )
            return (
                "namespace",
                (closing if is_closed else start),
                closing + 1 if is_closed else closing,
                missing,
            )
        if not namespace or rest.startswith("_"):
            begin, end = _doubled(text)
            return "namespace", start + begin, start + end, "single underscores, as in '_ibl_trials'"
        if not namespace.isascii():
            return (
                "namespace",
                start + 1,
                start + 1 + len(namespace),
                "a namespace of ASCII letters and digits",
            )
    if text.endswith("_"):
        return "object", start + len(text.rstrip("_")), start + len(text), "no '_' at the end of the object"
    return None


def _attribute_fault(part: _Part) -> _Found | None:
    # A namespace of the attribute (`_phy_ids`) is old, and legal.
    old = re.match(r"_[a-z]+_(?=[^_])", part.text)
    text, start = part.text[old.end() if old else 0 :], part.start + (old.end() if old else 0)
    expected = "ASCII letters and digits, and a timescale after '_' if there is one"
    head = text.partition("_")[0]
    bad = re.search(_COPY + r"|\W+", text) or re.search(r"[^\x00-\x7f]+", head)
    if bad:
        label = "attribute" if bad.start() <= len(head) else "timescale"
        return label, start + bad.start(), start + bad.end(), expected
    if not text.strip("_"):
        return "attribute", start, start + max(len(text), 1), "an attribute, such as 'times'"
    if text.startswith("_"):
        return "attribute", start, start + 1, "no '_' before the attribute"
    if text.endswith("_"):
        return (
            "timescale",
            start + len(text.rstrip("_")),
            start + len(text),
            "a timescale after '_', or no '_'",
        )
    if "__" in text:
        begin, end = _doubled(text)
        return "timescale", start + begin, start + end, "a single '_' before the timescale"
    return None


def _doubled(text: str) -> tuple[int, int]:
    match = re.search("__+", text)
    return match.span() if match else (0, 1)
