"""The reference pages of a catalogue: one page a contract, and an index of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from alfcheck.contracts.telling import markdown
from alfcheck.contracts.words import match_words

if TYPE_CHECKING:
    from alfcheck.contracts.spec import ContractSpec

__all__ = ["INDEX", "pages", "write_pages"]

INDEX = "README.md"


def pages(specs: Sequence[ContractSpec]) -> dict[str, str]:
    """Give the pages by their file names."""
    ordered = sorted(specs, key=lambda spec: spec.id)
    return {INDEX: "\n".join(_index(ordered)) + "\n"} | {f"{spec.id}.md": markdown(spec) for spec in ordered}


def _index(specs: Sequence[ContractSpec]) -> Iterator[str]:
    yield from ("# The catalogue", "")
    yield "Made from the contracts by `alfcheck contracts show --all --format markdown --out docs/catalogue`."
    yield from ("", "| contract | version | judges | columns |", "|---|---|---|---|")
    for spec in specs:
        judges = match_words(spec.match).removeprefix("object ").replace("*", "\\*")
        yield f"| [{spec.id}]({spec.id}.md) | {spec.version} | {judges} | {len(spec.columns)} |"


def write_pages(specs: Sequence[ContractSpec], folder: Path) -> tuple[Path, ...]:
    """Write the pages into `folder`; pages of contracts that are no more are taken away."""
    folder.mkdir(parents=True, exist_ok=True)
    made = pages(specs)
    for path in folder.glob("*.md"):
        if path.name not in made and _is_ours(path):
            path.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")
    return tuple(folder / name for name in made)


def _is_ours(path: Path) -> bool:
    """Tell whether a page is one of a contract: its heading bears the name of the file."""
    with open(path, encoding="utf-8", errors="replace") as stream:
        head = stream.readline(500)
    return head.replace("\\", "").startswith(f"# {path.stem} ")
