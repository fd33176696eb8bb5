"""What a suite asks of readers; lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from alfcheck.examples import SESSION
from alfcheck.model import Example
from alfcheck.readers.base import Reader
from alfcheck.testing.findings import told
from alfcheck.testing.odd_bytes import odd_contents, reading_faults
from alfcheck.testing.stage import Stage

__all__ = ["faults"]

ENGINE = "ALF9"
MOST = 999


def faults(reader: Reader, stage: Stage, samples: Mapping[str, bytes], root: Path) -> list[str]:
    """Give odd files to a reader by itself, and to the whole program."""
    found: list[str] = []
    for extension in reader.extensions:
        contents = list(odd_contents(_samples(extension, stage, samples)))[:MOST]
        found += reading_faults(reader, f"_lab_things.data.{extension}", contents)
        found += _in_the_program(extension, contents, stage, root / extension)
    return found


def _samples(extension: str, stage: Stage, given: Mapping[str, bytes]) -> list[bytes]:
    """Give sound files of a kind: what the author gave, and those in the examples of the rules."""
    found = [given[extension]] if extension in given else []
    for rule in stage.rules:
        found += [each.content() for each in _files(rule.good) if each.path.endswith(f".{extension}")]
    return [*dict.fromkeys(found)][:5]


def _files(examples: Sequence[Example]) -> Iterator[Example]:
    for example in examples:
        yield from (each for each in (example, *example.beside) if each.link_to is None)


def _in_the_program(
    extension: str, contents: Sequence[tuple[str, bytes]], stage: Stage, root: Path
) -> Iterator[str]:
    day = SESSION.rpartition("/")[0]
    names = {}
    for number, (what, data) in enumerate(contents, 1):
        path = f"{day}/{number:03d}/alf/_lab_things.data.{extension}"
        names[path] = what
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    for each in stage.trial.check(root).findings:
        if each.code.startswith(ENGINE) and each.origin == stage.info.origin:
            yield f"  {names.get(each.path, each.path)}, in the whole program: {told(each)}"
