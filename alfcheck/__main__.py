"""``alfcheck`` and ``python -m alfcheck``."""

from __future__ import annotations

import os
import sys

__all__ = ["command", "main"]


def main() -> None:
    """Run the command, and end with its exit code."""
    _forget_working_folder()
    _open_streams()
    if sys.argv[1:] == ["--version"]:
        from alfcheck._version import __version__

        print(f"alfcheck {__version__}")
        return
    from alfcheck.supervising import supervised

    sys.exit(supervised(command))


def command() -> int:
    """Run the command in this process; give its exit code."""
    try:
        from alfcheck.cli import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:  # while modules were being loaded
        return 3


def _forget_working_folder() -> None:
    # `python -m` puts the working folder first on the path: started inside a release, a pandas.py
    # that lies there would be run.
    if sys.path and sys.path[0] in ("", _working_folder()) and not sys.flags.safe_path:
        del sys.path[0]


def _working_folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # it was removed
        return ""


def _open_streams() -> None:
    # What was closed (`2>&-`) swallows what is written to it, here and in processes that are started: else a
    # file that is opened would take its number, and what is printed would go there.
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            stream = open(os.devnull, "r" if name == "stdin" else "w", encoding="utf-8")  # noqa: SIM115 - for ever
            os.set_inheritable(stream.fileno(), True)
            setattr(sys, name, stream)


if __name__ == "__main__":
    main()
