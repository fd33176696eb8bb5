"""What is told of a file that could not be read, or is not what the scan saw."""

from __future__ import annotations

import errno
import os

from alfcheck.model import Entry, Origin, Problem, Severity, Target
from alfcheck.pipeline.given import codes_of_reader, sound
from alfcheck.pipeline.state import Context, FileWork
from alfcheck.readers.base import BadContent, Content
from alfcheck.traces import place_of_error, told_error
from alfcheck.watch import OWN, Unfinished

__all__ = ["Changed", "blame", "note_problems", "require_same"]


class Changed(Exception):
    """A file is not what the scan saw."""


def require_same(descriptor: int, entry: Entry) -> None:
    """Raise `Changed` if an open file is not the one that the scan saw, or not as it saw it."""
    # Device and inode too: a name may lead to another file than the one that was looked at.
    now = os.fstat(descriptor)
    if (now.st_size, now.st_mtime_ns, now.st_ctime_ns, now.st_ino, now.st_dev) != entry[1:]:
        raise Changed("its size, time or identity changed since the tree was listed")


def blame(error: BaseException, work: FileWork, context: Context) -> None:
    """Note why a file could not be read; what was found in a file that changed is not told."""
    if work.held is not None and not isinstance(error, Changed):
        try:
            require_same(work.held, work.entry)
        except (Changed, OSError) as cause:
            error = cause
    if isinstance(error, Changed):
        _forget(work, context)
        work.notes.append(context.note(_changed(str(error))))
    elif isinstance(error, OSError) and not _is_of_plugin(error, work, context):
        work.notes.append(context.note(_unreadable(error)))
    elif isinstance(error, BadContent):
        _note_reader(work, error.problem, context)
    else:
        origin = _reader_origin(work, context)
        work.notes.append(context.note(_reader_failed(work, error, origin), origin=origin))


def _forget(work: FileWork, context: Context) -> None:
    """Take back whatever was read of a file, and keep what its name says."""
    rules = context.ruleset.rules
    work.content = work.md5 = work.digest = None
    work.tallies.clear()
    work.notes = [note for note in work.notes if rules[note.code].rule.target is Target.NAME]


def note_problems(work: FileWork, content: Content, context: Context) -> None:
    """Note what a reader found that did not stop it."""
    for problem in content.problems:
        _note_reader(work, problem, context)


def _note_reader(work: FileWork, problem: Problem, context: Context) -> None:
    """Note what a reader says, in the name of whoever offers the reader."""
    origin = _reader_origin(work, context)
    try:
        if problem.code is None:
            raise LookupError("it gave a problem without a code")
        problem = sound(problem, codes_of_reader(origin, context.ruleset.rules))
    except (LookupError, TypeError, ValueError) as error:
        problem = _reader_crashed(work, error, origin)
    work.notes.append(context.note(problem, origin=origin))


def _is_of_plugin(error: OSError, work: FileWork, context: Context) -> bool:
    """Tell whether a plugin's reader was running: what it could not open may be anything."""
    origin = _reader_origin(work, context)
    return origin is not None and origin.name != OWN and place_of_error(error) != ""


def _reader_origin(work: FileWork, context: Context) -> Origin | None:
    return context.ruleset.reader_origins.get(work.dataset.extension) if work.dataset is not None else None


def _changed(what: str) -> Problem:
    return Problem(
        code="ALF903",
        severity=Severity.UNVERIFIED,
        message=f"the file changed during the run: {what}",
        fix="wait until nothing writes to the tree, and run again",
    )


def _unreadable(error: OSError) -> Problem:
    name = errno.errorcode.get(error.errno or 0, "")
    return Problem(
        code="ALF902",
        severity=Severity.UNVERIFIED,
        message=f"the file cannot be read: {error.strerror or error}{f' ({name})' if name else ''}",
        fix="give yourself the right to read it, or look at the disk, and run again",
    )


def _reader_failed(work: FileWork, error: BaseException, origin: Origin | None) -> Problem:
    if not isinstance(error, Unfinished):
        return _reader_crashed(work, error, origin)
    check = f"reader {work.reader.name}" if work.reader else None
    return Problem(code=error.fate.code, severity=Severity.UNVERIFIED, check=check, message=str(error))


def _reader_crashed(work: FileWork, error: BaseException, origin: Origin | None) -> Problem:
    name = work.reader.name if work.reader else "?"
    owner = f" of {origin.name} {origin.version}" if origin is not None and origin.name != OWN else ""
    return Problem(
        code="ALF901",
        severity=Severity.UNVERIFIED,
        check=f"reader {name}",
        message=f"the reader {name!r}{owner} failed to run: {told_error(error, work.reader)}",
        fix="tell whoever wrote the reader; --no-plugin leaves their plugin out",
    )
