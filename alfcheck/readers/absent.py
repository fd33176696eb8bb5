"""Tell the pointers that git-LFS and git-annex leave for content that is elsewhere."""

from __future__ import annotations

from alfcheck.model import Problem

__all__ = ["absent_content"]

_LFS = b"version https://git-lfs.github.com/spec/v1"
_ANNEX = b"/annex/objects/"
_POINTER_SIZE = 1024


def absent_content(data: bytes) -> Problem | None:
    """Tell a git-LFS or git-annex pointer, which stands where the content is not, from content.

    ``data`` are all bytes of a file, or as many as were read. Pointers are short texts of a fixed
    beginning (git-lfs specification; git-annex, "pointer files").
    """
    if len(data) >= _POINTER_SIZE or not data.startswith((_LFS, _ANNEX)):
        return None
    tool, way = ("git-lfs", "git lfs pull") if data.startswith(_LFS) else ("git-annex", "git annex get")
    return Problem(
        code="ALF213",
        message=f"this is a {tool} pointer of {len(data)} bytes; the content itself is not here",
        fix=f"fetch the content with `{way}`, then check again",
    )
