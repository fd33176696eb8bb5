"""Find every file of a tree once and say what it is: part of a session, ignored, or refused.

Files are asked for their size and times, and none is opened but ``.alfcheckignore``.
"""

from __future__ import annotations

from alfcheck.scan.listing import scan_names
from alfcheck.scan.patterns import glob_test
from alfcheck.scan.text import os_path, path_text
from alfcheck.scan.tree import scan_tree

__all__ = ["glob_test", "os_path", "path_text", "scan_names", "scan_tree"]
