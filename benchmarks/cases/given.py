"""What was asked for: how large, how often, and where trees are kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from programs import Rounds, prepared, worker
from trees import Tree, prepare

__all__ = ["Given"]


@dataclass(frozen=True, slots=True)
class Given:
    """``files`` are those of the large release; the sizes of other cases follow from it in a short run."""

    trees: Path
    files: int = 74_010
    rounds: Rounds = field(default_factory=Rounds)
    short: bool = False

    def tree(self, files: int | None = None, *, faulty: bool = False) -> tuple[Path, Tree]:
        """Give a tree whose files were all read just now, so that every program finds them in memory."""
        root, tree = prepare(self.trees, files=files or self.files, faulty=faulty, seed=0)
        prepared(worker("bare_read", str(root))(root))
        return root, tree

    def session(self) -> Path:
        """Give one session of the large release, of fifteen files."""
        root, _ = self.tree()
        return min(root.glob("*/Subjects/*/*/*"))
