"""The connection to a Dask cluster that somebody else started, and goes on without us."""

from __future__ import annotations

import asyncio
import json
import logging
import warnings
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from alfcheck.errors import UsageError

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["connected"]

PATIENCE = 10
"""Seconds in which a scheduler must answer."""

_MISSING = "--dask needs the package distributed; install it: pip install 'alfcheck[dask]'"


@contextmanager
def connected(address: str) -> Iterator[Client]:
    """Be a client of the scheduler at `address` in here; raises `UsageError` where that cannot be.

    `address` is what Dask calls so (``tcp://HOST:PORT``), or the scheduler file that it writes (``.json``).
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError(f"{_MISSING} ({error})" if error.name != "distributed" else _MISSING) from error
    address = _of_file(address) if address.endswith(".json") else address
    with _quiet():
        _require_answer(address)
        try:
            client = Client(address, timeout=PATIENCE, set_as_default=False)
        except Exception as error:  # who answers may be of another version
            raise _no_connection(address, error) from error
        try:
            yield client
        finally:
            with suppress(Exception):  # whatever Dask raises: all that is of use was heard by now
                client.close(timeout=PATIENCE)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's own words from the terminal: what matters is told in ours."""
    log = logging.getLogger("distributed")
    before = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="distributed")
            yield
    finally:
        log.setLevel(before)


def _of_file(file: str) -> str:
    try:
        return str(json.loads(Path(file).read_text(encoding="utf-8"))["address"])
    except OSError as error:
        raise UsageError(
            f"--dask {file}: the scheduler file cannot be read: {error.strerror or error}"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"--dask {file}: this is no scheduler file; make one with: dask scheduler --scheduler-file {file}"
        ) from error


def _require_answer(address: str) -> None:
    """Speak to the scheduler once: a client that finds none is hard to get rid of."""
    from distributed.comm import connect
    from distributed.security import Security

    async def speak() -> None:
        more: dict[str, Any] = Security().get_connection_args("client")
        comm = await connect(address, timeout=PATIENCE, **more)
        await comm.close()

    # In a thread of its own, for in this one a loop may be running: in a notebook there is.
    answer: Future[None] = Future()

    def wait() -> None:
        try:
            answer.set_result(asyncio.run(asyncio.wait_for(speak(), PATIENCE + 1)))
        except BaseException as error:
            answer.set_exception(error)

    Thread(target=wait, daemon=True).start()
    try:
        answer.result()
    # Who answers may speak no word of Dask's: then anything may be raised.
    except (Exception, MemoryError) as error:
        raise _no_connection(address, error) from error


def _no_connection(address: str, error: BaseException) -> UsageError:
    said = " ".join(str(error).split()) or type(error).__name__
    return UsageError(
        f"--dask {address}: no Dask scheduler answers there ({said}); see that one runs (dask scheduler), "
        "give the address that it prints (tcp://HOST:8786) or its scheduler file, or check with -j"
    )
