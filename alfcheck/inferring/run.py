"""Draft contracts from a tree and write them, a file an object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from alfcheck.contracts.spec import ContractSpec
from alfcheck.errors import NothingToCheck, UsageError
from alfcheck.inferring.draft import Comments, draft
from alfcheck.inferring.naming import legal_prefix, unlike
from alfcheck.inferring.observe import Objects, observe
from alfcheck.inferring.sound import without_mistakes
from alfcheck.plugins import Ruleset
from alfcheck.targets import locate

__all__ = ["infer"]

AFTER = ""
"""Where comments on columns are kept that the draft leaves out."""


def infer(
    root: Path, out: Path, *, ruleset: Ruleset, prefix: str = "inferred", force: bool = False
) -> list[Path]:
    """Draft a contract for each object below `root`, and write them to the folder `out`.

    A draft says what all files have in common: kinds of dtype, shapes, whether values are missing, whether
    rows agree, what refers to what. Ranges, order and sets of values are comments beside it: they were seen,
    and nobody promised them. The tree that a draft was made from keeps it.

    `prefix` begins the ids of the drafts: a lab's own word.

    Raises `UsageError` for a `prefix` that begins no id and for a file that exists already (unless `force`),
    `NothingToCheck` for a tree without a dataset that can be read.
    """
    legal_prefix(prefix)
    place = locate([root])
    seen = observe(place.root, place.sessions, ruleset)
    drafts = list(_drafts(seen, prefix))
    if seen and not drafts:
        raise NothingToCheck(f"{root}: nothing in it can be said in a contract file; write one by hand")
    if not drafts:
        raise NothingToCheck(f"{root}: no dataset could be read; `alfcheck check` says of each file why")
    files = dict(_files(out, drafts))
    taken = [path for path in files if path.exists()]
    if taken and not force:
        raise UsageError(f"{taken[0]}: exists already; give another folder, or --force to write over it")
    try:
        out.mkdir(parents=True, exist_ok=True)
        for path, text in files.items():
            path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}") from error
    return list(files)


def _drafts(seen: Objects, prefix: str) -> Iterator[tuple[ContractSpec, Comments]]:
    """Draft each object under an id of its own, without what a contract file cannot say."""
    taken: set[str] = set()
    for _, found in sorted(seen.items()):
        spec, comments = draft(found, prefix)
        spec = replace(spec, id=unlike(spec.id, taken))  # objects that differ in case alone
        sound, left_out = without_mistakes(spec)
        if sound is not None:
            taken.add(sound.id)
            after = [line for name, why in left_out.items() for line in _left_out(name, why, comments)]
            yield sound, {**comments, AFTER: after}


def _left_out(name: str, why: str, comments: Comments) -> Iterator[str]:
    yield f"{name} is left out: {why}"
    yield from (f"  {line}" for line in comments.get(name, ()))


def _files(out: Path, drafts: Iterable[tuple[ContractSpec, Comments]]) -> Iterable[tuple[Path, str]]:
    for spec, comments in drafts:
        yield out / f"{spec.id}.yaml", _text(spec, comments)


def _text(spec: ContractSpec, comments: Comments) -> str:
    """Write a draft with its comments, each above the column that it is about."""
    from alfcheck.contracts.language import dump_spec, parse_text

    text = dump_spec(spec)
    places = parse_text(text, spec.id).places
    above = {
        places["columns", name].line: [_comment(line) for line in lines]
        for name, lines in comments.items()
        if ("columns", name) in places
    }
    lines = text.splitlines()
    written = [each for number, line in enumerate(lines, 1) for each in (*above.get(number, ()), line)]
    return "\n".join([*written, *map(_comment, comments.get(AFTER, ()))]) + "\n"


def _comment(line: str) -> str:
    printable = "".join(letter if letter.isprintable() else "?" for letter in line)
    return f"  # {printable}"
