"""What alfcheck ignores or leaves out of itself, and the reason that the ledger gives."""

from __future__ import annotations

__all__ = [
    "FILES",
    "FOREIGN_TABLE",
    "INDEX_FILES",
    "OUTSIDE",
    "OWN_PREFIX",
    "REPORT_FOLDER",
    "SPECIAL",
    "TRASH",
    "file_reason",
    "folder_reason",
    "is_left_out",
]

OUTSIDE = "outside any session"
FOREIGN_TABLE = "foreign .pqt at the root"
_DEBRIS = "operating-system debris"
_VERSION_CONTROL = "version control"
_OWN = "alfcheck's own file"

INDEX_FILES = frozenset({"sessions.pqt", "datasets.pqt"})
REPORT_FOLDER = "alfcheck-report"
OWN_PREFIX = ".alfcheck-"

FILES = {
    ".alfcheckignore": _OWN,
    "alfcheck.toml": _OWN,
    **dict.fromkeys(
        (".DS_Store", ".localized", "Thumbs.db", "thumbs.db", "desktop.ini", "Desktop.ini"), _DEBRIS
    ),
    **dict.fromkeys((".git", ".gitattributes", ".gitignore", ".gitkeep", ".gitmodules"), _VERSION_CONTROL),
}
_FOLDERS = {
    **dict.fromkeys((".git", ".datalad", ".hg", ".svn"), _VERSION_CONTROL),
    **dict.fromkeys(
        (
            "$RECYCLE.BIN",
            ".DocumentRevisions-V100",
            ".Spotlight-V100",
            ".TemporaryItems",
            ".Trashes",
            ".fseventsd",
            "@eaDir",
            "System Volume Information",
            "__MACOSX",
            "lost+found",
        ),
        _DEBRIS,
    ),
}

TRASH = ".Trash-"
"""How the names of some folders begin that are ignored."""

SPECIAL = frozenset((*FILES, *_FOLDERS))
"""Names of files and folders that are ignored."""


def file_reason(name: str) -> str:
    """Give the built-in reason to ignore a file of this name wherever it lies, or ``''``."""
    return FILES.get(name, "")


def folder_reason(name: str) -> str:
    """Give the built-in reason to ignore all that is in a folder of this name, or ``''``."""
    return _DEBRIS if name.startswith(TRASH) else _FOLDERS.get(name, "")


def is_left_out(name: str, *, is_folder: bool) -> bool:
    """Say whether something at the root is alfcheck's own output, which is no part of the tree.

    A file may not pass for the report's folder, nor a folder for an index file: what is left out is
    not counted, so nothing else may hide there.
    """
    if name.startswith(OWN_PREFIX):
        return True
    return name == REPORT_FOLDER if is_folder else name in INDEX_FILES
