"""What goes between a Dask worker and the process beside it: pickles, each with its length."""

from __future__ import annotations

import pickle
from typing import IO, Any

__all__ = ["receive", "send"]

_LENGTH = 8


def send(stream: IO[bytes], value: object) -> None:
    """Write one value; raises `OSError` if nobody reads any more."""
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    stream.write(len(data).to_bytes(_LENGTH, "little") + data)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read one value; raises `EOFError` where the other end is closed."""
    data = _exactly(stream, int.from_bytes(_exactly(stream, _LENGTH), "little"))
    return pickle.loads(data)  # noqa: S301 - the process at the other end is ours, never the data


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError("the other process has ended")
    return data
