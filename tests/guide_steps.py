"""A page of the docs as steps: files to write, changes to make, commands with what they answer.

    ```python title="rules.py"          the file, whole
    ```python title="rules.py" add      what is added at its end
    ```diff title="rules.py"            a change of it
    ```console                          lines that begin with ``$ `` are commands, the others what is answered

In an answer ``...`` stands for anything in a line, and for any lines where it is a line of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

__all__ = ["Step", "answers", "apply", "commands", "steps"]

_FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_TITLE = re.compile(r'title="([^"]+)"')


class Step(NamedTuple):
    """A block of a page: its language, the file that it is about, whether it is added to it, and its text."""

    line: int
    language: str
    title: str
    adds: bool
    text: str


def steps(page: str) -> Iterator[Step]:
    """Give the blocks of a page, in order."""
    for found in _FENCE.finditer(page):
        title = _TITLE.search(found[2])
        line = page[: found.start()].count("\n") + 1
        yield Step(line, found[1], title[1] if title else "", found[2].endswith(" add"), found[3])


def apply(step: Step, folder: Path) -> None:
    """Write or change the file that a step is about."""
    path = folder / step.title
    path.parent.mkdir(parents=True, exist_ok=True)
    if step.language == "diff":
        path.write_text(_changed(path.read_text("utf-8"), step), encoding="utf-8")
    elif step.adds:
        path.write_text(f"{path.read_text('utf-8')}\n\n{step.text}", encoding="utf-8")
    else:
        path.write_text(step.text, encoding="utf-8")


def _changed(text: str, step: Step) -> str:
    lines = step.text.splitlines(keepends=True)
    old = "".join(line[1:] or "\n" for line in lines if not line.startswith("+"))
    new = "".join(line[1:] or "\n" for line in lines if not line.startswith("-"))
    assert text.count(old) == 1, (
        f"line {step.line}: there must be one place for the change\n{old}\nin\n{text}"
    )
    return text.replace(old, new)


def commands(step: Step) -> Iterator[tuple[str, str]]:
    """Give the commands of a step, each with what is answered."""
    for part in re.split(r"^\$ ", step.text, flags=re.MULTILINE)[1:]:
        command, _, answer = part.partition("\n")
        yield command, answer


def answers(expected: str, given: str) -> bool:
    """Tell whether `given` is what a page says, where ``...`` stands for anything."""
    return re.fullmatch(_pattern(expected.rstrip()), f"{given.rstrip()}\n") is not None


def _pattern(expected: str) -> str:
    parts = []
    for line in expected.split("\n"):
        if line.strip() == "...":
            parts.append(r"(?:[^\n]*\n)*?")
        else:
            # In a table what follows keeps its column, so that spaces are part of what is left out.
            said = re.split(r"\.\.\.(?: {2,})?", line)
            parts.append(r"[^\n]*?".join(map(re.escape, said)) + r"[ ]*\n")
    return "".join(parts)
