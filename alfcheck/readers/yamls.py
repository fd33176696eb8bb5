"""Read ``.yml`` and ``.yaml``: events first, which cost no recursion, then the safe loader."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml

from alfcheck.readers.base import BadContent, Content, Kind
from alfcheck.readers.faults import bad, brief, oversized, too_big_to_read
from alfcheck.readers.files import bytes_of

if TYPE_CHECKING:
    from alfcheck.readers.base import Source

__all__ = ["read"]

MAX_BYTES = 4 << 20
MAX_DEPTH = 100
MAX_EVENTS = 500_000
_PLAIN = 64 << 10
_SHORT = 4 << 10  # characters of a text that is remembered
MAX_NODES = 2_000_000  # with every alias written out

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(source: Source) -> Content:
    """Read a YAML document with the safe loader; tags that ask for code are invalid."""
    if source.size > MAX_BYTES:
        raise too_big_to_read(f"the YAML document has {source.size} bytes; at most {MAX_BYTES} are read")
    data = bytes_of(source)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise bad(
            "ALF207", f"the text is not UTF-8: byte 0x{data[error.start]:02x} in line {line}"
        ) from error
    try:
        document = _known(text) if len(text) <= _SHORT else _load(text)
    except yaml.YAMLError as error:
        raise _invalid(error) from error
    except BadContent:
        raise
    except Exception as error:  # values such as the date 2020-99-99
        raise bad("ALF214", f"the YAML holds a value that cannot be read: {brief(error)}") from error
    return Content(Kind.DOCUMENT, (), None, document=document)


@lru_cache(maxsize=256)
def _known(text: str) -> Any:
    """Load a short document once: sessions of one rig have equal descriptions, and nobody changes them."""
    return _load(text)


def _load(text: str) -> Any:
    """Load a document that is within bounds, which most are too plain to exceed.

    Of what cannot be loaded, a fault of syntax is told first, wherever it is.
    """
    plain = _is_plain(text)
    if not plain:
        _check_bounds(text)
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 (one of the two safe loaders)
    except Exception:
        if plain:
            _check_bounds(text)
        raise


def _is_plain(text: str) -> bool:
    """Tell a short text without aliases that has too few marks to be nested deep: each level needs one."""
    return len(text) <= _PLAIN and "*" not in text and sum(map(text.count, "-?:[{")) <= MAX_DEPTH


def _invalid(error: yaml.YAMLError) -> Exception:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or brief(error)
    where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark is not None else ""
    return bad("ALF214", f"invalid YAML{where}: {''.join(c if c.isprintable() else '?' for c in what)[:200]}")


def _check_bounds(text: str) -> None:
    """Refuse what is nested too deep, refers to itself, or swells when aliases are written out."""
    sizes: dict[str, int | None] = {}  # None: the anchor's node is still open
    stack: list[tuple[str | None, int]] = []
    total = 0
    for count, event in enumerate(yaml.parse(text, Loader=_Loader)):
        if count > MAX_EVENTS:
            raise too_big_to_read(f"the YAML has more than {MAX_EVENTS} parts; no more are read")
        anchor = getattr(event, "anchor", None)
        if isinstance(event, yaml.AliasEvent):
            total += _alias_size(sizes, str(anchor))
        elif isinstance(event, yaml.CollectionStartEvent):
            total += 1
            stack.append((anchor, total))
            if anchor is not None:
                sizes[anchor] = None
            if len(stack) > MAX_DEPTH:
                raise oversized(f"the YAML is nested more than {MAX_DEPTH} levels deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = stack.pop()
            if anchor is not None:
                sizes[anchor] = total - before + 1
        elif isinstance(event, yaml.ScalarEvent):
            total += 1
            if anchor is not None:
                sizes[anchor] = 1
        if total > MAX_NODES:
            raise oversized("the YAML's aliases stand for more than can be read (an alias bomb)")


def _alias_size(sizes: dict[str, int | None], anchor: str) -> int:
    size = sizes.get(anchor, 0)  # an unknown alias is the loader's to refuse
    if size is None:
        raise oversized(f"the YAML's anchor {anchor!r} refers to itself, without end")
    return size
