"""Large files pass by in pieces, so that a file costs its reading and not its size in memory.

Most are sound, and a few numbers show it (`alfcheck.contracts.sketch`). Where they do not, or a check wants
to see each row, the pieces are laid on the bench.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from alfcheck.contracts.bench import Bench
from alfcheck.contracts.lanes import Lane
from alfcheck.contracts.scratch import told_size
from alfcheck.contracts.sketch import Sketch, is_sketched
from alfcheck.errors import PluginError
from alfcheck.model import Problem, Severity
from alfcheck.pipeline.blame import blame, note_problems
from alfcheck.pipeline.documenting import pass_lines
from alfcheck.pipeline.opening import close_held, reopen
from alfcheck.pipeline.referring import begin_tallies
from alfcheck.pipeline.state import Context, FileWork, SessionWork
from alfcheck.pipeline.tables import whole_bytes
from alfcheck.readers.base import BadContent, Content, Kind

if TYPE_CHECKING:
    from alfcheck.readers.base import Piece

__all__ = ["Sizes", "stream"]

GLANCE = 2 * 2**20
"""Bytes of the values of a piece that is only sketched: what a processor keeps at hand."""


QUICK = frozenset({"npy", "bin", "pqt"})
"""Extensions of files that are read in a fraction of the time in which their rows are judged."""


class Sizes(NamedTuple):
    """Bytes of a large file's values that may be in memory: of a ``piece``, and of the ``whole`` of it."""

    piece: int
    whole: int


def stream(
    bench: Bench, ref: int, session: SessionWork, work: FileWork, context: Context, sizes: Sizes
) -> None:
    """Pass a large file by, piece by piece."""
    if context.judges_values:
        begin_tallies(session)
    try:
        content = work.content
        assert content is not None
        if content.kind is not Kind.DOCUMENT:
            content = reopen(work, session, context)
            _Streaming(bench, ref, session, work, context, sizes).judge(content)
        elif work.plan is not None and work.plan.documents:
            content = reopen(work, session, context)
            pass_lines(content, work, context, sizes.piece)
        work.content = content
        note_problems(work, content, context)
        close_held(work)
    except (Exception, SystemExit) as error:
        if isinstance(error, PluginError):
            raise
        blame(error, work, context)
        if not isinstance(error, BadContent | OSError):
            # What a reader gave that failed itself says nothing about the file.
            work.content = None
            work.tallies.clear()
    finally:
        if work.held is not None:
            close_held(work, check=False)


class _Streaming(NamedTuple):
    """One large file with rows on its way."""

    bench: Bench
    ref: int
    session: SessionWork
    work: FileWork
    context: Context
    sizes: Sizes

    def judge(self, content: Content) -> None:
        """Let the file pass by; once more if a sketch of it shows a fault."""
        lanes = self.work.plan.laid if self.work.plan is not None else ()
        quick = self.work.dataset is not None and self.work.dataset.extension in QUICK
        sketches = [Sketch(lane) if quick and is_sketched(lane) else None for lane in lanes]
        plain = [lane for lane, sketch in zip(lanes, sketches, strict=True) if sketch is None]
        drawn = [sketch for sketch in sketches if sketch is not None]
        broken = None
        try:
            self._pass_first(content, plain, drawn)
        except (BadContent, OSError) as error:
            broken = error  # what was seen before is told of all the same
        unsound = [sketch for sketch in drawn if not sketch.is_sound()]
        if unsound:
            self._pass_again(unsound)
        self.bench.end(self.ref)
        if broken is not None:
            raise broken

    def _pass_first(self, content: Content, lanes: Sequence[Lane], sketches: Sequence[Sketch]) -> None:
        assert content.pieces is not None
        wanting = [lane for lane in lanes if lane.whole_file]
        whole = None
        pieces: Iterable[Piece]
        if not lanes:
            pieces = content.pieces(min(GLANCE, self.sizes.piece))
        elif not wanting or (content.mapped is not None and self._needed > self.sizes.piece):
            pieces = content.pieces(self.sizes.piece)
        else:
            whole, pieces = self._at_once(content)
        tallies = self.work.tallies
        for piece in self._lay(lanes, pieces, whole=whole is not None):
            for sketch in sketches:
                sketch.look(piece)
            for tally in tallies:
                tally.look(piece[tally.column])
        if wanting and whole is None:
            self._judge_map(content, wanting)

    def _pass_again(self, sketches: Sequence[Sketch]) -> None:
        close_held(self.work)
        content = reopen(self.work, self.session, self.context)
        assert content.pieces is not None
        for sketch in sketches:
            self.bench.in_order(self.ref, sketch.lane, sketch.rising())
        for _ in self._lay([sketch.lane for sketch in sketches], content.pieces(self.sizes.piece)):
            pass

    def _lay(self, lanes: Sequence[Lane], pieces: Iterable[Piece], *, whole: bool = False) -> Iterator[Piece]:
        """Lay pieces (or the `whole` as one) on the bench, and hand them on."""
        first_row = 0
        for piece in pieces:
            for lane in lanes:
                self.bench.add(self.ref, lane, piece, first_row, whole=whole)
            yield piece
            first_row += len(next(iter(piece.values()), ()))

    def _at_once(self, content: Content) -> tuple[Piece | None, Iterable[Piece]]:
        """Give the whole of a file as one piece, if it may be had; else its pieces alone."""
        assert content.pieces is not None
        if self._needed > self.sizes.whole:
            return None, content.pieces(self.sizes.piece)
        # A compressed file may still hold more than one piece.
        pieces = content.pieces(self.sizes.whole)
        begun = list(islice(pieces, 2))
        return (begun[0], begun) if len(begun) == 1 else (None, chain(begun, pieces))

    @property
    def _needed(self) -> int:
        """How many bytes the values take at once, as far as the header tells; else those of the file."""
        return whole_bytes([self.work]) or self.work.entry.size

    def _judge_map(self, content: Content, lanes: Sequence[Lane]) -> None:
        """Show a map of the file to the checks that look at the whole of it, or say that they did not run."""
        if content.mapped is None:
            self.work.notes.append(self.context.note(_too_large(self._needed, self.sizes.whole)))
            return
        columns = content.mapped()
        for lane in lanes:
            self.bench.judge_whole(self.ref, lane, columns, self.sizes.whole)


def _too_large(needed: int, allowed: int) -> Problem:
    return Problem(
        code="ALF905",
        severity=Severity.UNVERIFIED,
        message="a check wants the whole file at once, which takes "
        f"{told_size(needed, needed=True)} of memory or more; it may have {told_size(allowed)}",
        fix="write the check so that it looks at one row at a time (element_wise), or at files in pieces; an "
        "array in a file .npy is given as a memory map",
    )
