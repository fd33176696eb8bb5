"""Give readers what they may meet: files that are empty, cut off, spoilt, or of another kind."""

from __future__ import annotations

import io
import random
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from alfcheck.readers.base import BadContent, Content, Reader, Source

if TYPE_CHECKING:
    import numpy as np

__all__ = ["odd_contents", "reading_faults"]

PIECE = 1 << 16
PLACES = 24


def odd_contents(samples: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
    """Give names and bytes of files that a reader must not stumble over; `samples` are sound files."""
    noise = random.Random(0)
    yield "an empty file", b""
    yield "a single zero byte", b"\0"
    yield "zero bytes", bytes(4096)
    yield "bytes of ones", b"\xff" * 4096
    yield "lines of text", b"one,two\n1,2\n3,4\n"
    yield "a text without a line", b"no end"
    yield "text that is not UTF-8", b"caf\xe9 \xff\xfe\n"
    yield "a document", b'{"rows": 1000000000000, "columns": ["a"]}'
    yield "an endless line", b"9" * 100_000
    for size in (3, 64, 1000, 70_000):
        yield f"{size} random bytes", noise.randbytes(size)
    for number, sample in enumerate(samples, 1):
        yield f"sample {number}", sample
        yield f"sample {number} twice over", sample * 2
        for place in sorted({len(sample) * step // PLACES for step in range(PLACES)}):
            yield f"sample {number} cut off after {place} bytes", sample[:place]
            spoilt = bytearray(sample)
            if place < len(spoilt):
                spoilt[place] ^= 0xFF
                yield f"sample {number} with byte {place} spoilt", bytes(spoilt)


def reading_faults(reader: Reader, file: str, contents: Iterable[tuple[str, bytes]]) -> Iterator[str]:
    """Say where a reader raises what it must not, or reads a file in pieces otherwise than in whole."""
    for what, data in contents:
        told: list[Mapping[str, np.ndarray] | None] = []
        for form, source in (
            ("whole", Source(file, len(data), data=data)),
            ("as an open file", Source(file, len(data), file=io.BytesIO(data))),
        ):
            try:
                told.append(_values(reader.read(source)))
            except BadContent:
                told.append(None)
            except Exception as error:
                yield (
                    f"  {what}, given {form}: {type(error).__name__}: {error}; raise BadContent for a file "
                    "that is not what it claims to be"
                )
        if len(told) == 2 and not _alike(*told):
            yield f"  {what}: given whole it is read otherwise than as an open file"


def _values(content: Content) -> Mapping[str, np.ndarray]:
    import numpy as np

    parts: dict[str, list[np.ndarray]] = {}
    if content.whole is not None:
        return dict(content.whole)
    for piece in content.pieces(PIECE) if content.pieces is not None else ():
        for name, values in piece.items():
            parts.setdefault(name, []).append(values)
    return {name: np.concatenate(values) for name, values in parts.items()}


def _alike(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    import numpy as np

    if one is None or other is None:
        return one is other
    if one.keys() != other.keys():
        # A file without rows may come in no piece at all.
        return not any(len(values) for each in (one, other) for values in each.values())
    return all(
        np.asarray(one[name]).shape == np.asarray(other[name]).shape
        and repr(np.asarray(one[name]).tolist()) == repr(np.asarray(other[name]).tolist())
        for name in one
    )
