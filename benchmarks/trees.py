"""The trees that are measured: written once, then used again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from programs import prepared, worker

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Tree", "prepare"]

FILES_A_SESSION = 15


@dataclass(frozen=True, slots=True)
class Tree:
    """A release on disk: how many sessions it has, how many of them faulty, and what must be indexed."""

    name: str
    sessions: int
    faulty_sessions: int
    datasets: int


def prepare(parent: Path, *, files: int, faulty: bool, seed: int) -> tuple[Path, Tree]:
    """Write a tree below ``parent``, or take the one that an earlier run finished there."""
    sessions = -(-files // FILES_A_SESSION)
    kind = "faulty" if faulty else "clean"
    name = f"{kind}-{sessions * FILES_A_SESSION}-{seed}"
    root, record = parent / name, parent / f"{name}.json"
    if record.is_file():
        return root, Tree(**json.loads(record.read_text(encoding="utf-8")))
    if root.exists():
        raise SystemExit(f"{root} was begun and never finished: delete it, or choose another --root")
    said = prepared(worker("write_tree", str(root), str(sessions), kind, str(seed))(parent))
    print(f"{sessions * FILES_A_SESSION} files written in {said['seconds']:.1f} s", flush=True)
    tree = Tree(name, sessions, int(said["faulty_sessions"]), int(said["datasets"]))
    record.write_text(json.dumps(asdict(tree)), encoding="utf-8")
    return root, tree
