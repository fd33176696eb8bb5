"""Fill the templates in, and write them.

The templates are ``template/**.tmpl``: plain files with ``$name`` where a name goes (`string.Template`), and
``NAME`` in their paths. The suffix keeps linters and importers from taking them for code of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template

from alfcheck._version import __version__
from alfcheck.errors import UsageError
from alfcheck.scaffold.naming import Names

__all__ = ["asked_version", "files_of", "write_plugin"]

_TEMPLATES = Path(__file__).parent / "template"
_SUFFIX = ".tmpl"


def files_of(names: Names) -> dict[str, str]:
    """Give the texts of a new plugin's files, by their paths in its folder."""
    filled = {**names._asdict(), "alfcheck": asked_version(__version__)}
    return dict(sorted(_filled(path, names, filled) for path in _TEMPLATES.rglob(f"*{_SUFFIX}")))


def asked_version(version: str) -> str:
    """Give what a plugin asks for, up to the next version that may break it (``docs/stability.md``)."""
    major, minor = map(int, version.split(".")[:2])
    return f">={major}.{minor},<{f'{major}.{minor + 1}' if major == 0 else major + 1}"


def _filled(path: Path, names: Names, filled: Mapping[str, str]) -> tuple[str, str]:
    relative = path.relative_to(_TEMPLATES).as_posix().removesuffix(_SUFFIX)
    place = relative.replace("alfcheck_NAME", names.package).replace("NAME", names.word)
    return place, Template(path.read_text(encoding="utf-8")).substitute(filled)


def write_plugin(names: Names, folder: Path) -> Path:
    """Write the package of a new plugin into a folder of its own in `folder`; give that folder.

    Raises `UsageError` where there is something of that name, or nothing can be written.
    """
    target = folder / names.distribution
    files = files_of(names)
    try:
        target.mkdir(parents=True)
        for place, text in files.items():
            path = target / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    except FileExistsError as error:
        raise UsageError(
            f"{target}: exists already; nothing was written: remove it, or choose another place with --dir"
        ) from error
    except OSError as error:
        raise UsageError(f"{target}: cannot be written: {error.strerror}") from error
    return target
