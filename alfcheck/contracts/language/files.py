"""Contract files on disk: their text, and the whole of what they say."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from alfcheck.contracts.language.legal import MAX_BYTES
from alfcheck.contracts.language.mistakes import Mistake, Parsed
from alfcheck.contracts.spec import ContractSpec
from alfcheck.errors import ContractError

__all__ = ["SUFFIXES", "contract_paths", "parse_file", "read_spec", "read_text"]

SUFFIXES = (".yaml", ".yml")

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISCHR, "a device"),
)


def contract_paths(folder: str | Path) -> tuple[Path, ...]:
    """Give the contract files below a folder, sorted.

    None is passed over without a word: raises `ContractError` for a name in capitals, for what is no file,
    and for a link that leads out of the folder, which is not opened.
    """
    root = Path(folder)
    home = root.resolve()
    paths = sorted(path for path in root.rglob("*") if path.suffix.lower() in SUFFIXES)
    return tuple(path for path in paths if not _is_folder(path, home))


def _is_folder(path: Path, home: Path) -> bool:
    """Tell a folder from a contract file; raises `ContractError` for anything else."""
    if path.is_symlink() and not path.resolve().is_relative_to(home):
        raise ContractError(f"{path}: this is a link that leads out of {home}; copy the file it leads to")
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise ContractError(f"{path}: the file cannot be read: {error.strerror}; take it out") from None
    if stat.S_ISDIR(mode):
        return True
    if not stat.S_ISREG(mode):
        raise ContractError(f"{path}: this is {_kind(mode)} and no file; take it out")
    if path.suffix not in SUFFIXES:
        raise ContractError(f"{path}: contract files end with .yaml or .yml in small letters; rename it")
    return False


def _kind(mode: int) -> str:
    return next((word for is_kind, word in _KINDS if is_kind(mode)), "something else")


def read_spec(path: str | Path, *, tested: bool = False) -> ContractSpec:
    """Read a contract file; one that was `tested` before is taken at its word.

    Raises `ContractError` with a line for each mistake.
    """
    text = read_text(path) if tested else ""
    if tested and isinstance(text, str):
        from alfcheck.contracts.language.believed import believe

        return believe(text)
    parsed = parse_file(path)
    if parsed.spec is None:
        raise ContractError("\n".join(map(str, parsed.mistakes)))
    return parsed.spec


def parse_file(path: str | Path) -> Parsed:
    """Read a contract file with its mistakes; that it cannot be read at all is one."""
    from alfcheck.contracts.language.parse import parse_text

    text = read_text(path)
    if isinstance(text, Mistake):
        return Parsed(None, (text,), {})
    return parse_text(text, str(path))


def read_text(path: str | Path) -> str | Mistake:
    """Give the text of a file, or why there is none."""
    # Looked at before it is opened: a pipe would never end.
    try:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode):
            message = f"this is {_kind(found.st_mode)} and no file"
            return Mistake(str(path), 1, 1, message, "name a YAML file")
        with open(path, "rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return Mistake(str(path), 1, 1, f"the file cannot be read: {error.strerror}", "see that it is there")
    if len(data) > MAX_BYTES:
        message = f"the file has {found.st_size} bytes; at most {MAX_BYTES} are read"
        return Mistake(str(path), 1, 1, message, "split the contract")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        message = f"the text is not UTF-8: byte 0x{data[error.start]:02x}"
        return Mistake(str(path), line, column, message, "save the file as UTF-8")
