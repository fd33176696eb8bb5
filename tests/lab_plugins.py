"""Plugins for tests: written as a lab would, in files, modules and installed distributions."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from textwrap import dedent

HEAD = """\
import alfcheck
from alfcheck import Problem, Reader, Rule, Severity, Target

def rule(code, check, target=Target.NAME, name=None, severity=Severity.WARNING, **more):
    return Rule(code=code, name=name or code.lower(), target=target, severity=severity, summary="a rule",
                why="for a test", fix="mend it", check=check, **more)

"""


class Lab:
    """A folder that is on the path, and what was put there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file(self, source: str, name: str = "rules.py") -> str:
        """Write a plugin file; give what to ask for with ``-p``."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEAD + dedent(source), encoding="utf-8")
        importlib.invalidate_caches()
        return str(path)

    def install(
        self,
        source: str,
        *,
        name: str = "lab",
        distribution: str = "",
        version: str = "1.2",
        value: str = "",
        requires: Sequence[str] = (),
    ) -> None:
        """Put a module on the path, and the metadata of a distribution whose entry point it is."""
        distribution = distribution or f"alfcheck-{name}"
        module = value or f"alfcheck_{distribution.replace('-', '_')}"
        self.file(source, f"{module}.py")
        info = self.folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        head = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
        needs = "".join(f"Requires-Dist: {each}\n" for each in requires)
        (info / "METADATA").write_text(head + needs)
        (info / "entry_points.txt").write_text(f"[alfcheck]\n{name} = {module}\n")
        importlib.invalidate_caches()
