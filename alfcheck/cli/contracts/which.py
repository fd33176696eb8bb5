"""``alfcheck contracts which``."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import click

from alfcheck.cli.plugged import ruleset_of, with_plugins
from alfcheck.cli.terminal import say, terminal_style
from alfcheck.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from alfcheck.cli.contracts.reasons import Answer
    from alfcheck.model import Refusal

__all__ = ["relative_to_session", "which_command"]


@click.command("which")
@click.argument("path")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text")
@with_plugins
def which_command(path: str, format_: str, **given: Any) -> int:
    """Tell how PATH is read, which contracts judge it by which entry, and which nearly do.

    PATH need not exist: it may be a whole path, one relative to a session (alf/spikes.times.npy), or a name.
    Exit code 1 if it is no legal name.
    """
    from alfcheck.cli.contracts.reasons import answer
    from alfcheck.grammar import parse_dataset, parse_session
    from alfcheck.model import Refusal

    session, relative = _placed(path)
    dataset = parse_dataset(relative)
    if isinstance(dataset, Refusal):
        say(_refused(relative, dataset, format_))
        return ExitCode.FINDINGS
    place = parse_session(session) if session else None
    wrong = place if isinstance(place, Refusal) else None
    found = answer(dataset, ruleset_of(given).contracts)
    if format_ == "json":
        say(_json(relative, found, wrong))
    else:
        say([*(_refusal_lines(wrong) if wrong is not None else ()), *_text(relative, found)])
    return ExitCode.CLEAN if wrong is None else ExitCode.FINDINGS


def relative_to_session(path: str) -> str:
    """Give the part of `path` below its session, as text; what lies in no session is taken as it stands."""
    return _placed(path)[1]


def _placed(path: str) -> tuple[str, str]:
    """Give the session in which `path` lies, from its lab on (empty: none), and the path below it."""
    from alfcheck.scan import path_text

    given = PurePath(os.path.normpath(path))
    for parts in (given.parts, PurePath(os.path.abspath(path)).parts[1:]):
        subject = _subject(parts)
        if subject is not None:
            inner = parts[subject + 3 :]
            if not inner:
                raise UsageError(f"{path}: is a session; name a file of it")
            top = subject - 2 if subject >= 2 and parts[subject - 1] == _SUBJECTS else subject
            return path_text("/".join(parts[top : subject + 3])), path_text("/".join(inner))
    return "", path_text("/".join(given.parts[1:] if given.is_absolute() else given.parts))


def _subject(parts: tuple[str, ...]) -> int | None:
    """Give where the subject stands: by ONE's own patterns, below Subjects by what may be meant as well."""
    from alfcheck.scan.places import enclosing_session, session_of

    subject = enclosing_session(parts)
    meant = session_of(parts[:-1])
    if subject is None and meant is not None and meant >= 4 and parts[meant - 4] == _SUBJECTS:
        return meant - 3
    return subject


def _refused(relative: str, refusal: Refusal, format_: str) -> Iterator[str]:
    from alfcheck.reporters.safe import safe

    if format_ == "json":
        yield json.dumps({"path": relative, **_refusal(refusal)}) + "\n"
        return
    yield f"{safe(relative)}\n"
    yield from _refusal_lines(refusal)
    yield "  no contract judges it\n"


def _refusal(refusal: Refusal) -> dict[str, str]:
    from alfcheck.grammar import refusal_problem

    return {"code": refusal.code, "message": refusal_problem(refusal).message}


def _refusal_lines(refusal: Refusal) -> Iterator[str]:
    from alfcheck.grammar import refusal_problem
    from alfcheck.reporters.safe import safe

    problem = refusal_problem(refusal)
    lines = [f"{refusal.code}: {problem.message}", *([f"fix: {problem.fix}"] if problem.fix else [])]
    for text in "\n".join(lines).split("\n"):
        yield f"  {safe(text)}\n"


_SUBJECTS = "Subjects"
_PARTS = ("collection", "revision", "namespace", "object", "attribute", "timescale", "extra", "extension")


def _parts(found: Answer) -> Mapping[str, str]:
    return {part: getattr(found.dataset, part) for part in _PARTS}


def _text(relative: str, found: Answer) -> Iterator[str]:
    from alfcheck.reporters.paint import BOLD, paint
    from alfcheck.reporters.safe import prose, safe

    style = terminal_style()
    yield paint(safe(relative), BOLD, style) + "\n"
    told = ", ".join(f"{part} {value}" for part, value in _parts(found).items() if value)
    yield from (f"{line}\n" for line in prose(told, 2, style.width))
    for title, reasons in (("Judged by", found.judging), ("Not judged by", found.near)):
        if reasons:
            yield f"\n{paint(title, BOLD, style)}\n"
        for reason in reasons:
            yield from (f"{line}\n" for line in prose(f"{reason.label}: {reason.why}", 2, style.width))
    if not found.judging:
        yield "\nNo contract judges it: it is read, and its rows and references are compared.\n"
    if found.nearest_object is not None:
        yield f"The nearest object that contracts know is {safe(found.nearest_object)}.\n"


def _json(relative: str, found: Answer, wrong: Refusal | None) -> Iterator[str]:
    document = {
        "path": relative,
        **({"session": _refusal(wrong)} if wrong is not None else {}),
        "parts": _parts(found),
        "judging": [reason._asdict() for reason in found.judging],
        "near": [reason._asdict() for reason in found.near],
        "nearest_object": found.nearest_object,
    }
    yield json.dumps(document, indent=2) + "\n"
