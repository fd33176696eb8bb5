"""An environment of its own for a test: empty, but for what the running one has already.

What is heavy (numpy, pandas, pytest) is taken from the running environment by a path file. alfcheck itself
is built from the checkout and installed, so that what it lacks when installed is missed.
"""

from __future__ import annotations

import importlib.util
import os
import shlex
import site
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Sequence
from pathlib import Path

__all__ = ["Environment"]

CHECKOUT = Path(__file__).parents[1]
_PIP = ("-m", "pip", "--disable-pip-version-check")
_TOOLS = {"pytest": "pytest", "mypy": "mypy", "pre-commit": "pre_commit"}
"""Programs that run in the environment, and the modules that they are."""


class Environment:
    """A virtual environment with alfcheck in it, and commands run there."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder)
        self.folder = folder
        self.bin = folder / "bin"
        self._lend_packages()
        self._lend_programs()
        self.run("pip", "install", "--quiet", str(CHECKOUT), cwd=CHECKOUT)

    def _lend_packages(self) -> None:
        place = Path(sysconfig.get_path("purelib", "posix_prefix", {"base": str(self.folder)}))
        # Path files of the folders that are lent count too: packages may be installed editable there.
        lines = [f"import site; site.addsitedir({path!r})" for path in site.getsitepackages()]
        (place / "lent.pth").write_text("\n".join(lines), encoding="utf-8")

    def _lend_programs(self) -> None:
        python = shlex.quote(str(self.bin / "python"))
        for name, module in _TOOLS.items():
            self._script(name, f'exec {python} -m {module} "$@"')
        # Not in this environment: ruff looks for its program beside Python, and would find the script.
        self._script("ruff", f'exec {shlex.quote(sys.executable)} -m ruff "$@"')
        # The pip of the running environment, which fetches nothing where the packages are lent.
        pip = shlex.join([sys.executable, *_PIP, "--python", str(self.bin / "python")])
        offline = "--no-deps" + (" --no-build-isolation" if importlib.util.find_spec("hatchling") else "")
        self._script(
            "pip",
            f'if [ "$1" = install ]; then shift; exec {pip} install {offline} "$@"; fi\nexec {pip} "$@"',
        )

    def _script(self, name: str, text: str) -> None:
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        path.chmod(0o755)

    def run(self, *command: str, cwd: Path, code: int = 0) -> str:
        """Run a program of the environment; give what it wrote, to both streams.

        Raises `AssertionError` for another exit code than `code`.
        """
        done = self.call(command, cwd)
        assert done.returncode == code, f"{' '.join(command)} gave {done.returncode}\n{done.stdout}"
        return done.stdout

    def call(self, command: Sequence[str], cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run a program, with those of the environment before all others."""
        kept = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("PYTHON", "PYTEST", "ALFCHECK", "GIT_", "VIRTUAL_ENV"))
        }
        own = {
            "PATH": f"{self.bin}{os.pathsep}{kept.get('PATH', '')}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "ALFCHECK_CACHE_LIMIT": "0",
        }
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        program = str(self.bin / command[0]) if (self.bin / command[0]).exists() else command[0]
        return subprocess.run(
            [program, *command[1:]], cwd=cwd, env={**kept, **own}, text=True, encoding="utf-8", **streams
        )

    def files(self) -> set[str]:
        """Give the files of the environment, but for what Python compiled."""
        return {
            path.relative_to(self.folder).as_posix()
            for path in self.folder.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
